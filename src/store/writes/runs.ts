/** Runs and the epoch: the number of a process's tenure of the store. */
import { RollcallError } from '#core/errors';
import type { ErrorRow, NewChange, RunOperations } from '../contract.ts';
import { flyingItems } from '../tables/attempt-items.ts';
import { writeEvents } from './audit.ts';
import { writeChanges, writeErrors } from './changes.ts';
import { loseMembers } from './members.ts';
import type { Session } from './session.ts';
import { loseItems } from './unshown.ts';

/** Of all runs. */
const LAST_CHANGE = `(select coalesce(max(seq), 0) from sqlite_sequence where name = 'change')`;

/**
 * The next epoch: what an earlier one left running is interrupted, what it had on the way to a target is of unknown outcome, and
 * nothing is written for it any more. A process that has the store for its life takes it with its first run; where several
 * processes follow one another each takes it with its tenure. Its runs share it, so that a push and a full run go on side by side.
 */
export function takeEpoch(session: Session, { at }: { at: number }): number {
  const { db } = session;
  const epoch = Number(db.get(`select value from counter where name = 'epoch'`)![0]) + 1;
  db.run('counter', `update counter set value = ? where name = 'epoch'`, epoch);
  db.run('run', `update run set status = 'interrupted', ended_at = ?, last_change = ${LAST_CHANGE} where status = 'running'`, at);
  loseAttempts(session, db.all('select connection, run, attempt, items, at, members from attempt'));
  session.epoch = epoch;
  session.running = 0;
  return epoch;
}

/** `unreserved`: ids that were reserved before and came into no row are given again. */
export function beginRun(
  session: Session,
  run: Parameters<RunOperations['begin']>[0],
): { id: number; epoch: number; unreserved: boolean } {
  const { db } = session;
  if (session.epoch === 0) takeEpoch(session, { at: run.startedAt });
  session.checkEpoch(session.epoch);
  // Pushes come and go: each takes up those that the one before left.
  const unreserved = session.running === 0 && run.brief !== true;
  if (unreserved) session.unreserve();
  session.running++;
  db.run('counter', `update counter set value = max(value, ?) where name = 'now' and value < ?`, run.now, run.now);
  const id = db.insert(
    'run',
    `insert into run (epoch, profile, now, started_at, status, started_by, rules_hash, counts, rows_written, first_change)
     values (?, ?, ?, ?, 'running', ?, ?, '{}', 0, ${LAST_CHANGE} + 1)`,
    session.epoch,
    run.profile,
    run.now,
    run.startedAt,
    run.by,
    run.rulesHash,
  );
  writeEvents(
    session,
    (run.audit ?? []).map((one) => ({ ...one, subject: { ...one.subject, runId: id } })),
  );
  return { id, epoch: session.epoch, unreserved };
}

type OpenAttempt = readonly unknown[];

function loseAttempts(session: Session, attempts: readonly OpenAttempt[]): void {
  for (const [connection, run, attempt, items, at, members] of attempts) {
    const ids = flyingItems(items as Uint8Array);
    loseItems(session, connection as number, ids, at as number);
    loseMembers(session, connection as number, members as string | null, at as number);
    for (const id of ids) session.inFlight(connection as number).delete(id);
    session.db.run(
      'attempt',
      'delete from attempt where connection = ? and run = ? and attempt = ?',
      connection as number,
      run as number,
      attempt as string,
    );
  }
}

export function progress(session: Session, { run, epoch, counts }: { run: number; epoch: number; counts: string }): void {
  session.checkEpoch(epoch);
  session.db.run('run', 'update run set counts = ? where id = ? and counts <> ?', counts, run, counts);
}

export function finishRun(
  session: Session,
  { run, epoch, end }: { run: number; epoch: number; end: Parameters<RunOperations['finish']>[2] },
): void {
  session.checkEpoch(epoch);
  loseAttempts(session, session.db.all('select connection, run, attempt, items, at, members from attempt where run = ?', run));
  session.db.run(
    'run',
    `update run set status = ?, ended_at = ?, counts = ?, rows_written = ?, last_change = ${LAST_CHANGE} where id = ?`,
    end.status,
    end.endedAt,
    end.counts,
    end.rowsWritten,
    run,
  );
  if (end.believed)
    session.db.run(
      'counter',
      `update counter set value = run.now from run where name = 'believed' and run.id = ? and value < run.now`,
      run,
    );
  session.running--;
}

export function recordErrors(session: Session, { errors, epoch }: { errors: readonly ErrorRow[]; epoch: number }): void {
  session.checkEpoch(epoch);
  writeErrors(session, errors);
}

export function recordChanges(
  session: Session,
  { run, epoch, changes }: { run: number; epoch: number; changes: readonly NewChange[] },
): void {
  session.checkEpoch(epoch);
  writeChanges(session, run, changes);
}

export function runNow(session: Session, run: number): number {
  const row = session.db.get('select now from run where id = ?', run);
  if (!row) throw new RollcallError('notFound', `there is no run ${run}`);
  return Number(row[0]);
}

/** Oldest first; a run goes when its changes and errors are gone. */
export function cleanRuns(session: Session, { before, limit }: { before: number; limit: number }): number {
  const { db } = session;
  let left = limit;
  left -= db.run(
    'change',
    `delete from change where id in (select c.id from change c join run r on r.id = c.run
       where c.id <= (select max(last_change) from run where ended_at < ?) and r.ended_at < ? order by c.id limit ?)`,
    before,
    before,
    left,
  );
  left -= db.run(
    'error',
    'delete from error where id in (select e.id from error e join run r on r.id = e.run where r.ended_at < ? order by e.id limit ?)',
    before,
    left,
  );
  left -= db.run(
    'run',
    `delete from run where id in (select r.id from run r where r.ended_at < ? and not exists (select 1 from error where run = r.id)
       and not exists (select 1 from change where id between r.first_change and r.last_change and run = r.id) order by r.id limit ?)`,
    before,
    left,
  );
  return limit - left;
}
