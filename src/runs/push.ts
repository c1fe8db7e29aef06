/**
 * Pushes: one changed object from outside, or one person whom somebody edited, worked out and exported at once, as a run of
 * its own beside whatever else runs (docs/decisions/0010). A push takes no run lock: where another process has the tenure, it is
 * handed over to that one (docs/decisions/0012).
 */
import type { ObjectId } from '#store/contract';
import { handOver } from './asked.ts';
import { edits } from './handed.ts';
import type { Services } from './model.ts';
import { connectionOf, lookHere, type Pushed, type PushRequest, pushHere } from './push-run.ts';
import { leaving, tryTenure } from './tenure.ts';

export type { Pushed, PushRequest } from './push-run.ts';

/**
 * Stages one changed object, durably, and has it worked out. Pushes of one object keep their order. Errors: notFound
 * for an unknown connection, conflict while it is held.
 */
export async function push(request: PushRequest, services: Services): Promise<Pushed> {
  connectionOf(request.connection, services);
  const leave = await tryTenure(services);
  if (leave !== null) return await leaving(leave, pushHere(request, services));
  return await handOver({ push: request }, services);
}

/** Has these people worked out anew, at once: somebody decided something about them. */
export async function edited(objects: readonly ObjectId[], by: string, services: Services): Promise<Omit<Pushed, 'faults'>> {
  const leave = await tryTenure(services);
  if (leave !== null) return await leaving(leave, lookHere(edits(objects), by, services));
  return await handOver({ edited: objects, by }, services);
}
