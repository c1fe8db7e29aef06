/** Links that end before the link pass makes new ones: a person decided against them, or their place is not theirs. */
import type { DirtyRange, ExportColumns, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { barredBy, decisionsOn, linkedBy } from './decisions.ts';
import type { Generation } from './generation.ts';
import { displaced } from './second-rows.ts';

/** Whether a create that was decided never went to its target. */
export function isUnsent(context: EngineContext, connection: string, wish: ExportColumns): boolean {
  if (wish.operation !== 'create' || wish.attempts > 0) return false;
  // What waits may be on its way just now.
  if (wish.state === 'waiting') return context.turns.sending(connection).size === 0;
  return wish.state === 'observed' || wish.state === 'held';
}

/** Shown in the place of an account that was to be made there and never was sent: somebody else's. */
function isForeign(context: EngineContext, { linkHow, presence, connection, export: wish }: StagedRow): boolean {
  return linkHow === 'provisioned' && presence === 'present' && wish !== null && isUnsent(context, connection, wish);
}

/**
 * Ends the links that a person's decision speaks against: barred, meant for somebody else, or decided once and taken back; and
 * those of accounts that Rollcall never made, and of rows whose place another one has by now.
 * Answers these staged objects as they are now, to be linked like any other; whose they were is to be looked at in this generation,
 * as the caller sees to, and, since that must outlive a crash, in the next. A link that a person confirmed is made anew, as decided.
 */
export async function release(
  context: EngineContext,
  connection: EngineConnection,
  generation: Generation,
  rows: readonly StagedRow[],
): Promise<StagedRow[]> {
  const { store } = context;
  const linked = rows.filter((row) => row.objectId !== null && !generation.links.has(row.id));
  const decisions = await decisionsOn(
    context,
    generation,
    linked.map((row) => row.id),
  );
  const foreign = new Set(linked.filter((row) => isForeign(context, row)));
  const seconds = await displaced(context, connection, linked);
  const ended = linked.filter((row) => {
    if (foreign.has(row) || seconds.has(row.id)) return true;
    const decided = decisions.get(row.id) ?? [];
    const link = linkedBy(decided);
    return link === null
      ? row.linkHow === 'decided' || barredBy(decided).has(row.objectId)
      : link !== row.objectId || row.linkHow !== 'decided';
  });
  if (ended.length === 0) return [];
  const { staged: conflicts } = await store.sync.commit({
    run: context.run,
    epoch: context.epoch,
    objects: [],
    staged: ended.map((row) => ({
      staged: row.id,
      expectRevision: row.revision,
      link: { object: null, how: row.linkHow!, origin: foreign.has(row) ? null : row.origin },
      ...(linkedBy(decisions.get(row.id) ?? []) === row.objectId ? {} : { export: null }),
    })),
    keys: { add: [], remove: [] },
    waiting: [],
    edges: [],
    parked: [],
    changes: [],
    dirty: ended.map((row) => waitAgain('object', row.objectId!)),
    done: [],
  });
  if (conflicts.length > 0)
    await store.sync.markDirty(
      conflicts.map((id) => waitAgain('staged', id)),
      context.epoch,
    );
  const out = ended.filter((row) => !conflicts.includes(row.id));
  return [...(await store.spaces.byIds(out.map((row) => row.id)))];
}

function waitAgain(subject: 'object' | 'staged', id: number): DirtyRange {
  return { subject, from: id, to: id, cause: 'decision' };
}
