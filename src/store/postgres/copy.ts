/** A private copy of all tables in a schema of its own, at one moment; it need not survive a power cut. */
import { type Client, escapeIdentifier } from 'pg';
import { query } from './connect.ts';

const CONSTRAINTS = `select t.relname, pg_get_constraintdef(c.oid) from pg_constraint c join pg_class t on t.oid = c.conrelid
  where c.connamespace = to_regnamespace($1) and c.contype in ('p', 'u') order by 1, 2`;
const INDEXES = `select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class t on t.oid = i.indrelid
  where t.relnamespace = to_regnamespace($1) and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid) order by 1`;

/** Copies are kept by the lock of the connection that made them: those without one are dropped. */
const KEPT = `hashtext('rollcall plan')`;

export async function copyTables(client: Client, from: string, to: string): Promise<void> {
  await dropLeft(client, from);
  await query(client, `select pg_advisory_lock(${KEPT}, hashtext($1))`, [to]);
  const there = escapeIdentifier(to);
  await client.query('begin isolation level repeatable read');
  try {
    await client.query(`create schema ${there}`);
    for (const [name] of await query(client, `select tablename from pg_tables where schemaname = $1 order by 1`, [from])) {
      const table = escapeIdentifier(String(name));
      await client.query(`create unlogged table ${there}.${table} (like ${escapeIdentifier(from)}.${table} including identity)`);
      const columns = (
        await query(
          client,
          `select attname from pg_attribute where attrelid = format('%I.%I', $1::text, $2::text)::regclass and attnum > 0 and not attisdropped and attidentity = '' order by attnum`,
          [from, String(name)],
        )
      ).map(([column]) => escapeIdentifier(String(column)));
      // Nobody else is there.
      if (name === 'tenure' || name === 'handed') continue;
      await client.query(
        `insert into ${there}.${table} (${columns.join(', ')}) select ${columns.join(', ')} from ${escapeIdentifier(from)}.${table}`,
      );
    }
    for (const [table, definition] of await query(client, CONSTRAINTS, [from]))
      await client.query(`alter table ${there}.${escapeIdentifier(String(table))} add ${String(definition)}`);
    for (const [definition] of await query(client, INDEXES, [from]))
      await client.query(String(definition).replace(` ON ${from}.`, () => ` ON ${there}.`));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
  for (const name of ['staged', 'object', 'reference', 'object_key', 'unique_key', 'change'])
    await client.query(`analyze ${there}.${name}`);
}

/** Of processes that died while they planned. */
async function dropLeft(client: Client, from: string): Promise<void> {
  const left = await query(
    client,
    `select nspname, pg_try_advisory_lock(${KEPT}, hashtext(nspname)) from pg_namespace where starts_with(nspname, $1)`,
    [`${from}_plan_`],
  );
  for (const [name, free] of left) {
    if (free !== true) continue;
    await client.query(`drop schema if exists ${escapeIdentifier(String(name))} cascade`);
    await query(client, `select pg_advisory_unlock(${KEPT}, hashtext($1))`, [String(name)]);
  }
}
