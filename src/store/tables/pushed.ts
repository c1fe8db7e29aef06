/** What both stores say of pushed objects: how keys are kept, in which order values stand. */
import { createHash } from 'node:crypto';
import { byCodePoint } from '#core/condition';
import { RollcallError } from '#core/errors';
import type { PushedPosition } from '../contract.ts';

/** `holder` of a key that one alone may have: the primary key then sees to it. Otherwise it is its staged object. */
export const ALONE = 0;

/** Characters. An entry of an index takes 2,700 bytes in PostgreSQL. */
const LONGEST = 250;

/** The form in which a key is kept and looked up: a long one by its digest, longer than any that is kept as it is. */
export function storedNorm(norm: string): string {
  if (norm.length <= LONGEST) return norm;
  return norm.slice(0, LONGEST).toWellFormed() + createHash('sha256').update(norm).digest('hex');
}

type SortValue = PushedPosition['value'];

export function sortRank(value: SortValue): number {
  return value === null ? 3 : typeof value === 'string' ? 2 : typeof value === 'number' ? 1 : 0;
}

/** Ascending (`PushedSort`). */
export function byPosition(a: PushedPosition, b: PushedPosition): number {
  return byValue(a.value, b.value) || a.staged - b.staged;
}

function byValue(a: SortValue, b: SortValue): number {
  if (typeof a === 'string' && typeof b === 'string') return byCodePoint(a, b);
  return sortRank(a) - sortRank(b) || (a === null || b === null ? 0 : Number(a) - Number(b));
}

export function tookTooLong(mostMs: number): RollcallError {
  return new RollcallError('unavailable', `the search was given up after ${mostMs} ms`, {
    remedy: 'ask for a value that is a key, such as the name of a user, or for less at once',
  });
}
