/** A database of its own for each test, on the one server that all tests of a run share. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { testOn, told } from './ask.ts';

export interface TestDatabase {
  /** Of a superuser; holds the password. */
  readonly url: string;
  /** Every connection to it ends, as when the processes that held them are killed. */
  disconnect(): Promise<void>;
  /** Another one where everything is as it is here. Nobody may be connected to this one meanwhile. */
  copy(): Promise<TestDatabase>;
  /** Also while somebody is connected. */
  remove(): Promise<void>;
}

export const testOnPostgres = (name: string, run: () => Promise<void>): void => testOn('postgres', name, run);

/** Of a superuser, in the database `postgres`. @throws where there is none. */
export async function serverUrl(): Promise<string> {
  return ((await told('postgres')) as { readonly url: string }).url;
}

/** An empty one. Where a test wants tables, a copy of made ones is many times cheaper (postgres-copies.ts). */
export const freshDatabase = (): Promise<TestDatabase> => databaseLike('template1');

/** A copy of that one. */
export async function databaseLike(template: string): Promise<TestDatabase> {
  const name = newName();
  await command(`create database ${name} template ${template}`);
  return database(name);
}

export async function database(name: string): Promise<TestDatabase> {
  return {
    url: within(await serverUrl(), name),
    disconnect: () => disconnect(name),
    copy: () => databaseLike(name),
    remove: async () => void (await command(`drop database if exists ${name} with (force)`)),
  };
}

export const PREFIX = 'rollcall_test_';
const DAY = 86_400_000;

const newName = (): string => `${PREFIX}${Date.now()}_${randomBytes(6).toString('hex')}`;

/** Waits until they are gone: copying and renaming need that. */
export async function disconnect(name: string): Promise<void> {
  await command('select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1', [name]);
}

export function within(server: string, name: string): string {
  const out = new URL(server);
  out.pathname = `/${name}`;
  return out.href;
}

export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

declare global {
  /** Of the process: it runs several test files, and each loads this one anew. */
  var rollcallAdmin: Promise<Client> | undefined;
}

/** In the database `postgres`, by the one connection that each process keeps there. */
export async function command<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  globalThis.rollcallAdmin ??= connected();
  return (await (await globalThis.rollcallAdmin).query<Row>(sql, [...values])).rows;
}

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: await serverUrl() });
  // A test may end the server.
  client.on('error', () => {
    globalThis.rollcallAdmin = undefined;
  });
  await client.connect();
  await dropLeftovers(client);
  return client;
}

/** What killed tests left on a server that outlives the run, a day later: the name says when it was made. */
async function dropLeftovers(client: Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database where datname like $1', [
    `${PREFIX}%`,
  ]);
  for (const { datname } of rows) {
    const made = /^(\d+)_/.exec(datname.slice(PREFIX.length));
    if (made && Number(made[1]) < Date.now() - DAY) await client.query(`drop database if exists ${datname} with (force)`);
  }
}
