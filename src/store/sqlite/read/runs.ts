/** Reads of the record: runs, their changes and errors. */
import type { Fault } from '#core/errors';
import type { ChangeRow, RunOperations, RunRow } from '../../contract.ts';
import { codeOf, SUBJECTS } from '../codes.ts';
import type { Database, Row } from '../database.ts';
import type { Names } from './names.ts';

type Reads = Pick<RunOperations, 'list' | 'get' | 'latestNow' | 'believedNow' | 'changes' | 'errors'>;

const RUN = 'id, epoch, profile, now, started_at, ended_at, status, started_by, rules_hash, counts, rows_written';
const CHANGE = 'c.id, c.run, c.subject, c.from_id, c.to_id, c.operation, c.before, c.after';

export function runReads(db: Database, names: Names): Reads {
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
    async changes(by, { after, limit }) {
      if ('run' in by)
        return db
          .all(
            `select ${CHANGE} from run r join change c on c.id between r.first_change and coalesce(r.last_change, c.id) and c.run = r.id
             where r.id = ? and c.id > ? order by c.id limit ?`,
            by.run,
            after ?? 0,
            limit,
          )
          .map(changeRow);
      const subject = codeOf(SUBJECTS, by.subject);
      return db
        .all(
          `select ${CHANGE} from change c where c.id in (
             select id from change where subject = ? and from_id = ? and to_id = from_id
             union all select id from change where subject = ? and from_id <= ? and to_id >= ? and to_id <> from_id)
           and c.id > ? order by c.id limit ?`,
          subject,
          by.id,
          subject,
          by.id,
          by.id,
          after ?? 0,
          limit,
        )
        .map(changeRow);
    },
    async errors(run, { after, limit }) {
      return db
        .all(
          'select id, connection, subject, subject_id, fault from error where run = ? and id > ? order by id limit ?',
          run,
          after ?? 0,
          limit,
        )
        .map(([id, connection, subject, subjectId, fault]) => ({
          id: Number(id),
          run,
          connection: connection === null ? null : names.connection(Number(connection)),
          subject: subject === null ? null : (SUBJECTS[Number(subject)] as 'object' | 'staged'),
          subjectId: subjectId as number | null,
          fault: JSON.parse(String(fault)) as Fault,
        }));
    },
  };
}

function runRow(row: Row): RunRow {
  return {
    id: Number(row[0]),
    epoch: Number(row[1]),
    profile: String(row[2]),
    now: Number(row[3]),
    startedAt: Number(row[4]),
    endedAt: row[5] as number | null,
    status: row[6] as RunRow['status'],
    by: String(row[7]),
    rulesHash: String(row[8]),
    counts: String(row[9]),
    rowsWritten: Number(row[10]),
  };
}

function changeRow(row: Row): ChangeRow {
  return {
    id: Number(row[0]),
    run: Number(row[1]),
    subject: SUBJECTS[Number(row[2])] as ChangeRow['subject'],
    from: Number(row[3]),
    to: Number(row[4]),
    operation: row[5] as ChangeRow['operation'],
    before: row[6] as string | null,
    after: row[7] as string | null,
  };
}
