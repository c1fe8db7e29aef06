/**
 * Sync: what waits is looked at in generations (SEMANTICS 4). A generation reads the state as the last one left it, links
 * first, then evaluates; what it publishes forms the next. Batches split a generation and change nothing about its result.
 * A batch is one commit; the last one clears what the generation began with, so that a crash repeats work and loses none.
 */

import type { DirtyRange, ObjectId, SeqRange, StagedKey, StagedRow, SyncCommit, SyncConflicts } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Turn } from '../turns.ts';
import { type ChangedManagers, changedManagers, noteManagers, tellCircles } from './circles.ts';
import { resultOf } from './commit.ts';
import { RULING } from './decisions.ts';
import { staleAgain, tellOthers } from './disturbed.ts';
import { sharers, tellDoubtful } from './doubtful.ts';
import { type Evaluated, evaluateObjects, publishedKeys } from './evaluate.ts';
import { finishGeneration } from './finish.ts';
import { type Generation, keyOf, keyText, look, newGeneration, ON_THEIR_WAY, withdraw } from './generation.ts';
import { publishesHop, readsUnique } from './hops.ts';
import { linkPass } from './link.ts';
import { memberChanges } from './members/changes.ts';
import { syncGroups } from './members/compare.ts';
import { hasMemberships } from './members/groups.ts';
import { membershipsOf } from './members/memberships.ts';
import { hasReferences, referrersOf } from './references.ts';
import { returns, type Watch } from './returning.ts';
import { commitSlices, newSlice, SLICE, type Slice } from './slices.ts';
import { wishesOf } from './targets.ts';
import type { Claims } from './unique.ts';

const BATCH = 1_000;
/** Once somebody urgent has come, others may: they wait for less. */
const SMALL = 200;
const GENERATIONS = 1_000;
/** From this generation on an object that returns to a value it had is going in circles. */
const WATCH_FROM = 3;

export interface SyncOptions {
  /** Only what these operations wrote, and what follows from it: a push. Asked before each generation; nothing more ends it. */
  readonly own?: () => readonly SeqRange[];
  /** The caller has the turn already. */
  readonly turn?: Turn;
  /** Only these objects and what links to them. */
  readonly only?: readonly ObjectId[];
  /** Leaves out what this says no to: `run --plan`. The object stays waiting. */
  readonly accept?: (one: Evaluated, batch: Pick<SyncCommit, 'objects' | 'staged'>) => boolean;
}

/** What one sync remembers from generation to generation. */
interface Course {
  readonly turn: Turn;
  readonly watch: Watch;
  readonly refused: Set<ObjectId>;
  readonly managers: ChangedManagers;
}

export async function sync(context: EngineContext, options: SyncOptions = {}): Promise<void> {
  const turn = options.turn ?? (await context.turns.take(false));
  const watch: Watch = { values: new Map(), circular: new Set() };
  // What this run read is judged.
  for (const [name, reading] of context.turns.reading) if (reading.run === context.run) context.turns.reading.delete(name);
  const course: Course = { turn, watch, refused: new Set(), managers: changedManagers() };
  try {
    for (let number = 0; number < GENERATIONS; number++) {
      const more = await generationOf(context, options, course, number);
      if (!more || options.accept || options.only) break;
      await turn.pass();
    }
    await tellCircles(context, course.managers);
  } finally {
    if (!options.turn) turn.end();
  }
}

/** False when nothing waited. */
async function generationOf(context: EngineContext, options: SyncOptions, course: Course, number: number): Promise<boolean> {
  const own = options.own?.();
  const waits = await context.store.sync.dirty(own);
  // What people decide from now on is in the next list.
  const decided = (await context.store.decisions.list({ kinds: RULING, active: true }, { after: 0, limit: 1 })).length > 0;
  const generation = newGeneration(number, decided, () => course.turn.pass());
  if (number === 0 && !own) await takeDue(context, generation);
  if (waits.ranges.length === 0 && generation.order.length === 0) return false;
  context.turns.open.add(generation);
  try {
    await linkPass(
      context,
      waits.ranges.filter((range) => range.subject === 'staged'),
      generation,
    );
    for (const range of waits.ranges) {
      if (range.subject === 'object') for (const id of await objectIds(context, range)) look(generation, id);
      if (range.subject === 'edge') {
        const [attribute, key] = range.detail!.split('\u001f') as [string, string];
        generation.members.push({ staged: range.from, attribute, key });
      }
    }
    await lookAtReferrers(context, generation);
    await evaluation(context, generation, options, course);
    // What was left out waits before the list is cleared: a crash in between loses nothing.
    if (options.accept)
      await context.store.sync.markDirty(
        [...course.refused].flatMap((id) => waitAgain(generation, id)).concat(memberships(generation)),
        context.epoch,
      );
    else if (!options.only) {
      await syncGroups(context, generation);
      await memberChanges(context, generation);
    }
    await finishGeneration(context, generation, doneBy(context, options, own, waits.upTo));
  } finally {
    context.turns.open.delete(generation);
  }
  return true;
}

/** While a connection is read in full, what a push looked at is looked at again once that read is judged. */
function doneBy(
  { turns }: EngineContext,
  options: SyncOptions,
  own: readonly SeqRange[] | undefined,
  upTo: number,
): readonly SeqRange[] {
  if (options.only) return [];
  if (own) return turns.reading.size > 0 ? [] : own;
  return [{ after: 0, upTo }];
}

/** Batches are written while the next is worked out; they have no object in common. */
async function evaluation(context: EngineContext, generation: Generation, options: SyncOptions, course: Course): Promise<void> {
  const { turn, watch, refused, managers } = course;
  const order = generation.order.filter(
    (id) => !watch.circular.has(id) && !refused.has(id) && (!options.only || options.only.includes(id)),
  );
  const claims: Claims = new Map();
  const onTheirWay: Promise<void>[] = [];
  for (let i = 0, size = BATCH; i < order.length; i += size) {
    if (context.signal.aborted || turn.wanted) await Promise.all(onTheirWay);
    context.signal.throwIfAborted();
    if (turn.wanted) await turn.pass();
    size = generation.disturbed ? SMALL : BATCH;
    const ids = order.slice(i, i + size);
    const circling = generation.number >= WATCH_FROM ? watch : null;
    const slices = await workOut(context, generation, ids, claims, options, refused, managers, circling);
    if (onTheirWay.length >= ON_THEIR_WAY) await onTheirWay.shift();
    const way = commitBatch(context, generation, ids, slices);
    way.catch(() => undefined);
    onTheirWay.push(way);
    context.progress('sync', null, Math.min(i + size, order.length), order.length);
  }
  await Promise.all(onTheirWay);
}

/** Memberships that a plan does not speak of. */
function memberships(generation: Generation): DirtyRange[] {
  const groups = [...generation.groups].map(
    (id): DirtyRange => ({ subject: 'object', from: id, to: id, cause: 'not in the plan' }),
  );
  const members = generation.members.map(
    ({ staged, attribute, key }): DirtyRange => ({
      subject: 'edge',
      from: staged,
      to: staged,
      cause: 'not in the plan',
      detail: `${attribute}\u001f${key}`,
    }),
  );
  return [...groups, ...members];
}

/** What was left out waits as it did: the object, or the staged objects that would have made it. */
function waitAgain(generation: Generation, id: ObjectId): DirtyRange[] {
  const staged = (generation.assigned.get(id) ?? []).map(
    (from): DirtyRange => ({ subject: 'staged', from, to: from, cause: 'not in the plan' }),
  );
  return generation.created.has(id) ? staged : [...staged, { subject: 'object', from: id, to: id, cause: 'not in the plan' }];
}

async function takeDue(context: EngineContext, generation: Generation): Promise<void> {
  for (let after = 0; ; ) {
    const page = await context.store.sync.due(context.now, { after, limit: BATCH });
    for (const id of page) look(generation, id);
    if (page.length < BATCH) return;
    after = page[page.length - 1]!;
  }
}

async function objectIds(context: EngineContext, range: DirtyRange): Promise<ObjectId[]> {
  if (range.from === range.to) return [range.from];
  const out: ObjectId[] = [];
  for (let after = range.from - 1; ; ) {
    const page = await context.store.sync.scanObjects({ after, limit: BATCH });
    for (const row of page) if (row.id <= range.to) out.push(row.id);
    const last = page[page.length - 1];
    if (page.length < BATCH || last!.id > range.to) return out;
    after = last!.id;
  }
}

/** A staged object that got its link: whoever refers to it can resolve that now. */
async function lookAtReferrers(context: EngineContext, generation: Generation): Promise<void> {
  if (generation.assignments.size === 0 || (await allLookedAt(context, generation))) return;
  const ids = [...generation.assignments].filter(([, a]) => hasReferences(context, a.connection)).map(([id]) => id);
  const published = [...generation.newKeys.keys()].map(keyOf);
  for (let i = 0; i < published.length; i += BATCH)
    for (const object of await referrersOf(context, generation, [], published.slice(i, i + BATCH))) look(generation, object);
  for (let i = 0; i < ids.length; i += BATCH) {
    const rows = await context.store.spaces.byIds(ids.slice(i, i + BATCH));
    for (const object of await referrersOf(context, generation, rows)) look(generation, object);
  }
}

/** Everything that may refer to something is looked at anyhow, as in a first cycle or a full sync. */
async function allLookedAt(context: EngineContext, generation: Generation): Promise<boolean> {
  for (const connection of context.connections) {
    if (![...connection.imports.values()].some((rule) => rule.edges.length > 0)) continue;
    const counts = Object.values(await context.store.spaces.count(connection.name));
    if ((generation.looked.get(connection.name) ?? 0) < counts.reduce((sum, kind) => sum + kind.present + kind.gone, 0))
      return false;
  }
  return true;
}

async function workOut(
  context: EngineContext,
  generation: Generation,
  ids: readonly ObjectId[],
  claims: Claims,
  options: SyncOptions,
  refused: Set<ObjectId>,
  managers: ChangedManagers,
  watch: Watch | null,
): Promise<Slice[]> {
  const evaluated = await evaluateObjects(context, generation, ids, claims);
  await tellDoubtful(context, evaluated);
  noteManagers(managers, evaluated);
  const targets = await wishesOf(context, generation, evaluated);
  const slices = [newSlice()];
  const add: SyncCommit['keys']['add'][number][] = [];
  const remove: SyncCommit['keys']['remove'][number][] = [];
  const dirty: DirtyRange[] = [];
  const byObject = new Map<ObjectId, SyncCommit['staged'][number][]>();
  const ownerOf = new Map<number, ObjectId>();
  for (const one of evaluated) for (const row of one.rows) ownerOf.set(row.id, one.id);
  for (const write of targets.staged) {
    const owner = ownerOf.get(write.staged) ?? write.link!.object!;
    byObject.set(owner, [...(byObject.get(owner) ?? []), write]);
  }
  const linked: StagedRow[] = [];
  const hopTo: StagedRow[] = [];
  const hopKeys: StagedKey[] = [];
  const movedRows: StagedRow[] = [];
  const movedKeys: StagedKey[] = [];
  for (const [n, one] of evaluated.entries()) {
    if (n > 0 && n % SLICE === 0) slices.push(newSlice());
    const { objects, staged, keys, settled, changes, parked } = slices[slices.length - 1]!;
    for (const row of one.rows) {
      if (!generation.assignments.has(row.id)) continue;
      // What was linked waits for nothing any more.
      linked.push(row);
      settled.push(row.id);
    }
    const due = targets.due.get(one.id)!;
    const alone = one.before === null && !generation.parted.has(one.id);
    const result = resultOf(context, one, due > context.now ? due : Number.POSITIVE_INFINITY, alone);
    const writes = byObject.get(one.id) ?? [];
    if (options.accept && !options.accept(one, { objects: result.write ? [result.write] : [], staged: writes })) {
      refused.add(one.id);
      continue;
    }
    if (watch && result.write && returns(watch, result.write)) {
      // branch: parks circular
      one.parked.push({ kind: 'circular', connection: null, detail: '{}' });
      parked.push({ subject: { objectId: one.id }, items: one.parked, at: context.now });
      continue;
    }
    staged.push(...writes);
    if (result.write) {
      objects.push(result.write);
      tally(context, one, result.write.insert);
    }
    if (result.change) changes.push(result.change);
    add.push(...result.addKeys);
    remove.push(...result.removeKeys);
    keys.add.push(...result.storedKeys);
    keys.remove.push(...result.removeKeys);
    if (one.before || one.parked.length > 0) parked.push({ subject: { objectId: one.id }, items: one.parked, at: context.now });
    if (publishesHop(context, one, result.changed)) {
      hopTo.push(...one.rows);
      hopKeys.push(...publishedKeys(one.rules, one.attributes));
    }
    if (targets.again.has(one.id)) dirty.push({ subject: 'object', from: one.id, to: one.id, cause: 'joins first' });
    if (targets.moved.has(one.id)) {
      for (const id of targets.awaited.get(one.id) ?? []) dirty.push({ subject: 'object', from: id, to: id, cause: 'account' });
      if (one.before || generation.disturbed) {
        movedRows.push(...one.rows);
        movedKeys.push(...publishedKeys(one.rules, one.attributes));
      }
    }
    if (hasMemberships(one.rules)) generation.groups.add(one.id);
  }
  // Accounts that appear in a later batch than those that refer to them.
  for (const id of targets.moved)
    for (const from of generation.awaited.get(id) ?? []) dirty.push({ subject: 'object', from, to: from, cause: 'account' });
  for (const [id, from] of targets.awaited) {
    generation.awaited.set(id, [...(generation.awaited.get(id) ?? []), ...from]);
    if (generation.moved.has(id)) for (const one of from) dirty.push({ subject: 'object', from: one, to: one, cause: 'account' });
  }
  for (const id of targets.moved) generation.moved.add(id);
  for (const { staged: id, attribute, key } of movedRows.length > 0
    ? await membershipsOf(context, generation, movedRows, movedKeys)
    : [])
    dirty.push({ subject: 'edge', from: id, to: id, cause: 'account', detail: `${attribute}\u001f${key}` });
  // The link pass tried the keys of new objects itself, unless somebody else had a turn since.
  const untried = generation.disturbed ? add : add.filter((key) => !generation.newKeys.has(keyText(key)));
  if (generation.disturbed) movedRows.push(...linked);
  // Keys that newly name an object, or name it no more, were looked for by references too.
  const published = [...untried, ...remove];
  const looking =
    movedRows.length + published.length > 0
      ? await referrersOf(context, generation, movedRows, [...published, ...movedKeys])
      : new Set<ObjectId>();
  for (const object of looking) dirty.push({ subject: 'object', from: object, to: object, cause: 'reference' });
  // Objects of this generation read the new values anyhow (scope.ts).
  const reading = hopTo.length > 0 ? await referrersOf(context, generation, hopTo, hopKeys) : new Set<ObjectId>();
  for (const object of reading)
    if (!generation.ordered.has(object) || readsUnique(context))
      dirty.push({ subject: 'object', from: object, to: object, cause: 'reference' });
  // Who waited for, or was parked over, a key that changed.
  const waiting = new Set(published.length > 0 ? await context.store.sync.waiting(published) : []);
  for (const key of published) for (const id of generation.waitingFor.get(keyText(key)) ?? []) waiting.add(id);
  for (const id of waiting) dirty.push({ subject: 'staged', from: id, to: id, cause: 'key' });
  for (const object of await sharers(context, generation, add, remove))
    dirty.push({ subject: 'object', from: object, to: object, cause: 'key' });
  dirty.push(...(await staleAgain(context, generation)));
  tellOthers(context, generation, [...add, ...remove]);
  // With the first slice: whoever has to look again is on the list before anything has changed.
  slices[0]!.dirty.push(...unique(dirty));
  return slices;
}

async function commitBatch(
  context: EngineContext,
  generation: Generation,
  ids: readonly ObjectId[],
  slices: readonly Slice[],
): Promise<void> {
  const conflicts = await commitSlices(context, slices);
  for (const id of ids) generation.done.add(id);
  // Somebody changed them meanwhile: they are computed again.
  if (conflicts.objects.length > 0)
    await context.store.sync.markDirty(
      [...conflicts.objects.flatMap((id) => waitAgain(generation, id)), ...(await lookElsewhere(context, generation, conflicts))],
      context.epoch,
    );
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

function tally(context: EngineContext, one: Evaluated, insert: boolean): void {
  const counts = context.counters.objects.get(one.kind) ?? { created: 0, changed: 0 };
  context.counters.objects.set(one.kind, counts);
  if (insert) counts.created++;
  else counts.changed++;
}

function unique(dirty: readonly DirtyRange[]): DirtyRange[] {
  const seen = new Map<string, DirtyRange>();
  for (const range of dirty) seen.set(`${range.subject} ${range.from} ${range.to} ${range.detail ?? ''}`, range);
  return [...seen.values()];
}
