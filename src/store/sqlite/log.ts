/**
 * The log on the disk. SQLite appends to it and does not wait (`synchronous = normal`: https://sqlite.org/pragma.html#pragma_synchronous);
 * it is flushed here, beside the next transactions, and whoever waits for what is in it is answered then: all of them by one flush.
 */
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import type { Database } from '../tables/database.ts';
import type { WriterReply } from '../writes/writer.ts';

/** What nobody waits for is flushed at the latest after so long. */
const LATEST_MS = 50;

export interface Log {
  /** After a commit: those that wait for the disk are answered when it has everything up to now. */
  committed(waiting: readonly WriterReply[]): void;
  /** Everything is on the disk, and answered. */
  close(): void;
}

/** `failed`: the disk does not keep what was committed; told once, with those who waited. */
export function createLog(
  db: Database,
  path: string,
  {
    answer,
    failed,
  }: {
    readonly answer: (replies: readonly WriterReply[]) => void;
    readonly failed: (waiting: readonly WriterReply[], error: unknown) => void;
  },
): Log {
  const file = openSync(`${path}-wal`, 'r+');
  /** Rows that were ever written by this connection: what changed nothing needs no flush. */
  const changes = (): number => Number(db.get('select total_changes()')![0]);
  let flushed = changes();
  let waiting: WriterReply[] = [];
  let flushing: readonly WriterReply[] | null = null;
  let later: NodeJS.Timeout | null = null;
  let open = true;
  const flush = (): void => {
    if (later !== null) clearTimeout(later);
    later = null;
    if (flushing !== null) return;
    const upTo = changes();
    flushing = waiting;
    waiting = [];
    fdatasync(file, (error) => {
      if (!open) return;
      const answered = flushing!;
      flushing = null;
      if (error !== null) {
        open = false;
        closeSync(file);
        return failed([...answered, ...waiting], error);
      }
      flushed = upTo;
      if (answered.length > 0) answer(answered);
      settle();
    });
  };
  const settle = (): void => {
    if (flushing !== null) return;
    if (flushed === changes()) {
      if (waiting.length > 0) answer(waiting.splice(0));
    } else if (waiting.length > 0) flush();
    else later ??= setTimeout(flush, LATEST_MS);
  };
  return {
    committed(replies) {
      waiting.push(...replies);
      settle();
    },
    close() {
      if (!open) return;
      open = false;
      if (later !== null) clearTimeout(later);
      const all = [...(flushing ?? []), ...waiting];
      try {
        fdatasyncSync(file);
      } catch (error) {
        return failed(all, error);
      } finally {
        closeSync(file);
      }
      if (all.length > 0) answer(all);
    },
  };
}
