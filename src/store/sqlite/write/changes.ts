import type { ErrorRow, NewChange } from '../../contract.ts';
import { codeOf, codeOrNull, SUBJECTS } from '../codes.ts';
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
