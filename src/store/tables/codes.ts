/** Small closed sets as the integers that the tables hold: the position in these lists. Lists only ever grow at the end. */
import type {
  DirtySubject,
  EdgeDecision,
  EdgeRow,
  ExportOperation,
  ExportState,
  LifeState,
  LinkHow,
  Origin,
  Presence,
} from '../contract.ts';

export const PRESENCES: readonly Presence[] = ['present', 'pending', 'held', 'gone'];
export const HOWS: readonly LinkHow[] = ['joined', 'projected', 'provisioned', 'decided'];
export const ORIGINS: readonly Origin[] = ['created', 'adopted'];
/** In the order in which they are sent. */
export const OPERATIONS: readonly ExportOperation[] = ['create', 'update', 'delete'];
export const EXPORT_STATES: readonly ExportState[] = ['observed', 'waiting', 'held', 'unknown', 'sent', 'failed'];
export const EDGE_STATES: readonly EdgeRow['state'][] = ['seen', 'add', 'remove'];
export const EDGE_DECISIONS: readonly EdgeDecision[] = ['approved', 'discarded', 'held'];
export const LIFE_STATES: readonly LifeState[] = ['expected', 'active', 'away', 'leaving', 'gone'];
export const SUBJECTS: readonly DirtySubject[] = ['staged', 'object', 'edge'];

export const PRESENT = 0;
export const PENDING = 1;
export const HELD = 2;
export const GONE = 3;
export const CREATE = 0;
export const UPDATE = 1;
export const DELETE = 2;
/** Of an attempt over memberships: its items are groups, and say nothing of their own wishes. */
export const MEMBERS = 3;
export const WAITING = 1;
export const UNKNOWN = 3;
export const SENT = 4;
export const FAILED = 5;
export const EDGE_SEEN = 0;
export const EDGE_ADD = 1;
export const EDGE_REMOVE = 2;
export const SUBJECT_STAGED = 0;
export const SUBJECT_OBJECT = 1;
export const SUBJECT_EDGE = 2;

export function codeOf<T>(list: readonly T[], value: T): number {
  const code = list.indexOf(value);
  if (code < 0) throw new TypeError(`${String(value)} is none of ${list.join(', ')}`);
  return code;
}

export function codeOrNull<T>(list: readonly T[], value: T | null): number | null {
  return value === null ? null : codeOf(list, value);
}
