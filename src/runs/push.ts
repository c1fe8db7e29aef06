/**
 * Pushes: one changed object from outside, or one person whom somebody edited, worked out and exported at once, as a run of
 * its own beside whatever else runs (docs/decisions/0010). A push takes no run lock: where another process has the tenure, it is
 * handed over to that one (docs/decisions/0012).
 */
import type { ObjectId } from '#store/contract';
import { type Arrival, objectOf } from './arrival.ts';
import { handOver } from './asked.ts';
import { besideOf, inOrder, type Stay } from './beside.ts';
import { edits, inItsPlace } from './handed.ts';
import type { Services } from './model.ts';
import { connectionOf, lookHere, type Pushed, pushHere } from './push-run.ts';
import type { HandedRequest } from './request-text.ts';
import { leaving, tryTenure } from './tenure.ts';

export type { Arrival, PushRequest, ReceiveRequest } from './arrival.ts';
export type { Pushed } from './push-run.ts';

/**
 * Stages one changed object, or has a request about one received, durably, and has it worked out. Pushes of one object keep their order. Errors: notFound
 * for an unknown connection, conflict while it is held.
 */
export async function push(request: Arrival, services: Services): Promise<Pushed> {
  connectionOf(request.connection, services);
  // In the order of the calls they are begun, here or elsewhere; each then goes on by itself.
  const { begun } = await inOrder(services.store, `begun ${objectOf(request)}`, () =>
    either<Pushed>({ push: request }, services, () =>
      pushHere(request, services, {
        alone: false,
        around: (stage) => inItsPlace(leftBy(services), request, null, stage),
      }),
    ),
  );
  return await begun;
}

const leftBy = ({ store }: Services): Stay['left'] => besideOf(store).stay?.left ?? new Map();

/** Has these people worked out anew, at once: somebody decided something about them. */
export async function edited(
  objects: readonly ObjectId[],
  by: string,
  services: Services,
): Promise<Omit<Pushed, 'faults' | 'answer'>> {
  return await (await either({ edited: objects, by }, services, () => lookHere(edits(objects), by, services))).begun;
}

/** Here with the tenure, or by whoever has it. */
async function either<T extends Omit<Pushed, 'faults' | 'answer'>>(
  request: HandedRequest,
  services: Services,
  here: () => Promise<T>,
): Promise<{ readonly begun: Promise<T | Pushed> }> {
  const leave = await tryTenure(services);
  return leave === null ? await handOver(request, services) : { begun: leaving(leave, here()) };
}
