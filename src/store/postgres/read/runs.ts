/** Reads of the record: runs, their changes and errors. */
import type { RunReads } from '../../reads.ts';
import { codeOf, SUBJECTS } from '../../tables/codes.ts';
import { CHANGE, changeRow, ERROR, errorRow, RUN, runRow } from '../../tables/record-rows.ts';
import { type Queryable, query } from '../connect.ts';
import type { Names } from './names.ts';

export function runReads(pool: Queryable, names: Names): RunReads {
  const counter = async (name: string): Promise<number> =>
    Number((await query(pool, 'select value from counter where name = $1', [name]))[0]![0]);
  return {
    async list({ before, limit }) {
      const rows = await query(pool, `select ${RUN} from run where id < $1 order by id desc limit $2`, [
        before ?? Number.MAX_SAFE_INTEGER,
        limit,
      ]);
      return rows.map(runRow);
    },
    async get(run) {
      const [row] = await query(pool, `select ${RUN} from run where id = $1`, [run]);
      return row ? runRow(row) : null;
    },
    latestNow: () => counter('now'),
    believedNow: () => counter('believed'),
    async changes(by, page) {
      const from = 'before' in page ? page.before : (page.after ?? 0);
      const place = (n: number): string => ('before' in page ? `c.id < $${n} order by c.id desc` : `c.id > $${n} order by c.id`);
      if ('run' in by) {
        // Where its changes lie is looked up first: a join would have to sort all of them for each page.
        const rows = await query(
          pool,
          `select ${CHANGE} from change c where c.run = $1 and c.id >= (select first_change from run where id = $1)
             and c.id <= (select coalesce(last_change, ${Number.MAX_SAFE_INTEGER}) from run where id = $1) and ${place(2)} limit $3`,
          [by.run, from, page.limit],
        );
        return rows.map(changeRow);
      }
      const rows = await query(
        pool,
        // `= any` of one: with `=` the planner would conclude what to_id is, and no more see that the partial index fits.
        `select ${CHANGE} from change c where c.id = any(array(
           select id from change where subject = $1 and from_id = any(array[$2::bigint]) and to_id = from_id
           union all select id from change where subject = $1 and from_id <= $2 and to_id >= $2 and to_id <> from_id))
         and ${place(3)} limit $4`,
        [codeOf(SUBJECTS, by.subject), by.id, from, page.limit],
      );
      return rows.map(changeRow);
    },
    async errors(run, { after, limit }) {
      const rows = await query(
        pool,
        `select ${ERROR} from error where (run, id) > ($1, $2) and run <= $1 order by run, id limit $3`,
        [run, after ?? 0, limit],
      );
      return await names.mapped(rows, (row) => errorRow(names, run, row));
    },
  };
}
