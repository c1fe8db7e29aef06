/** Pushes of one run that come at the same time are staged together: one transaction, one answer of the disk, however many. */
import { setImmediate as pause } from 'node:timers/promises';
import { type Fault, Superseded, toFault } from '#core/errors';
import { type EngineConnection, type EngineContext, stagePushes } from '#engine/index';
import type { PushRequest } from './push-run.ts';

type Change = PushRequest['change'];

interface Waiting {
  readonly context: EngineContext;
  readonly connection: EngineConnection;
  readonly change: Change;
  readonly staged: PromiseWithResolvers<readonly Fault[]>;
}

/** Durable once it is fulfilled. Answers what is wrong with the change: [] when it is staged. */
export type StagePush = (context: EngineContext, connection: EngineConnection, change: Change) => Promise<readonly Fault[]>;

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
  return (context, connection, change) => {
    const staged = Promise.withResolvers<readonly Fault[]>();
    waiting.push({ context, connection, change, staged });
    if (!going) void go();
    return staged.promise;
  };
}

/** Of one connection, each anchor once. */
function firstOf(waiting: readonly Waiting[]): Waiting[] {
  const anchors = new Set<string>();
  const { connection } = waiting[0]!;
  return waiting.filter((one) => {
    if (one.connection !== connection || anchors.has(one.change.anchor)) return false;
    anchors.add(one.change.anchor);
    return true;
  });
}

async function stageTogether(together: readonly Waiting[]): Promise<void> {
  const { context, connection } = together[0]!;
  try {
    const changes = together.map((one) => one.change);
    const faults = await stagePushes(context, connection, changes);
    together.forEach((one, i) => {
      one.staged.resolve(faults[i]!);
    });
  } catch (error) {
    // What the store cannot do now it cannot do for any of them; what one of them cannot be kept for is not the others' fault.
    const forAll = together.length === 1 || error instanceof Superseded || toFault(error).kind === 'unavailable';
    for (const one of together)
      if (forAll) one.staged.reject(error);
      else await stageTogether([one]);
  }
}
