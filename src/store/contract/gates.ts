/** What the gates count and hold. */
import type { StagedId } from './ids.ts';

export interface GateCount {
  readonly connection: string;
  readonly part: string;
  /** Decided and not yet sent, not counting approved changes. */
  readonly pending: number;
  /** Sent since the instant asked for, likewise; of unknown outcome too, until it is known that it was not done. */
  readonly sent: number;
}
/** Set operations of one group that the gates count as sent. */
export interface GroupChange {
  readonly stagedId: StagedId;
  readonly attribute: string;
  readonly added: number;
  readonly removed: number;
}
/** `removed` since the instant asked for, and `added` after the first of these losses. */
export interface GroupLoss extends GroupChange {
  /** Decided and not yet sent. */
  readonly pending: number;
  /** In the target now; counted as far as twice the losses, where it says that this is not half. */
  readonly members: number;
}
export interface GateHold {
  readonly id: number;
  readonly connection: string;
  readonly part: string;
  readonly count: number;
  readonly limit: number;
  /** Of what was held when it was opened; before it, and a space, the limit as the file had it then. */
  readonly digest: string;
  readonly since: number;
  readonly closedAt: number | null;
  readonly decision: number | null;
}
