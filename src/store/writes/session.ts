/**
 * What the writer thread remembers between operations: counters, interned names, counts, the open attempts. Everything in it
 * can be read again from the tables, which is what happens when an operation fails.
 */
import { Superseded } from '#core/errors';
import type { Epoch } from '../contract.ts';
import { unpackItems } from '../tables/attempt-items.ts';
import { GONE, HELD, MEMBERS, PRESENT } from '../tables/codes.ts';
import type { Database } from '../tables/database.ts';

export interface Session {
  readonly db: Database;
  /** The seq of this operation: taken from the counter at its first use. */
  seq(): number;
  /** A seq of its own for each dirty row. */
  nextSeq(): number;
  /** Newest seq taken so far. */
  readonly lastSeq: number;
  /** Reserves n ids. */
  reserve(what: 'object' | 'staged', n: number): number;
  /** Nobody holds reserved ids: those that came into no row are given again, so that a run gives the ids its plan showed. */
  unreserve(): void;
  /** Runs of this process that have not ended. */
  running: number;
  /** Says that an id is in a row now: it is never given again. */
  used(what: 'object' | 'staged', id: number): void;
  term(text: string): number;
  connection(name: string): number;
  /** Counts of a connector space follow every row: state before (null = new row) and after. */
  moved(connection: number, kind: number, before: Standing | null, after: Standing | null): void;
  /** Of those that can be searched: one more (1), or one less (-1). */
  pushed(connection: number, kind: number, by: 1 | -1): void;
  /** A new object. */
  born(kind: number): void;
  /** Items on their way to a target, by connection. */
  inFlight(connection: number): Set<number>;
  epoch: Epoch;
  /** @throws Superseded when this process did not take that epoch, or another one has taken the next. */
  checkEpoch(epoch: Epoch | null): void;
  /** Writes what the operation changed in here; the last step inside its transaction. */
  flush(): void;
  /** After a rollback. */
  reload(): void;
}

export interface Standing {
  readonly presence: number;
  readonly linked: boolean;
}

/** Counters of a store that several processes write: the next id that nobody holds. */
export const RESERVED: { readonly object: string; readonly staged: string } = {
  object: 'reserved object',
  staged: 'reserved staged',
};

export interface SessionOptions {
  /** Other processes write the same store: what is reserved is so for all of them. */
  readonly shared?: boolean;
}

export function createSession(db: Database, { shared = false }: SessionOptions = {}): Session {
  const saved = new Map<string, number>();
  const next = { object: 1, staged: 1 };
  const most = { object: 0, staged: 0 };
  let seq = 0;
  let operationSeq = 0;
  let terms = new Map<string, number>();
  let connections = new Map<string, number>();
  let counts = new Map<string, [number, number, number, number, number, number]>();
  let births = new Map<number, number>();
  let spaces = new Set<string>();
  let flights = new Map<number, Set<number>>();

  const reload = (): void => {
    for (const [name, value] of db.all('select name, value from counter')) saved.set(String(name), Number(value));
    seq = saved.get('seq')!;
    operationSeq = 0;
    for (const what of ['object', 'staged'] as const) {
      // What was reserved meanwhile may be in use by the caller: never given twice within a process.
      next[what] = Math.max(shared ? saved.get(RESERVED[what])! : next[what], saved.get(what)!);
      most[what] = 0;
    }
    terms = new Map(db.all('select text, id from term').map(([text, id]) => [String(text), Number(id)]));
    connections = new Map(db.all('select name, id from connection').map(([name, id]) => [String(name), Number(id)]));
    counts = new Map();
    births = new Map();
    spaces = new Set(
      db.all('select connection, kind from space_count').map(([connection, kind]) => `${Number(connection)}:${Number(kind)}`),
    );
    flights = new Map();
    for (const [connection, items] of db.all('select connection, items from attempt')) {
      const set = flights.get(Number(connection)) ?? new Set();
      flights.set(Number(connection), set);
      for (const item of unpackItems(items as Uint8Array)) if (item.operation !== MEMBERS) set.add(item.id);
    }
  };

  const countOf = (connection: number, kind: number): [number, number, number, number, number, number] => {
    const key = `${connection}:${kind}`;
    let count = counts.get(key);
    if (!count) {
      count = [connection, kind, 0, 0, 0, 0];
      counts.set(key, count);
    }
    return count;
  };
  const add = (connection: number, kind: number, standing: Standing, sign: number): void => {
    const count = countOf(connection, kind);
    const there = standing.presence === PRESENT || standing.presence === HELD;
    if (there) count[2] += sign;
    if (there && standing.linked) count[3] += sign;
    if (standing.presence === GONE) count[4] += sign;
  };

  const session: Session = {
    db,
    epoch: 0,
    running: 0,
    seq: () => {
      if (operationSeq === 0) operationSeq = ++seq;
      return operationSeq;
    },
    nextSeq: () => ++seq,
    get lastSeq() {
      return seq;
    },
    reserve(what, n) {
      const first = next[what];
      next[what] += n;
      return first;
    },
    unreserve() {
      if (shared && db.get(`select 1 from run where status = 'running'`)) return;
      for (const what of ['object', 'staged'] as const) next[what] = Math.max(saved.get(what)!, most[what] + 1);
    },
    used(what, id) {
      if (id > most[what]) most[what] = id;
      if (id >= next[what]) next[what] = id + 1;
    },
    term(text) {
      let id = terms.get(text);
      if (id === undefined) {
        id = db.insert('term', 'insert into term (text) values (?)', text);
        terms.set(text, id);
      }
      return id;
    },
    connection(name) {
      let id = connections.get(name);
      if (id === undefined) {
        id = db.insert('connection', 'insert into connection (name) values (?)', name);
        connections.set(name, id);
      }
      return id;
    },
    moved(connection, kind, before, after) {
      if (before) add(connection, kind, before, -1);
      if (after) add(connection, kind, after, 1);
    },
    pushed(connection, kind, by) {
      countOf(connection, kind)[5] += by;
    },
    born(kind) {
      births.set(kind, (births.get(kind) ?? 0) + 1);
    },
    inFlight(connection) {
      let set = flights.get(connection);
      if (!set) {
        set = new Set();
        flights.set(connection, set);
      }
      return set;
    },
    checkEpoch(epoch) {
      if (epoch === null) return;
      const present = shared ? Number(db.get(`select value from counter where name = 'epoch'`)![0]) : session.epoch;
      if (epoch === session.epoch && epoch === present) return;
      throw new Superseded(`another process has taken over since this run began (epoch ${present} after ${epoch})`, {
        remedy: 'what this run did before then is kept, what it tries now is not. Start a new run to go on where they are',
      });
    },
    flush() {
      operationSeq = 0;
      const save = (name: string, value: number): void => {
        if (value <= (saved.get(name) ?? 0)) return;
        db.run('counter', 'update counter set value = ? where name = ?', value, name);
        saved.set(name, value);
      };
      save('seq', seq);
      for (const what of ['object', 'staged'] as const) {
        save(what, most[what] + 1);
        if (!shared || saved.get(RESERVED[what]) === next[what]) continue;
        db.run('counter', 'update counter set value = ? where name = ?', next[what], RESERVED[what]);
        saved.set(RESERVED[what], next[what]);
      }
      for (const count of counts.values()) {
        const key = `${count[0]}:${count[1]}`;
        // A row for each kind there is, even of zeros: readers take the kinds of a space from here.
        if (count[2] === 0 && count[3] === 0 && count[4] === 0 && count[5] === 0 && spaces.has(key)) continue;
        spaces.add(key);
        db.run(
          'space_count',
          `insert into space_count (connection, kind, present, linked, gone, pushed) values (?, ?, ?, ?, ?, ?)
           on conflict do update set present = present + excluded.present, linked = linked + excluded.linked, gone = gone + excluded.gone, pushed = pushed + excluded.pushed`,
          ...count,
        );
      }
      counts.clear();
      for (const [kind, count] of births)
        db.run(
          'object_count',
          'insert into object_count (kind, count) values (?, ?) on conflict do update set count = count + excluded.count',
          kind,
          count,
        );
      births.clear();
    },
    reload,
  };
  reload();
  return session;
}
