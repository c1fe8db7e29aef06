/**
 * What Rollcall's own writes, and changes a system told of one by one, do to the counts that the next complete read is
 * compared with: an account that was deleted, or a value that was cleared, is not one that the system lost (SEMANTICS 6).
 */
import { parseImage } from '#core/canonical';
import { type Attributes, bare, scalars } from '#core/values';
import type { StagedRow } from '#store/contract';
import { type EngineConnection, type EngineContext, stateOf } from '../context.ts';
import { seenOf } from '../import/seen.ts';

export interface Expected {
  /** The values before and after; null = the object is not there. */
  write(kind: string, before: Attributes | null, after: Attributes | null): void;
  /** Puts it into the baseline of the connection. `soon`: nobody waits for it. */
  save(context: EngineContext, connection: EngineConnection, how?: { readonly soon: boolean }): Promise<void>;
}

/** What a staged object stands for in those counts: as seen, with what was sent since; null = nothing. */
export function countedOf(row: StagedRow | undefined): Attributes | null {
  if (row === undefined || row.presence === 'gone') return null;
  // Nobody counted what may not have been done.
  const sent = row.sent === null || row.export?.state === 'unknown' ? null : parseImage(row.sent);
  const seen = seenOf(row);
  return sent === null ? seen : Object.assign(bare(), seen, sent);
}

export function createExpected(): Expected {
  const counts = new Map<string, number>();
  const filled = new Map<string, Map<string, number>>();
  const add = (into: Map<string, number>, name: string, by: number): void => void into.set(name, (into.get(name) ?? 0) + by);
  const tally = (kind: string, image: Attributes, by: number): void => {
    add(counts, kind, by);
    const of = filled.get(kind) ?? new Map<string, number>();
    filled.set(kind, of);
    for (const name in image) if (scalars(image[name]!).length > 0) add(of, name, by);
  };
  return {
    write(kind, before, after) {
      if (before) tally(kind, before, -1);
      if (after) tally(kind, after, 1);
    },
    async save(context, { name }, { soon } = { soon: false }) {
      if (![counts, ...filled.values()].some((sums) => [...sums.values()].some((n) => n !== 0))) return;
      const state = (await context.store.spaces.states()).find((one) => one.name === name);
      // Before its first complete read there is nothing to compare with.
      if (state === undefined || state.baseline === null) return;
      const baseline = await context.store.spaces.addToBaseline(name, { counts, filled, soon }, context.epoch);
      context.states.set(name, { ...stateOf(context, name), baseline });
    },
  };
}
