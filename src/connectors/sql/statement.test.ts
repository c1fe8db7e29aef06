import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mariadb } from './mariadb/driver.ts';
import { postgres } from './postgres/driver.ts';
import { sqlite } from './sqlite/driver.ts';
import { sqlServer } from './sqlserver/driver.ts';
import { bound, joined, name, sql, statementOf, type Writing } from './statement.ts';

const HOSTILE = [
  '"',
  "'",
  '`',
  '[',
  ']',
  '\\',
  ';',
  '--',
  '/*',
  '*/',
  '$1',
  '?',
  '@p1',
  '%s',
  '\n',
  'é',
  '😀',
  "'; drop table t; --",
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...HOSTILE, 'a', 'b'), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((one) => one.replaceAll('\0', '0')),
);

const writings: readonly (readonly [string, Writing, open: string, close: string])[] = [
  ['PostgreSQL', postgres({} as never), '"', '"'],
  ['MariaDB', mariadb({} as never), '`', '`'],
  ['SQLite', sqlite('', 0), '"', '"'],
  ['SQL Server', sqlServer({} as never), '[', ']'],
];

test.each(writings)('on %s a name is one name, and a value is no part of the text', (_, writing, open, close) => {
  fc.assert(
    fc.property(text, text, (column, value) => {
      const statement = statementOf(sql`select ${name(column)} from t where x = ${bound(value)}`, writing);
      expect(statement.values).toEqual([value]);
      const inside = column.replaceAll(close, close + close);
      expect(statement.text).toBe(`select ${open}${inside}${close} from t where x = ${writing.placeholder(1)}`);
    }),
  );
});

test('a database takes any name and any value for what it is', () => {
  const writing = sqlite('', 0);
  const db = new DatabaseSync(':memory:');
  fc.assert(
    fc.property(text, text, text, (table, column, value) => {
      const execute = (fragment: Parameters<typeof statementOf>[0]): unknown[] => {
        const statement = statementOf(fragment, writing);
        return db.prepare(statement.text).all(...(statement.values as string[]));
      };
      // SQLite keeps names that begin so for itself.
      const own = `x${table}`;
      execute(sql`create table ${name(own)} (${name(column)} text)`);
      execute(sql`insert into ${name(own)} values (${bound(value)})`);
      const same = joined([sql`${name(column)} = ${bound(value)}`, sql`1 = 1`], ' and ');
      expect(execute(sql`select ${name(column)} as found from ${name(own)} where ${same}`)).toEqual([{ found: value }]);
      execute(sql`drop table ${name(own)}`);
      expect(db.prepare('select name from sqlite_master').all()).toEqual([]);
    }),
  );
  db.close();
});
