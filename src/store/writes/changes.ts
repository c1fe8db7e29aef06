import type { ErrorRow, NewChange } from '../contract.ts';
import { codeOf, codeOrNull, SUBJECTS } from '../tables/codes.ts';
import type { Session } from './session.ts';

/** The record of a run: what it changed, what went wrong. */
export function writeChanges(session: Session, run: number, changes: readonly NewChange[]): void {
  for (const change of changes)
    session.db.run(
      'change',
      'insert into change (run, subject, from_id, to_id, operation, before, after) values (?, ?, ?, ?, ?, ?, ?)',
      run,
      codeOf(SUBJECTS, change.subject),
      change.from,
      change.to,
      change.operation,
      change.before,
      change.after,
    );
}

/** Of each subject one row of this operation in a run: what it says replaces what was said before. */
export function writeLatest(session: Session, run: number, changes: readonly NewChange[]): void {
  for (const change of changes) {
    const replaced = session.db.run(
      'change',
      `update change set before = ?, after = ? where id = (select id from change
         where subject = ? and from_id = ? and to_id = from_id and run = ? and operation = ? order by id desc limit 1)`,
      change.before,
      change.after,
      codeOf(SUBJECTS, change.subject),
      change.from,
      run,
      change.operation,
    );
    if (replaced === 0) writeChanges(session, run, [change]);
  }
}

export function writeErrors(session: Session, errors: readonly ErrorRow[]): void {
  for (const error of errors)
    session.db.run(
      'error',
      'insert into error (run, connection, subject, subject_id, fault) values (?, ?, ?, ?, ?)',
      error.run,
      error.connection === null ? null : session.connection(error.connection),
      codeOrNull(SUBJECTS, error.subject),
      error.subjectId,
      JSON.stringify(error.fault),
    );
}
