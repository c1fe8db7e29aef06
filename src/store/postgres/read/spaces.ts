/** Reads of the connector spaces. Lists of ids and keys go in as arrays: one statement, however many. */
import type { SpaceReads } from '../../reads.ts';
import { HELD, PRESENCES, PRESENT } from '../../tables/codes.ts';
import { STATE, stateRow } from '../../tables/record-rows.ts';
import { ACCOUNT, accountRow, EDGE, edgeRow, type Row, STAGED, stagedRow } from '../../tables/rows.ts';
import { type Queryable, query } from '../connect.ts';
import type { Names } from './names.ts';

// In this form only the index over connection and id has the order: with `connection = $1 order by id` the planner may go
// through all connector spaces by id. (`coalesce` hides from it that the partial index over anchors would do, unordered.)
const PAGE = '(s.connection, s.id) > ($1, $2) and s.connection <= $1';
const UNTOUCHED = `select s.id, s.kind, s.anchor from staged s where s.id = any($3::bigint[]) and s.connection = $1
  and s.presence in (${PRESENT}, ${HELD}) and s.touched_seq <= $2 and s.anchor is not null order by s.id`;

// Key by key: before the server has counted its tables it would go through the whole connector space for each list.
const resolve = (column: 'anchor' | 'name_key', kinds: string): string =>
  `select s.${column}, s.id, s.object_id, s.presence from (select distinct unnest($2::text[]) as key) j cross join ${kinds} k
     cross join lateral (select * from staged where connection = $1 and kind = k.kind and ${column} = j.key offset 0) s order by s.id`;
const KINDS = '(select kind from space_count where connection = $1)';
const KIND = '(select $3::bigint as kind)';
const RESOLVE = {
  anchor: { all: resolve('anchor', KINDS), one: resolve('anchor', KIND) },
  nameKey: { all: resolve('name_key', KINDS), one: resolve('name_key', KIND) },
};

// By object: with `connection = $2` the planner may read the whole connector space.
const ACCOUNTS = `select ${ACCOUNT} from staged s
  where s.object_id = any($1::bigint[]) and s.connection + 0 = $2 order by s.object_id, s.id`;

// Of each group no more than a page is read.
const edgesOf = (attribute: string): string =>
  `select ${EDGE} from (select distinct unnest($1::bigint[]) as id order by 1) j cross join lateral (
     select * from reference where staged_id = j.id and key > $2 ${attribute} order by attribute, key limit $3) r
   order by j.id, r.attribute, r.key limit $3`;
const EDGES_OF = edgesOf('');
const EDGES_OF_ATTRIBUTE = edgesOf('and attribute = $4');

const EDGES_AT = `select ${EDGE} from (select distinct * from unnest($1::bigint[], $2::bigint[], $3::text[]) j (staged_id, attribute, key)) wanted
  join reference r using (staged_id, attribute, key) order by r.staged_id, r.attribute, r.key`;

// Pages end between staged objects, so that none is cut in two.
const EDGES_TO = `with hit as materialized (select * from reference where connection = $1 and key = any($2::text[]) and staged_id > $3)
  select ${EDGE} from hit r where r.staged_id in (select distinct staged_id from hit order by staged_id limit $4)
  order by r.staged_id, r.attribute, r.key`;

export function spaceReads(pool: Queryable, names: Names): SpaceReads {
  const staged = (row: Row) => stagedRow(names, row);
  const edge = (row: Row) => edgeRow(names, row);

  return {
    async states() {
      return (await query(pool, `select ${STATE} from connection order by name`)).map(stateRow);
    },
    async mark() {
      return Number((await query(pool, `select value from counter where name = 'seq'`))[0]![0]);
    },
    async loadBitmap(connection) {
      const rows = await query(
        pool,
        'select c.checkpoint, b.page, b.bytes from connection c left join bitmap_page b on b.connection = c.id where c.name = $1 order by b.page',
        [connection],
      );
      const checkpoint = rows[0]?.[0];
      if (typeof checkpoint !== 'string') return null;
      const pages = rows.filter((row) => row[1] !== null);
      return {
        checkpoint,
        pages: pages.map(([, page, bytes]) => ({ page: Number(page), bytes: new Uint8Array(bytes as Buffer) })),
      };
    },
    async untouched(connection, mark, ids) {
      const rows = await query(pool, UNTOUCHED, [await names.connectionId(connection), mark, ids]);
      return await names.mapped(rows, ([id, kind, anchor]) => ({
        id: Number(id),
        kind: names.term(Number(kind)),
        anchor: String(anchor),
      }));
    },
    async byIds(ids) {
      const rows = await query(pool, `select ${STAGED} from staged s where s.id = any($1::bigint[]) order by s.id`, [ids]);
      return await names.mapped(rows, staged);
    },
    async byAnchors(connection, kind, anchors) {
      const rows = await query(
        pool,
        `select ${STAGED} from (select distinct unnest($3::text[]) as anchor) j cross join lateral (
           select * from staged where connection = $1 and kind = $2 and anchor = j.anchor offset 0) s order by s.id`,
        [await names.connectionId(connection), await names.termId(kind), anchors],
      );
      return await names.mapped(rows, staged);
    },
    async resolve(connection, by, kind, keys) {
      const space = await names.connectionId(connection);
      const rows =
        kind === null
          ? await query(pool, RESOLVE[by].all, [space, keys])
          : await query(pool, RESOLVE[by].one, [space, keys, await names.termId(kind)]);
      return rows.map(([key, id, object, presence]) => ({
        key: String(key),
        stagedId: Number(id),
        objectId: object as number | null,
        presence: PRESENCES[Number(presence)]!,
      }));
    },
    async accounts(connection, objectIds) {
      const rows = await query(pool, ACCOUNTS, [objectIds, await names.connectionId(connection)]);
      return await names.mapped(rows, (row) => accountRow(names, row));
    },
    async scan(connection, { after, limit }) {
      const rows = await query(pool, `select ${STAGED} from staged s where ${PAGE} order by s.connection, s.id limit $3`, [
        await names.connectionId(connection),
        after,
        limit,
      ]);
      return await names.mapped(rows, staged);
    },
    async count(connection) {
      const rows = await query(pool, 'select kind, present, linked, gone from space_count where connection = $1 order by kind', [
        await names.connectionId(connection),
      ]);
      const out: { [kind: string]: { present: number; linked: number; gone: number } } = Object.create(null);
      const counts = await names.mapped(rows, ([kind, ...of]) => ({ kind: names.term(Number(kind)), of: of.map(Number) }));
      for (const { kind, of } of counts) out[kind] = { present: of[0]!, linked: of[1]!, gone: of[2]! };
      return out;
    },
    async edgesOf(stagedIds, { attribute, after, limit }) {
      const values = [stagedIds, after ?? '', limit];
      const rows =
        attribute === undefined
          ? await query(pool, EDGES_OF, values)
          : await query(pool, EDGES_OF_ATTRIBUTE, [...values, await names.termId(attribute)]);
      return await names.mapped(rows, edge);
    },
    async edgesAt(positions) {
      const termId = await names.termIds(positions.map(({ attribute }) => attribute));
      const rows = await query(pool, EDGES_AT, [
        positions.map(({ stagedId }) => stagedId),
        positions.map(({ attribute }) => termId(attribute) ?? 0),
        positions.map(({ key }) => key),
      ]);
      return await names.mapped(rows, edge);
    },
    async edgesTo(connection, keys, { after, limit }) {
      const rows = await query(pool, EDGES_TO, [await names.connectionId(connection), keys, after ?? 0, limit]);
      return await names.mapped(rows, edge);
    },
  };
}
