/** The audit log: what was done, by whom, from where. Events are only added; sealed in segments, each chained to the one before it. */
import type { Subjects } from './decisions.ts';
import type { ObjectId, RunId, StagedId } from './ids.ts';

export const ACTORS = ['person', 'token', 'system'] as const;
export const OUTCOMES = ['done', 'refused', 'failed'] as const;

export interface AuditActor {
  readonly kind: (typeof ACTORS)[number];
  readonly name: string;
  /** Id of the token it came with, never the token. */
  readonly token: string | null;
  /** Address it came from; null for somebody at this machine. */
  readonly source: string | null;
}

export interface AuditSubject {
  readonly connection?: string;
  readonly stagedId?: StagedId;
  readonly objectId?: ObjectId;
  readonly runId?: RunId;
}

/** What was there before and after, canonical JSON each. It stands beside its event, so that it can be erased alone. */
export interface AuditValues {
  /** Random, hex: without it nobody can try which values have the digest. */
  readonly salt: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface AuditEvent {
  /** ms */
  readonly at: number;
  /** `what.did`: `decision.link`, `run.start`, `scim.create`. */
  readonly action: string;
  readonly actor: AuditActor;
  readonly subject: AuditSubject;
  readonly outcome: (typeof OUTCOMES)[number];
  /** Of salt and values, hex SHA-256; null without values. All that the chain knows of them. */
  readonly digest: string | null;
  readonly values: AuditValues | null;
}

/**
 * About an item of a batch that is staged: its id is noted in the same transaction. An item that was left alone has no event; of one that
 * was refused the outcome is `refused`, and its values are not kept.
 */
export interface StageAudit extends AuditEvent {
  /** The item stands for several requests: where it is refused they come again one by one, and nothing is noted. */
  readonly joined?: boolean;
  /** Place of the item in the batch. */
  readonly item: number;
}

/** Values are null where there were none, and where they were erased: then the digest is left. */
export interface AuditRow extends AuditEvent {
  /** 1, 2, 3, … in the order of the commits, without a gap. */
  readonly seq: number;
}

export interface AuditPage {
  readonly events: readonly AuditRow[];
  /** `after` or `before` of the next page; null: that was all. */
  readonly next: number | null;
}

export interface AuditSegment {
  readonly from: number;
  /** Last event in it. */
  readonly to: number;
  /** Hash of the segment before it, hex. */
  readonly previous: string;
  readonly hash: string;
  /** When it was sealed, ms. */
  readonly at: number;
  /** Its events were removed, as old as they were; it stays as what the next one is chained to. */
  readonly removedAt: number | null;
}

export interface AuditFilter extends Subjects {
  /** `decision.link`, or `decision` for all of them. */
  readonly action?: string;
  readonly actor?: string;
  readonly token?: string;
  readonly source?: string;
  readonly connection?: string;
  readonly runId?: RunId;
  readonly outcome?: AuditEvent['outcome'];
  /** ms, with both ends. */
  readonly since?: number;
  readonly until?: number;
}

export interface AuditOperations {
  /** For what has no transaction of its own in the store, such as something that was refused. */
  append(events: readonly AuditEvent[]): Promise<void>;
  /** `after`: oldest first. `before`: newest first. A page ends earlier, too, after an event with which its values are a mebibyte. */
  list(
    filter: AuditFilter,
    page: { readonly limit: number } & ({ readonly after: number } | { readonly before: number }),
  ): Promise<AuditPage>;
  /** Oldest first; the first one may be what is left of those that were removed. */
  segments(page: { readonly after: number; readonly limit: number }): Promise<readonly AuditSegment[]>;
  /** The newest segment; null before the first. */
  head(): Promise<AuditSegment | null>;
  /** False when another process sealed these events meanwhile. */
  seal(segment: Omit<AuditSegment, 'removedAt'>): Promise<boolean>;
  /** Takes away the values of all events about these; their events stay. Answers how many had some. `audit`: that it was done. */
  erase(subjects: Subjects, audit: readonly AuditEvent[]): Promise<number>;
  /** Removes the events of the oldest segment, if it was sealed before; answers how many those were. */
  clean(before: number, at: number): Promise<number>;
}
