/**
 * Databases of a PostgreSQL server of the benchmark's own: each copy of the organisation has one. The server writes to disk before it
 * says so, as in earnest; the rest of its settings are those of PostgreSQL but for the two that everybody sets first.
 */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from '../scripts/servers/postgres.ts';

export function startServer(): Promise<PostgresServer> {
  return startPostgres({ durable: true, install: true, settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
}

/** Answers the URL of a new database beside `server`'s, with what is in the other one: nobody has that one open. */
export async function newDatabase(server: string, like: string | null): Promise<string> {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const template = like === null ? 'template1' : new URL(like).pathname.slice(1);
  await command(server, `create database ${name} template ${template} strategy file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

export async function removeDatabase(url: string): Promise<void> {
  const { pathname } = new URL(url);
  const server = new URL(url);
  server.pathname = '/postgres';
  await command(server.href, `drop database if exists ${pathname.slice(1)} with (force)`);
}

/** What it takes on disk, indexes included. */
export async function bytesOf(url: string): Promise<number> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ bytes: string }>(
      `select sum(pg_total_relation_size(c.oid)) as bytes from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname = 'rollcall'`,
    );
    return Number(rows[0]!.bytes);
  });
}

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function command(url: string, sql: string): Promise<void> {
  await withClient(url, (client) => client.query(sql));
}
