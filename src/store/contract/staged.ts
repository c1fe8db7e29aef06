/** A row of a connector space: what a system showed of an object, whose it is, and what is to be exported to it. */
import type { Kind } from '#core/values';
import type { ObjectId, RunId, StagedId } from './ids.ts';

/** `pending`: Rollcall means to create it. `held`: missing, but not believed gone. */
export type Presence = 'present' | 'pending' | 'held' | 'gone';
export type LinkHow = 'joined' | 'projected' | 'provisioned' | 'decided';
/** Whether Rollcall made the account or found it (SEMANTICS 7). */
export type Origin = 'created' | 'adopted';
export type ExportOperation = 'create' | 'update' | 'delete';
/** `observed`: shown, never sent (first contact). In-flight is not a state of its own: it is membership in an open attempt. */
export type ExportState = 'observed' | 'waiting' | 'held' | 'unknown' | 'sent' | 'failed';

export interface StagedRow {
  readonly id: StagedId;
  readonly connection: string;
  readonly kind: Kind;
  /** Null until the target assigned one. */
  readonly anchor: string | null;
  /** 1; one more each time that it came back after it was gone. */
  readonly incarnation: number;
  readonly name: string | null;
  /** Last read: canonical attributes as text; null when never read. */
  readonly seen: string | null;
  /** Written and unproven. */
  readonly sent: string | null;
  /** Last proven as ours, mapped attributes only (the echo memory of SEMANTICS 3). */
  readonly confirmed: string | null;
  readonly revision: number;
  readonly touchedSeq: number;
  readonly presence: Presence;
  readonly goneAt: number | null;
  /** The source's own change time, ms; null where it has none. */
  readonly changedAt: number | null;
  /** `{attribute: ms}`: when a value of a `latest` attribute was first seen, its clearing included. */
  readonly times: string | null;
  /** `{attribute: value}`: last values of attributes that became empty in the newest read; what an outage falls back to (SEMANTICS 6). */
  readonly kept: string | null;
  readonly objectId: ObjectId | null;
  readonly linkHow: LinkHow | null;
  readonly linkRun: RunId | null;
  readonly origin: Origin | null;
  readonly protected: boolean;
  readonly export: ExportColumns | null;
  /** Deprovisioning progress: `{"disabledAt":ms,"confirmedAt":ms,"taken":{…}}`. */
  readonly steps: string | null;
  /**
   * What a wish wanted that was on its way when a newer one, or none, took its place. Kept until it is answered; where no answer
   * came, until `steps` are written the next time, which then remember it.
   */
  readonly overtaken: string | null;
}

export interface ExportColumns {
  readonly operation: ExportOperation;
  /** create: all mapped attributes; update: only those that change (null clears); null for delete. References as `{"object":id}`. */
  readonly wanted: string | null;
  readonly wantedAnchor: string | null;
  readonly wantedName: string | null;
  readonly revision: number;
  readonly state: ExportState;
  /** Parts of the change as the gates count them (safety/parts), JSON list. */
  readonly parts: string;
  readonly attempts: number;
  readonly attemptId: string | null;
  readonly attemptedAt: number | null;
  readonly notBefore: number;
  readonly holdId: number | null;
  /** Digest of the change a person approved, or discarded; it covers exactly that change. */
  readonly approved: string | null;
  readonly discarded: string | null;
  readonly fault: string | null;
  readonly run: RunId;
}
