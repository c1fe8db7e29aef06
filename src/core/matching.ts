/**
 * When two values are equivalent (SEMANTICS 2). Each matching rule has a normal form; values are equivalent exactly when
 * their normal forms are the same text, which is also what stores index. A value that is not what the rule expects (a
 * telephone number without digits) is compared as case-insensitive text, never refused.
 */
import { booleanOf } from './convert.ts';
import { normalDn } from './dn.ts';
import { foldCase } from './fold.ts';
import { formatInstant, parseInstant } from './time.ts';
import { type AttributeType, isBlob, type Matching, type Scalar, scalars, type Value } from './values.ts';

/** Normal form under a matching rule; applying it twice changes nothing. */
export function normalForm(value: Scalar, matching: Matching): string {
  if (typeof value !== 'string')
    return isBlob(value) ? value.blob : matching === 'boolean' ? boolean(String(value)) : String(value);
  switch (matching) {
    case 'exact':
      return value.normalize('NFC');
    case 'caseIgnore':
      return foldCase(value);
    case 'dn':
      return dn(value);
    case 'telephone':
      return telephone(value);
    case 'instant':
      return instant(value);
    case 'boolean':
      return boolean(value);
    case 'integer':
      return integer(value);
  }
}

function dn(text: string): string {
  const folded = foldCase(text);
  return normalDn(text) ?? normalDn(folded) ?? folded;
}

/** Digits, letters and a leading plus; `00` in front is the international prefix (ITU-T E.123, RFC 3966). */
function telephone(text: string): string {
  const folded = foldCase(text.normalize('NFKC'));
  const bare = folded
    .replace(/^tel:/, '')
    .replace(/[^+0-9\p{L}]/gu, '')
    .replace(/^00/, '+');
  return /\d/.test(bare) ? bare : folded;
}

function instant(text: string): string {
  const folded = foldCase(text);
  const ms = parseInstant(folded);
  return ms === null ? folded : formatInstant(ms);
}

function boolean(text: string): string {
  const folded = foldCase(text);
  return String(booleanOf(folded) ?? folded);
}

function integer(text: string): string {
  const folded = foldCase(text);
  return /^[+-]?\d{1,400}$/.test(folded) ? String(BigInt(folded.replace(/^\+/, ''))) : folded;
}

/** Whether two values mean the same under the attribute's rule. Absent, empty and the empty set are all nothing. */
export function equivalent(a: Value | undefined, b: Value | undefined, type: AttributeType): boolean {
  if (a === b) return true;
  const left = scalars(a);
  const right = scalars(b);
  if (left.length === 0 || right.length === 0) return left.length === right.length;
  if (left.length === 1 && right.length === 1)
    return normalForm(left[0]!, type.matching) === normalForm(right[0]!, type.matching);
  const forms = new Set(left.map((value) => normalForm(value, type.matching)));
  const others = new Set(right.map((value) => normalForm(value, type.matching)));
  return forms.size === others.size && forms.isSubsetOf(others);
}
