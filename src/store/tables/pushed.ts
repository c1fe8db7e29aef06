/** What both stores say of pushed objects: how keys are kept, in which order values stand. */
import { createHash } from 'node:crypto';
import { RollcallError } from '#core/errors';
import { bySortValue } from '#core/sorted';
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

/** Ascending (`PushedSort`). */
export function byPosition(a: PushedPosition, b: PushedPosition): number {
  return bySortValue(a.value, b.value) || a.staged - b.staged;
}

export function tookTooLong(mostMs: number): RollcallError {
  return new RollcallError('unavailable', `the search was given up after ${mostMs} ms`, {
    remedy: 'ask for a value that is a key, such as the name of a user, or for less at once',
  });
}
