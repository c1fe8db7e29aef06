/** Whether a store can be used, without making one that is not there and without writing to one that is. */
import { randomUUID } from 'node:crypto';
import { type ClientBase, escapeIdentifier } from 'pg';
import { RollcallError } from '#core/errors';
import type { StoreLook } from '../contract.ts';
import { connect, type PostgresPlace, query } from './connect.ts';
import { doubtsOf } from './durable.ts';
import { postgresError } from './faults.ts';
import { knownVersion, schemaVersion } from './migrate.ts';

export const SCHEMA = 'rollcall';
/** PostgreSQL's oldest that is supported by its makers and has what is used here. */
const OLDEST = 15;

/** @throws unavailable, permission, notFound as the server says · configuration for a newer schema or an older server. */
export async function look(options: { readonly url: string; readonly schema?: string }): Promise<StoreLook> {
  const place: PostgresPlace = { url: options.url, schema: options.schema ?? SCHEMA, process: randomUUID() };
  try {
    const client = await connect(place);
    client.on('error', () => {});
    try {
      await refuseOld(client);
      const version = await schemaVersion(client);
      if (version === 0) await mustMake(client, place.schema);
      const state = version === 0 ? 'none' : version < knownVersion() ? 'older' : 'there';
      return { state, warnings: await doubtsOf(client) };
    } finally {
      await client.end().catch(() => {});
    }
  } catch (error) {
    throw postgresError(error);
  }
}

/** @throws configuration. */
export async function refuseOld(client: ClientBase): Promise<void> {
  const [[version]] = (await query(client, `select current_setting('server_version_num')::int / 10000`)) as [[number]];
  if (version < OLDEST)
    throw new RollcallError('configuration', `the server is PostgreSQL ${version}; Rollcall needs ${OLDEST} or newer`, {
      remedy: 'use a newer server, or store: sqlite:rollcall.db',
    });
}

/** The first run makes the schema, or fills one that is there. */
async function mustMake(client: ClientBase, schema: string): Promise<void> {
  const [[may]] = (await query(
    client,
    `select case when to_regnamespace($1) is null then has_database_privilege(current_database(), 'create')
       else has_schema_privilege(to_regnamespace($1)::oid, 'create') end`,
    [escapeIdentifier(schema)],
  )) as unknown as [[boolean]];
  if (!may)
    throw new RollcallError('permission', 'PostgreSQL refuses: the user of `store:` may not create in this database', {
      remedy: 'give the user of `store:` its own database, or the right to create in it',
    });
}
