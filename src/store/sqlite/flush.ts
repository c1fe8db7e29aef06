/**
 * The log on the disk for the thread that asks: what the writer has answered is in the file, and anybody who has it open can flush it
 * (docs/decisions/0025). So nobody waits behind what the writer has to do next.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { plainError, revive } from '../tables/faults.ts';

export interface Flush {
  /** By a flush that begins after this is asked; those who ask while one goes on share the next. */
  durable(): Promise<void>;
  close(): Promise<void>;
}

/** Of the store at `path`, which is open for writing. */
export function createFlush(path: string): Flush {
  const file = openSync(`${path}-wal`, 'r+');
  let going: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    going = promise;
    fdatasync(file, (error) => {
      if (error === null) {
        going = null;
        resolve();
      }
      // It stays: the system tells of it once, and what is on the disk is not known from then on.
      else reject(revive(plainError(error, { file: path })));
    });
    return promise;
  };
  return {
    durable() {
      if (going === null) return begin();
      next ??= going.then(() => {
        next = null;
        return begin();
      });
      return next;
    },
    async close() {
      await Promise.allSettled([going, next]);
      closeSync(file);
    },
  };
}
