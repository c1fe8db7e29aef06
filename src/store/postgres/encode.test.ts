/** What a session recorded, as the server is told it: the formats of PostgreSQL, byte by byte. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { readChangeset } from './changeset.ts';
import { arrayOf, copyRows } from './encode.ts';

const LONG = 'ä'.repeat(10_000);

function changed() {
  const db = new DatabaseSync(':memory:');
  db.exec('create table t (id integer primary key, small integer, words text, raw blob) strict');
  db.exec(`insert into t values (1, 1, 'before', null), (2, 2, 'stays', null)`);
  const session = db.createSession();
  db.prepare('insert into t values (?, ?, ?, ?)').run(-(2n ** 53n), -3, LONG, new Uint8Array([0, 255]));
  db.prepare('insert into t values (?, ?, ?, ?)').run(7, null, '', null);
  db.exec(`update t set words = 'after' where id = 1`);
  db.exec('delete from t where id = 2');
  const changes = readChangeset(session.changeset());
  db.close();
  return { changes, of: changes.tables.get('t')! };
}

const int16 = (value: number) => [(value >> 8) & 255, value & 255];
const int32 = (value: number) => [...int16(value >> 16), ...int16(value)];
const text = (value: string) => [...int32(Buffer.byteLength(value)), ...Buffer.from(value)];

test('rows for COPY: the width of their column, nulls, long texts, bytes', () => {
  const { changes, of } = changed();
  const bySign = (a: number, b: number) =>
    changes.bytes.readInt8(changes.at[a]! + 1) - changes.bytes.readInt8(changes.at[b]! + 1);
  const [first, second] = [...of.inserted].sort(bySign);
  const rows = copyRows(changes, [first!, second!], [0, 1, 2, 3], ['bigint', 'smallint', 'text', 'bytea']);
  expect(
    Buffer.compare(
      rows,
      Buffer.from([
        ...Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
        ...int32(0),
        ...int32(0),
        ...int16(4),
        ...int32(8),
        0xff,
        0xe0,
        0,
        0,
        0,
        0,
        0,
        0,
        ...int32(2),
        ...int16(-3),
        ...text(LONG),
        ...int32(2),
        0,
        255,
        ...int16(4),
        ...int32(8),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        7,
        ...int32(-1),
        ...int32(0),
        ...int32(-1),
        ...int16(-1),
      ]),
    ),
  ).toBe(0);
});

test('an array of one column says its type and whether there are nulls', () => {
  const { changes, of } = changed();
  const [{ before, after }] = of.updated as [{ before: number; after: number }];
  expect([...arrayOf(changes, [before], 0, 'bigint')]).toEqual([
    ...int32(1),
    ...int32(0),
    ...int32(20),
    ...int32(1),
    ...int32(1),
    ...int32(8),
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
  ]);
  expect([...arrayOf(changes, [after], 2, 'text')]).toEqual([
    ...int32(1),
    ...int32(0),
    ...int32(25),
    ...int32(1),
    ...int32(1),
    ...text('after'),
  ]);
  const seven = of.inserted.find((record) => changes.bytes[changes.at[record]! + 8] === 7)!;
  expect([...arrayOf(changes, [seven, of.deleted[0]!], 1, 'integer')]).toEqual([
    ...int32(1),
    ...int32(1),
    ...int32(23),
    ...int32(2),
    ...int32(1),
    ...int32(-1),
    ...int32(4),
    ...int32(2),
  ]);
});

test.each([
  ['bigint', 2n ** 62n, null],
  ['integer', -(2n ** 31n), null],
  ['integer', 2n ** 31n, RangeError],
  ['smallint', -32_768n, null],
  ['smallint', -32_769n, RangeError],
  ['smallint', 65_535n, RangeError],
  ['text', 7n, TypeError],
  ['bigint', 'words', TypeError],
  ['bigint', 0.5, TypeError],
] as const)('%s takes %s, or says that it does not', (type, value, error) => {
  const db = new DatabaseSync(':memory:');
  db.exec('create table t (id integer primary key, value any) strict');
  const session = db.createSession();
  db.prepare('insert into t values (1, ?)').run(value);
  const changes = readChangeset(session.changeset());
  db.close();
  const write = () => arrayOf(changes, changes.tables.get('t')!.inserted, 1, type);
  if (error === null) expect(write()).toBeInstanceOf(Buffer);
  else expect(write).toThrow(error);
});
