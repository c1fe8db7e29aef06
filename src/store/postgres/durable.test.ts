/** STORE 3: a commit that was answered outlives the server's machine, whatever the database is set to. */
import { expect, test } from 'vitest';
import { testOnPostgres, withClient } from '../../../test/servers/postgres.ts';
import { emptyStore } from '../../../test/store.ts';
import { beginRun } from '../conformance/sample.ts';
import { durabilityDoubts } from './durable.ts';
import { look } from './look.ts';
import { open } from './open.ts';

const NOTE = `
  create table public.noted (setting text);
  create function public.note() returns trigger language plpgsql as
    $$ begin insert into public.noted values (current_setting('synchronous_commit')); return new; end $$;
  create trigger note after insert on rollcall.run for each row execute function public.note()`;

testOnPostgres('commits are synchronous, also where the database says otherwise; what waits for replicas stays so', async () => {
  const database = await emptyStore();
  const name = new URL(database.url).pathname.slice(1);
  try {
    await withClient(database.url, (client) => client.query(NOTE));
    for (const setting of ['off', 'on', 'remote_apply']) {
      await withClient(database.url, (client) => client.query(`alter database ${name} set synchronous_commit = ${setting}`));
      const store = await open({ url: database.url, program: 'test', create: true });
      await beginRun(store);
      await store.close();
    }
    const { rows } = await withClient(database.url, (client) =>
      client.query<{ setting: string }>('select setting from public.noted'),
    );
    expect(rows.map(({ setting }) => setting)).toEqual(['on', 'on', 'remote_apply']);
  } finally {
    await withClient(database.url, (client) =>
      client.query(
        `alter database ${name} reset synchronous_commit; drop trigger note on rollcall.run; drop function public.note; drop table public.noted`,
      ),
    );
    await database.remove();
  }
});

test('a server that may lose what was committed, or tear its pages, is told of, each setting with its way out', () => {
  expect(
    durabilityDoubts([
      ['fsync', 'on'],
      ['full_page_writes', 'on'],
    ]),
  ).toEqual([]);
  const doubts = durabilityDoubts([
    ['fsync', 'off'],
    ['full_page_writes', 'off'],
  ]);
  expect(doubts.map(({ message, remedy }) => `${message} → ${remedy}`)).toEqual([
    expect.stringMatching(
      /^the PostgreSQL server runs with fsync = off: .* may take what was committed.* → .*alter system set fsync = on;/,
    ),
    expect.stringMatching(/^the PostgreSQL server runs with full_page_writes = off: .* → .*set full_page_writes = on;.*ZFS/),
  ]);
  expect(
    durabilityDoubts([
      ['fsync', 'on'],
      ['full_page_writes', 'off'],
    ]),
  ).toEqual([doubts[1]]);
});

testOnPostgres('a look says how the server at hand is set', async () => {
  const database = await emptyStore();
  try {
    const { rows } = await withClient(database.url, (client) =>
      client.query<{ fsync: string; pages: string }>(
        "select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages",
      ),
    );
    const { fsync, pages } = rows[0]!;
    const { state, warnings } = await look({ url: database.url });
    expect(state).toBe('there');
    expect(warnings).toEqual(
      durabilityDoubts([
        ['fsync', fsync],
        ['full_page_writes', pages],
      ]),
    );
  } finally {
    await database.remove();
  }
});
