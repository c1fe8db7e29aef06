/** Stores of one PostgreSQL database, as several processes have them. */
import type { Holder, SeveralOperations, Store } from '#store/contract';
import { open } from '#store/postgres/open';
import { NOW } from '../src/store/conformance/sample.ts';
import { type TestDatabase, testOnPostgres, withClient } from './servers/postgres.ts';
import { emptyStore } from './store.ts';

export const opened = (url: string, program: string): Promise<Store> => open({ url, program, create: true });

export function onDatabase<Row extends object>({ url }: TestDatabase, sql: string): Promise<readonly Row[]> {
  return withClient(url, async (client) => (await client.query<Row>(sql)).rows);
}

/** So many wait, on the server: the order of those that come later is settled. */
export async function queued(database: TestDatabase, count: number): Promise<void> {
  const sql = `select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
  while ((await onDatabase(database, sql)).length !== count);
}

/** Waits for it, and says for whom. */
export function waiting(several: SeveralOperations, signal?: AbortSignal): { had: Promise<void>; for: Promise<Holder> } {
  const told = Promise.withResolvers<Holder>();
  return { had: several.take({ at: NOW, signal, waits: told.resolve }), for: told.promise };
}

export const take = (several: SeveralOperations): Promise<void> =>
  several.take({
    at: NOW,
    signal: undefined,
    waits: () => {
      throw new Error('somebody has it');
    },
  });

/** Stores of one database, as processes have them; closed and removed afterwards. */
export function processes(name: string, use: (names: { [name: string]: Store }, database: TestDatabase) => Promise<void>): void {
  testOnPostgres(name, async () => {
    const database = await emptyStore();
    const all: { [name: string]: Store } = {};
    for (const program of ['a', 'b', 'c']) all[program] = await opened(database.url, program);
    try {
      await use(all, database);
    } finally {
      for (const store of Object.values(all)) await store.close();
      await database.remove();
    }
  });
}
