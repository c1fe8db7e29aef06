/**
 * What is asked of an object, over a document that was made for it: folded, so that equal means equal. A store turns a condition
 * into SQL (store/tables/condition), core into a predicate; both say the same of every document.
 */
import { bare } from './values.ts';

/** Each attribute is a list, also of one: a path means any of what stands there. What has no value is left out, never null. */
export interface Folded {
  readonly [name: string]: readonly FoldedValue[];
}
export type FoldedValue = string | number | boolean | Folded;

export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** Names from the document inwards, at least one. */
export type Path = readonly string[];

/**
 * `and` of nothing holds always, `or` of nothing never. Only values of one type are compared: `eq` and the orders hold where any
 * value does, `ne` where any value is another one, or where there is none. `eq null` is "nothing there".
 */
export type Condition =
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly present: Path }
  | { readonly compare: Comparison; readonly path: Path; readonly value: string | number | boolean | null }
  /** One and the same element, an object, for which all of `of` holds. */
  | { readonly any: Path; readonly of: Condition };

export const ALWAYS: Condition = { and: [] };
export const NEVER: Condition = { or: [] };

export function folded(entries: Iterable<readonly [string, readonly FoldedValue[]]> = []): {
  [name: string]: readonly FoldedValue[];
} {
  const out = bare<readonly FoldedValue[]>();
  for (const [name, values] of entries) out[name] = values;
  return out;
}

/** As a store keeps it. */
export function foldedText(document: Folded): string {
  return JSON.stringify(document);
}

export function holds(condition: Condition, document: Folded): boolean {
  if ('and' in condition) return condition.and.every((one) => holds(one, document));
  if ('or' in condition) return condition.or.some((one) => holds(one, document));
  if ('not' in condition) return !holds(condition.not, document);
  if ('present' in condition) return valuesAt(document, condition.present).length > 0;
  if ('any' in condition)
    return valuesAt(document, condition.any).some((value) => typeof value === 'object' && holds(condition.of, value));
  const values = valuesAt(document, condition.path);
  const { compare, value } = condition;
  if (value === null) return (compare === 'eq' && values.length === 0) || (compare === 'ne' && values.length > 0);
  if (compare === 'ne') return values.length === 0 || values.some((one) => one !== value);
  return values.some((one) => compares(compare, one, value));
}

/** All that stands there, in order. */
export function valuesAt(document: Folded, path: Path): readonly FoldedValue[] {
  let found: readonly FoldedValue[] = [document];
  for (const name of path)
    found = found.flatMap((value) => (typeof value === 'object' && Object.hasOwn(value, name) ? value[name]! : []));
  return found;
}

function compares(compare: Exclude<Comparison, 'ne'>, one: FoldedValue, value: string | number | boolean): boolean {
  if (compare === 'eq') return one === value;
  if (typeof one === 'string' && typeof value === 'string') {
    if (compare === 'co') return one.includes(value);
    if (compare === 'sw') return one.startsWith(value);
    if (compare === 'ew') return one.endsWith(value);
    return ordered(compare, byCodePoint(one, value));
  }
  if (typeof one === 'number' && typeof value === 'number') return ordered(compare, one - value);
  return false;
}

function ordered(compare: Comparison, difference: number): boolean {
  if (compare === 'gt') return difference > 0;
  if (compare === 'ge') return difference >= 0;
  if (compare === 'lt') return difference < 0;
  return compare === 'le' && difference <= 0;
}

/** The order of UTF-8 bytes, which is that of both stores; `<` has that of UTF-16, where U+1F600 stands before U+FFFD. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Halves of a pair stand for characters beyond all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
