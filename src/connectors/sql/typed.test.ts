/** Values of every type, as they are read and as they are after they were written. */
import { describe, expect } from 'vitest';
import type { Connection, RawAttributes } from '#connectors/contract';
import { MARIADB, POSTGRES, SQLITE, type SqlDatabase, type SqlSystemForTests } from '../../../test/servers/sql-databases.ts';
import { sql } from './index.ts';

interface Typed {
  readonly system: SqlSystemForTests;
  readonly columns: { readonly [column: string]: readonly [type: string, literal: string, value: RawAttributes[string]] };
  readonly schema: { readonly [column: string]: object };
}

const BYTES = Buffer.from([0, 1, 0xff, 0x5c, 0x0a]);

const TYPED: readonly Typed[] = [
  {
    system: POSTGRES,
    columns: {
      small: ['smallint', '-7', -7],
      big: ['bigint', '9007199254740993', '9007199254740993'],
      amount: ['numeric(30,2)', '123456789012345678901234.50', '123456789012345678901234.50'],
      ratio: ['double precision', '0.1', 0.1],
      yes: ['boolean', 'true', true],
      born: ['date', "'1990-02-03'", '1990-02-03'],
      seen: ['timestamptz', "'2026-03-01 09:30:00.25+01'", '2026-03-01T08:30:00.25Z'],
      local: ['timestamp', "'2026-03-01 09:30:00'", '2026-03-01T09:30:00Z'],
      photo: ['bytea', "'\\x0001ff5c0a'", BYTES],
      phones: ['text[]', `array['+49 1', 'a "b" \\ {c},d', 'NULL', '']`, ['+49 1', 'a "b" \\ {c},d', 'NULL', '']],
      rooms: ['int[]', "'{1,2}'", [1, 2]],
      none: ['text[]', "'{}'", []],
      more: ['jsonb', `'{"a": [1]}'`, '{"a": [1]}'],
      code: ['char(5)', "'ab'", 'ab'],
      odd: ['text', String.raw`E'tab\t line\n back\\ \\N é 😀 \x08'`, 'tab\t line\n back\\ \\N é 😀 \b'],
      empty: ['text', "''", ''],
      missing: ['text', 'null', null],
      guid: ['uuid', "'0a0b0c0d-0000-4000-8000-000000000001'", '0a0b0c0d-0000-4000-8000-000000000001'],
    },
    schema: {
      big: { type: 'integer', multi: false },
      amount: { type: 'decimal' },
      seen: { type: 'instant' },
      photo: { type: 'binary' },
      phones: { type: 'string', multi: true },
      code: { maxLength: 5 },
      twice: { type: 'integer', readOnly: true },
    },
  },
  {
    system: MARIADB,
    columns: {
      small: ['smallint', '-7', -7],
      big: ['bigint', '9007199254740993', '9007199254740993'],
      huge: ['bigint unsigned', '18446744073709551615', '18446744073709551615'],
      amount: ['decimal(30,2)', '123456789012345678901234.50', '123456789012345678901234.50'],
      ratio: ['double', '0.1', 0.1],
      yes: ['tinyint(1)', '1', true],
      flag: ['bit(1)', "b'1'", true],
      born: ['date', "'1990-02-03'", '1990-02-03'],
      seen: ['timestamp(3) null', "'2026-03-01 08:30:00.25'", '2026-03-01T08:30:00.250Z'],
      local: ['datetime', "'2026-03-01 09:30:00'", '2026-03-01T09:30:00Z'],
      hour: ['time', "'09:30:00'", '09:30:00'],
      photo: ['blob', "x'0001ff5c0a'", BYTES],
      more: ['json', `'{"a": [1]}'`, '{"a": [1]}'],
      code: ['varchar(5)', "'ab'", 'ab'],
      old: ['varchar(20) character set latin1', "'Zoë'", 'Zoë'],
      odd: ['text', String.raw`'tab	 back\ \N é 😀'`, String.raw`tab	 back\ \N é 😀`],
      empty: ['text', "''", ''],
      missing: ['text', 'null', null],
    },
    schema: {
      big: { type: 'integer', multi: false },
      amount: { type: 'decimal' },
      seen: { type: 'instant' },
      photo: { type: 'binary' },
      code: { maxLength: 5 },
      twice: { type: 'integer', readOnly: true },
    },
  },
  {
    system: SQLITE,
    columns: {
      small: ['smallint', '-7', -7],
      big: ['bigint', '9007199254740993', '9007199254740993'],
      ratio: ['real', '0.5', 0.5],
      yes: ['boolean', '1', true],
      born: ['date', "'1990-02-03'", '1990-02-03'],
      seen: ['datetime', "'2026-03-01 08:30:00'", '2026-03-01 08:30:00'],
      photo: ['blob', "x'0001ff5c0a'", BYTES],
      code: ['varchar(5)', "'ab'", 'ab'],
      odd: ['text', "'tab\t line\n back\\ \\N é 😀'", 'tab\t line\n back\\ \\N é 😀'],
      empty: ['text', "''", ''],
      missing: ['text', 'null', null],
    },
    schema: {
      big: { type: 'integer' },
      seen: { type: 'instant' },
      photo: { type: 'binary' },
      code: { maxLength: 5 },
      twice: { type: 'integer', readOnly: true },
    },
  },
];

describe.each(TYPED)('$system.title', ({ system, columns, schema }) => {
  system.test('reads every type as what it is, writes it back, and says so in its schema', async () => {
    const database = await system.fresh();
    const names = Object.keys(columns);
    await database.execute(
      `create table typed (id int primary key, ${names.map((name) => `${name} ${columns[name]![0]}`).join(', ')},
       twice int generated always as (id * 2) stored)`,
      `insert into typed (id, ${names.join(', ')}) values (1, ${names.map((name) => columns[name]![1]).join(', ')})`,
    );
    const connection = open(database);
    const values = Object.fromEntries(names.map((name) => [name, columns[name]![2]]));
    const first = await only(connection);
    expect(plain(first)).toEqual(plain({ id: 1, ...values, twice: 2 }));
    const created = await connection.write!.write([
      { attempt: '1', operation: 'create', kind: 'person', anchor: '2', set: values },
      { attempt: '2', operation: 'update', kind: 'person', anchor: '1', set: { twice: 5 } },
    ]);
    expect(created[0]?.ok === true && plain(created[0].object!.attributes)).toEqual(plain({ id: 2, ...values, twice: 4 }));
    expect(created[1]).toMatchObject({ ok: false, fault: { kind: 'invalidValue' } });
    const { kinds } = await connection.discoverSchema();
    expect(kinds['person']).toMatchObject(schema);
    await connection.close();
    await database.remove();
  });
});

function open(database: SqlDatabase): Connection {
  const config = sql.config.parse({ ...database.settings, kinds: { person: { table: 'typed', key: 'id' } } });
  return sql.open(config, {
    connection: 'tested',
    folder: database.folder,
    limits: { maxObjectBytes: 1_000_000 },
    warn: () => undefined,
  });
}

async function only(connection: Connection): Promise<RawAttributes> {
  for await (const { objects } of connection.read!.read({ signal: new AbortController().signal }))
    if (objects.length > 0) return (objects[0] as { attributes: RawAttributes }).attributes;
  throw new Error('there is no object');
}

function plain(attributes: RawAttributes): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, value instanceof Uint8Array ? [...value] : value]),
  );
}
