/** What a sync reads: what waits, in which order, objects with their accounts, keys. */
import type { DirtyRange, SeqRange } from '../../contract.ts';
import type { SyncReads } from '../../reads.ts';
import { askedKeys, KEY_TABLES } from '../../tables/asked-keys.ts';
import { SUBJECT_STAGED, SUBJECTS } from '../../tables/codes.ts';
import { mergeRanges } from '../../tables/ranges.ts';
import { OBJECT, objectRow, type Row, STAGED, stagedRow } from '../../tables/rows.ts';
import { strongTwin } from '../../writes/keys.ts';
import { type Queryable, query } from '../connect.ts';
import type { Names } from './names.ts';
import { unpackIds } from './packed.ts';

const ALL: SeqRange = { after: 0, upTo: Number.MAX_SAFE_INTEGER };

const DIRTY = `select d.seq, d.subject, d.from_id, d.to_id, d.cause, d.detail from unnest($1::bigint[], $2::bigint[]) j (after, last)
  join dirty d on d.seq > j.after and d.seq <= j.last order by d.seq`;

// Range by range: as a join the planner may go through the whole table for each.
const ORDERED = `select string_agg(int8send(o.id), '') from (
  select s.id from unnest($2::bigint[], $3::bigint[]) j (first, last) cross join lateral (
    select id, kind, anchor from staged where connection = $1 and id >= j.first and id <= j.last order by id) s
    join (select id, row_number() over (order by text) as place from term) t on t.id = s.kind
    order by case when s.anchor is not null then t.place end nulls last, s.anchor, s.id) o`;

// Who is due is a few among all: found first, so that nobody goes through all in the order of their ids.
const DUE = `with due as materialized (select id from object where due_at <= $1 and id + 0 > $2) select id from due order by id limit $3`;

export function syncReads(pool: Queryable, names: Names): SyncReads {
  const object = (row: Row) => objectRow(names, row);
  return {
    async dirty(within = [ALL]) {
      const ranges: DirtyRange[] = [];
      let upTo = 0;
      for (const [seq, subject, from, to, cause, detail] of await query(pool, DIRTY, [
        within.map(({ after }) => after),
        within.map(({ upTo: last }) => last),
      ])) {
        upTo = Number(seq);
        const range = { subject: SUBJECTS[Number(subject)]!, from: Number(from), to: Number(to), cause: String(cause) };
        ranges.push(detail === null ? range : { ...range, detail: String(detail) });
      }
      return { upTo, ranges };
    },
    async orderedIds(connection, ranges) {
      const merged = mergeRanges(ranges.filter((range) => range.subject === SUBJECTS[SUBJECT_STAGED]));
      const [row] = await query(pool, ORDERED, [
        await names.connectionId(connection),
        merged.map(([first]) => first),
        merged.map(([, last]) => last),
      ]);
      return unpackIds(row![0] as Buffer | null);
    },
    async anyWithin(connection, ranges) {
      const merged = mergeRanges(ranges.filter((range) => range.subject === SUBJECTS[SUBJECT_STAGED]));
      const found = await query(
        pool,
        `select 1 from unnest($2::bigint[], $3::bigint[]) j (first, last) cross join lateral
           (select 1 from staged s where s.connection = $1 and s.id >= j.first and s.id <= j.last limit 1) s limit 1`,
        [await names.connectionId(connection), merged.map(([first]) => first), merged.map(([, last]) => last)],
      );
      return found.length > 0;
    },
    async objects(ids) {
      const rows = await query(pool, `select ${OBJECT} from object o where o.id = any($1::bigint[]) order by o.id`, [ids]);
      return await names.mapped(rows, object);
    },
    async linked(ids) {
      const rows = await query(
        pool,
        `select ${STAGED} from staged s where s.object_id = any($1::bigint[]) order by s.object_id, s.connection, s.id`,
        [ids],
      );
      return await names.mapped(rows, (row) => stagedRow(names, row));
    },
    async keys(wanted) {
      const scopes = new Set(wanted.map(({ scope }) => scope));
      const termId = await names.termIds([...scopes].flatMap((scope) => [scope, strongTwin(scope) ?? scope]));
      const out = [];
      // Two tables, two statements at most, whatever is asked.
      for (const table of KEY_TABLES) {
        const { asked, row } = askedKeys(table, wanted, termId);
        const rows = await query(
          pool,
          `select distinct k.scope, k.norm, k.owner from unnest($1::bigint[], $2::text[]) j (scope, norm)
             join ${table} k on k.scope = j.scope and k.norm = j.norm order by 1, 2, 3`,
          [asked.map(([scope]) => scope), asked.map(([, norm]) => norm)],
        );
        out.push(...rows.map(row));
      }
      return out;
    },
    async waiting(keys) {
      const termId = await names.termIds(new Set(keys.map(({ scope }) => scope)));
      const asked = keys.filter(({ scope }) => termId(scope) !== undefined);
      const rows = await query(
        pool,
        `select distinct w.staged_id from unnest($1::bigint[], $2::text[]) j (scope, norm)
           join waiting w on w.scope = j.scope and w.norm = j.norm order by 1`,
        [asked.map(({ scope }) => termId(scope)!), asked.map(({ norm }) => norm)],
      );
      return rows.map((row) => Number(row[0]));
    },
    async due(now, { after, limit }) {
      return (await query(pool, DUE, [now, after, limit])).map((row) => Number(row[0]));
    },
    async scanObjects({ after, limit, kind }) {
      const rows =
        kind === undefined
          ? await query(pool, `select ${OBJECT} from object o where o.id > $1 order by o.id limit $2`, [after, limit])
          : await query(pool, `select ${OBJECT} from object o where o.id > $1 and o.kind = $3 order by o.id limit $2`, [
              after,
              limit,
              await names.termId(kind),
            ]);
      return await names.mapped(rows, object);
    },
  };
}
