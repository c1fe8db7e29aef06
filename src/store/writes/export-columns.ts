/** The pending export of a staged row: columns of the row itself. */
import type { ExportColumns } from '../contract.ts';
import { codeOf, EXPORT_STATES, OPERATIONS } from '../tables/codes.ts';
import type { Session } from './session.ts';

export type ExportWish = Omit<ExportColumns, 'revision' | 'run' | 'attemptId' | 'attemptedAt'>;

/** Of a wish as sync decides it, in the order of `wishValues`. */
export const WISH_COLUMNS: readonly string[] = [
  'export_operation',
  'export_state',
  'export_attempts',
  'export_not_before',
  'export_hold',
  'export_run',
  'export_parts',
  'export_approved',
  'export_discarded',
  'export_fault',
  'wanted_anchor',
  'wanted_name',
  'wanted',
];
/** Of a wish, all of it. */
export const EXPORT_COLUMNS: readonly string[] = [...WISH_COLUMNS, 'export_revision', 'export_attempt', 'export_at'];
export const SET_NO_WISH: string = EXPORT_COLUMNS.map((column) => `${column} = null`).join(', ');
const CLEAR = `update staged set ${SET_NO_WISH} where id = ?`;

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
