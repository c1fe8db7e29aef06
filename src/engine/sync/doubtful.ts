/**
 * Links that would not be made now, or would be ambiguous: listed, not changed (SEMANTICS 1). A link by join keys holds while one
 * of them names its object, and nobody else. Objects made in this generation are not looked at: their links were just made by
 * what the store and the link pass know; who shares a key with somebody else is on the next list.
 */
import { canonicalJson } from '#core/canonical';
import type { KeyRow, ObjectId, StagedKey } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Evaluated } from './evaluate.ts';
import { type Generation, keyOf, keyText } from './generation.ts';
import { joinKeysOf } from './join-keys.ts';
import { publishedKeys } from './published-keys.ts';

interface Link {
  readonly one: Evaluated;
  readonly connection: string;
  readonly anchor: string | null;
  /** By which it is joined: of the first attribute that names its object. */
  readonly keys: readonly StagedKey[];
}

/** Parks every doubtful link of the batch with its object. */
export async function tellDoubtful(context: EngineContext, batch: readonly Evaluated[]): Promise<void> {
  const links = batch.flatMap((one) => (one.before === null ? [] : linksOf(context, one)));
  if (links.length === 0) return;
  const owners = new Map<string, ObjectId[]>();
  const asked = new Map(links.flatMap(({ keys }) => keys.map((key) => [keyText(key), key] as const)));
  for (const row of asked.size === 0 ? [] : await context.store.sync.keys([...asked.values()])) {
    const list = owners.get(keyText(row));
    if (list) list.push(row.owner);
    else owners.set(keyText(row), [row.owner]);
  }
  for (const { one, connection, anchor, keys } of links) {
    const others = new Set(keys.flatMap((key) => owners.get(keyText(key)) ?? []).filter((owner) => owner !== one.id));
    if (keys.length > 0 && others.size === 0) continue;
    const candidates = others.size === 0 ? {} : { candidates: [one.id, ...others].sort((a, b) => a - b) };
    // branch: parks linkDoubtful
    one.parked.push({ kind: 'linkDoubtful', connection, detail: canonicalJson({ anchor, ...candidates }) });
  }
}

function linksOf(context: EngineContext, one: Evaluated): Link[] {
  const out: Link[] = [];
  let own: Set<string> | null = null;
  for (const { row, rule, scope, connection } of one.contributors) {
    if (row.linkHow !== 'joined' || rule.join.length === 0) continue;
    own ??= new Set(publishedKeys(one.rules, one.attributes).map(keyText));
    const lists = joinKeysOf(context, rule, scope, one.clock);
    const keys = lists.find((list) => list.some((key) => own!.has(keyText(key)))) ?? [];
    out.push({ one, connection: connection.name, anchor: row.anchor, keys });
  }
  return out;
}

/**
 * Objects that share a join key with one that got or lost it: whether their links still hold is looked at again. Of new objects in
 * a store that had none nobody else can have it but another new one, unless somebody else had a turn since.
 */
export async function sharers(
  context: EngineContext,
  generation: Generation,
  add: readonly KeyRow[],
  remove: readonly KeyRow[],
): Promise<Set<ObjectId>> {
  const out = new Set<ObjectId>();
  for (const text of generation.shared) for (const owner of generation.newKeys.of(text)) out.add(owner);
  generation.shared.clear();
  const emptyBefore = generation.first && !generation.disturbed;
  const changed = [...add.filter((key) => !emptyBefore || !generation.created.has(key.owner)), ...remove].filter(isJoin);
  if (changed.length === 0) return out;
  const owners = new Map<string, Set<ObjectId>>();
  for (const key of changed) {
    const text = keyText(key);
    const before = generation.gained.get(text) ?? [];
    const known = owners.get(text) ?? new Set([...before, ...generation.newKeys.of(text)]);
    owners.set(text, known.add(key.owner));
    if (!generation.created.has(key.owner)) generation.gained.set(text, [...before, key.owner]);
  }
  for (const row of await context.store.sync.keys([...owners.keys()].map(keyOf))) owners.get(keyText(row))?.add(row.owner);
  for (const all of owners.values()) if (all.size > 1) for (const owner of all) out.add(owner);
  return out;
}

function isJoin({ scope }: KeyRow): boolean {
  return scope.startsWith('join:');
}
