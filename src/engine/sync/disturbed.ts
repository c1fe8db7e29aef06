/**
 * A generation in the middle of which another sync had a turn (turns.ts): what it keeps in memory is compared with what is
 * stored now. What does not hold any more is taken back and waits to be looked at again; everything else goes on.
 */
import type { DirtyRange, ObjectId, StagedId, StagedKey, StagedRow } from '#store/contract';
import { connectionNamed, type EngineContext } from '../context.ts';
import { type Generation, keyText, withdraw } from './generation.ts';
import { referrersOf } from './references.ts';
import { hasPlace } from './second-rows.ts';

const BATCH = 1_000;

/** Tells every other generation that is in the middle of its work what this one published, or gave free, and whom it worked out. */
export function tellOthers(
  context: EngineContext,
  own: Generation,
  keys: readonly StagedKey[],
  objects: readonly ObjectId[],
): void {
  for (const other of context.turns.open) {
    if (other === own) continue;
    other.disturbed = true;
    for (const [id, view] of other.ahead) other.foretold.set(id, view);
    other.ahead.clear();
    for (const key of keys) other.foreign.add(keyText(key));
    for (const id of objects) other.elsewhere.add(id);
  }
}

/**
 * Ends links made in this generation whose staged object is another than it was, or somebody else's, or whose place is taken
 * by now. An object that was to be made from one of them is not made.
 */
export function endStale(
  context: EngineContext,
  generation: Generation,
  assigned: readonly StagedRow[],
  linked: ReadonlyMap<ObjectId, readonly StagedRow[]>,
): void {
  for (const row of assigned) {
    const link = generation.links.get(row.id);
    if (!link || row.objectId === link.object) continue;
    const { object } = link;
    if (row.objectId === null && row.revision === link.revision && !placeTaken(context, row, linked.get(object) ?? [])) continue;
    if (generation.created.has(object)) {
      const { staged, keys } = withdraw(generation, object);
      generation.stale.push(...staged);
      generation.withdrawn.push(...keys);
    } else {
      generation.links.delete(row.id);
      generation.stale.push(row.id);
    }
  }
}

function placeTaken(context: EngineContext, row: StagedRow, linked: readonly StagedRow[]): boolean {
  const rule = [...(connectionNamed(context, row.connection)?.imports.values() ?? [])].find((one) => one.from === row.kind);
  return (
    rule?.many !== true &&
    linked.some(
      (other) =>
        other.id !== row.id && other.connection === row.connection && other.objectId !== null && hasPlace(context, other),
    )
  );
}

/** What waits again because of what was taken back: the staged objects, and who was told of an object that is not made. */
export async function staleAgain(context: EngineContext, generation: Generation): Promise<DirtyRange[]> {
  const staged = generation.stale.splice(0);
  const keys = generation.withdrawn.splice(0);
  if (staged.length === 0) return [];
  const rows = await context.store.spaces.byIds(staged);
  const told = await referrersOf(context, generation, rows, keys);
  return [
    ...staged.map((id): DirtyRange => ({ subject: 'staged', from: id, to: id, cause: 'meanwhile' })),
    ...[...told].map((id): DirtyRange => ({ subject: 'object', from: id, to: id, cause: 'reference' })),
  ];
}

/** Unlinked staged objects that changed meanwhile, or wait for a key that somebody published: each is looked at again. */
export async function unsettled(context: EngineContext, generation: Generation): Promise<DirtyRange[]> {
  const again: StagedId[] = [];
  const ids = [...generation.waiting.keys()];
  for (let i = 0; i < ids.length; i += BATCH)
    for (const row of await context.store.spaces.byIds(ids.slice(i, i + BATCH))) {
      const waitsFor = generation.waiting.get(row.id)!;
      const changed = row.objectId !== null || row.revision !== generation.revisions.get(row.id);
      if (changed || waitsFor.some((key) => generation.foreign.has(keyText(key)))) again.push(row.id);
      if (!changed) continue;
      generation.waiting.delete(row.id);
      generation.parked.delete(row.id);
    }
  return again.map((id): DirtyRange => ({ subject: 'staged', from: id, to: id, cause: 'meanwhile' }));
}
