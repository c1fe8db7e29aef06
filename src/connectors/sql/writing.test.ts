import { describe, expect } from 'vitest';
import type { Connection, WriteItem, WriteResult } from '#connectors/contract';
import { MARIADB, POSTGRES, SQLITE, type SqlDatabase } from '../../../test/servers/sql-databases.ts';
import { sql } from './index.ts';

describe.each([SQLITE, POSTGRES, MARIADB])('$title', (system) => {
  system.test('what the database refuses is the fault of its item, without its values, and the others are written', async () => {
    const database = await system.fresh();
    await database.execute(
      'create table site (code varchar(5) primary key)',
      "insert into site values ('hq')",
      `create table person (id int primary key, mail varchar(40) unique, name text not null, age int check (age > 0),
         site varchar(5) references site (code))`,
      "insert into person values (1, 'ada@x', 'Ada', 30, 'hq'), (2, 'bo@x', 'Bo', null, null)",
    );
    const connection = open(database, { person: { table: 'person', key: 'id' }, site: { table: 'site', key: 'code' } });
    const results = await connection.write!.write([
      create('3', { name: 'Cy', mail: 'ada@x' }),
      create('4', { name: 'Di', mail: 'di@x' }),
      update('1', { name: null }),
      update('1', { age: -1 }),
      update('2', { site: 'no' }),
      update('2', { age: 'secret' }),
      update('2', { mail: 'new@x' }),
      { attempt: 'd', operation: 'delete', kind: 'site', anchor: 'hq', set: {} },
      create('4', { name: 'Twice' }),
      update('nobody', { name: 'x' }),
      update('9', { name: 'x' }),
      update('2', { nick: 'x' }),
      update('2', { id: '3' }),
    ]);
    // MariaDB names every column, PostgreSQL not that of a value that is taken or against a rule; SQLite takes a text where a number is declared.
    const age = system === MARIADB ? 'invalidValue age' : 'invalidValue';
    expect(results.map(kindOf)).toEqual([
      system === POSTGRES ? 'conflict' : 'conflict mail',
      'ok',
      'invalidValue name',
      age,
      'conflict',
      system === SQLITE ? 'ok' : 'invalidValue age',
      'ok',
      'conflict',
      'conflict',
      'notFound',
      'notFound',
      'invalidValue nick',
      'invalidValue id',
    ]);
    expect(JSON.stringify(results.filter(({ ok }) => !ok))).not.toMatch(/ada@x|secret|Twice/);
    const found = await connection.lookup!({ attribute: 'mail', value: 'new@x' }, 'person');
    expect(found.map(({ anchor }) => anchor)).toEqual(['2']);
    await connection.close();
    await database.remove();
  });

  system.test('a key that the database gives is answered, and found again by what was written', async () => {
    const database = await system.fresh();
    const given = system === SQLITE ? 'autoincrement' : 'auto_increment';
    const id = system === POSTGRES ? 'serial primary key' : `integer primary key ${given}`;
    await database.execute(`create table person (id ${id}, number text, name text)`, "insert into person (number) values ('E0')");
    const connection = open(database, { person: { table: 'person', key: 'id' } }, { findNewBy: 'number' });
    expect(connection.write!.creates).toEqual({ by: 'lookup', attribute: 'number', visibleWithinSeconds: 0 });
    const results = await connection.write!.write([create(null, { number: 'E1', name: 'Ada' }), create(null, { name: 'Bo' })]);
    expect(results[0]).toMatchObject({ ok: true, object: { attributes: { number: 'E1', name: 'Ada' } } });
    const anchor = results[0]!.ok ? results[0]!.anchor : '';
    expect(Number(anchor)).toBeGreaterThan(1);
    expect(results[1]).toMatchObject({ ok: false, fault: { kind: 'invalidValue' } });
    expect((await connection.lookup!({ attribute: 'number', value: 'E1' }, 'person')).map(({ anchor }) => anchor)).toEqual([
      anchor,
    ]);
    await connection.close();
    await database.remove();
  });

  system.test('members are added and taken out one by one, and those that stay keep what else is in their rows', async () => {
    const database = await system.fresh();
    await database.execute(
      'create table teams (id varchar(50) primary key, title text)',
      "insert into teams values ('a', 'First')",
      'create table members (team varchar(50), person int, since text)',
      "insert into members values ('a', 1, '2020'), ('a', 2, '2021')",
    );
    const lists = { members: { table: 'members', key: 'team', value: 'person' } };
    const connection = open(database, { group: { table: 'teams', key: 'id', lists } });
    const group = { attempt: '1', operation: 'update', kind: 'group', anchor: 'a', set: {} } as const;
    const held = async (item: WriteItem): Promise<unknown> => {
      const [result] = await connection.write!.write([item]);
      return result!.ok ? result!.object!.attributes['members'] : result!.fault.message;
    };
    expect(await held({ ...group, add: { members: ['2', '3'] }, remove: { members: ['1', '9', 'nobody'] } })).toEqual([2, 3]);
    expect(await held({ ...group, set: { members: ['2', '4'] } })).toEqual([2, 4]);
    expect((await connection.lookup!({ attribute: 'members', value: '4' }, 'group')).map(({ anchor }) => anchor)).toEqual(['a']);
    const row = open(database, { row: { query: 'select * from members', key: 'person' } });
    expect((await row.lookup!({ anchor: '2' }, 'row'))[0]?.attributes['since']).toBe('2021');
    const crowd = Array.from({ length: 3000 }, (_, i) => String(i + 10));
    expect(await held({ ...group, add: { members: crowd } })).toHaveLength(3002);
    expect(await held({ ...group, remove: { members: crowd } })).toEqual([2, 4]);
    expect(await held({ ...group, set: { members: crowd } })).toHaveLength(3000);
    expect(await held({ ...group, set: { members: [] } })).toBe(null);
    const gone = await connection.write!.write([
      create('b', { title: 'B', members: ['5'] }, 'group'),
      { ...group, operation: 'delete', anchor: 'b' },
    ]);
    expect(gone.map(({ ok }) => ok)).toEqual([true, true]);
    expect(await row.lookup!({ anchor: '5' }, 'row')).toEqual([]);
    await row.close();
    await connection.close();
    await database.remove();
  });
});

MARIADB.test('keys that a database finds equal are different keys', async () => {
  const database = await MARIADB.fresh();
  await database.execute(
    'create table person (id varchar(50) primary key, number int unique, name text)',
    "insert into person values ('ada', 5, 'Ada')",
  );
  const connection = open(database, { person: { table: 'person', key: 'id' }, number: { table: 'person', key: 'number' } });
  const results = await connection.write!.write([
    ...['ADA', 'ada ', 'äda'].map((anchor) => update(anchor, { name: 'x' })),
    { ...update('5abc', { name: 'x' }), kind: 'number' },
    { ...update('5.0', { name: 'x' }), kind: 'number' },
    create('ADA', { name: 'x' }),
  ]);
  expect(results.map(kindOf)).toEqual(['notFound', 'notFound', 'notFound', 'notFound', 'notFound', 'conflict']);
  for (const anchor of ['ADA', 'ada ', 'äda']) expect(await connection.lookup!({ anchor }, 'person')).toEqual([]);
  expect(await connection.lookup!({ attribute: 'name', value: 'ADA' }, 'person')).toEqual([]);
  expect(await connection.lookup!({ attribute: 'number', value: '5abc' }, 'person')).toEqual([]);
  expect((await connection.lookup!({ anchor: '5' }, 'number'))[0]?.attributes['name']).toBe('Ada');
  await connection.close();
  await database.remove();
});

POSTGRES.test('a connection that is lost before the end leaves nothing done, and at the end what nobody knows', async () => {
  const database = await POSTGRES.fresh();
  await database.execute(
    'create table person (id varchar(50) primary key, name text)',
    `create function wait() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`,
    'create trigger early before insert on person for each row when (new.id = $$early$$) execute function wait()',
    `create constraint trigger late after insert on person deferrable initially deferred
       for each row when (new.id = $$late$$) execute function wait()`,
  );
  const connection = open(database, { person: { table: 'person', key: 'id' } });
  await expect(connection.write!.write([create('a', {}), create('early', {})])).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await connection.lookup!({ anchor: 'a' }, 'person')).toEqual([]);
  const results = await connection.write!.write([create('a', {}), create('late', {})]);
  expect(results).toMatchObject([
    { ok: false, unknown: true, fault: { kind: 'unavailable', where: { object: 'a' } } },
    { ok: false, unknown: true, fault: { kind: 'unavailable' } },
  ]);
  expect(await connection.write!.write([create('a', { name: 'Ada' })])).toMatchObject([{ ok: true, anchor: 'a' }]);
  await connection.close();
  await database.remove();
});

POSTGRES.test('a right that is missing stops the batch and says which', async () => {
  const database = await POSTGRES.fresh();
  const role = new URL(database.settings.url).pathname.slice(1);
  await database.execute(
    'create table person (id varchar(50) primary key)',
    `create role ${role} login password 'p'`,
    `grant select on person to ${role}`,
  );
  const connection = open(
    { ...database, settings: { ...database.settings, user: role, password: 'p' } },
    { person: { table: 'person', key: 'id' } },
  );
  expect(await connection.test()).toMatch(/^PostgreSQL \d+\.\d+: person with 2 columns$/);
  await expect(connection.write!.write([create('a', {})])).rejects.toMatchObject({
    kind: 'permission',
    remedy: expect.any(String),
  });
  const refused = open(
    { ...database, settings: { ...database.settings, user: role, password: 'wrong' } },
    { person: { table: 'person', key: 'id' } },
  );
  await expect(refused.test()).rejects.toMatchObject({ kind: 'authentication' });
  await connection.close();
  await database.execute(`drop owned by ${role}`, `drop role ${role}`);
  await database.remove();
});

function create(anchor: string | null, set: WriteItem['set'], kind = 'person'): WriteItem {
  return { attempt: `create ${anchor}`, operation: 'create', kind, anchor, set };
}

function update(anchor: string, set: WriteItem['set']): WriteItem {
  return { attempt: `update ${anchor}`, operation: 'update', kind: 'person', anchor, set };
}

function kindOf(result: WriteResult): string {
  if (result.ok) return 'ok';
  const { kind, where } = result.fault;
  return where.attribute === undefined ? kind : `${kind} ${where.attribute}`;
}

function open({ settings, folder }: Pick<SqlDatabase, 'settings' | 'folder'>, kinds: object, more: object = {}): Connection {
  return sql.open(sql.config.parse({ ...settings, ...more, kinds }), {
    connection: 'tested',
    folder,
    limits: { maxObjectBytes: 1_000_000 },
    warn: () => undefined,
  });
}
