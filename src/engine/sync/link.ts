/**
 * The link pass: which object each unlinked staged object belongs to. Connections in order of rank, anchors in order
 * within one; what a rank decides is seen by the next (SEMANTICS 1, competitors). Nothing is written here but the end of a
 * link that a person decided against.
 */
import { canonicalJson } from '#core/canonical';
import { normalForm } from '#core/matching';
import { scalars } from '#core/values';
import type { Clock, ImportRule, KindRules, RowScope } from '#rules/model';
import type { DirtyRange, ExportColumns, ObjectId, StagedId, StagedKey, StagedRow } from '#store/contract';
import { clockOf, type EngineConnection, type EngineContext } from '../context.ts';
import type { OutageTimes } from '../import/health.ts';
import { reporter, ruleFor, scopeOf } from './contributions.ts';
import { barredBy, decisionsOn, linkedBy } from './decisions.ts';
import { tellOthers } from './disturbed.ts';
import { type Generation, joinScope, keyOf, keyText, look, type ParkedItem } from './generation.ts';
import { outagesOf } from './outages.ts';
import { displaced } from './second-rows.ts';
import { wantingThese } from './wanting.ts';

const BATCH = 1_000;

interface Unlinked {
  readonly row: StagedRow;
  readonly rule: ImportRule;
  /** In the order of the rule's `join`, each with the keys its value gives. */
  readonly keys: readonly (readonly StagedKey[])[];
}

export async function linkPass(context: EngineContext, ranges: readonly DirtyRange[], generation: Generation): Promise<void> {
  const ids = idAllocator(context);
  const freed: StagedKey[] = [];
  for (const connection of context.connections) {
    const ordered = await context.store.sync.orderedIds(connection.name, ranges);
    generation.looked.set(connection.name, ordered.length);
    for (let i = 0; i < ordered.length; i += BATCH) {
      context.signal.throwIfAborted();
      await generation.pause();
      await linkBatch(context, connection, Array.from(ordered.subarray(i, i + BATCH)), generation, ids, freed);
      context.progress('sync', connection.name, Math.min(i + BATCH, ordered.length), ordered.length);
    }
  }
  tellOthers(context, generation, freed);
  await linkWaiting(context, generation, ids, freed);
  for (const [id, list] of generation.waiting) for (const key of list) push(generation.waitingFor, keyText(key), id);
}

/**
 * Staged objects that waited for a key which this pass published, or for a place that it freed: they link now, before
 * anybody is given an account that stands there already.
 */
async function linkWaiting(
  context: EngineContext,
  generation: Generation,
  newId: () => Promise<ObjectId>,
  freed: readonly StagedKey[],
): Promise<void> {
  const keys = new Map<string, StagedKey>(freed.map((key) => [keyText(key), key]));
  for (const text of generation.newKeys.keys()) keys.set(text, keyOf(text));
  if (keys.size === 0) return;
  const waiting = new Set<StagedId>();
  const all = [...keys.values()];
  for (let i = 0; i < all.length; i += BATCH)
    for (const id of await context.store.sync.waiting(all.slice(i, i + BATCH))) waiting.add(id);
  for (const [id, list] of generation.waiting) if (list.some((key) => keys.has(keyText(key)))) waiting.add(id);
  for (const id of generation.assignments.keys()) waiting.delete(id);
  if (waiting.size === 0) return;
  const ranges = [...waiting].map((id): DirtyRange => ({ subject: 'staged', from: id, to: id, cause: 'key' }));
  for (const connection of context.connections) {
    const ordered = await context.store.sync.orderedIds(connection.name, ranges);
    for (let i = 0; i < ordered.length; i += BATCH)
      await linkBatch(context, connection, Array.from(ordered.subarray(i, i + BATCH)), generation, newId, []);
  }
}

async function linkBatch(
  context: EngineContext,
  connection: EngineConnection,
  ids: readonly number[],
  generation: Generation,
  newId: () => Promise<ObjectId>,
  freed: StagedKey[],
): Promise<void> {
  const { store } = context;
  const rows = new Map((await store.spaces.byIds(ids)).map((row) => [row.id, row]));
  const clock = clockOf(context);
  const outages = outagesOf(context, connection.name);
  const unlinked: Unlinked[] = [];
  const released = await release(context, generation, [...rows.values()]);
  for (const row of released) {
    freed.push(...keysOf(context, connection, row, outages, clock));
    rows.set(row.id, row);
  }
  for (const id of ids) {
    const row = rows.get(id);
    if (!row) continue;
    if (row.objectId !== null) {
      look(generation, row.objectId);
      // Its place is free: another one of this connection may have been parked over it.
      if (row.presence === 'gone') {
        freed.push(...keysOf(context, connection, row, outages, clock));
        if (connection.exports.size > 0) generation.lost.add(row.objectId);
      }
      continue;
    }
    const assignment = generation.assignments.get(id);
    if (assignment) continue;
    if (row.presence !== 'present') {
      settle(generation, row, [], []);
      continue;
    }
    const scope = scopeOf(row, outages);
    const rule = ruleFor(connection, row, scope, clock, reporter(context));
    if (!rule) settle(generation, row, [], []);
    else unlinked.push({ row, rule, keys: joinKeysOf(context, rule, scope, clock) });
  }
  const nobodys = [...rows.values()].filter((row) => row.objectId === null && row.presence === 'present');
  for (const object of await wantingThese(context, connection.name, nobodys)) look(generation, object);
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
  const candidates = new Set([...owners.values()].flat());
  const taken = new Set<ObjectId>();
  for (const account of await store.spaces.accounts(connection.name, [...candidates]))
    if (account.presence === 'present' || account.presence === 'held') taken.add(account.objectId);

  for (const { row, rule, keys } of unlinked) {
    const decided = decisions.get(row.id) ?? [];
    if (decided.some((d) => d.kind === 'exclude')) {
      settle(generation, row, [], []);
      continue;
    }
    const link = linkedBy(decided);
    if (link !== null) {
      assign(context, generation, row, link, 'decided', connection.name);
      continue;
    }
    const barred = barredBy(decided);
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
      assign(context, generation, row, object, 'joined', connection.name);
      continue;
    }
    if (!rule.project) {
      // branch: parks unjoined
      settle(generation, row, flat(keys), [
        { kind: 'unjoined', connection: connection.name, detail: canonicalJson({ anchor: row.anchor }) },
      ]);
      continue;
    }
    const fresh = await newId();
    generation.created.set(fresh, rule.kind);
    if (barred.size > 0) generation.parted.add(fresh);
    for (const key of publishedBy(context, rule, row, outages, clock)) {
      const text = keyText(key);
      if (generation.newKeys.has(text)) generation.shared.add(text);
      push(generation.newKeys, text, fresh);
    }
    assign(context, generation, row, fresh, 'projected', connection.name);
  }
}

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
 * Answers these staged objects as they are now, to be linked like any other; whose they were is looked at in this generation
 * and, since that must outlive a crash, in the next. A link that a person confirmed is made anew, as decided.
 */
async function release(context: EngineContext, generation: Generation, rows: readonly StagedRow[]): Promise<StagedRow[]> {
  const { store } = context;
  const linked = rows.filter((row) => row.objectId !== null && !generation.assignments.has(row.id));
  const decisions = await decisionsOn(
    context,
    generation,
    linked.map((row) => row.id),
  );
  const foreign = new Set(linked.filter((row) => isForeign(context, row)));
  const seconds = await displaced(context, linked);
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
  for (const row of out) look(generation, row.objectId!);
  return [...(await store.spaces.byIds(out.map((row) => row.id)))];
}

function waitAgain(subject: 'object' | 'staged', id: number): DirtyRange {
  return { subject, from: id, to: id, cause: 'decision' };
}

/** The join keys of a staged object as it was last seen. */
function keysOf(
  context: EngineContext,
  connection: EngineConnection,
  row: StagedRow,
  outages: OutageTimes,
  clock: Clock,
): readonly StagedKey[] {
  const scope = scopeOf(row, outages);
  const rule = ruleFor(connection, row, scope, clock);
  return rule ? flat(joinKeysOf(context, rule, scope, clock)) : [];
}

/** The keys a new object will be found by: of all that it is made from, not only what its own rule joins on. */
function publishedBy(
  context: EngineContext,
  rule: ImportRule,
  row: StagedRow,
  outages: OutageTimes,
  clock: Clock,
): readonly StagedKey[] {
  const join = context.kinds.get(rule.kind)!.joinKeys;
  return flat(joinKeysOf(context, { ...rule, join }, scopeOf(row, outages), clock));
}

/** The keys an unlinked staged object is looked for by. */
export function waitedFor(context: EngineContext, connection: EngineConnection, row: StagedRow): readonly StagedKey[] {
  return keysOf(context, connection, row, outagesOf(context, connection.name), clockOf(context));
}

function assign(
  context: EngineContext,
  generation: Generation,
  row: StagedRow,
  object: ObjectId,
  how: 'joined' | 'projected' | 'decided',
  connection: string,
): void {
  generation.assignments.set(row.id, { object, how, connection, revision: row.revision });
  push(generation.assigned, object, row.id);
  generation.waiting.delete(row.id);
  generation.parked.delete(row.id);
  look(generation, object);
  context.counters.add(connection, how === 'projected' ? 'projected' : 'joined');
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
      for (const owner of owners.get(text) ?? []) if (!barred.has(owner)) found.add(owner);
      for (const owner of generation.newKeys.get(text) ?? []) if (!barred.has(owner)) found.add(owner);
    }
    if (found.size > 0) return [...found];
  }
  return [];
}

function hasAssigned(generation: Generation, object: ObjectId, connection: string): boolean {
  return (generation.assigned.get(object) ?? []).some((id) => generation.assignments.get(id)!.connection === connection);
}

/** The keys by which a staged object is looked for, one list per join attribute. A failing flow gives none: it is reported when evaluated. */
export function joinKeysOf(
  context: Pick<EngineContext, 'kinds'>,
  rule: ImportRule,
  scope: RowScope,
  clock: Clock,
): (readonly StagedKey[])[] {
  const rules: KindRules = context.kinds.get(rule.kind)!;
  return rule.join.map((attribute) => {
    const flow = rule.flows.find((f) => f.attribute === attribute);
    const type = rules.attributes.get(attribute);
    if (!flow || !type) return [];
    try {
      const value = flow.evaluate(scope, clock);
      return scalars(value ?? null)
        .map((scalar) => normalForm(scalar, type.matching))
        .filter((norm) => norm !== '')
        .map((norm) => ({ scope: joinScope(rule.kind, attribute), norm }));
    } catch {
      return [];
    }
  });
}

/** Ascending ids, reserved in blocks: the order of projection is the order of ids. */
function idAllocator(context: EngineContext): () => Promise<ObjectId> {
  let next = 0;
  let end = 0;
  return async () => {
    if (next === end) {
      next = await context.store.sync.reserve('object', BATCH);
      end = next + BATCH;
    }
    return next++;
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function flat(keys: readonly (readonly StagedKey[])[]): readonly StagedKey[] {
  return keys.length === 1 ? keys[0]! : keys.flat();
}
