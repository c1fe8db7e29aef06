/** The databases that tests are given are their own, and what one test leaves is not there for the next. */
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { expect } from 'vitest';
import { startPostgres } from '../../scripts/servers/postgres.ts';
import { freshDatabase, testOnPostgres, withClient } from './postgres.ts';
import { freshCopy } from './postgres-copies.ts';

const TABLES = `create schema s; create table s.one (id bigint generated always as identity primary key, bytes bytea, text text);
  insert into s.one (bytes, text) values ('\\xc0ffee', 'Zoë ''quoted''')`;
const make = (url: string): Promise<void> => withClient(url, async (client) => void (await client.query(TABLES)));
const all = (url: string): Promise<unknown> =>
  withClient(
    url,
    async (client) => (await client.query("select id, encode(bytes, 'hex') as bytes, text from s.one order by id")).rows,
  );
const FIRST = { id: '1', bytes: 'c0ffee', text: "Zoë 'quoted'" };

testOnPostgres('two fresh databases know nothing of each other', async () => {
  const [one, other] = [await freshDatabase(), await freshDatabase()];
  await make(one.url);
  expect(await all(one.url)).toEqual([FIRST]);
  await expect(all(other.url)).rejects.toThrow('relation "s.one" does not exist');
  await Promise.all([one.remove(), other.remove()]);
  await expect(all(one.url)).rejects.toThrow('does not exist');
});

testOnPostgres('a copy that was given back is as it was made', async () => {
  const before = await freshCopy('servers', make);
  const spoil = `update s.one set text = 'other'; insert into s.one (text) select repeat('x', 100) from generate_series(1, 10000);
    create schema plan; create table plan.left (id int)`;
  await withClient(before.url, (client) => client.query(spoil));
  await before.remove();
  const after = await freshCopy('servers', make);
  expect(after.url).toBe(before.url);
  expect(await all(after.url)).toEqual([FIRST]);
  await withClient(after.url, async (client) => {
    expect((await client.query("insert into s.one (text) values ('') returning id")).rows).toEqual([{ id: '2' }]);
    expect((await client.query("select from pg_namespace where nspname = 'plan'")).rows).toEqual([]);
  });
  const beside = await freshCopy('servers', make);
  expect(beside.url).not.toBe(after.url);
  expect(await all(beside.url)).toEqual([FIRST]);
  await Promise.all([after.remove(), beside.remove()]);
});

testOnPostgres('who is connected is disconnected, and what was committed is there', async () => {
  const here = await freshDatabase();
  await make(here.url);
  const client = new Client({ connectionString: here.url });
  const gone = new Promise<Error>((resolve) => client.on('error', resolve));
  await client.connect();
  await client.query("begin; update s.one set text = 'uncommitted'");
  await here.disconnect();
  expect((await gone).message).toContain('terminating connection');
  const copy = await here.copy();
  expect(await all(copy.url)).toEqual([FIRST]);
  await Promise.all([here.remove(), copy.remove()]);
});

testOnPostgres('a server that does not start is tried again only where the next try may go well', async () => {
  const server = await startPostgres();
  const folder = await withClient(server.url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return dirname(rows[0]!.data_directory);
  });
  // What an earlier start logged, and what keeps this one from it; the log is read though its folder is removed.
  appendFileSync(join(folder, 'log'), 'lock file "postmaster.pid" already exists\n');
  appendFileSync(join(folder, 'data/postgresql.conf'), 'nonsense = 1\n');
  const log = openSync(join(folder, 'log'), 'r');
  await server.crash();
  await expect(server.start()).rejects.toThrow('unrecognized configuration parameter "nonsense"');
  await server.stop();
  expect(readFileSync(log, 'utf8').split('"nonsense"')).toHaveLength(2);
  closeSync(log);
});
