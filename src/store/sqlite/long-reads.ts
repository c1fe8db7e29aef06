import { Worker } from 'node:worker_threads';
import { RollcallError } from '#core/errors';
import { workerPlace } from '../place.ts';
import { type PlainError, revive } from '../tables/faults.ts';
import type { LongRead } from './long-reads-worker.ts';

/** Runs one long read on a thread of its own. */
export function longRead(path: string, read: LongRead): Promise<unknown> {
  const { url, execArgv } = workerPlace('sqlite/long-reads');
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, { workerData: { path, read }, execArgv });
    worker.once('message', (reply: { ok: true; result: unknown } | { ok: false; error: PlainError }) => {
      if (reply.ok) resolve(reply.result);
      else reject(revive(reply.error));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new RollcallError('internal', 'a reading thread ended without an answer')));
  });
}
