/** What errors of the databases mean, where no server says them in another test; and that none tells a value. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sql } from './index.ts';
import { mariadbFault } from './mariadb/faults.ts';
import { postgresFault } from './postgres/faults.ts';
import { sqlServerFault } from './sqlserver/faults.ts';
import { columnOf, rawValue, shown } from './sqlserver/values.ts';
import { sql as fragment, name, statementOf } from './statement.ts';

test('a value in an error of MariaDB is not taken for a name', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.constantFrom('', "' for key 'x", "' for column 'x' at row 1"), (text, more) => {
      const value = `${text}${more}`;
      const fault = mariadbFault({ errno: 1062, sqlMessage: `Duplicate entry '${value}' for key 'person.mail'` });
      expect(fault).toEqual({ kind: 'conflict', message: 'a value is taken already (mail)', item: true, column: 'mail' });
    }),
  );
});

const SQL_SERVER: readonly (readonly [number: number, message: string, wanted: object])[] = [
  [
    2627,
    "Violation of UNIQUE KEY constraint 'uq_mail'. Cannot insert duplicate key in object 'dbo.person'. The duplicate key value is (ada@x).",
    { kind: 'conflict', message: 'a value is taken already (uq_mail)', item: true },
  ],
  [
    2601,
    "Cannot insert duplicate key row in object 'dbo.person' with unique index 'ix_mail'. The duplicate key value is (ada@x).",
    { kind: 'conflict', message: 'a value is taken already (ix_mail)', item: true },
  ],
  [
    515,
    "Cannot insert the value NULL into column 'name', table 'd.dbo.person'; column does not allow nulls. UPDATE fails.",
    { kind: 'invalidValue', column: 'name', item: true },
  ],
  [
    2628,
    "String or binary data would be truncated in table 'd.dbo.person', column 'code'. Truncated value: 'secre'.",
    { kind: 'invalidValue', message: 'a text is longer than its column (code)', column: 'code' },
  ],
  [245, "Conversion failed when converting the nvarchar value 'secret' to data type int.", { kind: 'invalidValue', item: true }],
  [18456, "Login failed for user 'rollcall'.", { kind: 'authentication' }],
  [229, "The INSERT permission was denied on the object 'person'", { kind: 'permission' }],
  [208, "Invalid object name 'people'.", { kind: 'configuration' }],
  [1205, 'Transaction was deadlocked on lock resources with another process', { kind: 'unavailable' }],
  [3952, 'Snapshot isolation transaction failed accessing database', { kind: 'configuration', remedy: expect.any(String) }],
];

test.each(SQL_SERVER)('SQL Server, %i', (number, message, wanted) => {
  const fault = sqlServerFault({ number, message, code: 'EREQUEST' });
  expect(fault).toMatchObject(wanted);
  if (fault.item === true) expect(fault.message).not.toMatch(/ada@x|secre/);
});

test('a connection that is gone is told from one that is refused', () => {
  expect(sqlServerFault({ code: 'ESOCKET', message: 'Connection lost - read ECONNRESET' })).toMatchObject({ lost: true });
  expect(postgresFault({ code: '57P01', message: 'terminating connection' })).toMatchObject({ kind: 'unavailable', lost: true });
  expect(postgresFault({ code: '23999', message: 'of "secret"' })).toEqual({
    kind: 'invalidValue',
    message: 'PostgreSQL refuses it (23999)',
    item: true,
  });
  expect(mariadbFault({ code: 'PROTOCOL_CONNECTION_LOST', message: 'Connection lost' })).toMatchObject({ lost: true });
  expect(mariadbFault({ errno: 1213, message: 'Deadlock found' })).toMatchObject({ kind: 'unavailable' });
});

test('types of SQL Server come as text where the driver would round them, and bytes as characters', () => {
  const read = (type: string, bytes: number, value: unknown): unknown[] => {
    const column = columnOf('c', type, bytes);
    const { text } = statementOf(shown(fragment`${name('c')}`, column), { quote: (one) => `[${one}]`, placeholder: () => '?' });
    return [column.type, column.maxLength, text, rawValue(value, column)];
  };
  expect(read('decimal(38,2)', 17, '123456789012345678.50')).toEqual([
    'decimal',
    undefined,
    'convert(varchar(60), [c])',
    '123456789012345678.50',
  ]);
  expect(read('bigint', 8, '9007199254740993')).toEqual(['integer', undefined, '[c]', '9007199254740993']);
  expect(read('bigint', 8, '7')[3]).toBe(7);
  expect(read('datetime2(3)', 7, '2026-03-01T08:30:00.25')[3]).toBe('2026-03-01T08:30:00.25Z');
  expect(read('datetimeoffset(7)', 10, '2026-03-01T08:30:00.25Z')[3]).toBe('2026-03-01T08:30:00.25Z');
  expect(read('nvarchar(50)', 100, 'x').slice(0, 2)).toEqual(['string', 50]);
  expect(read('nvarchar(max)', -1, 'x')[1]).toBeUndefined();
  expect(read('nchar(5)', 10, 'ab   ')[3]).toBe('ab');
  expect(read('int', 4, null)[3]).toBe(null);
});

test('a driver that is not installed is named', async () => {
  const config = sql.config.parse({ url: 'sqlserver://127.0.0.1/hr', kinds: { person: { table: 'dbo.person', key: 'id' } } });
  const context = { connection: 'hr', folder: '/', limits: { maxObjectBytes: 1000 }, warn: () => undefined };
  await expect(sql.open(config, context).test()).rejects.toMatchObject({
    kind: 'configuration',
    message: 'SQL Server is reached with the package mssql, which is not installed',
    remedy: 'install it as Rollcall is: npm install --global mssql, or without --global in the folder that has Rollcall',
  });
});
