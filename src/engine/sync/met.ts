/**
 * Whom the link pass meets, in the order of the staged objects that lead to them: rank of the connection, then anchor
 * (SEMANTICS 1). What is linked later than its turn, in its batch or after the others, keeps its place: who is served first
 * does not depend on the size of a batch.
 */
import type { ObjectId, StagedId } from '#store/contract';
import { type Generation, look } from './generation.ts';

/** Of a million: others may go first in between. */
export const AT_ONE_GO = 20_000;

export interface Met {
  readonly objects: (ObjectId | null)[];
  /** Places of staged objects that are not linked yet. */
  readonly places: Map<StagedId, number>;
  /** Found by what somebody else's account shows: after all others. */
  readonly besides: Set<ObjectId>;
}

export function nobodyMet(): Met {
  return { objects: [], places: new Map(), besides: new Set() };
}

export function keepPlace({ objects, places }: Met, row: StagedId): void {
  if (!places.has(row)) places.set(row, objects.push(null) - 1);
}

export function takePlace({ objects, places }: Met, row: StagedId, object: ObjectId): void {
  const place = places.get(row);
  if (place === undefined) return;
  objects[place] = object;
  places.delete(row);
}

export async function lookAtMet(generation: Generation, { objects, besides }: Met): Promise<void> {
  for (const [i, object] of objects.entries()) {
    if (i > 0 && i % AT_ONE_GO === 0) await generation.pause();
    if (object !== null) look(generation, object);
  }
  for (const object of [...besides].sort((a, b) => a - b)) look(generation, object);
}
