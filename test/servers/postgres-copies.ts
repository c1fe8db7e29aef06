/**
 * Databases with tables already in them: made once for the server, copied when all are in use, and used again when a test gives one
 * back, with the rows of the beginning. Making the tables anew for each test takes ten times as long.
 */
import type { Client } from 'pg';
import {
  command,
  database,
  databaseLike,
  disconnect,
  PREFIX,
  serverUrl,
  type TestDatabase,
  withClient,
  within,
} from './postgres.ts';

/** What `make` makes of an empty database. `name` says all that the outcome depends on. */
export async function freshCopy(name: string, make: (url: string) => Promise<void>): Promise<TestDatabase> {
  const template = `${PREFIX}like_${name}`;
  let reset = resets.get(template);
  if (reset === undefined) {
    reset = prepare(template, make);
    resets.set(template, reset);
  }
  const statements = await reset;
  const [free] = await command<{ name: string }>(TAKE, [template]);
  const one = free === undefined ? await databaseLike(template) : await database(free.name);
  let given: Promise<void> | undefined;
  // The second time it may be another test's already.
  return { ...one, remove: () => (given ??= giveBack(one, template, statements)) };
}

const resets = new Map<string, Promise<string>>();

const TABLES = `
  create table if not exists rollcall_test_like (name text primary key, reset text not null);
  create table if not exists rollcall_test_free (name text primary key, template text not null)`;
const TAKE = `delete from rollcall_test_free where name =
  (select name from rollcall_test_free where template = $1 limit 1 for update skip locked) returning name`;

/** Answers the statements that make such a database what it was. Several processes may want to make it at once. */
function prepare(template: string, make: (url: string) => Promise<void>): Promise<string> {
  return serverUrl().then((server) =>
    withClient(server, async (client) => {
      await client.query("select pg_advisory_lock(hashtext('rollcall_test_like'))");
      await client.query(TABLES);
      const { rows } = await client.query<{ reset: string }>('select reset from rollcall_test_like where name = $1', [template]);
      if (rows[0]) return rows[0].reset;
      await client.query(`drop database if exists ${template} with (force)`);
      await client.query(`create database ${template}`);
      const url = within(server, template);
      await make(url);
      const reset = await withClient(url, resetOf);
      await disconnect(template);
      await client.query('insert into rollcall_test_like values ($1, $2)', [template, reset]);
      return reset;
    }),
  );
}

const OURS = "schemaname !~ '^pg_' and schemaname <> 'information_schema'";

/** No schema but those of now, every table with the rows it has now, every sequence where it is now. */
async function resetOf(client: Client): Promise<string> {
  const schemas = await client.query<{ all: string }>("select string_agg(quote_literal(nspname), ', ') as all from pg_namespace");
  const tables = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where ${OURS} order by name`,
  );
  const sequences = await client.query<{ set: string }>(
    `select format('select setval(%L, %s, %L)', format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), last_value is not null) as set
     from pg_sequences where ${OURS}`,
  );
  const statements = [
    'set session_replication_role = replica',
    doEach(
      `select format('drop schema %I cascade', nspname) from pg_namespace where nspname !~ '^pg_' and nspname not in (${schemas.rows[0]!.all})`,
    ),
    // Deleting is the quickest where rows are few.
    doEach(
      `select format('truncate %I.%I cascade', schemaname, tablename) from pg_tables where ${OURS} and pg_relation_size(format('%I.%I', schemaname, tablename)::regclass) > 262144`,
    ),
    ...tables.rows.map(({ name }) => `delete from ${name}`),
  ];
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ all: string | null }>(`select json_agg(t)::text as all from ${name} t`);
    if (rows[0]!.all !== null)
      statements.push(
        `insert into ${name} overriding system value select * from json_populate_recordset(null::${name}, ${client.escapeLiteral(rows[0]!.all)})`,
      );
  }
  return [...statements, ...sequences.rows.map(({ set }) => set)].join(';\n');
}

const doEach = (statements: string): string =>
  `do $do$ declare one text; begin for one in ${statements} loop execute one; end loop; end $do$`;

async function giveBack(one: TestDatabase, template: string, reset: string): Promise<void> {
  await one.disconnect();
  await withClient(one.url, (client) => client.query(reset));
  const name = new URL(one.url).pathname.slice(1);
  await command('insert into rollcall_test_free values ($1, $2)', [name, template]);
}
