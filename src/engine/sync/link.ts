/**
 * The link pass: which object each unlinked staged object belongs to. Connections in order of rank, anchors in order
 * within one; what a rank decides is seen by the next (SEMANTICS 1, competitors). Nothing is written here but the end of
 * links (release.ts).
 */
import { canonicalJson } from '#core/canonical';
import type { Clock, ImportRule, RowScope } from '#rules/model';
import type { DirtyRange, ObjectId, StagedId, StagedKey, StagedRow } from '#store/contract';
import { belongsTo, clockOf, type EngineConnection, type EngineContext } from '../context.ts';
import { reporter, ruleFor, scopeOf } from './contributions.ts';
import { barredBy, decisionsOn, linkedBy } from './decisions.ts';
import { tellOthers } from './disturbed.ts';
import { bring, type Foreseen, foresight, gaining, misfits } from './foresight.ts';
import { forgetLinks, type Generation, keyOf, keyText, look, type ParkedItem } from './generation.ts';
import { IdSet } from './ids.ts';
import { flat, joinKeysOf, keysOfObjects, publishedBy } from './join-keys.ts';
import { keepPlace, lookAtMet, type Met, nobodyMet, takePlace } from './met.ts';
import { outagesOf } from './outages.ts';
import { release } from './release.ts';
import { hasPlace, mayMove, occupied } from './second-rows.ts';
import { wantingThese } from './wanting.ts';

const BATCH = 1_000;
/** Of pushes that are worked out together. */
const FEW = 100;

interface Unlinked {
  readonly row: StagedRow;
  readonly rule: ImportRule;
  /** In the order of the rule's `join`, each with the keys its value gives. */
  readonly keys: readonly (readonly StagedKey[])[];
}

/** `listed`: objects that are agreed on in this generation whoever links to them. */
export async function linkPass(
  context: EngineContext,
  ranges: readonly DirtyRange[],
  generation: Generation,
  listed: readonly ObjectId[],
): Promise<void> {
  const ids = idAllocator(context, ranges);
  const freed: StagedKey[] = [];
  const due = [...generation.order];
  let all: readonly DirtyRange[] = [...ranges, ...(await mayMove(context, due))];
  const foreseen: Foreseen = { known: null, brought: new Map(), passes: 0 };
  const woken = new IdSet();
  const pass = async (told: EngineContext): Promise<StagedId[]> =>
    (await onePass(told, all, generation, ids, freed)).filter((id) => woken.add(id));
  let late = await pass(context);
  while (late.length > 0 || (await misfits(context, generation, foreseen, listed))) {
    // Whom the pass woke is served in its turn, as in a full sync: it may be before others, and wake others.
    all = all.concat(late.map(waits));
    const met = generation.order.filter((id) => !generation.created.has(id));
    forgetLinks(generation, due);
    generation.foresight = foresight(foreseen);
    late = await pass({ ...context, fault: () => undefined });
    for (const id of met) look(generation, id);
  }
  for (const [, { how, connection }] of generation.links)
    context.counters.add(connection, how === 'projected' ? 'projected' : 'joined');
  tellOthers(context, generation, freed, []);
  for (const [id, list] of generation.waiting) for (const key of list) push(generation.waitingFor, keyText(key), id);
}

/** Answers who was woken by it and is not within the ranges. */
async function onePass(
  context: EngineContext,
  ranges: readonly DirtyRange[],
  generation: Generation,
  ids: () => Promise<ObjectId>,
  freed: StagedKey[],
): Promise<readonly StagedId[]> {
  const met = nobodyMet();
  for (const connection of context.connections) {
    const ordered = await context.store.sync.orderedIds(connection.name, ranges, generation.pause);
    generation.looked.set(connection.name, ordered.length);
    const told = (done: number): void => context.progress('sync', connection.name, done, ordered.length);
    await linkInOrder(context, connection, ordered, generation, met, ids, freed, told);
  }
  const late = await linkWaiting(context, generation, met, ids, freed);
  await lookAtMet(generation, met);
  return late;
}

/**
 * What people decided first: nobody else has the place by then. Protected accounts of a target last: who has another account there
 * is to have that one, which can be kept in step.
 */
async function linkInOrder(
  context: EngineContext,
  connection: EngineConnection,
  ordered: Float64Array,
  generation: Generation,
  met: Met,
  newId: () => Promise<ObjectId>,
  freed: StagedKey[],
  told: (done: number) => void = () => undefined,
): Promise<void> {
  const last: StagedId[] = [];
  const batch = async (ids: readonly StagedId[], later: StagedId[] | null, to = met): Promise<void> => {
    context.signal.throwIfAborted();
    await generation.pause();
    await linkBatch(context, connection, ids, generation, to, newId, freed, later);
  };
  const size = context.batch;
  for (let i = 0; generation.decided && i < ordered.length; i += size) {
    const ids = Array.from(ordered.subarray(i, i + size));
    const decisions = await decisionsOn(context, generation, ids);
    const decided = ids.filter((id) => linkedBy(decisions.get(id) ?? []) !== null);
    if (decided.length === 0) continue;
    // Linked before their turn, they are served in it.
    const early = nobodyMet();
    await batch(decided, null, early);
    for (const object of early.objects) if (object !== null) met.besides.add(object);
  }
  for (let i = 0; i < ordered.length; i += size) {
    await batch(Array.from(ordered.subarray(i, i + size)), last);
    told(Math.min(i + size, ordered.length));
  }
  for (let i = 0; i < last.length; i += size) await batch(last.slice(i, i + size), null);
}

/**
 * Staged objects that waited for a key which this pass published, or for a place or a key that it freed: they link now, before
 * anybody is given an account that stands there already. Answers those that the pass had not met before.
 */
async function linkWaiting(
  context: EngineContext,
  generation: Generation,
  met: Met,
  newId: () => Promise<ObjectId>,
  freed: readonly StagedKey[],
): Promise<readonly StagedId[]> {
  const { newKeys, links } = generation;
  const free = new Set([...freed.map(keyText), ...(generation.foresight?.loses.keys() ?? [])]);
  const waiting = new Set<StagedId>();
  for (const keys of inBatches(newKeys.keys(), free))
    for (const id of await context.store.sync.waiting(keys.map(keyOf))) waiting.add(id);
  for (const [id, list] of generation.waiting)
    if (list.map(keyText).some((key) => newKeys.has(key) || free.has(key))) waiting.add(id);
  for (const id of [...waiting]) if (links.has(id)) waiting.delete(id);
  if (waiting.size === 0) return [];
  const late = [...waiting].filter((id) => !generation.waiting.has(id));
  const ranges = [...waiting].map(waits);
  for (const connection of context.connections) {
    const ordered = await context.store.sync.orderedIds(connection.name, ranges);
    await linkInOrder(context, connection, ordered, generation, met, newId, []);
  }
  return late;
}

function waits(id: StagedId): DirtyRange {
  return { subject: 'staged', from: id, to: id, cause: 'key' };
}

/** `later` takes the protected accounts, which are then left out. */
async function linkBatch(
  context: EngineContext,
  connection: EngineConnection,
  ids: readonly StagedId[],
  generation: Generation,
  met: Met,
  newId: () => Promise<ObjectId>,
  freed: StagedKey[],
  later: StagedId[] | null,
): Promise<void> {
  const { store } = context;
  const rows = new Map((await store.spaces.byIds(ids)).map((row) => [row.id, row]));
  const clock = clockOf(context);
  const outages = outagesOf(context, connection.name);
  const unlinked: Unlinked[] = [];
  const left = new Set<ObjectId>();
  const released = new Map<StagedId, ObjectId>();
  for (const row of await release(context, connection, generation, [...rows.values()])) {
    const former = rows.get(row.id)!.objectId!;
    left.add(former);
    released.set(row.id, former);
    rows.set(row.id, row);
  }
  for (const id of ids) {
    const row = rows.get(id);
    if (!row) continue;
    if (row.objectId !== null) {
      met.objects.push(row.objectId);
      // Its place is free: another one of this connection may have been parked over it, whatever key of theirs it has.
      if (row.presence === 'gone') {
        left.add(row.objectId);
        if (connection.exports.size > 0) generation.lost.add(row.objectId);
      } else if (row.presence === 'present' && !hasPlace(context, row)) left.add(row.objectId);
      continue;
    }
    const former = released.get(id);
    if (former !== undefined) met.objects.push(former);
    const linked = generation.links.objectOf(id);
    if (linked !== undefined) {
      met.objects.push(linked);
      continue;
    }
    if (row.presence !== 'present') {
      settle(generation, row, [], []);
      continue;
    }
    keepPlace(met, id);
    const scope = scopeOf(row, outages);
    const rule = ruleFor(connection, row, scope, clock, reporter(context));
    if (!rule) settle(generation, row, [], []);
    else if (later && connection.exports.size > 0 && rule.protect && isGuarded(rule.protect, scope, clock)) later.push(id);
    else unlinked.push({ row, rule, keys: joinKeysOf(context, rule, scope, clock) });
  }
  freed.push(...(await keysOfObjects(context, [...left])));
  const nobodys = [...rows.values()].filter((row) => row.objectId === null && row.presence === 'present');
  for (const object of await wantingThese(context, connection.name, nobodys)) met.besides.add(object);
  if (unlinked.length === 0) return;

  const wanted = new Map<string, StagedKey>();
  for (const { keys } of unlinked) for (const list of keys) for (const key of list) wanted.set(keyText(key), key);
  const owners = new Map<string, ObjectId[]>();
  for (const row of await store.sync.keys([...wanted.values()])) push(owners, keyText(row), row.owner);
  const decisions = await decisionsOn(
    context,
    generation,
    unlinked.map((u) => u.row.id),
  );
  // The decided object of a link decision, and every owner, may already have a staged object in this connection.
  const candidates = new Set([...[...owners.values()].flat(), ...gaining(generation.foresight, wanted.keys())]);
  const taken = await occupied(context, connection, [...candidates]);

  const parts = unlinked.flatMap(({ row }) => belongsTo(connection, row) ?? []);
  const known = new Map((parts.length === 0 ? [] : await store.sync.objects(parts)).map((one) => [one.id, one]));
  for (const { row, rule, keys } of unlinked) {
    const decided = decisions.get(row.id) ?? [];
    if (decided.some((d) => d.kind === 'exclude')) {
      settle(generation, row, [], []);
      continue;
    }
    const link = linkedBy(decided);
    if (link !== null) {
      assign(generation, met, row, link, 'decided', connection.name);
      continue;
    }
    const barred = barredBy(decided);
    const own = belongsTo(connection, row);
    if (own !== null) {
      const there = known.get(own);
      if (there?.kind === rule.kind && there.aliasOf === null && !barred.has(own)) {
        assign(generation, met, row, own, 'joined', connection.name);
        continue;
      }
      // branch: parks unjoined: an edit of nobody
      settle(generation, row, [], [unjoined(connection, row)]);
      continue;
    }
    const found = candidateOf(keys, owners, generation, barred);
    if (found.length > 1) {
      // branch: parks ambiguous
      settle(generation, row, flat(keys), [
        { kind: 'ambiguous', connection: connection.name, detail: canonicalJson({ candidates: found, anchor: row.anchor }) },
      ]);
      continue;
    }
    const object = found[0];
    if (object !== undefined) {
      const occupied = taken.has(object) || hasAssigned(generation, object, connection.name);
      if (occupied && !rule.many) {
        const kind = connection.exports.has(rule.kind) ? 'duplicateAccount' : 'second';
        // branch: parks ${kind} of second, duplicateAccount
        settle(generation, row, flat(keys), [
          { kind, connection: connection.name, detail: canonicalJson({ anchor: row.anchor, object }) },
        ]);
        continue;
      }
      assign(generation, met, row, object, 'joined', connection.name);
      continue;
    }
    if (!rule.project) {
      // branch: parks unjoined
      settle(generation, row, flat(keys), [unjoined(connection, row)]);
      continue;
    }
    const fresh = await newId();
    generation.created.set(fresh, rule.kind);
    if (barred.size > 0) generation.parted.add(fresh);
    for (const key of publishedBy(context, rule, row, outages, clock)) {
      const text = keyText(key);
      if (generation.newKeys.has(text)) generation.shared.add(text);
      generation.newKeys.add(text, fresh);
    }
    assign(generation, met, row, fresh, 'projected', connection.name);
  }
}

function unjoined({ name }: EngineConnection, { anchor }: StagedRow): ParkedItem {
  return { kind: 'unjoined', connection: name, detail: canonicalJson({ anchor }) };
}

function assign(
  generation: Generation,
  met: Met,
  row: StagedRow,
  object: ObjectId,
  how: 'joined' | 'projected' | 'decided',
  connection: string,
): void {
  generation.links.set(row.id, { object, how, connection, revision: row.revision });
  generation.waiting.delete(row.id);
  generation.parked.delete(row.id);
  if (generation.foresight) bring(generation.foresight, row.id, object);
  takePlace(met, row.id, object);
}

/** What cannot be told is left alone. */
function isGuarded(protect: NonNullable<ImportRule['protect']>, scope: RowScope, clock: Clock): boolean {
  try {
    return protect(scope, clock);
  } catch {
    return true;
  }
}

/** An unlinked staged object's whole situation: what it waits for, why it is parked. */
function settle(generation: Generation, row: StagedRow, waiting: readonly StagedKey[], parked: readonly ParkedItem[]): void {
  generation.revisions.set(row.id, row.revision);
  generation.waiting.set(row.id, waiting);
  generation.parked.set(row.id, parked);
}

/** The first join attribute that finds somebody decides. */
function candidateOf(
  keys: readonly (readonly StagedKey[])[],
  owners: ReadonlyMap<string, readonly ObjectId[]>,
  generation: Generation,
  barred: ReadonlySet<ObjectId | null>,
): ObjectId[] {
  for (const list of keys) {
    const found = new Set<ObjectId>();
    for (const key of list) {
      const text = keyText(key);
      const lost = generation.foresight?.loses.get(text);
      for (const owner of owners.get(text) ?? []) if (!barred.has(owner) && !lost?.has(owner)) found.add(owner);
      for (const owner of generation.newKeys.of(text)) if (!barred.has(owner)) found.add(owner);
      for (const owner of generation.foresight?.gets.get(text) ?? []) if (!barred.has(owner)) found.add(owner);
    }
    if (found.size > 0) return [...found];
  }
  return [];
}

function hasAssigned(generation: Generation, object: ObjectId, connection: string): boolean {
  return generation.links.of(object).some((id) => generation.links.get(id)!.connection === connection);
}

/**
 * Ascending ids, reserved in blocks: the order of projection is the order of ids. A push reserves them one by one, which costs nothing
 * (store/writes/ahead): what is reserved beside others and not used is given to nobody.
 */
function idAllocator(context: EngineContext, ranges: readonly DirtyRange[]): () => Promise<ObjectId> {
  const waiting = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const block = waiting <= FEW ? 1 : Math.min(BATCH, waiting);
  let next = 0;
  let end = 0;
  return async () => {
    if (next === end) {
      next = await context.store.sync.reserve('object', block);
      end = next + block;
    }
    return next++;
  };
}

function* inBatches(...lists: readonly Iterable<string>[]): Iterable<string[]> {
  let batch: string[] = [];
  for (const list of lists)
    for (const key of list) {
      if (batch.push(key) < BATCH) continue;
      yield batch;
      batch = [];
    }
  if (batch.length > 0) yield batch;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
