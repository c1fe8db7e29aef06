/** SQLite, in this process. Rows come in slices, so that other work has its turn. */
import { existsSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as later, setImmediate as nextTurn } from 'node:timers/promises';
import type { RawValue } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { ValueType } from '#core/values';
import type { Column, Driver, Session, Slice, SqlFault, Values } from '../driver.ts';
import { NOTHING, type Statement, sql } from '../statement.ts';

/** Rows of a slice: a few milliseconds. */
const SLICE = 1000;
/** Between two tries to write while another program does. */
const WAIT_MS = 20;

export function sqlite(file: string, timeoutMs: number): Driver {
  return {
    title: 'SQLite',
    maxValues: 30_000,
    limits: false,
    holdsNul: true,
    // A transaction that writes has the file for itself.
    forUpdate: NOTHING,
    hasClock: false,
    // One program writes at a time.
    overlap: 0,
    returning: true,
    quote: (text) => `"${text.replaceAll('"', '""')}"`,
    placeholder: () => '?',
    bindable: (value) => value,
    // Whatever the collation of the column.
    same: (column, value) => sql`${column} = ${value} collate binary`,
    fault: sqliteFault,
    connect: async () => connect(file, timeoutMs),
  };
}

function connect(file: string, timeoutMs: number): Session {
  // Opening would make it.
  if (!existsSync(file))
    throw new RollcallError('notFound', `${file} does not exist`, {
      where: { file },
      remedy: 'check `url`; its path starts from the folder of rollcall.yaml',
    });
  const db = new DatabaseSync(file);
  db.exec('pragma foreign_keys = on');
  const prepared = (text: string): StatementSync => {
    const statement = db.prepare(text);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    return statement;
  };
  const given = ({ values }: Statement) => values.map(parameter);
  const typed = (row: unknown, columns: readonly Column[]): Values =>
    (row as unknown[]).map((value, i) => rawValue(value, columns[i]!));
  let open = true;
  return {
    get usable() {
      return open;
    },
    async begin(mode) {
      if (mode === 'read') return db.exec('begin');
      for (const end = performance.now() + timeoutMs; ; await later(WAIT_MS)) {
        try {
          return db.exec('begin immediate');
        } catch (error) {
          if ((error as { errcode?: number }).errcode !== BUSY || performance.now() > end) throw error;
        }
      }
    },
    async commit() {
      db.exec('commit');
    },
    async rollback() {
      if (db.isTransaction) db.exec('rollback');
    },
    async describe(from, table) {
      const columns = prepared(`select * from ${from.text} limit 0`).columns();
      const worked = table === null ? new Set() : workedOut(db, table);
      return columns.map(({ name, column, type }) => ({
        name,
        native: type ?? '',
        ...declared(type ?? ''),
        multi: false,
        ...(column !== null && worked.has(column) ? { readOnly: true } : {}),
      }));
    },
    async rows(statement, columns) {
      return prepared(statement.text)
        .all(...given(statement))
        .map((row) => typed(row, columns));
    },
    async *stream(statement, columns, { signal }): AsyncGenerator<Slice> {
      let rows: Values[] = [];
      for (const row of prepared(statement.text).iterate(...given(statement))) {
        rows.push(typed(row, columns));
        if (rows.length < SLICE) continue;
        yield { rows };
        rows = [];
        await nextTurn();
        signal.throwIfAborted();
      }
      if (rows.length > 0) yield { rows };
    },
    async run(statement) {
      return Number(prepared(statement.text).run(...given(statement)).changes);
    },
    async version() {
      return `SQLite ${db.prepare('select sqlite_version() as version').get()!['version']}`;
    },
    now: async () => Date.now(),
    async close() {
      if (open) db.close();
      open = false;
    },
  };
}

type Parameter = string | number | bigint | null | Uint8Array;

function parameter(value: unknown): Parameter {
  if (typeof value === 'boolean') return value ? 1 : 0;
  // As a whole number: 1 is not to come back as 1.0 from a column without a type.
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return value as Parameter;
}

function rawValue(value: unknown, { type }: Column): RawValue {
  if (typeof value !== 'bigint') return value as RawValue;
  if (type === 'boolean' && (value === 0n || value === 1n)) return value === 1n;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** What a declared type means: https://www.sqlite.org/datatype3.html, "Determination Of Column Affinity". */
function declared(type: string): { readonly type: ValueType; readonly maxLength?: number } {
  const text = type.toUpperCase();
  const length = /CHAR.*\(\s*(\d+)\s*\)/.exec(text)?.[1];
  if (text.includes('BOOL')) return { type: 'boolean' };
  if (text.includes('INT')) return { type: 'integer' };
  if (length !== undefined) return { type: 'string', maxLength: Number(length) };
  if (text.includes('BLOB')) return { type: 'binary' };
  if (/REAL|FLOA|DOUB|NUMERIC|DECIMAL/.test(text)) return { type: 'decimal' };
  if (text === 'DATE') return { type: 'date' };
  if (/DATETIME|TIMESTAMP/.test(text)) return { type: 'instant' };
  return { type: 'string' };
}

function workedOut(db: DatabaseSync, table: readonly string[]): Set<unknown> {
  const [schema, name] = table.length === 1 ? ['main', table[0]!] : [table[0]!, table[1]!];
  const rows = db.prepare('select name from pragma_table_xinfo(?, ?) where hidden in (2, 3)').all(name, schema);
  return new Set(rows.map((row) => row['name']));
}

const BUSY = 5;

/** By extended result codes: https://www.sqlite.org/rescode.html */
const CONSTRAINTS: { readonly [code: number]: readonly ['conflict' | 'invalidValue', string] } = {
  2067: ['conflict', 'a value is taken already'],
  1555: ['conflict', 'the key is taken already'],
  2579: ['conflict', 'the key is taken already'],
  787: ['conflict', 'it refers to a row that is not there, or another row refers to it'],
  1811: ['invalidValue', 'a trigger refuses it'],
  1299: ['invalidValue', 'a value is missing that must be there'],
  275: ['invalidValue', 'a value is against a rule of the table'],
  3091: ['invalidValue', 'a value is not of the type of its column'],
};

function sqliteFault(error: unknown): SqlFault {
  const { errcode, message: said } = error as { errcode?: number; message?: string };
  const message = said ?? String(error);
  const constraint = CONSTRAINTS[errcode ?? -1];
  if (constraint !== undefined) {
    // `UNIQUE constraint failed: person.mail`: names only.
    const names = /constraint failed: (?!.*\s)([^\s]+)$/.exec(message)?.[1];
    const column = names?.split('.').at(-1);
    const [kind, text] = constraint;
    return {
      kind,
      message: names === undefined ? text : `${text} (${names})`,
      item: true,
      ...(column === undefined ? {} : { column }),
    };
  }
  switch ((errcode ?? 0) & 0xff) {
    case 19:
    case 20:
    case 18:
      return { kind: 'invalidValue', message: 'the database refuses it', item: true };
    case BUSY:
    case 6:
      return { kind: 'unavailable', message, remedy: 'another program writes the file; it is tried again' };
    case 3:
    case 8:
    case 14:
    case 23:
      return { kind: 'permission', message, remedy: 'give the user that runs Rollcall the right to the file and its folder' };
    case 10:
    case 13:
      return { kind: 'unavailable', message, remedy: 'check the disk' };
    case 11:
    case 26:
      return { kind: 'configuration', message, remedy: 'check `url`: the file is no SQLite database, or damaged' };
    case 1:
      return /no such (table|column|view)|syntax|ambiguous/.test(message)
        ? { kind: 'configuration', message, remedy: 'check the names of tables and columns under `kinds`' }
        : { kind: 'invalidValue', message: 'the database refuses it', item: true };
    default:
      return { kind: 'internal', message };
  }
}
