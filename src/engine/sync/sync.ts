/**
 * Sync: what waits is looked at in generations (SEMANTICS 4). A generation reads the state as the last one left it, links
 * first, then evaluates; what it publishes forms the next. Batches split a generation and change nothing about its result.
 * A batch is one commit; the last one clears what the generation began with, so that a crash repeats work and loses none.
 */

import type { DirtyRange, ObjectId, SeqRange } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Turn } from '../turns.ts';
import { commitBatch, type Work, waitAgain, workOut } from './batch.ts';
import { type ChangedManagers, changedManagers, tellCircles } from './circles.ts';
import { promisedAccounts, RULING } from './decisions.ts';
import { clear, finishGeneration, isAll } from './finish.ts';
import { type Generation, keyOf, look, newGeneration, ON_THEIR_WAY } from './generation.ts';
import { linkPass } from './link.ts';
import { memberChanges } from './members/changes.ts';
import { syncGroups } from './members/compare.ts';
import { AT_ONE_GO } from './met.ts';
import { hasReferences, referrersOf } from './references.ts';
import type { Watch } from './returning.ts';

const BATCH = 1_000;
/** Once somebody urgent has come, others may: they wait for about so long, and for the writing of two such batches. Heard they are sooner. */
const SLICE_MS = 6;
/** Objects: the bounds of such a batch. */
const [FEWEST, SMALL] = [25, 200];
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
  /** A plan is carried out: these are left as they are, and waiting. */
  readonly refused?: ReadonlySet<ObjectId>;
}

/** What one sync remembers from generation to generation. */
interface Course {
  readonly turn: Turn;
  readonly watch: Watch;
  readonly managers: ChangedManagers;
  /** The end of the list of the last generation, and what of it is to wait again, of a plan: its generations clear nothing. */
  upTo: number;
  readonly left: DirtyRange[];
}

export async function sync(context: EngineContext, options: SyncOptions = {}): Promise<void> {
  const turn = options.turn ?? (await context.turns.take(false));
  const watch: Watch = { values: new Map(), circular: new Set() };
  // What this run read is judged.
  for (const [name, reading] of context.turns.reading) if (reading.run === context.run) context.turns.reading.delete(name);
  const course: Course = { turn, watch, managers: changedManagers(), upTo: 0, left: [] };
  try {
    for (let number = 0; number < GENERATIONS; number++) {
      const more = await generationOf(context, options, course, number);
      if (!more || options.only) break;
      await turn.pass();
    }
    if (options.refused) await leaveWaiting(context, course);
    await tellCircles(context, course.managers);
  } finally {
    if (!options.turn) turn.end();
  }
}

/** False when nothing waited. */
async function generationOf(context: EngineContext, options: SyncOptions, course: Course, number: number): Promise<boolean> {
  const own = options.own?.() ?? (options.refused ? [{ after: course.upTo, upTo: Number.MAX_SAFE_INTEGER }] : undefined);
  if (options.own && own?.length === 0) return false;
  const waits = await context.store.sync.dirty(own);
  if (options.own && waits.ranges.length === 0) return false;
  // What people decide from now on is in the next list.
  const decided = (await context.store.decisions.list({ kinds: RULING, active: true }, { after: 0, limit: 1 })).length > 0;
  const first = waits.ranges.length > 0 && (await context.store.sync.scanObjects({ after: 0, limit: 1 })).length === 0;
  const { promised, unkept } = await promisedAccounts(context);
  const { turn } = course;
  const heard = async (): Promise<void> => {
    if (context.turns.busy) await turn.heard();
  };
  const generation = newGeneration(number, decided, { first, pause: () => turn.pass(), heard, promised });
  if (number === 0 && !options.own) {
    await takeDue(context, generation);
    for (const id of unkept) look(generation, id);
  }
  if (waits.ranges.length === 0 && generation.order.length === 0) return false;
  context.turns.open.add(generation);
  try {
    const stagedBefore = await stagedIn(context);
    await linkPass(
      context,
      waits.ranges.filter((range) => range.subject === 'staged'),
      generation,
      // What waits with everybody (a first read, a release) changes nothing that is agreed.
      waits.ranges.flatMap(({ subject, from, to }) => (subject === 'object' && from === to ? [from] : [])),
    );
    const waiting: ObjectId[][] = [];
    for (const range of waits.ranges) {
      if (range.subject === 'object') waiting.push(await objectIds(context, range));
      if (range.subject === 'edge') {
        const [attribute, key] = range.detail!.split('\u001f') as [string, string];
        generation.members.push({ staged: range.from, attribute, key });
      }
    }
    // In which order they were put on the list depends on the batches of the generation before.
    for (const id of waiting.flat().sort((a, b) => a - b)) look(generation, id);
    await lookAtReferrers(context, generation, stagedBefore);
    const done = doneBy(context, options, own, waits.upTo);
    const cleared = await evaluation(context, generation, options, course, done);
    for (const id of generation.order) if (options.refused?.has(id)) course.left.push(...waitAgain(generation, id));
    course.upTo = Math.max(course.upTo, waits.upTo);
    if (!options.only) {
      await syncGroups(context, generation);
      await memberChanges(context, generation);
    }
    await finishGeneration(context, generation, cleared ? [] : done);
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
  if (options.only || options.refused) return [];
  if (own) return turns.reading.size > 0 ? [] : own;
  return [{ after: 0, upTo }];
}

/** What a plan left out waits before the list is cleared: a crash in between loses nothing. */
async function leaveWaiting(context: EngineContext, { left, upTo }: Course): Promise<void> {
  if (left.length > 0) await context.store.sync.markDirty(left, context.epoch);
  if (upTo > 0) await clear(context, [{ after: 0, upTo }]);
}

/**
 * Batches are written while the next is worked out; they have no object in common. True when `done` is cleared: of a push whose one
 * batch is all there is, with that batch.
 */
async function evaluation(
  context: EngineContext,
  generation: Generation,
  options: SyncOptions,
  course: Course,
  done: readonly SeqRange[],
): Promise<boolean> {
  const { turn, watch, managers } = course;
  const order: ObjectId[] = [];
  for (const [i, id] of generation.order.entries()) {
    if (i > 0 && i % AT_ONE_GO === 0) await turn.pass();
    if (watch.circular.has(id) || options.refused?.has(id) || (options.only && !options.only.includes(id))) continue;
    order.push(id);
    generation.workedOut.add(id);
  }
  const work: Work = { context, generation, claims: new Map(), managers };
  const onTheirWay: Promise<boolean>[] = [];
  let small = SMALL;
  for (let i = 0, size = context.batch; i < order.length; i += size) {
    await turn.heard();
    if (context.signal.aborted || turn.wanted) await Promise.all(onTheirWay);
    context.signal.throwIfAborted();
    if (turn.wanted) await turn.pass();
    size = context.turns.busy ? Math.min(small, context.batch) : context.batch;
    const ids = order.slice(i, i + size);
    const circling = generation.number >= WATCH_FROM ? watch : null;
    const begun = performance.now();
    const slices = await workOut(work, ids, circling);
    small = Math.round(Math.min(SMALL, Math.max(FEWEST, (size * SLICE_MS) / (performance.now() - begun))));
    // Who comes urgently waits for those that are on their way.
    if (onTheirWay.length >= (context.turns.busy ? 1 : ON_THEIR_WAY)) await onTheirWay.shift();
    const all = options.own !== undefined && ids.length === order.length && slices.length === 1 && isAll(generation);
    const way = commitBatch(context, generation, ids, slices, all ? done : []);
    way.catch(() => undefined);
    onTheirWay.push(way);
    if (all) return await way;
    context.progress('sync', null, Math.min(i + size, order.length), order.length);
  }
  await Promise.all(onTheirWay);
  return false;
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
    const limit = Math.min(BATCH, range.to - after);
    const page = await context.store.sync.scanObjects({ after, limit });
    for (const row of page) if (row.id <= range.to) out.push(row.id);
    const last = page[page.length - 1];
    if (page.length < limit || last!.id >= range.to) return out;
    after = last!.id;
  }
}

/** A staged object that got its link: whoever refers to it can resolve that now. */
async function lookAtReferrers(
  context: EngineContext,
  generation: Generation,
  stagedBefore: ReadonlyMap<string, number>,
): Promise<void> {
  if (generation.links.size === 0 || allLookedAt(generation, stagedBefore)) return;
  const ids = [...generation.links].filter(([, link]) => hasReferences(context, link.connection)).map(([id]) => id);
  const published = [...generation.newKeys.keys()].map(keyOf);
  for (let i = 0; i < published.length; i += BATCH) {
    await generation.pause();
    for (const object of await referrersOf(context, generation, [], published.slice(i, i + BATCH))) look(generation, object);
  }
  for (let i = 0; i < ids.length; i += BATCH) {
    await generation.pause();
    const rows = await context.store.spaces.byIds(ids.slice(i, i + BATCH));
    for (const object of await referrersOf(context, generation, rows)) look(generation, object);
  }
}

/** Everything that may refer to something is looked at anyhow, as in a first cycle or a full sync; who came since is worked out elsewhere. */
function allLookedAt(generation: Generation, stagedBefore: ReadonlyMap<string, number>): boolean {
  for (const [connection, staged] of stagedBefore) if ((generation.looked.get(connection) ?? 0) < staged) return false;
  return true;
}

/** By connection whose objects may refer to others: how many it has. */
async function stagedIn(context: EngineContext): Promise<Map<string, number>> {
  const out = new Map<string, number>();
  for (const { name, imports } of context.connections) {
    if (![...imports.values()].some((rule) => rule.edges.length > 0)) continue;
    const counts = Object.values(await context.store.spaces.count(name));
    out.set(
      name,
      counts.reduce((sum, kind) => sum + kind.present + kind.gone, 0),
    );
  }
  return out;
}
