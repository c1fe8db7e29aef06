/** Databases of every system that the connector `sql` speaks to, for tests that are the same on all of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createConnection, type Connection as Mysql } from 'mysql2/promise';
import { test } from 'vitest';
import { freshMariadbDatabase, testOnMariadb } from './mariadb.ts';
import { freshDatabase, testOnPostgres, withClient } from './postgres.ts';

export interface SqlDatabase {
  /** `url`, and who may use it: the settings of a connection but for its kinds. */
  readonly settings: { readonly url: string; readonly user?: string; readonly password?: string };
  readonly folder: string;
  /** Several statements. */
  execute(...statements: readonly string[]): Promise<void>;
  /** As a program that writes for longer: what is not committed is not seen. */
  begin(): Promise<{ execute(statement: string): Promise<void>; commit(): Promise<void> }>;
  /** Every connection to it ends, as when the server does. */
  disconnect(): Promise<void>;
  remove(): Promise<void>;
}

export interface SqlSystemForTests {
  readonly title: string;
  /** A test, skipped with the reason where there is no such server. */
  test(name: string, run: () => Promise<void>): void;
  fresh(): Promise<SqlDatabase>;
}

export const SQLITE: SqlSystemForTests = {
  title: 'SQLite',
  test: (name, run) => test(name, run),
  async fresh() {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-sql-'));
    const db = new DatabaseSync(join(folder, 'test.db'));
    db.exec('pragma journal_mode = wal; pragma foreign_keys = on');
    return {
      settings: { url: 'sqlite:test.db' },
      folder,
      execute: async (...statements) => db.exec(statements.join(';\n')),
      async begin() {
        db.exec('begin immediate');
        return { execute: async (statement) => db.exec(statement), commit: async () => db.exec('commit') };
      },
      disconnect: async () => undefined,
      async remove() {
        db.close();
        await rm(folder, { recursive: true });
      },
    };
  },
};

export const POSTGRES: SqlSystemForTests = {
  title: 'PostgreSQL',
  test: testOnPostgres,
  async fresh() {
    const { url, disconnect, remove } = await freshDatabase();
    const { username, password, host, pathname } = new URL(url);
    const execute = (...statements: readonly string[]): Promise<void> =>
      withClient(url, async (client) => void (await client.query(statements.join(';\n'))));
    return {
      settings: { url: `postgres://${host}${pathname}`, user: username, password },
      folder: tmpdir(),
      execute,
      async begin() {
        let end: () => void = () => undefined;
        const ended = new Promise<void>((resolve) => {
          end = resolve;
        });
        return await new Promise((resolve, reject) => {
          const session = withClient(url, async (client) => {
            await client.query('begin');
            resolve({
              execute: async (statement) => void (await client.query(statement)),
              async commit() {
                await client.query('commit');
                end();
                await session;
              },
            });
            await ended;
          });
          session.catch(reject);
        });
      },
      disconnect,
      remove,
    };
  },
};

export const MARIADB: SqlSystemForTests = {
  title: 'MariaDB',
  test: testOnMariadb,
  async fresh() {
    const { host, port, user, password, database, remove } = await freshMariadbDatabase();
    const connect = async (): Promise<Mysql> => {
      const client = await createConnection({
        host,
        port,
        user,
        password,
        database,
        multipleStatements: true,
        charset: 'utf8mb4',
      });
      // What is written for the others is read here as there.
      await client.query("set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'");
      return client;
    };
    const execute = async (...statements: readonly string[]): Promise<void> => {
      const client = await connect();
      try {
        await client.query(statements.join(';\n'));
      } finally {
        await client.end();
      }
    };
    return {
      settings: { url: `mariadb://${host}:${port}/${database}`, user, password },
      folder: tmpdir(),
      execute,
      async begin() {
        const client = await connect();
        await client.query('begin');
        return {
          execute: async (statement) => void (await client.query(statement)),
          async commit() {
            await client.query('commit');
            await client.end();
          },
        };
      },
      async disconnect() {
        const client = await connect();
        const [rows] = await client.query('select id from information_schema.processlist where id <> connection_id()');
        for (const { id } of rows as { id: number }[]) await client.query(`kill ${id}`).catch(() => undefined);
        await client.end();
      },
      remove,
    };
  },
};
