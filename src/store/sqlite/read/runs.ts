/** Reads of the record: runs, their changes and errors. */
import type { RunReads } from '../../reads.ts';
import { codeOf, SUBJECTS } from '../../tables/codes.ts';
import type { Database } from '../../tables/database.ts';
import { CHANGE, changeRow, ERROR, errorRow, RUN, runRow } from '../../tables/record-rows.ts';
import type { Names } from './names.ts';

export function runReads(db: Database, names: Names): RunReads {
  return {
    async list({ before, limit }) {
      return db
        .all(`select ${RUN} from run where id < ? order by id desc limit ?`, before ?? Number.MAX_SAFE_INTEGER, limit)
        .map(runRow);
    },
    async get(run) {
      const row = db.get(`select ${RUN} from run where id = ?`, run);
      return row ? runRow(row) : null;
    },
    async latestNow() {
      return Number(db.get(`select value from counter where name = 'now'`)![0]);
    },
    async believedNow() {
      return Number(db.get(`select value from counter where name = 'believed'`)![0]);
    },
    async changes(by, page) {
      const [place, from] =
        'before' in page ? ['c.id < ? order by c.id desc', page.before] : ['c.id > ? order by c.id', page.after ?? 0];
      if ('run' in by)
        return db
          .all(
            `select ${CHANGE} from run r join change c on c.id between r.first_change and coalesce(r.last_change, c.id) and c.run = r.id
             where r.id = ? and ${place} limit ?`,
            by.run,
            from,
            page.limit,
          )
          .map(changeRow);
      const subject = codeOf(SUBJECTS, by.subject);
      return db
        .all(
          `select ${CHANGE} from change c where c.id in (
             select id from change where subject = ? and from_id = ? and to_id = from_id
             union all select id from change where subject = ? and from_id <= ? and to_id >= ? and to_id <> from_id)
           and ${place} limit ?`,
          subject,
          by.id,
          subject,
          by.id,
          by.id,
          from,
          page.limit,
        )
        .map(changeRow);
    },
    async errors(run, { after, limit }) {
      return db
        .all(`select ${ERROR} from error where run = ? and id > ? order by id limit ?`, run, after ?? 0, limit)
        .map((row) => errorRow(names, run, row));
    },
  };
}
