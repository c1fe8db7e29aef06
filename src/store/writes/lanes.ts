/** What the writer threads of all stores have in common: what is taken from the bulk lane at one go, and what is noted of it. */
import type { Slices } from '../contract.ts';
import type { WriterRequest } from './writer.ts';

/**
 * Takes the next group from the lane: half of what waits at most, so that the caller prepares more while these are written; slices of
 * one batch stay together. Null when the rest of a batch is on its way: it begins the next round. `close` is left to the caller.
 */
export function nextGroup(bulk: WriterRequest[]): WriterRequest[] | null {
  const group = bulk.splice(0, Math.max(1, (bulk.length - 1) >> 1));
  while (group.at(-1)!.more && bulk.length > 0 && bulk[0]!.name !== 'close') group.push(bulk.shift()!);
  if (!group.at(-1)!.more || bulk.length > 0) return group;
  bulk.unshift(...group);
  return null;
}

type Changing<T> = { -readonly [name in keyof T]: T[name] };

export interface SliceNotes {
  readonly slices: Changing<Omit<Slices, 'operations'>> & {
    readonly operations: { [name: string]: { rows: number; ms: number } };
  };
  /** What one operation wrote, by its table before and after it, and how long it took. */
  note(name: string, before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, ms: number): void;
}

export function newSliceNotes(): SliceNotes {
  const slices: SliceNotes['slices'] = { operations: {}, commitMs: 0, checkpointMs: 0 };
  return {
    slices,
    note(name, before, after, ms) {
      let rows = 0;
      for (const [table, n] of after) rows += n - (before.get(table) ?? 0);
      const most = slices.operations[name] ?? { rows: 0, ms: 0 };
      slices.operations[name] = { rows: Math.max(most.rows, rows), ms: Math.max(most.ms, ms) };
    },
  };
}
