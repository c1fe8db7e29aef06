/**
 * Whatever happens every day (changes, pushes, explain) reads the rows of those whom it concerns, never a table through, however
 * little PostgreSQL has counted of its tables. It counts what is read itself, when a connection ends.
 */
import { afterEach, expect, it } from 'vitest';
import { explain } from '#people/explain';
import { push } from '#runs/index';
import { withClient } from '../servers/postgres.ts';
import { STORE } from '../store.ts';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute', 'delete', 'disable', 'member', 'empty')} }`,
  read: 'displayName: name, mail: mail, manager: { reference: boss, by: employeeId }',
  written: 'cn: displayName, mail: mail, manager: { value: manager, by: anchor }',
  members: 'member',
});
const PEOPLE = 800;
/** Side by side: a group, with the first of them as manager. */
const TEAM = 10;
/** Rows and entries of indexes, of one table. */
const MOST = 500;
const idOf = (i: number): string => `E${1_000 + i}`;

let here: Firm;
afterEach(() => here?.close());

const team = (first: number): string[] => Array.from({ length: TEAM }, (_, i) => idOf(first + i));

const put = (i: number, name: string): void =>
  here
    .system('hr')
    .put('person', idOf(i), { id: idOf(i), name, mail: `${idOf(i)}@x`, boss: i % TEAM === 0 ? null : idOf(i - (i % TEAM)) });

const sql = <Row extends object>(text: string): Promise<readonly Row[]> =>
  withClient(here.place, async (client) => {
    await client.query('set search_path = rollcall');
    return (await client.query<Row>(text)).rows;
  });

const EVERY = `do $$ declare one text; begin
  for one in select tablename from pg_tables where schemaname = 'rollcall' loop execute format(%, one); end loop; end $$`;
const each = (statement: string): Promise<unknown> => sql(EVERY.replace('%', `'${statement}'`));

const UNCOUNTED = `delete from pg_statistic where starelid in (select oid from pg_class where relnamespace = 'rollcall'::regnamespace);
  update pg_class set reltuples = -1, relpages = 0 where relnamespace = 'rollcall'::regnamespace`;
const READ = `select relname as table, seq_tup_read + coalesce((select sum(idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid), 0)::bigint as rows
  from pg_stat_user_tables t where schemaname = 'rollcall'`;

/** By table; what every connection of the store read by now. */
async function readSoFar(): Promise<{ readonly [table: string]: number }> {
  await here.store.close();
  while ((await sql(`select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)).length > 0);
  const rows = await sql<{ table: string; rows: string }>(READ);
  await here.restart();
  return Object.fromEntries(rows.map((row) => [row.table, Number(row.rows)]));
}

/** All that a day brings, of those from `first` on. */
async function day(first: number, name: string): Promise<void> {
  put(first, name);
  put(PEOPLE + first, name);
  here.system('hr').remove('person', idOf(first + 1));
  here.system('hr').edit('group', `g${first}`, { members: team(first).slice(2) });
  await here.run();
  const services = { config: here.config, store: here.store, wall: () => here.now };
  for (const [i, set] of [{ name: `${name} again` }, { mail: `${name}@y` }].entries()) {
    const change = { op: 'patch' as const, kind: 'person', anchor: idOf(first + 4 + i), set };
    expect((await (await push({ connection: 'hr', change, by: 'webhook' }, services)).settled).status).toBe('done');
  }
  const row = await here.account('hr', idOf(first));
  const [object] = await here.store.sync.objects([row!.objectId!]);
  expect((await explain(object!, null, services)).attributes.length).toBeGreaterThan(2);
  expect(here.system('dir').get('person', idOf(first))?.attributes).toMatchObject({ cn: name });
}

it('a day reads as many rows as it concerns, before the server has counted its tables and after', async ({ skip }) => {
  skip(STORE !== 'postgres', "SQLite's plans are held in src/store/sqlite/conformance.test.ts");
  here = await firm(YAML);
  await each('alter table rollcall.%I set (autovacuum_enabled = false)');
  for (let i = 0; i < PEOPLE; i++) put(i, `Person ${i}`);
  for (let first = 0; first < PEOPLE; first += TEAM)
    here.system('hr').put('group', `g${first}`, { name: `g${first}`, members: team(first) });
  await here.first();
  await here.run();
  expect(here.system('dir').objects('person')).toHaveLength(PEOPLE);
  for (const [first, counted] of [
    [100, false],
    [200, true],
  ] as const) {
    // What the server does by itself, sooner or later; row versions that are over would be counted as read.
    await sql('vacuum');
    await sql(counted ? 'analyze' : UNCOUNTED);
    const before = await readSoFar();
    await day(first, `Day ${first}`);
    const after = await readSoFar();
    for (const [table, rows] of Object.entries(after))
      expect
        .soft({ counted, table, rows: rows - before[table]! })
        .toEqual({ counted, table, rows: Math.min(rows - before[table]!, MOST) });
  }
  await each('alter table rollcall.%I reset (autovacuum_enabled)');
});
