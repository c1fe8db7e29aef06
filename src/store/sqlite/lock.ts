/**
 * One process writes a store: it keeps `<store>.lock`, a tiny database, exclusively locked for its life. The operating system
 * frees it at once when the process ends, however it ends; there is no clock and no stale file. Who holds it is a row in it,
 * which others read without locking (`immutable=1`).
 */
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { StoreInUse } from '#core/errors';

export interface Lock {
  release(): void;
}

/** @throws conflict that says who holds the store. */
export function takeLock(store: string, program: string): Lock {
  const path = `${store}.lock`;
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // In exclusive locking mode the lock outlives the transaction that took it.
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = memory; begin exclusive');
    database.exec('create table if not exists holder (pid integer, program text, since text); delete from holder');
    database.prepare('insert into holder values (?, ?, ?)').run(process.pid, program, new Date().toISOString());
    database.exec('commit');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== 5) throw error;
    throw new StoreInUse(`the store is in use${holder(path)}`, {
      where: { file: store },
      remedy: 'wait until it has ended, or end it; reading commands work beside it',
    });
  }
  return { release: () => database.close() };
}

function holder(path: string): string {
  try {
    const database = new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true });
    try {
      const row = database.prepare('select pid, program, since from holder').get();
      return row ? ` by Rollcall ${String(row['program'])} (process ${String(row['pid'])}, since ${String(row['since'])})` : '';
    } finally {
      database.close();
    }
  } catch {
    return '';
  }
}
