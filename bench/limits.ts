/**
 * What the machine could do at best, measured in the same run as the cases so that results from two machines can be
 * compared. Raw read: the sources parsed and every object hashed with the product's digest, on one thread, nothing kept.
 * Raw write: 8 rows of 200 bytes per person into bare tables with one unique index each, as the store itself writes a first read:
 * commits of ten thousand in key order with the indexes in place, full durability; on PostgreSQL by binary COPY. What large groups with indexes
 * made at the end would reach is measured beside it and compared with nothing: decision 13 says why the store does not load so.
 * Durable commits: single rows, each with a commit of its own, one after the other.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { imageText } from '#core/canonical';
import { createDigester } from '#core/digest';
import type { Value } from '#core/values';
import { attributes } from '#core/values';
import { CONNECTORS } from '#registry';
import { copyIn } from '#store/postgres/copy-in';
import { employeeId, permutation } from './data.ts';
import { newDatabase, removeDatabase, withClient } from './databases.ts';

export interface Limit {
  readonly seconds: number;
  readonly objects: number;
}

const SOURCES = [
  { type: 'csv', config: { path: 'employees.csv', anchor: 'employee_id' } },
  { type: 'jsonl', config: { path: 'badges.jsonl', anchor: 'employee' } },
] as const;

export async function rawRead(folder: string): Promise<Limit> {
  const digester = createDigester(new Uint8Array(32).fill(7));
  const anchor = new Uint8Array(8);
  const content = new Uint8Array(16);
  const begun = performance.now();
  let objects = 0;
  for (const source of SOURCES) {
    const definition = CONNECTORS.get(source.type)!;
    const context = { connection: source.type, folder, limits: { maxObjectBytes: 16 * 1_048_576 }, warn: (): void => undefined };
    const connection = definition.open(definition.config.parse(source.config), context);
    for await (const page of connection.read!.read({ signal: new AbortController().signal })) {
      for (const object of page.objects) {
        if (object.op === 'delete' || object.op === 'patch') continue;
        const text = imageText(attributes(Object.entries(object.attributes) as [string, Value][]));
        digester.anchorInto(anchor, 0, object.kind, object.anchor);
        digester.contentInto(content, 0, object.kind, object.anchor, text);
        objects++;
      }
    }
    await connection.close();
  }
  return { seconds: (performance.now() - begun) / 1000, objects };
}

const TABLES = 8;
/** Of one commit: what a first read stages at a time, and what a load would. */
const GROUP = { steady: 10_000, loading: 25_000 } as const;

/** Into a SQLite file in `folder`. */
export function rawWrite(folder: string, people: number, keys: 'random' | 'ascending', how: keyof typeof GROUP): Limit {
  const file = join(folder, 'raw-write.db');
  const remove = (): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
  };
  remove();
  const db = new DatabaseSync(file);
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536');
  const begun = performance.now();
  for (let table = 0; table < TABLES; table++)
    db.exec(`create table t${table} (id integer primary key, key text not null, data text not null) strict`);
  const index = (): void => {
    for (let table = 0; table < TABLES; table++) db.exec(`create unique index t${table}_key on t${table} (key)`);
  };
  if (how === 'steady') index();
  const inserts = Array.from({ length: TABLES }, (_, table) => db.prepare(`insert into t${table} (key, data) values (?, ?)`));
  for (const group of groups(people, keys, GROUP[how])) {
    db.exec('begin');
    for (const insert of inserts) for (const key of group) insert.run(key, FILLER);
    db.exec('commit');
  }
  if (how === 'loading') index();
  db.exec('pragma wal_checkpoint(truncate)');
  const seconds = (performance.now() - begun) / 1000;
  db.close();
  remove();
  return { seconds, objects: people };
}

const FILLER = 'x'.repeat(200 - employeeId(0).length);

/** Keys as they come, a group of them in order. */
function* groups(people: number, keys: 'random' | 'ascending', size: number): Iterable<string[]> {
  const order = keys === 'random' ? permutation(people, 3) : (index: number): number => index;
  for (let from = 0; from < people; from += size)
    yield Array.from({ length: Math.min(size, people - from) }, (_, i) => employeeId(order(from + i))).sort();
}

/** The same into a database beside `server`'s, as its store writes new rows. */
export async function rawWritePostgres(server: string, people: number, keys: 'random' | 'ascending'): Promise<Limit> {
  const url = await newDatabase(server, null);
  const tables = Array.from({ length: TABLES }, (_, table) => `t${table}`);
  try {
    return await withClient(url, async (client) => {
      const begun = performance.now();
      for (const table of tables)
        await client.query(
          `create table ${table} (id bigint generated always as identity, key text collate "C" not null unique, data text not null)`,
        );
      for (const group of groups(people, keys, GROUP.steady)) {
        const rows = copyRows(group);
        await client.query('begin');
        for (const table of tables) await copyIn(client, `copy ${table} (key, data) from stdin (format binary)`, rows);
        await client.query('commit');
      }
      return { seconds: (performance.now() - begun) / 1000, objects: people };
    });
  } finally {
    await removeDatabase(url);
  }
}

const COPY_HEAD = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const COPY_END = Buffer.from([0xff, 0xff]);

/** How long single rows are committed. */
const COMMITS_MS = 2_000;

/** A second, in a SQLite file in `folder`. */
export function durableCommits(folder: string): number {
  const file = join(folder, 'commits.db');
  const db = new DatabaseSync(file);
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table t (id integer primary key, data text not null) strict',
  );
  const insert = db.prepare('insert into t (data) values (?)');
  const begun = performance.now();
  let commits = 0;
  for (; performance.now() - begun < COMMITS_MS; commits++) insert.run(FILLER);
  const seconds = (performance.now() - begun) / 1000;
  db.close();
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
  return commits / seconds;
}

/** The same in a database beside `server`'s, on one connection. */
export async function durableCommitsPostgres(server: string): Promise<number> {
  const url = await newDatabase(server, null);
  try {
    return await withClient(url, async (client) => {
      await client.query('create table t (id bigint generated always as identity primary key, data text not null)');
      const begun = performance.now();
      let commits = 0;
      for (; performance.now() - begun < COMMITS_MS; commits++)
        await client.query({ name: 'insert', text: 'insert into t (data) values ($1)', values: [FILLER] });
      return commits / ((performance.now() - begun) / 1000);
    });
  } finally {
    await removeDatabase(url);
  }
}

/** Keys with their filler as COPY's binary format has them (PostgreSQL, COPY, file formats). */
function copyRows(keys: readonly string[]): Buffer {
  const row = (key: string): Buffer => {
    const bytes = Buffer.alloc(2 + 4 + key.length + 4 + FILLER.length);
    bytes.writeInt16BE(2, 0);
    bytes.writeInt32BE(key.length, 2);
    bytes.write(key, 6, 'latin1');
    bytes.writeInt32BE(FILLER.length, 6 + key.length);
    bytes.write(FILLER, 10 + key.length, 'latin1');
    return bytes;
  };
  return Buffer.concat([COPY_HEAD, ...keys.map(row), COPY_END]);
}
