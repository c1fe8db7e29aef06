/**
 * Reads of what was pushed. Whatever goes through a kind does so in windows of few rows, with others let in between: reads run in the
 * calling thread, which has other questions to answer.
 */
import { setImmediate as pause } from 'node:timers/promises';
import type { Path } from '#core/condition';
import type { PushedPosition, PushedQuery } from '../../contract.ts';
import type { PushedReads } from '../../reads.ts';
import { conditionSql } from '../../tables/condition-sql.ts';
import type { Bind, Database, Row } from '../../tables/database.ts';
import { byPosition, storedNorm, tookTooLong } from '../../tables/pushed.ts';
import { STAGED, stagedRow } from '../../tables/rows.ts';
import { sqliteConditions } from './conditions.ts';
import type { Names } from './names.ts';

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
  const pageOfIds = (query: PushedQuery, after: number, offset: number, limit: number): number[] => {
    const kinds = kindsOf(query);
    if (kinds.length === 0) return [];
    const space = names.connectionId(query.connection) ?? 0;
    return db
      .all(
        `${kinds.map(() => OF_KIND).join(' union all ')} order by staged_id limit ? offset ?`,
        ...kinds.flatMap((kind) => [space, kind, after]),
        limit,
        offset,
      )
      .map(([id]) => Number(id));
  };

  const pageBehind = async (query: PushedQuery, after: number, offset: number, limit: number): Promise<number[]> => {
    let from = after;
    for (let left = offset; ; left -= STRIDE) {
      if (left < STRIDE) return pageOfIds(query, from, left, limit);
      const [last] = pageOfIds(query, from, STRIDE - 1, 1);
      if (last === undefined) return [];
      from = last;
      await pause();
    }
  };

  /** Ids that may do, ascending, in windows. */
  function* candidates(query: PushedQuery, after: number): Generator<readonly number[]> {
    if (query.keys !== null) {
      const ids = idsByKeys(query, query.keys).filter((id) => id > after);
      for (let from = 0; from < ids.length; from += WINDOW) yield ids.slice(from, from + WINDOW);
      return;
    }
    for (let last = after; ; ) {
      const ids = pageOfIds(query, last, 0, WINDOW);
      if (ids.length > 0) yield ids;
      if (ids.length < WINDOW) return;
      last = ids.at(-1)!;
    }
  }

  /** Those of them for which the condition holds, and what they are sorted by, window by window. */
  async function* found(query: PushedQuery, sort: Path | null, after: number): AsyncGenerator<readonly PushedPosition[]> {
    const match = matcher(db, query.condition, sort);
    const until = query.mostMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + query.mostMs;
    for (const ids of candidates(query, after)) {
      yield match(ids);
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
      const from = sort === null ? (after?.staged ?? 0) : 0;
      const wanted = offset + limit + 1;
      let rows: PushedPosition[] = [];
      let left = offset;
      if (query.keys === null && query.condition === null && sort === null) {
        rows = (await pageBehind(query, from, offset, limit + 1)).map((staged) => ({ staged, value: null }));
        left = 0;
      } else if (sort === null) {
        for await (const some of found(query, null, from)) {
          rows.push(...some);
          if (rows.length >= wanted) break;
        }
      } else {
        const order = sort.descending ? (a: PushedPosition, b: PushedPosition) => byPosition(b, a) : byPosition;
        for await (const some of found(query, sort.path, from)) {
          for (const one of some) if (after === null || order(one, after) > 0) rows.push(one);
          if (rows.length > 2 * wanted + WINDOW) rows = rows.sort(order).slice(0, wanted);
        }
        rows.sort(order);
      }
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
      for await (const some of found(query, null, 0)) {
        count += some.length;
        if (count >= most) return most;
      }
      return count;
    },
  };
}

/** In the order of the ids. */
function rowsOf(db: Database, names: Names, ids: readonly number[]) {
  return db
    .all(`select ${STAGED} from json_each(?) j cross join staged s on s.id = j.value order by j.key`, JSON.stringify(ids))
    .map((row) => stagedRow(names, row));
}

/** Its statement is the asker's own: it is prepared once for all windows, and not kept. */
function matcher(
  db: Database,
  condition: PushedQuery['condition'],
  sort: Path | null,
): (ids: readonly number[]) => readonly PushedPosition[] {
  const values: Bind[] = [''];
  const bind = (value: Bind): string => `?${values.push(value)}`;
  const first = sort === null ? null : bind(`$${sort.map((name) => `.${JSON.stringify(name)}[0]`).join('')}`);
  const columns =
    first === null ? '' : sortColumns(`json_type(pushed.document, ${first})`, `json_extract(pushed.document, ${first})`);
  const where = condition === null ? '' : ` where ${conditionSql(condition, 'pushed.document', sqliteConditions(bind))}`;
  const statement = db.once(
    `select pushed.staged_id${columns} from json_each(?1) w cross join pushed on pushed.staged_id = w.value${where} order by w.key`,
  );
  return (ids) => {
    values[0] = JSON.stringify(ids);
    return statement(...values).map((row) => ({ staged: Number(row[0]), value: sort === null ? null : sortValue(row) }));
  };
}

/** An integer beyond 2^53 cannot be read as one. */
function sortColumns(type: string, value: string): string {
  return `, ${type}, case ${type} when 'integer' then cast(${value} as real) else ${value} end`;
}

function sortValue([, type, value]: Row): PushedPosition['value'] {
  if (type === 'true' || type === 'false') return type === 'true';
  if (type === 'text') return String(value);
  return type === 'integer' || type === 'real' ? Number(value) : null;
}
