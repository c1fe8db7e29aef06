/**
 * Reads of what was pushed. Whatever goes through a kind does so in windows of few rows, with others let in between: reads run in the
 * calling thread, which has other questions to answer.
 */
import { setImmediate as pause } from 'node:timers/promises';
import type { Path } from '#core/condition';
import type { PushedPosition, PushedQuery } from '../../contract.ts';
import type { PushedReads } from '../../reads.ts';
import type { Database } from '../../tables/database.ts';
import { ALONE, byPosition, storedNorm, tookTooLong } from '../../tables/pushed.ts';
import { STAGED, stagedRow } from '../../tables/rows.ts';
import type { Names } from './names.ts';
import { matcher } from './pushed-match.ts';

const OF_KEY = `select staged_id, norm from pushed_key where connection = ? and kind = ? and path = ? and holder = ${ALONE}`;

/** A page of an index: what it is in the order of, from behind a position, then so many further. */
type Order = (after: PushedPosition | null, offset: number, limit: number) => PushedPosition[];

/** Documents that are looked into at one go, and ids that are passed over: each some milliseconds. */
const WINDOW = 500;
const STRIDE = 50_000;

const BY_KEYS = `select distinct k.staged_id from json_each(?) c cross join json_each(?) j cross join pushed_key k
  on k.connection = ? and k.kind = c.value and k.path = j.value ->> 0 and k.norm = j.value ->> 1 order by k.staged_id`;
const OF_KIND = 'select staged_id from pushed where connection = ? and kind = ? and staged_id > ?';

export function pushedReads(db: Database, names: Names): PushedReads {
  const kindsOf = ({ connection, kind }: Pick<PushedQuery, 'connection' | 'kind'>): number[] => {
    if (kind !== null) return [names.termId(kind) ?? 0];
    const space = names.connectionId(connection) ?? 0;
    return db.all('select kind from space_count where connection = ? and pushed > 0', space).map(([one]) => Number(one));
  };
  const idsByKeys = (query: Pick<PushedQuery, 'connection' | 'kind'>, keys: NonNullable<PushedQuery['keys']>): number[] =>
    db
      .all(
        BY_KEYS,
        JSON.stringify(kindsOf(query)),
        JSON.stringify(keys.map(({ path, norm }) => [names.termId(path) ?? 0, storedNorm(norm)])),
        names.connectionId(query.connection) ?? 0,
      )
      .map(([id]) => Number(id));
  const byId = (query: PushedQuery): Order => {
    const kinds = kindsOf(query);
    const space = names.connectionId(query.connection) ?? 0;
    const sql = `${kinds.map(() => OF_KIND).join(' union all ')} order by staged_id limit ? offset ?`;
    return (after, offset, limit) => {
      if (kinds.length === 0) return [];
      const values = kinds.flatMap((kind) => [space, kind, after?.staged ?? 0]);
      return db.all(sql, ...values, limit, offset).map(([id]) => ({ staged: Number(id), value: null }));
    };
  };
  const byKey = ({ connection, kind }: PushedQuery, key: string, descending: boolean): Order => {
    const of = [names.connectionId(connection) ?? 0, names.termId(kind!) ?? 0, names.termId(key) ?? 0];
    return (after, offset, limit) => {
      const behind = after === null ? '' : `and norm ${descending ? '<' : '>'} ?`;
      const sql = `${OF_KEY} ${behind} order by norm ${descending ? 'desc' : 'asc'} limit ? offset ?`;
      return db
        .all(sql, ...of, ...(after === null ? [] : [String(after.value)]), limit, offset)
        .map(([id, norm]) => ({ staged: Number(id), value: String(norm) }));
    };
  };

  /** What may do, in windows of its order. */
  function* candidates(query: PushedQuery, order: Order, after: PushedPosition | null): Generator<readonly PushedPosition[]> {
    if (query.keys !== null) {
      const ids = idsByKeys(query, query.keys).filter((id) => id > (after?.staged ?? 0));
      for (let from = 0; from < ids.length; from += WINDOW)
        yield ids.slice(from, from + WINDOW).map((staged) => ({ staged, value: null }));
      return;
    }
    for (let last = after; ; ) {
      const some = order(last, 0, WINDOW);
      if (some.length > 0) yield some;
      if (some.length < WINDOW) return;
      last = some.at(-1)!;
    }
  }

  /** Those of them for which the condition holds, window by window; `sort`: with what is there as their value. */
  async function* found(
    query: PushedQuery,
    order: Order,
    sort: Path | null,
    after: PushedPosition | null,
  ): AsyncGenerator<readonly PushedPosition[]> {
    const match = matcher(db, query.condition, sort);
    const until = query.mostMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + query.mostMs;
    for (const some of candidates(query, order, after)) {
      yield match(some);
      await pause();
      if (performance.now() > until) throw tookTooLong(query.mostMs!);
    }
  }

  return {
    async byKeys(connection, kind, path, norms) {
      const keys = norms.map((norm) => ({ path, norm }));
      return rowsOf(db, names, idsByKeys({ connection, kind }, keys));
    },
    async page({ sort, after, offset, limit, ...query }) {
      const { key, descending = false } = sort ?? {};
      const indexed = sort === null || (key !== undefined && query.kind !== null && query.keys === null);
      const order = indexed && key !== undefined ? byKey(query, key, descending) : byId(query);
      let rows: PushedPosition[] = [];
      let left = offset;
      if (indexed && query.keys === null && query.condition === null) {
        rows = await behind(order, after, offset, limit + 1);
        left = 0;
      } else if (indexed) {
        for await (const some of found(query, order, null, after)) {
          rows.push(...some);
          if (rows.length > offset + limit) break;
        }
      } else rows = await least(found(query, order, sort!.path, null), descending, after, offset + limit + 1);
      const page = rows.slice(left, left + limit);
      return {
        rows: rowsOf(
          db,
          names,
          page.map(({ staged }) => staged),
        ),
        more: rows.length > left + limit,
        position: page.at(-1) ?? null,
      };
    },
    async count({ most, ...query }) {
      if (query.condition === null && query.keys === null) {
        const space = names.connectionId(query.connection) ?? 0;
        const kinds = JSON.stringify(kindsOf(query));
        const known = 'select sum(pushed) from space_count where connection = ? and kind in (select value from json_each(?))';
        return Math.min(most, Number(db.get(known, space, kinds)![0]));
      }
      let count = 0;
      for await (const some of found(query, byId(query), null, null)) {
        count += some.length;
        if (count >= most) return most;
      }
      return count;
    },
  };
}

/** Entries are passed over in strides, with others let in between. */
async function behind(order: Order, after: PushedPosition | null, offset: number, limit: number): Promise<PushedPosition[]> {
  let from = after;
  for (let left = offset; ; left -= STRIDE) {
    if (left < STRIDE) return order(from, left, limit);
    const [last] = order(from, STRIDE - 1, 1);
    if (last === undefined) return [];
    from = last;
    await pause();
  }
}

/** The first ones of all behind a position. */
async function least(
  all: AsyncIterable<readonly PushedPosition[]>,
  descending: boolean,
  after: PushedPosition | null,
  wanted: number,
): Promise<PushedPosition[]> {
  const order = descending ? (a: PushedPosition, b: PushedPosition) => byPosition(b, a) : byPosition;
  let rows: PushedPosition[] = [];
  for await (const some of all) {
    for (const one of some) if (after === null || order(one, after) > 0) rows.push(one);
    if (rows.length > 2 * wanted + WINDOW) rows = rows.sort(order).slice(0, wanted);
  }
  return rows.sort(order);
}

/** In the order of the ids. */
function rowsOf(db: Database, names: Names, ids: readonly number[]) {
  return db
    .all(`select ${STAGED} from json_each(?) j cross join staged s on s.id = j.value order by j.key`, JSON.stringify(ids))
    .map((row) => stagedRow(names, row));
}
