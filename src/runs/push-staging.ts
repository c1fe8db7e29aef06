/** Pushes of one run that come at the same time are staged together: one transaction, one answer of the disk, however many. */
import { setImmediate as pause } from 'node:timers/promises';
import type { Fault } from '#core/errors';
import { createExpected, type EngineConnection, type EngineContext, type Expected, stagePushes } from '#engine/index';
import type { PushRequest } from './push-run.ts';

type Change = PushRequest['change'];

interface Waiting {
  readonly context: EngineContext;
  readonly connection: EngineConnection;
  readonly change: Change;
  readonly staged: PromiseWithResolvers<readonly Fault[]>;
}

export interface PushStaging {
  /** Durable once it is fulfilled. Answers what is wrong with the change: [] when it is staged. */
  stage(context: EngineContext, connection: EngineConnection, change: Change): Promise<readonly Fault[]>;
  /** What was staged is counted where complete reads are compared with what was there before. */
  count(context: EngineContext): Promise<void>;
}

export function createPushStaging(): PushStaging {
  const expected = new Map<EngineConnection, Expected>();
  let waiting: Waiting[] = [];
  let going = false;
  const go = async (): Promise<void> => {
    going = true;
    // Whoever is about to ask in this moment comes along.
    await pause();
    while (waiting.length > 0) {
      const together = firstOf(waiting);
      waiting = waiting.filter((one) => !together.includes(one));
      const { connection } = together[0]!;
      if (!expected.has(connection)) expected.set(connection, createExpected());
      await stageTogether(together, expected.get(connection)!);
    }
    going = false;
  };
  return {
    stage(context, connection, change) {
      const staged = Promise.withResolvers<readonly Fault[]>();
      waiting.push({ context, connection, change, staged });
      if (!going) void go();
      return staged.promise;
    },
    async count(context) {
      for (const [connection, of] of expected) await of.save(context, connection);
    },
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

async function stageTogether(together: readonly Waiting[], expected: Expected): Promise<void> {
  const { context, connection } = together[0]!;
  try {
    const changes = together.map((one) => one.change);
    const faults = await stagePushes(context, connection, changes, expected);
    together.forEach((one, i) => {
      one.staged.resolve(faults[i]!);
    });
  } catch (error) {
    if (together.length === 1) together[0]!.staged.reject(error);
    // What one of them cannot be kept for is not the others' fault.
    else for (const one of together) await stageTogether([one], expected);
  }
}
