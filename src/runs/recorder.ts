/** The store as a push uses it: notes which of what waits it wrote itself, and whose accounts and groups it has changed. */
import type { SeqRange, StagedId, Store } from '#store/contract';

export interface Recorder {
  readonly store: Store;
  /** What was written to the list of what waits since the last call. */
  take(): readonly SeqRange[];
  /** Staged rows whose wish was decided, and groups whose memberships were, since the last call. */
  decided(): { readonly accounts: readonly StagedId[]; readonly groups: ReadonlySet<StagedId> };
  /** Of what was decided: this could not be sent yet, and is answered once more. */
  later(accounts: readonly StagedId[]): void;
  /** Whether nothing that was written or decided since the last call of either waits, nor anything else. Read without a turn. */
  isQuiet(): Promise<boolean>;
  /** Whether there is something that could not be sent yet. */
  readonly waits: boolean;
}

export function recorder(store: Store): Recorder {
  let written: SeqRange[] = [];
  let accounts = new Set<StagedId>();
  let groups = new Set<StagedId>();
  let waiting = new Set<StagedId>();
  const note = (range: SeqRange): void => {
    if (range.upTo > range.after) written.push(range);
  };
  const noted = async (result: Promise<SeqRange>): Promise<SeqRange> => {
    const range = await result;
    note(range);
    return range;
  };
  return {
    store: {
      ...store,
      spaces: {
        ...store.spaces,
        stage: async (batch) => {
          const result = await store.spaces.stage(batch);
          for (const range of result.dirty) note(range);
          return result;
        },
      },
      sync: {
        ...store.sync,
        markDirty: (ranges, epoch) => noted(store.sync.markDirty(ranges, epoch)),
        commit: async (batch) => {
          for (const write of batch.staged) if (write.export) accounts.add(write.staged);
          for (const edge of batch.edges) if (edge.state === 'add' || edge.state === 'remove') groups.add(edge.stagedId);
          const result = await store.sync.commit(batch);
          note(result.dirty);
          return result;
        },
      },
      exports: {
        ...store.exports,
        answer: async (batch) => {
          const ranges = await store.exports.answer(batch);
          for (const range of ranges) note(range);
          return ranges;
        },
      },
    },
    take() {
      const taken = written;
      written = [];
      return taken;
    },
    decided() {
      const taken = { accounts: [...accounts.union(waiting)], groups };
      accounts = new Set();
      groups = new Set();
      waiting = new Set();
      return taken;
    },
    later(ids) {
      for (const id of ids) waiting.add(id);
    },
    async isQuiet() {
      const asked = written;
      // Most answers of targets leave nothing to work out.
      if (asked.length > 0 && (await store.sync.dirty(asked)).ranges.length === 0)
        written = written.filter((range) => !asked.includes(range));
      return written.length + accounts.size + groups.size + waiting.size === 0;
    },
    get waits() {
      return waiting.size > 0;
    },
  };
}
