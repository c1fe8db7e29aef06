/** What was seen of an object, read from its row once: several look at it while a push is taken. */
import { parseImage } from '#core/canonical';
import type { Attributes } from '#core/values';
import type { StagedRow } from '#store/contract';

/** To be looked at only. */
export type Seen = Readonly<Attributes>;

const known = new WeakMap<StagedRow, Seen>();

export function seenOf(row: StagedRow & { readonly seen: string }): Seen;
export function seenOf(row: StagedRow): Seen | null;
export function seenOf(row: StagedRow): Seen | null {
  if (row.seen === null) return null;
  const seen = known.get(row) ?? parseImage(row.seen);
  known.set(row, seen);
  return seen;
}
