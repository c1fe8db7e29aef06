/**
 * A batch of objects as the store gets it: in slices of whole objects, one transaction unless somebody interactive comes in
 * between. A push waits for one slice, not for the batch.
 */
import type { DirtyRange, SeqRange, StagedId, SyncCommit, SyncConflicts } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { mergeCreates } from './commit.ts';

/**
 * Objects of one slice: new ones with all their rows take the writer about 4 ms. A server at a distance gets more at a time: there each
 * slice has its way to go.
 */
const [SLICE, FAR_SLICE] = [50, 100];
/** Who has to look again, in one slice. */
const DIRTY = 400;

type Lists<T> = { readonly [name in keyof T]: T[name] extends readonly (infer Item)[] ? Item[] : never };
export type Slice = Lists<Pick<SyncCommit, 'objects' | 'staged' | 'parked' | 'changes' | 'dirty'>> & {
  readonly keys: Lists<SyncCommit['keys']>;
  readonly settled: StagedId[];
};

export function objectsAtOnce({ store }: Pick<EngineContext, 'store'>): number {
  return store.several === null ? SLICE : FAR_SLICE;
}

export function newSlice(): Slice {
  return { objects: [], staged: [], parked: [], settled: [], changes: [], dirty: [], keys: { add: [], remove: [] } };
}

/** With the first slices: whoever has to look again is on the list before anything has changed. */
export function withDirty(slices: readonly Slice[], dirty: readonly DirtyRange[]): Slice[] {
  const first: Slice[] = [];
  for (let i = 0; i < dirty.length; i += DIRTY) first.push({ ...newSlice(), dirty: dirty.slice(i, i + DIRTY) });
  if (first.length !== 1) return [...first, ...slices];
  slices[0]!.dirty.push(...first[0]!.dirty);
  return [...slices];
}

/** Whom the store left out. `done`: with the last slice, where nobody is. */
export async function commitSlices(
  context: EngineContext,
  slices: readonly Slice[],
  done: readonly SeqRange[],
): Promise<Pick<SyncConflicts, 'objects' | 'staged'>> {
  const last = slices.length - 1;
  const answers = await Promise.all(
    slices.map((slice, i) =>
      context.store.sync.commit({
        ...slice,
        changes: mergeCreates(slice.changes),
        run: context.run,
        epoch: context.epoch,
        edges: [],
        waiting: [],
        done: i < last ? [] : done,
        ...(last > 0 ? { slice: i < last ? 'more' : 'last' } : {}),
      }),
    ),
  );
  return { objects: answers.flatMap((one) => one.objects), staged: answers.flatMap((one) => one.staged) };
}
