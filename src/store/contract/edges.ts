/** References to many, member by member: as read, as decided, and on their way. */
import type { StagedId } from './ids.ts';

export interface EdgeRow {
  readonly stagedId: StagedId;
  readonly attribute: string;
  readonly key: string;
  readonly text: string;
  /** `seen`: read there. `add`/`remove`: decided, not proven. */
  readonly state: 'seen' | 'add' | 'remove';
  /** Rollcall added it. */
  readonly ours: boolean;
  /** Unresolved since (ms); null when resolved or never looked at. */
  readonly debtSince: number | null;
  /** What a person said about it as it is decided now; forgotten when it is proven, or decided otherwise. */
  readonly decided: EdgeDecision | null;
  /** A pending one on its way: sent at (ms), and not proven yet. A read that shows that it was not done makes it null again. */
  readonly sentAt: number | null;
  /** How often a pending one was answered as done, in a row; no read has shown it. */
  readonly sends: number;
  /** The gates counted it as sent: it was, or an attempt over it was lost. */
  readonly counted: boolean;
}
/** `held`: left out when others of a first plan were approved, until somebody decides about it. */
export type EdgeDecision = 'approved' | 'discarded' | 'held';

/** Where a page of edges ended: the last row of the page. */
export type EdgePosition = Pick<EdgeRow, 'stagedId' | 'attribute' | 'key'>;

export interface EdgeWrite {
  readonly stagedId: StagedId;
  readonly attribute: string;
  readonly key: string;
  readonly text: string;
  /** `drop` removes the row. */
  readonly state: 'seen' | 'add' | 'remove' | 'drop';
  readonly ours: boolean;
  readonly debtSince: number | null;
  /** Of a pending one. Left out: as it was while the state is the same, else nothing. */
  readonly pending?: Pick<EdgeRow, 'decided' | 'sentAt'> & Partial<Pick<EdgeRow, 'sends' | 'counted'>>;
}
