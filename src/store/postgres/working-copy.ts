/**
 * What every writing operation means is written once, over tables (store/writes). Here it runs on a working copy in memory:
 * the rows that it names are loaded by sets, it does its work on them, and what it changed goes back by sets. Whoever writes
 * holds the counters' lock, so that nothing of what was loaded changes meanwhile.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ClientBase } from 'pg';
import { type Bind, openDatabase, type Row } from '../tables/database.ts';
import { schemaFolder } from '../tables/schema.ts';
import { OPERATIONS } from '../writes/operations.ts';
import { createSession, RESERVED, type Session } from '../writes/session.ts';
import { type Changeset, keyValueOf, readChangeset } from './changeset.ts';
import { query, type Value } from './connect.ts';
import { flushTable, putRows } from './flush.ts';
import { joined } from './joined.ts';
import { type Copied, LOADS } from './loads.ts';
import { readTables, type Table } from './tables.ts';

export interface Loader {
  readonly session: Session;
  /** Rows of `table`, as `t`, into the working copy: `rest` follows `select … `. Without `columns`: all of them. */
  rows(table: string, rest: string, values: readonly unknown[], columns?: readonly string[]): Promise<Row[]>;
  /** 0 for what no row can have. */
  termId(text: string): number;
  connectionId(name: string): number;
}

export interface WorkingCopy {
  readonly session: Session;
  /** Inside a transaction that holds the counters' lock: what everybody needs is as it is in the database. */
  refresh(client: ClientBase): Promise<void>;
  /**
   * Operations of one name, one after the other, in that transaction: what all of them may look at is loaded before the first, what they
   * changed is sent after the last. Of one that fails nothing is sent.
   */
  run(name: Copied, inputs: readonly unknown[]): Promise<Outcome[]>;
  /** Right before the commit: the counters. */
  finish(): Promise<void>;
  /** After a rollback: nothing here is believed any more. */
  forget(): void;
  readonly written: ReadonlyMap<string, number>;
  restoreWritten(before: ReadonlyMap<string, number>): void;
}

/** What one operation answered. */
export type Outcome = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: unknown };

/** Few rows, which nearly every operation needs: kept from one transaction to the next, while nobody else wrote. */
const KEPT = ['counter', 'term', 'connection', 'space_count', 'object_count', 'attempt'];
const SUMS = ['space_count', 'object_count', 'gate_sent'];
/** Tables whose ids the working copy gives; the last one of each is a counter. */
const NUMBERED = ['parked', 'decision', 'run', 'change', 'error', 'gate_hold', 'audit_event'];
const LAST = 'last ';
/** Indexes that no writing operation looks into: nobody reads a working copy. */
const OF_READERS = [
  'staged_connection',
  'staged_object',
  'staged_name',
  'staged_export',
  'reference_key',
  'reference_debt',
  'object_due',
  'object_kind',
  'change_range',
  'error_run',
  'decision_staged',
  'decision_object',
  'pushed_kind',
  'audit_event_staged',
  'audit_event_object',
];

export async function createWorkingCopy(first: ClientBase): Promise<WorkingCopy> {
  /** Whose transaction it is. */
  let client = first;
  const db = openDatabase(':memory:', { readOnly: false, careless: true, cacheKb: 64_000 });
  for (const file of readdirSync(schemaFolder).sort()) db.exec(readFileSync(new URL(file, schemaFolder), 'utf8'));
  for (const table of ['counter', 'setting']) db.exec(`delete from ${table}`);
  for (const index of OF_READERS) db.exec(`drop index ${index}`);
  // What they refuse is refused where the rows are.
  for (const [trigger] of db.all(`select name from sqlite_schema where type = 'trigger'`))
    db.exec(`drop trigger ${String(trigger)}`);
  db.exec(
    `insert into counter (name, value) values ('seq', 0), ('object', 1), ('staged', 1), ('epoch', 0), ('now', 0), ('believed', 0)`,
  );
  const tables = await readTables(client, db);
  const session = createSession(db, { shared: true });
  const touched = new Set<string>();
  const written = new Map<string, number>();
  /** The counters as they are in the database. */
  let known = new Map<string, number>();
  let believed = false;

  const load = async (name: string, rest: string, values: readonly unknown[], columns?: readonly string[]): Promise<Row[]> => {
    const names = columns ?? tables.get(name)!.columns;
    const rows = await query(client, `select ${names.map((column) => `t."${column}"`).join(', ')} ${rest}`, values);
    if (rows.length === 0) return [];
    touched.add(name);
    const sql = `insert or ignore into "${name}" (${names.map((column) => `"${column}"`).join(', ')}) values (${names.map(() => '?').join(', ')})`;
    db.exec('begin');
    for (const row of rows) db.run(name, sql, ...(row as Bind[]));
    db.exec('commit');
    return rows as Row[];
  };
  const idOf = (sql: string, text: string): number => Number(db.get(sql, text)?.[0] ?? 0);
  const loader: Loader = {
    session,
    rows: load,
    termId: (text) => idOf('select id from term where text = ?', text),
    connectionId: (name) => idOf('select id from connection where name = ?', name),
  };
  const counters = (): Map<string, number> => {
    const out = new Map(db.all('select name, value from counter').map(([name, value]) => [String(name), Number(value)]));
    for (const [table, last] of db.all('select name, seq from sqlite_sequence')) out.set(`${LAST}${String(table)}`, Number(last));
    return out;
  };

  /** Rows of sums as they are now. */
  const summed = ({ name, columns, key }: Table, changes: Changeset, records: readonly number[]): Value[][] => {
    const sql = `select * from "${name}" where ${key.map((place) => `"${columns[place]}" = ?`).join(' and ')}`;
    return records.map((record) => db.get(sql, ...key.map((place) => keyValueOf(changes, record, place))) as Value[]);
  };

  const runOne = (name: Copied, input: unknown): Outcome => {
    const { epoch } = session;
    try {
      db.exec('begin');
      const result = (OPERATIONS[name] as (session: Session, input: unknown) => unknown)(session, input);
      session.flush();
      db.exec('commit');
      return { ok: true, result };
    } catch (error) {
      if (db.raw.isTransaction) db.exec('rollback');
      session.reload();
      session.epoch = epoch;
      return { ok: false, error };
    }
  };

  const copy: WorkingCopy = {
    session,
    written,
    restoreWritten(before) {
      written.clear();
      for (const [table, n] of before) written.set(table, n);
    },
    async refresh(on) {
      client = on;
      const turn = await namedValues(on, TURN);
      if (believed && turn.get('writes') === known.get('writes')) return;
      // Read after the lock was had: what was committed while this process waited is seen.
      known = new Map([...turn, ...(await namedValues(on, 'select name, value from counter'))]);
      for (const name of KEPT) db.exec(`delete from "${name}"`);
      db.exec('delete from sqlite_sequence');
      for (const [name, value] of known) {
        if (name.startsWith(LAST))
          db.run('sqlite_sequence', 'insert into sqlite_sequence (name, seq) values (?, ?)', name.slice(LAST.length), value);
        else db.run('counter', 'insert into counter (name, value) values (?, ?)', name, value);
      }
      for (const name of KEPT.slice(1)) await load(name, `from "${name}" t`, []);
      touched.clear();
      session.reload();
      believed = true;
    },
    async run(name, inputs) {
      try {
        await LOADS[name](loader, joined(inputs) as never);
        const recording = db.raw.createSession();
        let outcomes: Outcome[];
        let changes: Changeset;
        try {
          outcomes = inputs.map((input) => runOne(name, input));
          changes = readChangeset(recording.changeset());
        } finally {
          recording.close();
        }
        const sent: Promise<unknown>[] = [];
        for (const [table, rows] of changes.tables) {
          touched.add(table);
          if (table === 'counter') continue;
          const to = tables.get(table)!;
          const { inserted, updated, deleted } = rows;
          if (SUMS.includes(table)) {
            const there = [...inserted, ...updated.map(({ before }) => before)];
            if (there.length > 0) sent.push(putRows(client, to, summed(to, changes, there)));
            sent.push(...flushTable(client, to, changes, { inserted: [], updated: [], deleted }));
          } else sent.push(...flushTable(client, to, changes, rows));
          written.set(table, (written.get(table) ?? 0) + inserted.length + updated.length + deleted.length);
        }
        await Promise.all(sent);
        return outcomes;
      } finally {
        for (const table of touched) if (!KEPT.includes(table)) db.exec(`delete from "${table}"`);
        touched.clear();
      }
    },
    async finish() {
      db.run('counter', `update counter set value = value + 1 where name = 'writes'`);
      const now = counters();
      const changed = [...now].filter(([name, value]) => known.get(name) !== value);
      const sent = [];
      for (const [table, ours] of [
        ['turn', true],
        ['counter', false],
      ] as const) {
        const some = changed.filter(([name]) => BETWEEN_PROCESSES.includes(name) === ours);
        if (some.length > 0) sent.push(query(client, save(table), [some.map(([name]) => name), some.map(([, value]) => value)]));
      }
      await Promise.all(sent);
      known = now;
    },
    forget() {
      believed = false;
    },
  };
  return copy;
}

const TURN = 'select name, value from turn order by name for update';
const save = (table: 'turn' | 'counter'): string =>
  `update ${table} c set value = n.value from unnest($1::text[], $2::bigint[]) as n(name, value) where c.name = n.name`;

async function namedValues(on: ClientBase, text: string): Promise<Map<string, number>> {
  return new Map((await query(on, text)).map(([name, value]) => [String(name), Number(value)]));
}

const BETWEEN_PROCESSES: readonly string[] = ['writes', RESERVED.object, RESERVED.staged];
const COUNTERS: readonly (readonly [string, number])[] = [
  ...['seq', 'epoch', 'now', 'believed', 'writes'].map((name) => [name, 0] as const),
  ...['object', 'staged', RESERVED.object, RESERVED.staged].map((name) => [name, 1] as const),
  ...NUMBERED.map((table) => [`${LAST}${table}`, 0] as const),
];

/** Those of a new store. */
export const FIRST: { readonly turn: typeof COUNTERS; readonly counter: typeof COUNTERS } = {
  turn: COUNTERS.filter(([name]) => BETWEEN_PROCESSES.includes(name)),
  counter: COUNTERS.filter(([name]) => !BETWEEN_PROCESSES.includes(name)),
};
