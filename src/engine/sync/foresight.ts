/**
 * Links are made in memory before anybody is agreed on (docs/decisions/0008), and they must fit what will be agreed: a known
 * object may get or lose a join key in this very generation. Where that concerns a link that was just made, the link pass is
 * done again with what will be. Nobody is looked at twice where no known object is, as in a first cycle.
 */
import type { ObjectId, StagedId } from '#store/contract';
import { connectionNamed, type EngineContext } from '../context.ts';
import { type Evaluated, evaluateObjects } from './evaluate.ts';
import { type Generation, keyOf, keyText } from './generation.ts';
import { waitedFor } from './join-keys.ts';
import { publishedKeys } from './published-keys.ts';

/** What one link brings may make another one, and so on; more than this in one generation is left to the next. */
const MOST_PASSES = 5;

interface Change {
  readonly key: string;
  readonly object: ObjectId;
  readonly gets: boolean;
}

/** Join keys as they will be, for one link pass. */
export interface Foresight {
  readonly gets: Map<string, ObjectId[]>;
  readonly loses: Map<string, Set<ObjectId>>;
  /** By staged object: what its object gets or loses when it is linked. */
  readonly brought: ReadonlyMap<StagedId, readonly Change[]>;
}

/** What is known of one generation, pass after pass. */
export interface Foreseen {
  /** Of objects by what is linked to them already; null before anybody looked. */
  known: readonly Change[] | null;
  brought: Map<StagedId, readonly Change[]>;
  passes: number;
}

export function foresight({ known, brought }: Foreseen): Foresight {
  const out: Foresight = { gets: new Map(), loses: new Map(), brought };
  for (const change of known ?? []) expect(out, change, change.object);
  return out;
}

/** A link is made in this pass: later ones see what it brings. */
export function bring(soon: Foresight, row: StagedId, object: ObjectId): void {
  for (const change of soon.brought.get(row) ?? []) expect(soon, change, object);
}

/** Known objects that these keys will find though the store does not say so. */
export function gaining(soon: Foresight | null, keys: Iterable<string>): ObjectId[] {
  return soon === null ? [] : [...keys].flatMap((key) => soon.gets.get(key) ?? []);
}

function expect({ gets, loses }: Foresight, { key, gets: isNew }: Change, object: ObjectId): void {
  if (!isNew) loses.set(key, (loses.get(key) ?? new Set()).add(object));
  else if (gets.has(key)) gets.get(key)!.push(object);
  else gets.set(key, [object]);
}

/** Whether links of this pass do not fit what will be agreed; `foreseen` then says more than before. `listed`: objects that are agreed on besides. */
export async function misfits(
  context: EngineContext,
  generation: Generation,
  foreseen: Foreseen,
  listed: readonly ObjectId[],
): Promise<boolean> {
  if (generation.links.size === 0 || ++foreseen.passes >= MOST_PASSES) return false;
  // Whatever is wrong with them is told when it is their turn.
  const silent: EngineContext = { ...context, fault: () => undefined };
  if (foreseen.known === null) {
    const { order, created } = generation;
    const met = order.length === created.size ? [] : order.filter((id) => !created.has(id));
    const known = [...new Set([...met, ...listed])];
    foreseen.known = await changesOf(silent, { ...generation, apart: true }, known, []);
    if (foreseen.known.length > 0 && (await concerns(silent, generation, foreseen.known))) return true;
  }
  const joined = joinedBy(context, generation);
  if (joined.size === 0) return false;
  const changes = await changesOf(silent, generation, [...joined.keys()], foreseen.known);
  const fresh = changes.filter(({ object, key }) => !foreseen.brought.get(joined.get(object)!)?.some((one) => one.key === key));
  const byObject = Map.groupBy(changes, ({ object }) => object);
  for (const { object } of fresh) foreseen.brought.set(joined.get(object)!, byObject.get(object)!);
  return fresh.length > 0 && concerns(silent, generation, fresh);
}

/** Objects that somebody joined who may bring a key by which others, later in the pass, are made or found: each with the first of them. */
function joinedBy(context: EngineContext, generation: Generation): Map<ObjectId, StagedId> {
  const out = new Map<ObjectId, StagedId>();
  const bringing = new Set(context.connections.filter((one) => bringsKeys(context, one.name)).map((one) => one.name));
  if (bringing.size === 0) return out;
  for (const [row, { object, how, connection }] of generation.links)
    if (how !== 'projected' && bringing.has(connection) && !out.has(object)) out.set(object, row);
  return out;
}

function bringsKeys(context: EngineContext, name: string): boolean {
  const { rank, imports } = connectionNamed(context, name)!;
  const later = context.connections.filter((one) => one.rank >= rank);
  return [...imports.values()].some(({ kind, join, flows }) => {
    const makers = later.flatMap((one) => [...one.imports.values()].filter((rule) => rule.project && rule.kind === kind));
    return flows.some(
      ({ attribute }) => !(join.length === 1 && join[0] === attribute) && makers.some((rule) => rule.join.includes(attribute)),
    );
  });
}

/** Join keys that these objects get and lose when they are agreed on; `expected`: what is known of that already. */
async function changesOf(
  context: EngineContext,
  generation: Generation,
  ids: readonly ObjectId[],
  expected: readonly Change[],
): Promise<Change[]> {
  const out: Change[] = [];
  const known = Map.groupBy(expected, ({ object }) => object);
  for (const some of batches(context, ids)) {
    await rest(context, generation);
    for (const one of await evaluateObjects(context, generation, some, null)) {
      const has = joinKeys(one, one.attributes);
      const had = joinKeys(one, one.beforeAttributes ?? {});
      for (const { key, gets } of known.get(one.id) ?? [])
        if (gets) had.add(key);
        else had.delete(key);
      for (const key of has)
        if (!had.has(key) && !generation.newKeys.of(key).includes(one.id)) out.push({ key, object: one.id, gets: true });
      for (const key of had) if (!has.has(key)) out.push({ key, object: one.id, gets: false });
    }
  }
  return out;
}

function joinKeys({ rules }: Evaluated, attributes: Evaluated['attributes']): Set<string> {
  return new Set(
    publishedKeys(rules, attributes)
      .filter(({ scope }) => scope.startsWith('join:'))
      .map(keyText),
  );
}

/** Whether somebody was linked in this pass who is looked for by one of these keys, or was not, and waits for one that is lost. */
async function concerns(context: EngineContext, generation: Generation, changes: readonly Change[]): Promise<boolean> {
  const byKey = Map.groupBy(changes, ({ key }) => key);
  const lost = new Set(changes.filter(({ gets }) => !gets).map(({ key }) => key));
  for (const keys of generation.waiting.values()) if (keys.some((key) => lost.has(keyText(key)))) return true;
  for (const some of batches(context, [...lost])) if ((await context.store.sync.waiting(some.map(keyOf))).length > 0) return true;
  const ids: StagedId[] = [];
  for (const [id, { how }] of generation.links) if (how !== 'decided') ids.push(id);
  for (const some of batches(context, ids)) {
    await rest(context, generation);
    for (const row of await context.store.spaces.byIds(some)) {
      const object = generation.links.objectOf(row.id);
      const keys = waitedFor(context, connectionNamed(context, row.connection)!, row);
      if (keys.some((key) => byKey.get(keyText(key))?.some((change) => !change.gets || change.object !== object))) return true;
    }
  }
  return false;
}

function* batches<T>(context: EngineContext, ids: readonly T[]): Iterable<readonly T[]> {
  for (let i = 0; i < ids.length; i += context.batch) yield ids.slice(i, i + context.batch);
}

/** Others may go first, and who asked for the end of the run has it. */
async function rest(context: EngineContext, generation: Generation): Promise<void> {
  await generation.pause();
  context.signal.throwIfAborted();
}
