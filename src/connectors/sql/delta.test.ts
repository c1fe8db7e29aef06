import { describe, expect } from 'vitest';
import type { Change, Connection, ReadObject } from '#connectors/contract';
import { MARIADB, POSTGRES, SQLITE, type SqlDatabase } from '../../../test/servers/sql-databases.ts';
import { sql } from './index.ts';

const BY_COLUMN = { person: { table: 'person', key: 'id', delta: { column: 'version' } } };
const BY_CHANGES = { person: { table: 'person', key: 'id', delta: { changes: 'changes', order: 'number', key: 'person' } } };

POSTGRES.test('what is committed late, with an older number, is not lost and does not come twice', async () => {
  const database = await POSTGRES.fresh();
  await database.execute(
    'create table person (id varchar(50) primary key, version bigint)',
    'create table changes (number bigint, person text)',
    "insert into person values ('a', 1)",
    "insert into changes values (1, 'a')",
  );
  for (const kinds of [BY_COLUMN, BY_CHANGES]) {
    const connection = open(database, kinds);
    const writer = await database.begin();
    await writer.execute("insert into person values ('late', 2)");
    await writer.execute("insert into changes values (2, 'late')");
    await database.execute("insert into person values ('b', 3)", "insert into changes values (3, 'b')");
    const cursor = await connection.read!.cursor!();
    expect((await since(connection, cursor)).shown).not.toContain('late');
    await writer.commit();
    const after = await since(connection, cursor);
    expect(after.shown).toContain('late');
    if (kinds === BY_CHANGES) expect(after.shown).toEqual(['late']);
    await connection.close();
    await database.execute("delete from person where id <> 'a'", 'delete from changes where number > 1');
  }
  await database.remove();
});

describe.each([SQLITE, POSTGRES, MARIADB])('$title', (system) => {
  system.test('a column that grows shows what is newer, or has none', async () => {
    const database = await system.fresh();
    await database.execute(
      'create table person (id varchar(50) primary key, version int)',
      "insert into person values ('a', 5000), ('b', 5001)",
    );
    const connection = open(database, BY_COLUMN);
    const cursor = await connection.read!.cursor!();
    await database.execute(
      "update person set version = 5002 where id = 'a'",
      "insert into person values ('c', null), ('d', 5003)",
    );
    const first = await since(connection, cursor);
    expect(first.shown.filter((one) => one !== 'b')).toEqual(['a', 'c', 'd']);
    await database.execute("update person set version = 9000 where id = 'b'");
    expect((await since(connection, first.next)).shown).toContain('b');
    await connection.close();
    await database.remove();
  });

  system.test('changes show what is there and what is gone, until they are cleared away', async () => {
    const database = await system.fresh();
    await database.execute(
      'create table person (id varchar(50) primary key, name text)',
      'create table changes (number bigint, person text)',
      "insert into person values ('a', 'Ada'), ('b', 'Bo')",
    );
    const connection = open(database, BY_CHANGES);
    const cursor = await connection.read!.cursor!();
    await database.execute(
      "delete from person where id = 'b'",
      "insert into changes values (1, 'a'), (2, 'b'), (3, 'a'), (4, 'never there'), (5, null)",
    );
    const first = await since(connection, cursor);
    expect(first.shown).toEqual(['a', 'b gone', 'never there gone']);
    expect((await since(connection, first.next)).shown).toEqual([]);
    await database.execute('delete from changes', "insert into changes values (6, 'a')");
    await expect(since(connection, first.next)).rejects.toMatchObject({ kind: 'conflict' });
    for (const other of ['', '{}', '{"horizon":null,"kinds":{"group":{"last":1}}}', '{"horizon":1,"kinds":{}}', 'null'])
      await expect(since(connection, other)).rejects.toMatchObject({ kind: 'conflict' });
    await connection.close();
    await database.remove();
  });

  system.test('times overlap by as much as is said, and a column that cannot grow is refused', async () => {
    const database = await system.fresh();
    const time = system === POSTGRES ? 'timestamptz' : 'datetime';
    await database.execute(
      `create table person (id varchar(50) primary key, changed ${time}, name text)`,
      "insert into person values ('a', '2026-03-01 08:00:00', 'x'), ('b', '2026-03-01 08:50:00', 'x'), ('c', '2026-03-01 09:00:00', 'x')",
    );
    const by = (delta: object): Connection => open(database, { person: { table: 'person', key: 'id', delta } });
    const hour = by({ column: 'changed', overlap: '15m' });
    const { shown } = await since(hour, await hour.read!.cursor!());
    // While others write to the same server, PostgreSQL may show more.
    expect(shown.filter((one) => one !== 'a' || system !== POSTGRES)).toEqual(['b', 'c']);
    const wrong = by({ column: 'changed', overlap: 5 });
    await expect(since(wrong, await wrong.read!.cursor!())).rejects.toMatchObject({ kind: 'configuration' });
    const text = by({ column: 'name', overlap: '5m' });
    await expect(since(text, await text.read!.cursor!())).rejects.toMatchObject({ kind: 'configuration' });
    for (const one of [hour, wrong, text]) await one.close();
    await database.remove();
  });
});

describe.each([SQLITE, MARIADB])('$title', (system) => {
  system.test('a time in the future hides nothing that is written after it', async () => {
    const database = await system.fresh();
    await database.execute(
      'create table person (id varchar(50) primary key, changed datetime, day date)',
      "insert into person values ('a', '9999-12-31 00:00:00', '9999-12-31'), ('old', '2020-01-01 00:00:00', '2020-01-01')",
    );
    const now = new Date().toISOString().replace('T', ' ').slice(0, 19);
    for (const [column, overlap] of [
      ['changed', '1h'],
      ['day', '1d'],
    ] as const) {
      const connection = open(database, { person: { table: 'person', key: 'id', delta: { column, overlap } } });
      const cursor = await connection.read!.cursor!();
      await database.execute(`insert into person values ('new by ${column}', '${now}', '${now.slice(0, 10)}')`);
      const first = await since(connection, cursor);
      expect(first.shown).toContain(`new by ${column}`);
      expect(first.shown).not.toContain('old');
      expect((await since(connection, first.next)).shown).toContain(`new by ${column}`);
      await connection.close();
    }
    await database.remove();
  });
});

function open({ settings, folder }: SqlDatabase, kinds: object): Connection {
  return sql.open(sql.config.parse({ ...settings, kinds }), {
    connection: 'tested',
    folder,
    limits: { maxObjectBytes: 1_000_000 },
    warn: () => undefined,
  });
}

async function since(connection: Connection, cursor: string): Promise<{ shown: string[]; next: string }> {
  const all: (ReadObject | Change)[] = [];
  let next = '';
  for await (const { objects, end } of connection.read!.read({ since: cursor, signal: new AbortController().signal })) {
    all.push(...objects);
    next = end?.next ?? next;
  }
  return { shown: all.map(({ op, anchor }) => (op === 'delete' ? `${anchor} gone` : anchor)).sort(), next };
}
