/**
 * What Rollcall wrote since the last read, as long as a feed has not told it (SEMANTICS 3): a state without it may be from before
 * the write. It is kept back until the feed tells the write, in the same read, and is then staged as what it is. Where the read ends
 * without that, nobody can say which came first: the object is left as it is, and the next read, which asks from the same place,
 * is believed.
 */
import type { Change, ReadObject } from '#connectors/contract';
import { imageText, parseImage } from '#core/canonical';
import { normalForm } from '#core/matching';
import { type Attributes, bare, scalars } from '#core/values';
import type { StagedRow } from '#store/contract';
import { forgets, type Settling } from './settle.ts';

type Entry = ReadObject | Change;

interface Held {
  readonly entries: Entry[];
  seen: StagedRow['seen'];
  presence: StagedRow['presence'];
}

export interface Untold {
  /** Objects of which something is kept back. */
  readonly left: number;
  /** Whether what was written to it is not told yet. */
  waits(row: StagedRow | undefined): row is StagedRow;
  /** The row with what was kept back. */
  asTold(row: StagedRow): StagedRow;
  /** Whether the state lacks what is ours; null = the object is gone. It is kept back then. */
  keeps(row: StagedRow, entry: Entry, image: Attributes | null): boolean;
  /** What was kept back, in order, once the write is told: not by what names nothing that is ours. */
  told(row: StagedRow, entry: Entry): readonly Entry[];
}

/** `last`: the mark at the end of the last read; `mark`: at the beginning of this one. */
export function createUntold(settling: Settling, last: number, mark: number): Untold {
  const held = new Map<StagedRow['id'], Held>();
  const waiting = new Set<StagedRow['id']>();
  const told = new Set<StagedRow['id']>();
  return {
    get left() {
      return held.size;
    },
    waits(row): row is StagedRow {
      if (row === undefined || row.confirmed === null || told.has(row.id)) return false;
      // What this read itself stages of it tells nothing yet.
      if (row.touchedSeq > last && row.touchedSeq <= mark) waiting.add(row.id);
      return waiting.has(row.id);
    },
    asTold(row) {
      const one = held.get(row.id);
      return one ? { ...row, seen: one.seen, presence: one.presence } : row;
    },
    keeps(row, entry, image) {
      if (image !== null && !lacks(settling, row, image)) return false;
      const one = held.get(row.id) ?? { entries: [], seen: row.seen, presence: row.presence };
      one.entries.push(entry);
      if (image === null) one.presence = 'gone';
      else Object.assign(one, { seen: imageText(image), presence: 'present' });
      held.set(row.id, one);
      return true;
    },
    told(row, entry) {
      const entries = held.get(row.id)?.entries ?? [];
      held.delete(row.id);
      if (entries.length > 0 || entry.op !== 'patch' || names(entry, row)) told.add(row.id);
      return entries;
    },
  };
}

function names({ set }: Extract<Change, { op: 'patch' }>, { confirmed, sent }: StagedRow): boolean {
  const ours = { ...parseImage(confirmed!), ...(sent === null ? bare() : parseImage(sent)) };
  return Object.keys(set ?? {}).some((name) => Object.hasOwn(ours, name));
}

/** What was sent and is not proven may have been rewritten: it is not looked for. */
function lacks(settling: Settling, row: StagedRow, now: Attributes): boolean {
  const confirmed = parseImage(row.confirmed!);
  for (const attribute in row.sent === null ? bare() : parseImage(row.sent)) delete confirmed[attribute];
  if (forgets(settling, { ...row, confirmed: imageText(confirmed), sent: null }, now)) return true;
  for (const [attribute, { matching }] of settling.shared) {
    const there = new Set(scalars(now[attribute] ?? null).map((value) => normalForm(value, matching)));
    if (scalars(confirmed[attribute] ?? null).some((value) => !there.has(normalForm(value, matching)))) return true;
  }
  return false;
}
