/** What stands in the way of an account that is to be made: one that is in the target already, or one that joins first. */
import { parseImage } from '#core/canonical';
import { normalForm } from '#core/matching';
import { scalars } from '#core/values';
import type { ExportColumns, StagedKey } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { nameKeys } from '../import/staging.ts';
import type { Evaluated } from './evaluate.ts';
import { type Generation, keyText } from './generation.ts';
import { waitedFor } from './join-keys.ts';
import { listsOf } from './kinds.ts';
import { publishedKeys } from './published-keys.ts';
import { isUnsent } from './release.ts';
import type { Wish } from './wishes.ts';

export interface Collision {
  readonly by: string;
  readonly anchor: string;
}

/** An account that is to be made: decided now, or before and not sent since. */
interface Creating {
  readonly one: Evaluated;
  readonly wish: Wish;
  readonly columns: Pick<ExportColumns, 'wanted' | 'wantedAnchor' | 'wantedName'>;
}

function creatingOf(context: EngineContext, one: Evaluated, wish: Wish): Creating[] {
  const { write, row } = wish;
  if (write?.export !== undefined) return write.export?.operation === 'create' ? [{ one, wish, columns: write.export }] : [];
  const before = row?.presence === 'pending' ? row.export : null;
  return write === null && before !== null && isUnsent(context, wish.connection.name, before)
    ? [{ one, wish, columns: before }]
    : [];
}

/** Creates whose name, anchor or unique value is in the target already (SEMANTICS 7). */
export async function collisions(
  context: EngineContext,
  generation: Generation,
  connection: EngineConnection,
  wishes: readonly { one: Evaluated; wish: Wish }[],
): Promise<Map<number, Collision>> {
  const out = new Map<number, Collision>();
  const creating = wishes.flatMap(({ one, wish }) => creatingOf(context, one, wish));
  if (creating.length === 0) return out;
  for (const by of ['anchor', 'nameKey'] as const) {
    const wanted = new Map<string, Creating[]>();
    for (const entry of creating) {
      const { wantedAnchor, wantedName } = entry.columns;
      const key = by === 'anchor' ? wantedAnchor : nameKeys(wantedName).nameKey;
      if (key !== null) wanted.set(key, [...(wanted.get(key) ?? []), entry]);
    }
    if (wanted.size === 0) continue;
    for (const found of await context.store.spaces.resolve(connection.name, by, null, [...wanted.keys()]))
      for (const { one, wish } of wanted.get(found.key) ?? [])
        if (found.stagedId !== wish.row?.id && found.presence !== 'gone') out.set(one.id, { by, anchor: found.key });
    // Two of one batch, or of those before it that are still on their way: the first in order keeps it.
    for (const [key, all] of wanted) {
      const entries = all.filter(({ wish }) => wish.write !== null);
      if (entries.length === 0) continue;
      const text = `${connection.name}\u001f${by}\u001f${key}`;
      const first = generation.names.find((names) => names.has(text))?.get(text) ?? entries[0]!.one.id;
      generation.names[0]!.set(text, first);
      for (const { one } of entries) if (one.id !== first) out.set(one.id, { by, anchor: key });
    }
  }
  await uniqueCollisions(context, connection, creating, out);
  return out;
}

/** Values that are unique in this target (`uniqueIn`) and stand there on an account of nobody, or of somebody else. */
async function uniqueCollisions(
  context: EngineContext,
  connection: EngineConnection,
  creating: readonly Creating[],
  out: Map<number, Collision>,
): Promise<void> {
  const wanted = new Map<string, Creating[]>();
  const keys: { scope: string; norm: string }[] = [];
  for (const entry of creating) {
    const uniques = listsOf(entry.one.rules).uniques;
    if (uniques.length === 0) continue;
    const attributes = entry.columns.wanted === null ? null : parseImage(entry.columns.wanted);
    for (const type of uniques)
      for (const place of type.unique?.uniqueIn ?? []) {
        if (place.connection !== connection.name) continue;
        for (const scalar of scalars(attributes?.[place.attribute] ?? null)) {
          const key = { scope: `staged:${place.connection}.${place.attribute}`, norm: normalForm(scalar, type.matching) };
          const text = `${key.scope}\u001f${key.norm}`;
          if (!wanted.has(text)) keys.push(key);
          wanted.set(text, [...(wanted.get(text) ?? []), entry]);
        }
      }
  }
  if (keys.length === 0) return;
  for (const row of await context.store.sync.keys(keys))
    for (const { one, wish } of wanted.get(`${row.scope}\u001f${row.norm}`) ?? [])
      if (row.owner !== wish.row?.id) out.set(one.id, { by: row.scope.slice('staged:'.length), anchor: row.norm });
}

/** Creates of objects that publish a key which an unlinked account in the target waits for: it joins first. */
export async function claimedSoon(
  context: EngineContext,
  generation: Generation,
  connection: EngineConnection,
  wishes: readonly { one: Evaluated; wish: Wish }[],
): Promise<ReadonlySet<number>> {
  const out = new Set<number>();
  const byKey = new Map<string, number[]>();
  const keys: StagedKey[] = [];
  for (const { one, wish } of wishes) {
    if (wish.write?.export?.operation !== 'create') continue;
    const had = new Set(one.beforeAttributes ? publishedKeys(one.rules, one.beforeAttributes).map(keyText) : []);
    for (const key of publishedKeys(one.rules, one.attributes)) {
      const text = keyText(key);
      if (had.has(text)) continue;
      const owners = byKey.get(text);
      if (owners) owners.push(one.id);
      else {
        byKey.set(text, [one.id]);
        keys.push(key);
      }
    }
  }
  if (keys.length === 0 || !connection.imports.size) return out;
  const waiting = new Set(await context.store.sync.waiting(keys));
  // What this generation itself left unlinked is not in the store yet.
  for (const key of keys) for (const id of generation.waitingFor.get(keyText(key)) ?? []) waiting.add(id);
  if (waiting.size === 0) return out;
  for (const row of await context.store.spaces.byIds([...waiting])) {
    if (row.connection !== connection.name || row.objectId !== null || row.presence !== 'present') continue;
    for (const key of waitedFor(context, connection, row)) for (const id of byKey.get(keyText(key)) ?? []) out.add(id);
  }
  return out;
}
