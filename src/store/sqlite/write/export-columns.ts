/** The pending export of a staged row: columns of the row itself. */
import type { ExportColumns } from '../../contract.ts';
import { codeOf, EXPORT_STATES, OPERATIONS } from '../codes.ts';
import type { Session } from './session.ts';

export type ExportWish = Omit<ExportColumns, 'revision' | 'run' | 'attemptId' | 'attemptedAt'>;

const CLEAR = `update staged set export_operation = null, export_state = null, export_revision = null, export_attempts = null,
  export_attempt = null, export_at = null, export_not_before = null, export_hold = null, export_run = null, export_parts = null,
  export_approved = null, export_discarded = null, export_fault = null, wanted_anchor = null, wanted_name = null, wanted = null where id = ?`;
/** The export's revision is that of the row at this write: an answer made for another one is not an answer to this wish. */
export const SET_WISH = `export_operation = ?, export_state = ?, export_attempts = ?, export_not_before = ?, export_hold = ?, export_run = ?,
  export_parts = ?, export_approved = ?, export_discarded = ?, export_fault = ?, wanted_anchor = ?, wanted_name = ?, wanted = ?,
  export_attempt = null, export_at = null, export_revision = revision + 1`;
export const SET_NO_WISH: string = CLEAR.slice('update staged set '.length, -' where id = ?'.length);

export function clearExport(session: Session, id: number): void {
  session.db.run('staged', CLEAR, id);
}

export function wishValues(wish: ExportWish, run: number): (string | number | null)[] {
  return [
    codeOf(OPERATIONS, wish.operation),
    codeOf(EXPORT_STATES, wish.state),
    wish.attempts,
    wish.notBefore,
    wish.holdId,
    run,
    wish.parts,
    wish.approved,
    wish.discarded,
    wish.fault,
    wish.wantedAnchor,
    wish.wantedName,
    wish.wanted,
  ];
}
