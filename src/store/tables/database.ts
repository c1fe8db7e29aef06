/** One connection to a store's file: statements prepared once, rows as arrays, row writes counted by table. */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { RollcallError } from '#core/errors';

export type Row = readonly SQLOutputValue[];
export type Bind = SQLInputValue;

export interface Database {
  /** Statements of several parts, pragmas. */
  exec(sql: string): void;
  all(sql: string, ...values: Bind[]): Row[];
  get(sql: string, ...values: Bind[]): Row | undefined;
  each(sql: string, ...values: Bind[]): Iterable<Row>;
  /** A statement of which only the last few are kept: of texts that are made of what somebody asks for there is no end. */
  once(sql: string): (...values: Bind[]) => Row[];
  /** Rows changed. `table` is where they are counted. */
  run(table: string, sql: string, ...values: Bind[]): number;
  /** As `run`; answers the id of the row it inserted. */
  insert(table: string, sql: string, ...values: Bind[]): number;
  /** Row writes by table since it was opened. */
  readonly written: ReadonlyMap<string, number>;
  /** After a rollback: what was counted since then did not happen. */
  restoreWritten(written: ReadonlyMap<string, number>): void;
  /**
   * Statement shapes since the last call, for the conformance suite. A prepared statement that a store operation repeats for
   * each row inside its one transaction is one shape: it costs no round trip here, and PostgreSQL does it as one statement.
   */
  takeShapes(): string[];
  readonly raw: DatabaseSync;
  close(): void;
}

export interface DatabaseOptions {
  readonly readOnly: boolean;
  /** Waited before the first use of each statement shape: what a server at a distance would cost. */
  readonly delayMs?: number;
  readonly cacheKb: number;
  /** A private copy need not survive a power cut. */
  readonly careless?: boolean;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

const MOST_LATELY = 50;

export function openDatabase(path: string, options: DatabaseOptions): Database {
  const raw = new DatabaseSync(path, { readOnly: options.readOnly, enableForeignKeyConstraints: false, timeout: 0 });
  const statements = new Map<string, StatementSync>();
  const lately = new Map<string, StatementSync>();
  const written = new Map<string, number>();
  const shapes = new Set<string>();
  let asked = false;
  const delayMs = options.delayMs ?? 0;
  raw.exec(`pragma cache_size = -${options.cacheKb}; pragma temp_store = memory;`);
  if (!options.readOnly) {
    raw.exec(
      `pragma journal_mode = wal; pragma synchronous = ${options.careless ? 'off' : 'normal'}; pragma recursive_triggers = off; pragma wal_autocheckpoint = 0; pragma journal_size_limit = 67108864;`,
    );
    if (!options.careless) assertDurable(raw, path);
  }

  const prepare = (sql: string): StatementSync => {
    const statement = raw.prepare(plannedOnce(sql));
    statement.setReturnArrays(true);
    return statement;
  };
  const used = (sql: string): void => {
    if (shapes.has(sql)) return;
    shapes.add(sql);
    if (delayMs > 0) Atomics.wait(sleeper, 0, 0, delayMs);
  };
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = prepare(sql);
      statements.set(sql, statement);
    }
    used(sql);
    return statement;
  };
  const count = (table: string, changes: number | bigint): number => {
    const n = Number(changes);
    if (n > 0) written.set(table, (written.get(table) ?? 0) + n);
    return n;
  };

  return {
    raw,
    written,
    restoreWritten(before) {
      written.clear();
      for (const [table, n] of before) written.set(table, n);
    },
    exec: (sql) => raw.exec(sql),
    all: (sql, ...values) => prepared(sql).all(...values) as unknown as Row[],
    get: (sql, ...values) => prepared(sql).get(...values) as unknown as Row | undefined,
    each: (sql, ...values) => prepared(sql).iterate(...values) as unknown as Iterable<Row>,
    once(sql) {
      const statement = lately.get(sql) ?? prepare(sql);
      lately.delete(sql);
      lately.set(sql, statement);
      if (lately.size > MOST_LATELY) lately.delete(lately.keys().next().value!);
      return (...values) => {
        if (asked) used(sql);
        return statement.all(...values) as unknown as Row[];
      };
    },
    run: (table, sql, ...values) => count(table, prepared(sql).run(...values).changes),
    insert(table, sql, ...values) {
      const result = prepared(sql).run(...values);
      count(table, result.changes);
      return Number(result.lastInsertRowid);
    },
    takeShapes() {
      asked = true;
      const list = [...shapes].sort();
      shapes.clear();
      return list;
    },
    close: () => raw.close(),
  };
}

/**
 * SQLite plans a statement for the very number that its `limit` is bound to, and so prepares it anew whenever that is bound, even to the
 * same number (`sqlite3ExprIsInteger` in https://sqlite.org/src/file/src/expr.c): of a short read that is nearly all it costs.
 */
function plannedOnce(sql: string): string {
  return sql.replaceAll(/\blimit (\?\d*)/g, 'limit $1 + 0');
}

/** SQLite says nothing when it cannot have what it was told, as on a file system without shared memory: what it then keeps is less. */
function assertDurable(raw: DatabaseSync, path: string): void {
  const [mode, synchronous] = ['journal_mode', 'synchronous'].map(
    (name) => Object.values(raw.prepare(`pragma ${name}`).get()!)[0],
  );
  if (mode === 'wal' && synchronous === NORMAL) return;
  raw.close();
  throw new RollcallError(
    'configuration',
    `the store cannot be kept safely here: its log is ${mode}, its commits are at ${synchronous}`,
    {
      where: { file: path },
      remedy: 'put the store on a local disk',
    },
  );
}

/** Of `pragma synchronous`: the log is on the disk before the file is written; when else, its writer says (sqlite/log.ts). */
const NORMAL = 1;
