/**
 * Wishes on their way whose place a newer one took, or nothing (SEMANTICS 9): what may be written there is kept until it is
 * answered, and where no answer comes until a read settles it.
 */
import { WAITING } from '../tables/codes.ts';
import type { Session } from './session.ts';

/** Added to an update of the wish of a row that is in an open attempt; what is on its way is the oldest. */
export const SET_OVERTAKEN = `overtaken = coalesce(overtaken, iif(wanted is null, null, json_object('operation', export_operation,
  'revision', export_revision, 'run', export_run, 'parts', export_parts, 'approved', export_approved, 'wanted', wanted, 'wantedAnchor', wanted_anchor, 'wantedName', wanted_name)))`;

const BRING_BACK = `update staged set export_operation = overtaken ->> 'operation', export_revision = overtaken ->> 'revision',
  export_run = overtaken ->> 'run', export_parts = overtaken ->> 'parts', export_approved = overtaken ->> 'approved', wanted = overtaken ->> 'wanted',
  wanted_anchor = overtaken ->> 'wantedAnchor', wanted_name = overtaken ->> 'wantedName', export_state = ${WAITING}, export_attempts = 0, export_not_before = 0, overtaken = null
  where id = ? and export_state is null and overtaken is not null`;

/** A wish that was taken back on its way, and is not answered: it stays until a read says what became of it. */
export function bringBack(session: Session, id: number): void {
  session.db.run('staged', BRING_BACK, id);
}
