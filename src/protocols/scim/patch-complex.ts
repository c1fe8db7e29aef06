/** Operations of a PATCH on a single complex attribute: what they do not name of it stays (RFC 7644 3.5.2.3). */
import { keepSubs } from './body.ts';
import { refusal } from './errors.ts';
import { type Field, subOf } from './fields.ts';
import type { Op } from './patch-elements.ts';
import { type Complex, type Plain, sameValue } from './resource.ts';
import type { ScimAttribute } from './schema.ts';
import { isObject, ordered, type Reading, readSub, readValue, set } from './values.ts';

export function patchComplex(
  field: Field,
  before: Complex | undefined,
  op: Op,
  raw: unknown,
  reading: Reading,
): Complex | undefined {
  if (op === 'remove') return undefined;
  const given = readValue(field, raw, reading) as Complex | undefined;
  const one: unknown = Array.isArray(raw) ? raw[0] : raw;
  if (!isObject(one)) return given === undefined ? (op === 'replace' ? undefined : before) : merged(field, before, given);
  const cleared = op === 'add' ? [] : field.subs.filter((sub) => isCleared(field, sub, one, given));
  if (before === undefined || cleared.length === 0) return given === undefined ? before : merged(field, before, given);
  let rest: Complex | undefined = before;
  for (const sub of cleared) rest = rest === undefined ? undefined : without(field, sub, rest);
  return given === undefined ? rest : merged(field, rest, given);
}

function isCleared(
  field: Field,
  sub: ScimAttribute,
  raw: { readonly [name: string]: unknown },
  given: Complex | undefined,
): boolean {
  if (sub.mutability === 'readOnly' || given?.[sub.name] !== undefined) return false;
  return Object.keys(raw).some((name) => subOf(field, name) === sub);
}

export function patchSub(
  field: Field,
  before: Complex | undefined,
  sub: ScimAttribute,
  op: Op,
  raw: unknown,
  reading: Reading,
): Complex | undefined {
  const value = op === 'remove' ? undefined : readSub(field, sub, raw, reading);
  if (value === undefined) return before === undefined || op === 'add' ? before : without(field, sub, before);
  const several = op === 'add' && sub.multiValued && before?.[sub.name] !== undefined;
  return merged(field, before, { [sub.name]: several ? set([before[sub.name]!, value].flat() as readonly Plain[])! : value });
}

/** Another `value` is another one: what was said of the first is not true of it. */
function merged(field: Field, before: Complex | undefined, given: Complex): Complex {
  if (before === undefined) return ordered(field, given);
  const other = given['value'] !== undefined && !sameValue(given['value'], before['value']);
  return keepSubs(field, before, ordered(field, other ? given : { ...before, ...given }));
}

function without(field: Field, sub: ScimAttribute, before: Complex): Complex | undefined {
  if (before[sub.name] === undefined) return before;
  if (sub.mutability === 'immutable')
    throw refusal('mutability', `${field.image}.${sub.name}: it cannot be changed once it has a value`);
  const { [sub.name]: _, ...rest } = before;
  return sub.name === 'value' || Object.keys(rest).length === 0 ? undefined : ordered(field, rest);
}
