/** Plain numbered SQL, forward only: `schema/0001.sql`, …; each file is one transaction that ends with its number. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Client, ClientBase } from 'pg';
import { RollcallError } from '#core/errors';
import { query } from './connect.ts';
import { FIRST } from './working-copy.ts';

const folder: URL = new URL('./schema/', import.meta.url);
/** Two processes that open a new database at once: one makes the tables, the other waits. */
const MIGRATING = 0x526f_6c6c;

function files(): string[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}\.sql$/.test(name))
    .sort();
}

export function knownVersion(): number {
  return files().length;
}

/** 0 where there is no store yet. @throws configuration for a store of a newer program. */
export async function schemaVersion(client: ClientBase): Promise<number> {
  const [there] = await query(client, `select to_regclass('setting') is not null and to_regclass('counter') is not null`);
  if (there![0] !== true) return 0;
  const [row] = await query(client, `select value from setting where name = 'schemaVersion'`);
  const version = Number(String(row?.[0] ?? '0'));
  if (version > knownVersion())
    throw new RollcallError(
      'configuration',
      `the store has schema version ${version}; this program knows up to ${knownVersion()}`,
      {
        remedy: 'use the newer Rollcall that wrote it, or restore a backup made before the upgrade',
      },
    );
  return version;
}

/** Brings a store up to date, its schema included. A crash leaves it at the last complete version. */
export async function migrate(client: Client, schema: string): Promise<void> {
  await client.query(`select pg_advisory_lock(${MIGRATING})`);
  try {
    await client.query(`create schema if not exists "${schema}"`);
    const names = files();
    for (let n = await schemaVersion(client); n < names.length; n++) {
      await client.query('begin');
      try {
        await client.query(readFileSync(new URL(names[n]!, folder), 'utf8'));
        if (n === 0) await found(client);
        await setting(client, 'schemaVersion', Buffer.from(String(n + 1)));
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
    }
  } finally {
    await client.query(`select pg_advisory_unlock(${MIGRATING})`);
  }
}

async function found(client: Client): Promise<void> {
  await setting(client, 'storeId', Buffer.from(randomUUID()));
  await setting(client, 'generation', Buffer.from('1'));
  await setting(client, 'digestKey', randomBytes(32));
  for (const table of ['turn', 'counter'] as const)
    await query(client, `insert into ${table} (name, value) select * from unnest($1::text[], $2::bigint[])`, [
      FIRST[table].map(([name]) => name),
      FIRST[table].map(([, value]) => value),
    ]);
}

async function setting(client: Client, name: string, value: Buffer): Promise<void> {
  await query(
    client,
    'insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
    [name, value],
  );
}
