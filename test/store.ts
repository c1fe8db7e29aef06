/**
 * The store that the whole tests work on: SQLite, or with ROLLCALL_TEST_STORE=postgres a database of the server that they share. A
 * test that is about the one says so by `skip(STORE !== 'sqlite', why)`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Client } from 'pg';
import type { Store } from '#store/contract';
import { open as openPostgres } from '#store/postgres/open';
import { open as openSqlite } from '#store/sqlite/open';
import { type TestDatabase, withClient } from './servers/postgres.ts';
import { freshCopy } from './servers/postgres-copies.ts';

export interface TestStore {
  /** What rollcall.yaml says after `store:`. */
  readonly place: string;
  /** Made at the first time. */
  open(): Promise<Store>;
  /** What has it open is killed here and now; answers when it can be opened again as that left it. */
  kill(store: Store): Promise<void>;
  /** Another one where everything is as it is here; nobody has this one open meanwhile. In `folder` there is a copy of all files. */
  copy(folder: string): Promise<TestStore>;
  /** All that is in it, as text: the bytes of its files, or the rows of its tables. Nobody has it open meanwhile. */
  contents(): Promise<string>;
  /** What a program that is ahead of this one would leave; answers how the store is named where it is refused. */
  makeNewer(version: number): Promise<string>;
  /** What is outside of the folder. */
  remove(): Promise<void>;
}

export const STORE: 'sqlite' | 'postgres' = process.env['ROLLCALL_TEST_STORE'] === 'postgres' ? 'postgres' : 'sqlite';

/** Stands in the rollcall.yaml of tests for the store of the test. */
export const WRITTEN = 'sqlite:rollcall.db';

export async function testStore(folder: string): Promise<TestStore> {
  return STORE === 'sqlite' ? inFolder(folder) : inDatabase(await emptyStore());
}

/** A SQLite one; `written`: as `store:` says it. */
export function inFolder(folder: string, written: string = WRITTEN): TestStore {
  let file = path.join(folder, written.slice('sqlite:'.length));
  let lives = 0;
  return {
    place: written,
    open: () => openSqlite({ path: file, program: 'test', create: true }),
    async kill(store) {
      // Of what a killed process wrote, the operating system has everything that this one finds in the files.
      const copy = path.join(folder, `life-${++lives}.db`);
      for (const part of ['', '-wal']) if (existsSync(file + part)) await copyFile(file + part, copy + part);
      await store.close();
      file = copy;
    },
    copy: async (to) => inFolder(to),
    contents: async () => {
      const files = [file, `${file}-wal`].filter((name) => existsSync(name));
      return (await Promise.all(files.map((name) => readFile(name, 'utf8')))).join('');
    },
    makeNewer: async (version) => {
      const db = new DatabaseSync(file);
      db.exec(`pragma user_version = ${version}`);
      db.close();
      return file;
    },
    remove: async () => undefined,
  };
}

export function inDatabase(one: TestDatabase): TestStore {
  return {
    place: one.url,
    open: () => openPostgres({ url: one.url, program: 'test', create: true }),
    async kill(store) {
      await one.disconnect();
      await store.close().catch(() => undefined);
    },
    copy: async () => inDatabase(await one.copy()),
    contents: () => withClient(one.url, contentsOf),
    makeNewer: async (version) => {
      await withClient(one.url, (client) =>
        client.query("update rollcall.setting set value = convert_to($1, 'UTF8') where name = 'schemaVersion'", [
          String(version),
        ]),
      );
      return 'store';
    },
    remove: () => one.remove(),
  };
}

async function contentsOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'rollcall' order by 1",
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const all = await client.query<{ text: string }>(`select t::text as text from ${name} t order by 1`);
    texts.push(name, ...all.rows.map(({ text }) => text));
  }
  return texts.join('\n');
}

/** A database with the tables of a new store. */
export function emptyStore(): Promise<TestDatabase> {
  return freshCopy(`store_${schemaHash()}`, makeTables);
}

async function makeTables(url: string): Promise<void> {
  const store = await openPostgres({ url, program: 'test', create: true });
  await store.close();
}

/** A server given by hand may have tables of another version. */
function schemaHash(): string {
  const folder = new URL('../src/store/postgres/schema/', import.meta.url);
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(new URL(name, folder)));
  return hash.digest('hex').slice(0, 12);
}
