import { RollcallError } from '#core/errors';
import { workerPlace } from '../place.ts';
import { type PlainError, revive } from '../tables/faults.ts';
import { startWork } from '../threads.ts';
import type { Asked, LongRead } from './long-reads-worker.ts';

/** Runs one long read on a thread of its own. */
export function longRead(path: string, read: LongRead): Promise<unknown> {
  const { port, done } = startWork(workerPlace('sqlite/long-reads'), { path, read } satisfies Asked);
  return new Promise((resolve, reject) => {
    port.once('message', (reply: { ok: true; result: unknown } | { ok: false; error: PlainError }) => {
      if (reply.ok) resolve(reply.result);
      else reject(revive(reply.error));
    });
    void done.then((error) => reject(error ?? new RollcallError('internal', 'a reading thread ended without an answer')));
  });
}
