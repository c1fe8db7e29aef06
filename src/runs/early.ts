/**
 * Nobody is made an account while something that was read or decided there is not worked out: theirs may be among it. A push beside a cycle
 * that has a million to work out asks after those alone that came to wait since it asked last.
 */
import type { DirtyRange, Store } from '#store/contract';
import { besideOf } from './beside.ts';

/** Of the list of what waits, so many numbers at a time: behind those that name nobody there nobody looks again. */
const NUMBERS = 20_000;
/** A range that ends behind this takes in whoever will be there. */
const MOST_ID = Number.MAX_SAFE_INTEGER / 2;

/** Whether anything of that connector space waits to be worked out. */
export async function anyWaits(connection: string, store: Store): Promise<boolean> {
  const { lookedUpTo } = besideOf(store);
  const end = await store.spaces.mark();
  let after = lookedUpTo.get(connection) ?? 0;
  let closed = true;
  while (after < end) {
    const upTo = Math.min(after + NUMBERS, end);
    const { ranges } = await store.sync.dirty([{ after, upTo }]);
    if (ranges.length > 0 && (await store.sync.anyWithin(connection, ranges))) return true;
    closed &&= !ranges.some(isOpen);
    after = upTo;
    if (closed) lookedUpTo.set(connection, after);
  }
  return false;
}

const isOpen = ({ to }: DirtyRange): boolean => to > MOST_ID;
