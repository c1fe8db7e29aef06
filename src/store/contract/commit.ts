/** What a sync commits. */
import type { Kind } from '#core/values';
import type { DirtyRange, SeqRange } from './dirty.ts';
import type { EdgeWrite } from './edges.ts';
import type { Digest, Epoch, ObjectId, RunId, StagedId } from './ids.ts';
import type { KeyRow, LifeState } from './metaverse.ts';
import type { NewChange } from './runs.ts';
import type { StagedKey } from './stage.ts';
import type { ExportColumns, LinkHow, Origin, Presence } from './staged.ts';

/** One generation's batch. Rows whose `expectRevision` no longer holds are left out, with everything that hangs on that object, and returned. */
export interface SyncCommit {
  readonly run: RunId;
  readonly epoch: Epoch;
  readonly objects: readonly ObjectWrite[];
  readonly staged: readonly StagedWrite[];
  readonly keys: { readonly add: readonly KeyRow[]; readonly remove: readonly KeyRow[] };
  /** The waiting keys of a staged object, complete; [] when it waits for nothing any more. */
  readonly waiting: readonly { readonly stagedId: StagedId; readonly keys: readonly StagedKey[] }[];
  readonly edges: readonly EdgeWrite[];
  /** Every parked item of these subjects as it is now; what is not listed is gone. */
  readonly parked: readonly ParkedWrite[];
  /** Staged objects that wait for nothing any more and are parked over nothing. */
  readonly settled?: readonly StagedId[];
  readonly changes: readonly NewChange[];
  readonly dirty: readonly DirtyRange[];
  /** Dirty rows that are done with; none while the generation has more batches. Where anybody is left out they stay. */
  readonly done: readonly SeqRange[];
  /** One of several that are committed in order, together unless somebody interactive comes in between. */
  readonly slice?: 'more' | 'last';
}
export interface ObjectWrite {
  readonly object: ObjectId;
  readonly insert: boolean;
  readonly expectRevision: number;
  readonly kind: Kind;
  readonly attributes: string;
  readonly frozen: string | null;
  readonly owned: boolean;
  readonly state: LifeState;
  readonly dates: string;
  readonly dueAt: number | null;
  readonly notes: string;
  /** Searchable words (core/searched), separated by spaces; absent leaves them as they are. */
  readonly folded?: string;
}
/** Changes of a staged row made by sync; absent fields stay. `insert` makes a pending account. */
export interface StagedWrite {
  readonly staged: StagedId;
  readonly insert?: {
    readonly connection: string;
    readonly kind: Kind;
    readonly anchor: string | null;
    readonly anchorDigest: Digest | null;
    readonly name: string | null;
    readonly nameKey: string | null;
  };
  readonly expectRevision: number;
  readonly link?: { readonly object: ObjectId | null; readonly how: LinkHow; readonly origin: Origin | null } | null;
  readonly protected?: boolean;
  readonly export?: Omit<ExportColumns, 'revision' | 'run' | 'attemptId' | 'attemptedAt'> | null;
  readonly steps?: string | null;
  readonly presence?: Presence;
  readonly confirmed?: string | null;
  readonly times?: string | null;
  /** A pending account that is to be created under another anchor or name than decided before. */
  readonly renamed?: {
    readonly anchor: string | null;
    readonly anchorDigest: Digest | null;
    readonly name: string | null;
    readonly nameKey: string | null;
  };
}

export interface ParkedWrite {
  readonly subject: { readonly stagedId: StagedId } | { readonly objectId: ObjectId };
  readonly items: readonly { readonly kind: string; readonly connection: string | null; readonly detail: string }[];
  readonly at: number;
}
export interface SyncConflicts {
  readonly objects: readonly ObjectId[];
  readonly staged: readonly StagedId[];
  readonly dirty: SeqRange;
}
