/** The end of a generation: what it found of objects that stay unlinked is written, and what it began with is cleared. */
import type { ParkedWrite, SeqRange } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { unsettled } from './disturbed.ts';
import type { Generation } from './generation.ts';

/** Objects of one commit: each is parked and waits for a few keys. */
const BATCH = 200;

/** What the link pass found of objects that stay unlinked, and the end of the generation's work list. */
export async function finishGeneration(context: EngineContext, generation: Generation, done: readonly SeqRange[]): Promise<void> {
  const again = generation.disturbed ? await unsettled(context, generation) : [];
  const waiting = [...generation.waiting].map(([stagedId, keys]) => ({ stagedId, keys }));
  const parked: ParkedWrite[] = [...generation.parked].map(([stagedId, items]) => ({
    subject: { stagedId },
    items,
    at: context.now,
  }));
  for (let i = 0; i < waiting.length; i += BATCH)
    await context.store.sync.commit({
      ...nothing(context),
      waiting: waiting.slice(i, i + BATCH),
      parked: parked.slice(i, i + BATCH),
      dirty: [],
      done: [],
    });
  if (again.length + done.length === 0) return;
  await context.store.sync.commit({ ...nothing(context), waiting: [], parked: [], dirty: again, done });
}

/** Whether nothing of the generation is left once its objects are committed. */
export function isAll({ waiting, parked, groups, members, disturbed }: Generation): boolean {
  return waiting.size + parked.size + groups.size + members.length === 0 && !disturbed;
}

/** What these lists named has been worked out. */
export async function clear(context: EngineContext, done: readonly SeqRange[]): Promise<void> {
  await context.store.sync.commit({ ...nothing(context), waiting: [], parked: [], dirty: [], done });
}

function nothing({ run, epoch }: EngineContext) {
  return { run, epoch, objects: [], staged: [], keys: { add: [], remove: [] }, edges: [], changes: [] };
}
