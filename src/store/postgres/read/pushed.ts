/** Reads of what was pushed: the server goes through the documents, and gives up when it is told to. */
import type { Pool } from 'pg';
import { sortRank } from '#core/sorted';
import type { PushedPosition, PushedQuery, PushedSort } from '../../contract.ts';
import type { PushedReads } from '../../reads.ts';
import { conditionSql } from '../../tables/condition-sql.ts';
import { ALONE, storedNorm } from '../../tables/pushed.ts';
import { STAGED, stagedRow } from '../../tables/rows.ts';
import { query, queryOnce, type Row } from '../connect.ts';
import { within } from '../snapshot.ts';
import { postgresConditions } from './conditions.ts';
import type { Names } from './names.ts';

const BY_KEYS = `select distinct k.staged_id from unnest($2::bigint[]) c(kind) cross join unnest($3::bigint[], $4::text[]) j(path, norm)
  cross join lateral (select staged_id from pushed_key where connection = $1 and kind = c.kind and path = j.path and norm = j.norm offset 0) k`;
// One by one: the planner may go through the whole kind, in its order, to look for each among those with the keys.
const ITS_OBJECT = 'cross join lateral (select * from pushed where staged_id = k.staged_id offset 0) p';
const HAVING_KEYS = `(${BY_KEYS}) k ${ITS_OBJECT}`;
const ROWS_BY_KEYS = `select ${STAGED} from (${BY_KEYS}) k join staged s on s.id = k.staged_id order by s.id`;
const KINDS = 'select kind from space_count where connection = $1 and pushed > 0 order by kind';
const COUNT = 'select coalesce(sum(pushed), 0) from space_count where connection = $1 and kind = any($2::bigint[])';

/** What is sorted by, as columns that sort together: booleans, numbers, texts, none (tables/pushed). */
const SORTED = `case jsonb_typeof(v.v) when 'boolean' then 0 when 'number' then 1 when 'string' then 2 else 3 end as r,
  case jsonb_typeof(v.v) when 'boolean' then (v.v::boolean)::int when 'number' then (v.v #>> '{}')::numeric else 0 end as num,
  (case jsonb_typeof(v.v) when 'string' then v.v #>> '{}' else '' end) collate "C" as txt,
  case when jsonb_typeof(v.v) in ('boolean', 'number', 'string') then v.v::text end as value`;

/** Of those that go through a whole kind, at a time: each has one of the few connections that read, perhaps for long. */
const SEARCHES = 2;

type PageRequest = Parameters<PushedReads['page']>[0];

export function pushedReads(pool: Pool, names: Names): PushedReads {
  const kindsOf = async (space: number, kind: string | null): Promise<number[]> =>
    kind === null ? (await query(pool, KINDS, [space])).map(([one]) => Number(one)) : [await names.termId(kind)];

  const searches = atMost(SEARCHES);
  const ask = async (request: PushedQuery, { text, values }: Statement, through: boolean): Promise<Row[]> => {
    const { mostMs } = request;
    const asked = (): Promise<Row[]> =>
      mostMs === undefined ? queryOnce(pool, text, values) : within(pool, mostMs, (client) => queryOnce(client, text, values));
    return await (through && request.keys === null ? searches(asked) : asked());
  };

  const selection = async (request: PushedQuery): Promise<Selection> => {
    const space = await names.connectionId(request.connection);
    const kinds = await kindsOf(space, request.kind);
    const values: unknown[] = [];
    const bind = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
    const of = bind(space, 'bigint');
    if (request.keys === null) return { from: 'pushed p', space: of, kinds, values, bind };
    const termId = await names.termIds(request.keys.map(({ path }) => path));
    values.push(
      kinds,
      request.keys.map(({ path }) => termId(path) ?? 0),
      request.keys.map(({ norm }) => storedNorm(norm)),
    );
    return { from: HAVING_KEYS, space: of, kinds, values, bind };
  };

  return {
    async byKeys(connection, kind, path, norms) {
      const rows = await query(pool, ROWS_BY_KEYS, [
        await names.connectionId(connection),
        [await names.termId(kind)],
        new Array<number>(norms.length).fill(await names.termId(path)),
        norms.map(storedNorm),
      ]);
      return await names.mapped(rows, (row) => stagedRow(names, row));
    },
    async page(request) {
      const { sort, kind, keys, condition } = request;
      const key = sort?.key !== undefined && kind !== null && keys === null ? await names.termId(sort.key) : null;
      const of = await selection(request);
      const statement =
        sort === null ? byId(request, of) : key === null ? sorted(request, sort, of) : byKey(request, sort, key, of);
      const rows = await ask(request, statement, condition !== null || (sort !== null && key === null));
      const page = rows.slice(0, request.limit);
      return {
        rows: await names.mapped(page, ([_, ...row]) => stagedRow(names, row)),
        more: rows.length > request.limit,
        position: page.length === 0 ? null : positionOf(page.at(-1)!),
      };
    },
    async count({ most, ...request }) {
      if (request.condition === null && request.keys === null) {
        const space = await names.connectionId(request.connection);
        const [row] = await query(pool, COUNT, [space, await kindsOf(space, request.kind)]);
        return Math.min(most, Number(row![0]));
      }
      const { from, space, kinds, values, bind } = await selection(request);
      const { document, holds } = conditionOf(request, bind);
      const text = `select count(*) from (select 1 from ${from} ${document}
        where p.connection = ${space} and p.kind = any(${bind(kinds, 'bigint[]')}) and ${holds} limit ${bind(most, 'bigint')}) n`;
      return Number((await ask(request, { text, values }, true))[0]![0]);
    },
  };
}

/** `from`: as `p` the pushed objects that may do. A parameter that no statement has is refused: each is bound where it is used. */
interface Selection {
  readonly from: string;
  /** Bound. */
  readonly space: string;
  readonly kinds: readonly number[];
  readonly values: unknown[];
  readonly bind: (value: unknown, type: string) => string;
}

function atMost(n: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < n) running++;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The document is read as JSON once for each row (`offset 0`), and not at all where nobody looks into it. */
function conditionOf({ condition }: PushedQuery, bind: Selection['bind']): { readonly document: string; readonly holds: string } {
  if (condition === null) return { document: '', holds: 'true' };
  return { document: DOCUMENT, holds: conditionSql(condition, 'x.d', postgresConditions(bind)) };
}
const DOCUMENT = 'cross join lateral (select p.document::jsonb as d offset 0) x';

function byId(request: PageRequest, { from, space, kinds, values, bind }: Selection): Statement {
  const { document, holds } = conditionOf(request, bind);
  const after = bind(request.after?.staged ?? 0, 'bigint');
  const limit = bind(request.limit + 1, 'bigint');
  const offset = bind(request.offset, 'bigint');
  // In this form only the index over kinds has the order: see PAGE of read/spaces.
  const page = (kind: string, part: string): string =>
    `select p.staged_id from ${from} ${document} where (p.connection, p.kind, p.staged_id) > (${space}, ${kind}, ${after})
       and (p.connection, p.kind) <= (${space}, ${kind}) and ${holds} order by p.connection, p.kind, p.staged_id ${part}`;
  const ids =
    kinds.length === 1
      ? page(bind(kinds[0], 'bigint'), `limit ${limit} offset ${offset}`)
      : `select l.staged_id from unnest(${bind(kinds, 'bigint[]')}) c(kind) cross join lateral (${page('c.kind', `limit ${limit} + ${offset}`)}) l
           order by l.staged_id limit ${limit} offset ${offset}`;
  return { text: `select null, ${STAGED} from (${ids}) f join staged s on s.id = f.staged_id order by s.id`, values };
}

function byKey(
  request: PageRequest,
  { descending }: PushedSort,
  key: number,
  { space, kinds, values, bind }: Selection,
): Statement {
  const { document, holds } = conditionOf(request, bind);
  const order = descending ? 'desc' : 'asc';
  const behind = request.after === null ? 'true' : `k.norm ${descending ? '<' : '>'} ${bind(request.after.value, 'text')}`;
  const from = document === '' ? '' : `${ITS_OBJECT} ${document}`;
  const text = `select to_jsonb(f.norm)::text, ${STAGED} from (
      select k.staged_id, k.norm from pushed_key k ${from}
      where k.connection = ${space} and k.kind = ${bind(kinds[0], 'bigint')} and k.path = ${bind(key, 'bigint')} and k.holder = ${ALONE}
        and ${behind} and ${holds} order by k.norm ${order} limit ${bind(request.limit + 1, 'bigint')} offset ${bind(request.offset, 'bigint')}) f
    join staged s on s.id = f.staged_id order by f.norm ${order}`;
  return { text, values };
}

function sorted(request: PageRequest, sort: PushedSort, { from, space, kinds, values, bind }: Selection): Statement {
  const { holds } = conditionOf(request, bind);
  const value = sort.path.map((name) => ` -> ${bind(name, 'text')} -> 0`).join('');
  const direction = sort.descending ? 'desc' : 'asc';
  const order = (of: string): string =>
    ['r', 'num', 'txt', 'staged_id'].map((column) => `${of}.${column} ${direction}`).join(', ');
  const behind =
    request.after === null
      ? 'true'
      : `(n.r, n.num, n.txt, n.staged_id) ${sort.descending ? '<' : '>'} (${placeOf(request.after, bind)})`;
  const text = `select f.value, ${STAGED} from (
      select n.* from (select p.staged_id, ${SORTED} from ${from} ${DOCUMENT} cross join lateral (select x.d${value} as v) v
        where p.connection = ${space} and p.kind = any(${bind(kinds, 'bigint[]')}) and ${holds}) n
      where ${behind} order by ${order('n')} limit ${bind(request.limit + 1, 'bigint')} offset ${bind(request.offset, 'bigint')}) f
    join staged s on s.id = f.staged_id order by ${order('f')}`;
  return { text, values };
}

function placeOf({ value, staged }: PushedPosition, bind: Selection['bind']): string {
  const number = typeof value === 'number' ? value : value === true ? 1 : 0;
  return [
    bind(sortRank(value), 'int'),
    bind(JSON.stringify(number), 'numeric'),
    bind(typeof value === 'string' ? value : '', 'text'),
    bind(staged, 'bigint'),
  ].join(', ');
}

function positionOf([value, staged]: Row): PushedPosition {
  return { staged: Number(staged), value: typeof value === 'string' ? (JSON.parse(value) as PushedPosition['value']) : null };
}
