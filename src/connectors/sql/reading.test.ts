import { describe, expect, test } from 'vitest';
import type { Connection, Page, ReadEnd, ReadObject } from '#connectors/contract';
import type { Fault } from '#core/errors';
import { MARIADB, POSTGRES, SQLITE, type SqlDatabase } from '../../../test/servers/sql-databases.ts';
import { sql } from './index.ts';

const SYSTEMS = [SQLITE, POSTGRES, MARIADB];

describe.each(SYSTEMS)('$title', (system) => {
  const run = async (tables: readonly string[], kinds: object, check: (own: Opened) => Promise<void>): Promise<void> => {
    const database = await system.fresh();
    await database.execute(...tables);
    const own = open(database, kinds);
    await check(own);
    await own.connection.close();
    await database.remove();
  };

  system.test('columns are renamed, left out, or chosen, and hostile names are names', async () => {
    // The driver of MariaDB takes this one name for an attack.
    const proto = system === MARIADB ? '__proto' : '__proto__';
    const tables = [
      `create table "o'dd; ""table"" --" ("the key" int primary key, "select" text, "a.b" text, "${proto}" text)`,
      `insert into "o'dd; ""table"" --" values (1, 's', 'b', 'p')`,
    ];
    const table = [`o'dd; "table" --`];
    await run(
      tables,
      {
        person: { table, key: 'the key', columns: { select: 'chosen', 'a.b': null } },
        other: { table, key: 'the key', columns: ['a.b'] },
      },
      async ({ read }) => {
        const { objects, end } = await read();
        const attributes = objects.map((object) => Object.entries(object.attributes));
        expect(attributes).toEqual([
          [
            [proto, 'p'],
            ['chosen', 's'],
            ['the key', 1],
          ],
          [['a.b', 'b']],
        ]);
        expect(end).toMatchObject({ complete: true, attributes: [proto, 'chosen', 'the key', 'a.b'] });
      },
    );
  });

  system.test('a query joins, several columns are one key, and members come from their table with one statement', async () => {
    const tables = [
      'create table staff (firm int, number int, name text, primary key (firm, number))',
      "insert into staff values (1, 7, 'Ada'), (2, 7, 'Bo'), (2, 8, null)",
      'create table teams (id varchar(50) primary key, title text)',
      "insert into teams values ('b', 'Second'), ('a', 'First'), ('c', 'Empty')",
      'create table members (team varchar(50), firm int, number int)',
      "insert into members values ('b', 2, 7), ('a', 1, 7), ('b', 1, 7), ('a', null, 7), ('gone', 1, 7)",
    ];
    const kinds = {
      person: { query: 'select * from staff -- of all firms', key: ['firm', 'number'], columns: ['name'] },
      group: {
        table: 'teams',
        key: 'id',
        columns: ['title'],
        lists: { members: { table: 'members', key: 'team', value: ['firm', 'number'] } },
      },
    };
    await run(tables, kinds, async ({ read }) => {
      const { objects, end } = await read();
      expect(objects.map(({ kind, anchor, attributes }) => [kind, anchor, { ...attributes }])).toEqual([
        ['person', '1|7', { name: 'Ada' }],
        ['person', '2|7', { name: 'Bo' }],
        ['person', '2|8', { name: null }],
        ['group', 'a', { title: 'First', members: ['1|7'] }],
        ['group', 'b', { title: 'Second', members: ['1|7', '2|7'] }],
        ['group', 'c', { title: 'Empty', members: null }],
      ]);
      expect(end.complete).toBe(true);
    });
  });

  system.test(
    'rows without a key, with one that came before, or over the limit are told, and the read proves nothing',
    async () => {
      const tables = [
        'create table loose (id text, name text)',
        `insert into loose values ('a', 'Ada'), (null, 'Nobody'), ('a', 'Again'), ('', 'Blank'), ('big', '${'x'.repeat(2000)}')`,
      ];
      await run(tables, { person: { table: 'loose', key: 'id' } }, async ({ read, warnings }) => {
        const { objects, end } = await read();
        expect(objects.map(({ attributes }) => attributes['name'])).toEqual(['Ada']);
        expect(end).toMatchObject({
          complete: false,
          reason: { message: expect.stringMatching(/^4 rows of tested were left out/) },
        });
        expect(warnings.map(({ kind }) => kind).sort()).toEqual(['conflict', 'invalidValue', 'invalidValue', 'invalidValue']);
      });
    },
  );

  system.test('what is not there is said with what to do', async () => {
    const tables = ['create table person (id int primary key, first_name text)'];
    const wrong = async (kinds: object): Promise<object> => {
      let thrown = {};
      await run(tables, kinds, async ({ connection }) => {
        thrown = await connection.test().catch((error: object) => error);
      });
      return thrown;
    };
    expect(await wrong({ person: { table: 'people', key: 'id' } })).toMatchObject({
      kind: 'configuration',
      remedy: expect.any(String),
    });
    expect(await wrong({ person: { table: 'person', key: 'id', columns: { first_nam: 'x' } } })).toMatchObject({
      message: 'person has no column "first_nam"; its columns are: id, first_name',
      remedy: 'did you mean "first_name"?',
    });
    // SQLite gives the second one another name.
    if (system === POSTGRES)
      expect(await wrong({ person: { query: 'select 1 as id, 2 as id', key: 'id' } })).toMatchObject({ kind: 'configuration' });
    expect(await wrong({ person: { query: 'drop table person', key: 'id' } })).toMatchObject({ kind: 'configuration' });
  });
});

const MANY = 200_000;

describe.each([
  [POSTGRES, `select i as id, repeat(md5(i::text), 10) as name from generate_series(1, ${MANY}) i`],
  [MARIADB, `select seq as id, repeat(md5(seq), 10) as name from seq_1_to_${MANY}`],
] as const)('$0.title', (system, rows) => {
  system.test(
    'many rows are one statement in memory that does not grow with them, and a server that goes away leaves no end',
    async () => {
      const database = await system.fresh();
      await database.execute(`create table person as ${rows}`);
      const { connection } = open(database, { person: { table: 'person', key: 'id' } });
      const { signal } = new AbortController();
      let seen = 0;
      let most = 0;
      for await (const { objects, end } of connection.read!.read({ signal })) {
        seen += objects.length;
        most = Math.max(most, objects.length);
        if (end !== undefined) expect(end.complete).toBe(true);
      }
      expect(seen).toBe(MANY);
      // 64 MB in all; what is there at a time is a few blocks of the network.
      expect(most).toBeLessThan(10_000);
      let pages = 0;
      const broken = (async () => {
        for await (const { end } of connection.read!.read({ signal })) {
          expect(end).toBeUndefined();
          if (++pages === 2) await database.disconnect();
        }
      })();
      await expect(broken).rejects.toMatchObject({ kind: 'unavailable', remedy: expect.any(String) });
      await connection.close();
      await database.remove();
    },
  );
});

POSTGRES.test('a server that says nothing is not waited for longer than was said, before the first row or after it', async () => {
  const database = await POSTGRES.fresh();
  await database.execute('create table person (id int primary key)');
  const settings = { ...database.settings, timeout: '1s' };
  const writer = await database.begin();
  await writer.execute('lock table person in access exclusive mode');
  const locked = open({ ...database, settings }, { person: { table: 'person', key: 'id' } });
  await expect(locked.read()).rejects.toMatchObject({ kind: 'unavailable', remedy: expect.stringContaining('`timeout`') });
  await writer.commit();
  const slow = open({ ...database, settings }, { person: { query: 'select 1 as id, pg_sleep(3600) as rest', key: 'id' } });
  await expect(slow.read()).rejects.toMatchObject({ kind: 'unavailable', message: 'the database said nothing for 1 s' });
  for (const { connection } of [locked, slow]) await connection.close();
  await database.remove();
});

test('settings that mean nothing are refused, each with its place', () => {
  const faults = (more: object): string[] => {
    const { error } = sql.config.safeParse({ url: 'postgres://h/d', kinds: { person: { table: 't', key: 'id' } }, ...more });
    return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
  expect(faults({})).toEqual([]);
  expect(faults({ url: 'postgres://u:p@h/d' })[0]).toMatch(/^url: must hold no user and no password/);
  expect(faults({ url: 'oracle://h/d' })[0]).toMatch(/^url: must begin with/);
  expect(faults({ url: 'postgres://h' })[0]).toMatch(/^url: must name the database/);
  expect(faults({ url: 'sqlite:x.db', user: 'u' })).toEqual(['user: means nothing for a file']);
  expect(faults({ url: 'mysql://10.0.0.1/d' })[0]).toMatch(/^url: must name the host and not its address/);
  expect(faults({ url: 'mysql://db/d', tls: { serverName: 'x' } })[0]).toMatch(/^tls.serverName: is not known/);
  expect(faults({ url: 'mysql://127.0.0.1/d' })).toEqual([]);
  expect(faults({ kinds: {} })).toEqual(['kinds: must name a kind']);
  expect(faults({ kinds: { person: { key: 'id' } } })).toEqual(['kinds.person: needs either `table` or `query`']);
  expect(faults({ kinds: { person: { query: 'select 1;', key: 'id' } } })[0]).toMatch(/^kinds.person.query: must be one SELECT/);
  expect(faults({ kinds: { person: { table: 't', key: 'id', columns: { a: 'x', b: 'x' } } } })).toEqual([
    'kinds.person.columns: names the attribute "x" twice',
  ]);
  const list = { table: 'l', key: ['a', 'b'], value: 'v' };
  expect(faults({ kinds: { person: { table: 't', key: 'id', lists: { x: list } } } })).toEqual([
    'kinds.person.lists.x.key: must be one column, as the key is',
  ]);
  const of = { table: 'l', key: 'a', value: 'v', of: 'team' };
  expect(faults({ kinds: { person: { table: 't', key: 'id', lists: { x: of } } } })).toEqual([
    'kinds.person.lists.x.of: there is no kind team here',
  ]);
  expect(
    faults({ kinds: { team: { table: 't', key: ['a', 'b'] }, person: { table: 't', key: 'id', lists: { x: of } } } }),
  ).toEqual(['kinds.person.lists.x.value: must be 2 columns, as the key of team is']);
  const delta = { column: 'changed' };
  expect(faults({ kinds: { person: { table: 't', key: 'id', delta }, group: { table: 'g', key: 'id' } } })[0]).toMatch(
    /^kinds.group: needs `delta`/,
  );
});

interface Opened {
  readonly connection: Connection;
  readonly warnings: readonly Fault[];
  read(): Promise<{ readonly objects: readonly ReadObject[]; readonly end: ReadEnd }>;
}

function open({ settings, folder }: SqlDatabase, kinds: object): Opened {
  const warnings: Fault[] = [];
  const connection = sql.open(sql.config.parse({ ...settings, kinds }), {
    connection: 'tested',
    folder,
    limits: { maxObjectBytes: 1000 },
    warn: (fault) => warnings.push(fault),
  });
  return {
    connection,
    warnings,
    async read() {
      const pages: Page[] = [];
      for await (const page of connection.read!.read({ signal: new AbortController().signal })) pages.push(page);
      return { objects: pages.flatMap(({ objects }) => objects as readonly ReadObject[]), end: pages.at(-1)!.end! };
    },
  };
}
