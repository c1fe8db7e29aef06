/** Runs, and the record of what each changed and what went wrong. */
import type { Fault } from '#core/errors';
import type { AuditEvent } from './audit.ts';
import type { Epoch, RunId } from './ids.ts';

export type RunStatus = 'running' | 'done' | 'warnings' | 'failed' | 'interrupted';
export interface RunRow {
  readonly id: RunId;
  readonly epoch: Epoch;
  readonly profile: string;
  readonly now: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly status: RunStatus;
  readonly by: string;
  readonly rulesHash: string;
  /** Counts per connection, JSON. */
  readonly counts: string;
  /** Row writes made by it, its own record not counted. */
  readonly rowsWritten: number;
}
/** A create names its objects by range and repeats no values; an update is one row with both images of what changed. */
export interface ChangeRow {
  readonly id: number;
  readonly run: RunId;
  readonly subject: 'object' | 'staged';
  readonly from: number;
  readonly to: number;
  readonly operation: 'create' | 'update' | 'delete' | 'join' | 'project' | 'adopt' | 'state' | 'export';
  /** `{attribute: value}` of the changed attributes only. */
  readonly before: string | null;
  readonly after: string | null;
}
export type NewChange = Omit<ChangeRow, 'id' | 'run'>;
export interface ErrorRow {
  readonly run: RunId;
  readonly connection: string | null;
  readonly subject: 'object' | 'staged' | null;
  readonly subjectId: number | null;
  readonly fault: Fault;
}

export interface RunOperations {
  /** The first one after opening marks runs of a dead process interrupted and their open attempts unknown, and takes the next epoch. */
  begin(run: {
    profile: string;
    now: number;
    startedAt: number;
    by: string;
    rulesHash: string;
    /** One of many that come and go, as pushes do: it may use what runs before it reserved. */
    brief?: boolean;
    /** That it was begun, and by whom; noted with its id. */
    audit?: readonly AuditEvent[];
  }): Promise<{ id: RunId; epoch: Epoch }>;
  progress(run: RunId, epoch: Epoch, counts: string): Promise<void>;
  finish(
    run: RunId,
    epoch: Epoch,
    /** `believed`: it looked at all that was due at its `now`, which is not doubted from then on; `soon`: with what is written next. */
    end: { status: RunStatus; endedAt: number; counts: string; rowsWritten: number; believed: boolean; soon?: boolean },
  ): Promise<void>;
  recordErrors(errors: readonly ErrorRow[], epoch: Epoch): Promise<void>;
  recordChanges(run: RunId, epoch: Epoch, changes: readonly NewChange[]): Promise<void>;
  list(page: { before?: RunId; limit: number }): Promise<readonly RunRow[]>;
  get(run: RunId): Promise<RunRow | null>;
  /** The largest `now` any run had; time never goes back behind it. */
  latestNow(): Promise<number>;
  /** The largest `now` of a run that ended `believed`; 0 before there was one. */
  believedNow(): Promise<number>;
  changes(
    by: { run: RunId } | { subject: 'object' | 'staged'; id: number },
    /** By id; with `before` the newest first. */
    page: { after?: number; limit: number } | { before: number; limit: number },
  ): Promise<readonly ChangeRow[]>;
  errors(run: RunId, page: { after?: number; limit: number }): Promise<readonly (ErrorRow & { readonly id: number })[]>;
  /** Deletes runs, changes and errors that ended before, at most `limit` rows; the last change of each value is in the notes. */
  clean(before: number, limit: number): Promise<number>;
}
