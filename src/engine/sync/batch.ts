/**
 * One batch of a generation: evaluated, compared with what its targets hold, and put into the slices that are committed. What
 * the store leaves out, because somebody changed it meanwhile, is looked at again.
 */
import type { DirtyRange, ObjectId, SeqRange, SyncCommit, SyncConflicts } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { again, newTold, type Told } from './again.ts';
import { type ChangedManagers, noteManagers } from './circles.ts';
import { type ObjectResult, resultOf } from './commit.ts';
import { tellDoubtful } from './doubtful.ts';
import { type Evaluated, evaluateObjects } from './evaluate.ts';
import { type Generation, withdraw } from './generation.ts';
import { publishesHop } from './hops.ts';
import { hasMemberships } from './members/groups.ts';
import { publishedKeys } from './published-keys.ts';
import { referrersOf } from './references.ts';
import { returns, type Watch } from './returning.ts';
import { isAsForetold } from './scope.ts';
import { commitSlices, newSlice, objectsAtOnce, type Slice, withDirty } from './slices.ts';
import { type TargetResult, wishesOf } from './targets.ts';
import type { Claims } from './unique.ts';

/** What the batches of one generation have in common. */
export interface Work {
  readonly context: EngineContext;
  readonly generation: Generation;
  readonly claims: Claims;
  readonly managers: ChangedManagers;
}

/** `watch`: looks for objects that go in circles, from the generation on where that can be. */
export async function workOut(work: Work, ids: readonly ObjectId[], watch: Watch | null): Promise<Slice[]> {
  const { context, generation } = work;
  const evaluated = await evaluateObjects(context, generation, ids, work.claims);
  await generation.heard();
  await tellDoubtful(context, evaluated);
  noteManagers(work.managers, evaluated);
  const targets = await wishesOf(context, generation, evaluated);
  await generation.heard();
  const accounts = byObject(evaluated, targets);
  const slices = [newSlice()];
  const atOnce = objectsAtOnce(context);
  const told = newTold(targets);
  for (const [n, one] of evaluated.entries()) {
    if (n > 0 && n % atOnce === 0) slices.push(newSlice());
    const slice = slices[slices.length - 1]!;
    for (const row of one.rows) {
      if (!generation.links.has(row.id)) continue;
      // What was linked waits for nothing any more.
      told.linked.push(row);
      slice.settled.push(row.id);
    }
    const due = targets.due.get(one.id)!;
    const alone = one.before === null && !generation.parted.has(one.id);
    const result = resultOf(context, one, due > context.now ? due : Number.POSITIVE_INFINITY, alone);
    const staged = accounts.get(one.id) ?? [];
    if (watch && result.write && returns(watch, result.write)) {
      // branch: parks circular
      one.parked.push({ kind: 'circular', connection: null, detail: '{}' });
      slice.parked.push({ subject: { objectId: one.id }, items: one.parked, at: context.now });
      continue;
    }
    put(context, slice, one, result, staged);
    tell(work, told, one, result);
  }
  return withDirty(slices, await again(context, generation, told));
}

function byObject(evaluated: readonly Evaluated[], targets: TargetResult): Map<ObjectId, SyncCommit['staged'][number][]> {
  const out = new Map<ObjectId, SyncCommit['staged'][number][]>();
  const ownerOf = new Map<number, ObjectId>();
  for (const one of evaluated) for (const row of one.rows) ownerOf.set(row.id, one.id);
  for (const write of targets.staged) {
    const owner = ownerOf.get(write.staged) ?? write.link!.object!;
    const list = out.get(owner);
    if (list) list.push(write);
    else out.set(owner, [write]);
  }
  return out;
}

function put(context: EngineContext, slice: Slice, one: Evaluated, result: ObjectResult, staged: SyncCommit['staged']): void {
  slice.staged.push(...staged);
  if (result.write) {
    slice.objects.push(result.write);
    tally(context, one, result.write.insert);
  }
  if (result.change) slice.changes.push(result.change);
  slice.keys.add.push(...result.storedKeys);
  slice.keys.remove.push(...result.removeKeys);
  if (one.before || one.parked.length > 0)
    slice.parked.push({ subject: { objectId: one.id }, items: one.parked, at: context.now });
}

function tell({ context, generation }: Work, told: Told, one: Evaluated, result: ObjectResult): void {
  told.add.push(...result.addKeys);
  told.remove.push(...result.removeKeys);
  if (publishesHop(context, one, result.changed)) {
    told.hopTo.push(...one.rows);
    told.hopKeys.push(...publishedKeys(one.rules, one.attributes));
  }
  if (told.targets.moved.has(one.id) && (one.before || generation.disturbed)) {
    (one.before ? told.movedRows : told.newRows).push(...one.rows);
    (one.before ? told.movedKeys : told.newKeys).push(...publishedKeys(one.rules, one.attributes));
  }
  if (generation.disturbed && !isAsForetold(context, generation, one)) {
    told.beliedRows.push(...one.rows);
    told.beliedKeys.push(...publishedKeys(one.rules, one.attributes));
  }
  told.written.push(one.id);
  if (hasMemberships(one.rules)) generation.groups.add(one.id);
}

/** `done`: what is worked out with these, of one slice. Answers whether it was cleared. */
export async function commitBatch(
  context: EngineContext,
  generation: Generation,
  ids: readonly ObjectId[],
  slices: readonly Slice[],
  done: readonly SeqRange[] = [],
): Promise<boolean> {
  const conflicts = await commitSlices(context, slices, done);
  for (const id of ids) generation.done.add(id);
  // Somebody changed them meanwhile: they are computed again.
  if (conflicts.objects.length > 0)
    await context.store.sync.markDirty(
      [...conflicts.objects.flatMap((id) => waitAgain(generation, id)), ...(await lookElsewhere(context, generation, conflicts))],
      context.epoch,
    );
  return conflicts.objects.length + conflicts.staged.length === 0;
}

/** Who was told of a new object that somebody else made first looks for it again. */
async function lookElsewhere(
  context: EngineContext,
  generation: Generation,
  { objects }: Pick<SyncConflicts, 'objects'>,
): Promise<DirtyRange[]> {
  const gone = objects.filter((id) => generation.created.has(id)).map((id) => withdraw(generation, id));
  if (gone.length === 0) return [];
  const rows = await context.store.spaces.byIds(gone.flatMap(({ staged }) => staged));
  const keys = gone.flatMap((one) => one.keys);
  return [...(await referrersOf(context, generation, rows, keys))].map(
    (id): DirtyRange => ({ subject: 'object', from: id, to: id, cause: 'reference' }),
  );
}

/** What was left out waits as it did: the object, or the staged objects that would have made it. */
export function waitAgain(generation: Generation, id: ObjectId): DirtyRange[] {
  const staged = generation.links
    .of(id)
    .map((from): DirtyRange => ({ subject: 'staged', from, to: from, cause: 'not in the plan' }));
  return generation.created.has(id) ? staged : [...staged, { subject: 'object', from: id, to: id, cause: 'not in the plan' }];
}

function tally(context: EngineContext, one: Evaluated, insert: boolean): void {
  const counts = context.counters.objects.get(one.kind) ?? { created: 0, changed: 0 };
  context.counters.objects.set(one.kind, counts);
  if (insert) counts.created++;
  else counts.changed++;
}
