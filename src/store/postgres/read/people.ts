/** Reads for people: decisions, what is parked, search, debts, blobs. */
import { madeBlob } from '#core/photo';
import type { Subjects } from '../../contract.ts';
import type { PersonReads } from '../../reads.ts';
import { GONE } from '../../tables/codes.ts';
import { DECISION, decisionRow, named, PARKED, parkedRow } from '../../tables/record-rows.ts';
import { refusals } from '../../tables/refused.ts';
import { EDGE, edgeRow } from '../../tables/rows.ts';
import { type Queryable, query } from '../connect.ts';
import type { Names } from './names.ts';
import { searchReads } from './search.ts';

/** Conditions that hold together, each with at most one value: a text for each set of them, so that each has its own plan. */
interface Conditions {
  readonly texts: readonly string[];
  readonly values: readonly unknown[];
}

/** `$` in a text stands for its value. */
function conditions(...all: readonly (false | readonly [text: string, ...value: readonly unknown[]])[]): Conditions {
  const texts: string[] = [];
  const values: unknown[] = [];
  for (const one of all) {
    if (one === false) continue;
    if (one.length > 1) values.push(one[1]);
    texts.push(one[0].replaceAll('$', `$${values.length}`));
  }
  return { texts, values };
}

/** Rows of a page about given subjects, each found by its own index. */
async function pageAbout(
  pool: Queryable,
  columns: string,
  table: 'decision' | 'parked',
  { stagedIds, objectIds }: Subjects,
  rest: Conditions,
  page: { after: number; limit: number },
) {
  const t = table[0]!;
  const n = rest.values.length;
  const texts = [...rest.texts, `${t}.id > $${n + 1}`];
  const values = [...rest.values, page.after, page.limit];
  if (stagedIds !== undefined || objectIds !== undefined) {
    texts.push(`${t}.id = any(array(select id from ${table} where staged_id = any($${n + 3}::bigint[])
      union select id from ${table} where object_id = any($${n + 4}::bigint[])))`);
    values.push(stagedIds ?? [], objectIds ?? []);
  }
  return await query(
    pool,
    `select ${columns} from ${table} ${t} where ${texts.join(' and ')} order by ${t}.id limit $${n + 2}`,
    values,
  );
}

// Debts are found by their own index, which has them in no order.
const DEBTS = `with debt as materialized (select * from reference where debt_since is not null and (staged_id, attribute, key) > ($1, $2, $3))
  select r.connection, ${EDGE} from debt r where (select s.presence from staged s where s.id = r.staged_id) <> ${GONE}
  order by r.staged_id, r.attribute, r.key limit $4`;

export function peopleReads(pool: Queryable, names: Names): PersonReads {
  return {
    async list(filter, page) {
      const rows = await pageAbout(
        pool,
        DECISION,
        'decision',
        filter,
        conditions(
          filter.connection !== undefined && ['d.connection = $', await names.connectionId(filter.connection)],
          filter.kinds !== undefined && ['d.kind = any($::text[])', filter.kinds],
          filter.active && ['d.revoked_at is null'],
        ),
        page,
      );
      return await names.mapped(rows, (row) => decisionRow(names, row));
    },
    async parked(filter, page) {
      const rows = await pageAbout(
        pool,
        PARKED,
        'parked',
        filter,
        conditions(
          filter.connection !== undefined && ['p.connection = $', await names.connectionId(filter.connection)],
          filter.kind !== undefined && ['p.kind = $', filter.kind],
        ),
        page,
      );
      return await names.mapped(rows, (row) => parkedRow(names, row));
    },
    async parkedCounts() {
      const rows = await query(
        pool,
        'select kind, connection, count(*) from parked group by kind, connection order by kind, connection nulls first',
      );
      return await names.mapped(rows, ([kind, connection, count]) => ({
        kind: String(kind),
        connection: named(names, connection),
        count: Number(count),
      }));
    },
    async refusals(connection) {
      const [row] = await query(pool, refusals('$1'), [await names.connectionId(connection)]);
      const [count, first] = row!;
      return { count: Number(count), first: first === null ? null : String(first) };
    },
    async counts() {
      const out: { [kind: string]: number } = Object.create(null);
      const rows = await query(pool, 'select kind, count from object_count order by kind');
      const counts = await names.mapped(rows, ([kind, count]) => [names.term(Number(kind)), Number(count)] as const);
      for (const [kind, count] of counts) out[kind] = count;
      return out;
    },
    ...searchReads(pool, names),
    async bytesOf(hash) {
      const having = await query(pool, 'select 1 from object where position($1 in attributes) > 0 limit 2', [hash]);
      if (having.length > 1) return [];
      const made = await query(pool, `select hash, bytes from blob where hash like 'photo % of ' || $1`, [hash]);
      return [hash, ...made.flatMap(([name, bytes]) => [String(name), madeBlob(bytes as Buffer).blob])];
    },
    async debts({ after, limit }) {
      const rows = await query(pool, DEBTS, [
        after?.stagedId ?? 0,
        after ? await names.termId(after.attribute) : 0,
        after?.key ?? '',
        limit,
      ]);
      return await names.mapped(rows, ([connection, ...row]) => ({
        ...edgeRow(names, row),
        connection: names.connection(Number(connection)),
      }));
    },
    async get(hash) {
      const [row] = await query(pool, 'select bytes from blob where hash = $1', [hash]);
      return row ? new Uint8Array(row[0] as Buffer) : null;
    },
  };
}
