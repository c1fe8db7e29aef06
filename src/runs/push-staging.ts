/** Pushes of one run that come at the same time are staged together: one transaction, one answer of the disk, however many. */
import { setImmediate as pause } from 'node:timers/promises';
import { type Fault, Superseded, toFault } from '#core/errors';
import { type EngineConnection, type EngineContext, receiveTogether, stagePushes } from '#engine/index';
import { type Arrival, objectOf } from './arrival.ts';

interface Waiting {
  readonly context: EngineContext;
  readonly connection: EngineConnection;
  readonly arrival: Arrival;
  readonly staged: PromiseWithResolvers<Staged>;
}

export interface Staged {
  /** What is wrong with a change: [] when it is staged. */
  readonly faults: readonly Fault[];
  /** Of a request. */
  readonly answer?: unknown;
}

/** Staged once it is fulfilled: a change for good, a request as soon as its run has worked it out. */
export type StagePush = (context: EngineContext, connection: EngineConnection, arrival: Arrival) => Promise<Staged>;

export function createPushStaging(): StagePush {
  let waiting: Waiting[] = [];
  let going = false;
  const go = async (): Promise<void> => {
    going = true;
    // Whoever is about to ask in this moment comes along.
    await pause();
    while (waiting.length > 0) {
      const together = firstOf(waiting);
      waiting = waiting.filter((one) => !together.includes(one));
      await stageTogether(together);
    }
    going = false;
  };
  return (context, connection, arrival) => {
    const staged = Promise.withResolvers<Staged>();
    waiting.push({ context, connection, arrival, staged });
    if (!going) void go();
    return staged.promise;
  };
}

/** Of one connection and one sort. Changes of one object come one after the other, requests about it as they came. */
function firstOf(waiting: readonly Waiting[]): Waiting[] {
  const left = new Set<string>();
  const { connection, arrival: first } = waiting[0]!;
  return waiting.filter(({ connection: other, arrival }) => {
    const object = objectOf(arrival);
    const comes = other === connection && 'change' in arrival === 'change' in first && !left.has(object);
    if (!comes || 'change' in arrival) left.add(object);
    return comes;
  });
}

async function stageTogether(together: readonly Waiting[]): Promise<void> {
  const { context, connection } = together[0]!;
  try {
    const staged = await stage(
      context,
      connection,
      together.map((one) => one.arrival),
    );
    together.forEach((one, i) => {
      one.staged.resolve(staged[i]!);
    });
  } catch (error) {
    // What the store cannot do now it cannot do for any of them; what one of them cannot be kept for is not the others' fault.
    const forAll = together.length === 1 || error instanceof Superseded || toFault(error).kind === 'unavailable';
    for (const one of together)
      if (forAll) one.staged.reject(error);
      else await stageTogether([one]);
  }
}

async function stage(
  context: EngineContext,
  connection: EngineConnection,
  arrivals: readonly Arrival[],
): Promise<readonly Staged[]> {
  const pushes = arrivals.flatMap((one) => ('change' in one ? [one] : []));
  if (pushes.length > 0) {
    const changes = pushes.map(({ change }) => change);
    const noted = new Map(pushes.flatMap((one) => (one.noted === undefined ? [] : [[one.change, [one.noted]] as const])));
    const staged = await stagePushes(context, connection, changes, noted);
    await context.store.durable();
    return staged;
  }
  const requests = arrivals.flatMap((one) => ('request' in one ? [one] : []));
  return (await receiveTogether(context, connection, requests)).map((answer) => ({ faults: [], answer }));
}
