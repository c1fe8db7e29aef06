/** The order of values of any type, where things are sorted by one: booleans before numbers before texts, none last. */
import { byCodePoint } from './condition.ts';

export type SortValue = string | number | boolean | null;

export function sortRank(value: SortValue): number {
  return value === null ? 3 : typeof value === 'string' ? 2 : typeof value === 'number' ? 1 : 0;
}

export function bySortValue(a: SortValue, b: SortValue): number {
  if (typeof a === 'string' && typeof b === 'string') return byCodePoint(a, b);
  return sortRank(a) - sortRank(b) || (a === null || b === null ? 0 : Number(a) - Number(b));
}
