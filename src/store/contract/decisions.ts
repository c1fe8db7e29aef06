/** What waits for a person, and what people decided. */
import type { AuditEvent } from './audit.ts';
import type { DirtyRange } from './dirty.ts';
import type { ObjectId, RunId, StagedId } from './ids.ts';

export interface ParkedRow {
  readonly id: number;
  /** Closed list in engine/safety/parked. */
  readonly kind: string;
  readonly connection: string | null;
  readonly stagedId: StagedId | null;
  readonly objectId: ObjectId | null;
  /** Canonical JSON: candidates, values' names, what would resolve it. */
  readonly detail: string;
  readonly since: number;
  readonly run: RunId;
}

export interface DecisionRow {
  readonly id: number;
  readonly kind:
    | 'link'
    | 'barred'
    | 'exclude'
    | 'fixed'
    | 'adopt'
    | 'ignore'
    | 'approve'
    | 'discard'
    | 'hold'
    | 'release'
    | 'alias'
    /** A link, or the end of one, that the gate `unlink` holds; `detail` says which, and how it is noted once it is approved. */
    | 'heldLink';
  readonly stagedId: StagedId | null;
  readonly objectId: ObjectId | null;
  readonly connection: string | null;
  readonly detail: string;
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  readonly revokedAt: number | null;
}

/** About one of these staged objects or objects; without both: about anybody. */
export interface Subjects {
  readonly stagedIds?: readonly StagedId[];
  readonly objectIds?: readonly ObjectId[];
}

export interface DecisionOperations {
  record(
    decision: Omit<DecisionRow, 'id' | 'revokedAt'>,
    dirty: readonly DirtyRange[],
    audit?: readonly AuditEvent[],
  ): Promise<number>;
  revoke(id: number, at: number, dirty: readonly DirtyRange[]): Promise<void>;
  list(
    filter: Subjects & { kinds?: readonly DecisionRow['kind'][]; connection?: string; active: boolean },
    page: { after: number; limit: number },
  ): Promise<readonly DecisionRow[]>;
  parked(
    filter: Subjects & { kind?: string; connection?: string },
    page: { after: number; limit: number },
  ): Promise<readonly ParkedRow[]>;
  /** How many changes a target refused, and the detail of the first; without what was never sent, and what somebody said to ignore. */
  refusals(connection: string): Promise<{ readonly count: number; readonly first: string | null }>;
  parkedCounts(): Promise<readonly { kind: string; connection: string | null; count: number }[]>;
}
