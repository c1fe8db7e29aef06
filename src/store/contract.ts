/**
 * The store contract: whole operations, each one transaction, with a number of statements that does not grow with the
 * batch. There is no `transaction(callback)`; nothing foreign is awaited inside one. Both stores pass one conformance
 * suite (store/conformance.ts).
 *
 * Row vocabulary is that of docs/GLOSSARY.md. Images are canonical JSON text that only core/canonical reads and writes.
 * Ids are ascending integers, never reused. Every `seq` comes from one counter taken inside the writing transaction.
 * An epoch is one process's tenure of the store: the first run after opening takes the next one, later runs of the process
 * share it. Operations on behalf of a run carry it; another epoch than the present one is refused (`conflict`).
 */
import type { Fault } from '#core/errors';
import type { Kind } from '#core/values';

export type StagedId = number;
export type ObjectId = number;
export type RunId = number;
export type Epoch = number;
/** 16 bytes. */
export type Digest = Uint8Array;

// ─── connector spaces ────────────────────────────────────────────────────────────────────────────────────────────────

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

/** One object arriving from a read, canonical and digested. */
export interface StageItem {
  readonly kind: Kind;
  readonly anchor: string;
  readonly operation: 'put' | 'delete';
  readonly name: string | null;
  /** Normal form of the name; `parentKey` of its parent. */
  readonly nameKey: string | null;
  readonly parentKey: string | null;
  readonly seen: string;
  /** Null = must be compared in full at the next full read. */
  readonly digest: Digest | null;
  readonly anchorDigest: Digest;
  readonly changedAt: number | null;
  readonly times: string | null;
  readonly kept: string | null;
  /** Lookup keys of this staged object (uniqueIn attributes): scope `connection.attribute` and normal form; complete list. */
  readonly keys: readonly StagedKey[];
  readonly edges: readonly StageEdges[];
  /** After a target showed its state: replaces `confirmed`, clears `sent` when `settled`. Absent = leave. */
  readonly settle?: Settle;
  /** What differs is only what Rollcall wrote itself: nobody need look at it again. Edges that differ are looked at all the same. */
  readonly quiet?: boolean;
  /** Of the row this was worked out from, 0 = there was none: another one is left alone. Left out = whatever it is. */
  readonly revision?: number;
}
export interface StagedKey {
  readonly scope: string;
  readonly norm: string;
}
export interface StageEdges {
  readonly attribute: string;
  /** The whole list (others are removed), or only differences. Keys in normal form with the text as read. */
  readonly all?: readonly EdgeKey[];
  readonly add?: readonly EdgeKey[];
  readonly remove?: readonly EdgeKey[];
}
export interface EdgeKey {
  readonly key: string;
  readonly text: string;
  /** Where it is not known yet: Rollcall had added it, and an earlier page of the same read did not show it. */
  readonly ours?: true;
}
export interface Settle {
  readonly confirmed: string | null;
  readonly settled: boolean;
  /** Presence of a deprovisioning step proven by this read. */
  readonly steps?: string | null;
}
export interface StageResult {
  readonly ids: readonly StagedId[];
  readonly inserted: number;
  readonly changed: number;
  /** By their place in the batch: left alone because touched since `unlessTouchedSince`, or of another revision. */
  readonly skipped: readonly number[];
  readonly edgesAdded: number;
  readonly edgesRemoved: number;
  /** Of those that were removed, the ones that Rollcall had added. */
  readonly oursRemoved: readonly EdgePosition[];
  readonly dirty: readonly SeqRange[];
}

/** See store/import-index: sorted typed arrays over one connector space. */
export interface ImportIndexRows {
  readonly count: number;
  /** Two 32-bit halves of the anchor digest, ascending. */
  readonly anchorHigh: Uint32Array;
  readonly anchorLow: Uint32Array;
  readonly ids: Float64Array;
  /** Four words per row; all zero = compare in full. */
  readonly content: Uint32Array;
  /** 1 = present. */
  readonly present: Uint8Array;
}

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

export interface ConnectionState {
  readonly name: string;
  readonly mode: 'observe' | 'on' | null;
  /** First plan approved: who, when, why, digest. */
  readonly approval: string | null;
  readonly held: { readonly reason: string; readonly by: string; readonly at: number } | null;
  readonly cursor: string | null;
  readonly checkpoint: string | null;
  readonly fingerprint: string | null;
  /** `{kind: count}` and filled counts per attribute of the last complete read: what outage and absence compare with. */
  readonly baseline: string | null;
  readonly outages: string | null;
  readonly lastCompleteRead: number | null;
  readonly lastRead: number | null;
  readonly rulesHash: string | null;
  readonly configHash: string | null;
}

// ─── metaverse ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type LifeState = 'expected' | 'active' | 'away' | 'leaving' | 'gone';

export interface ObjectRow {
  readonly id: ObjectId;
  readonly kind: Kind;
  /** Agreed attributes, canonical text; references as object ids. */
  readonly attributes: string;
  /** Attributes at the moment the last owner went; null while not frozen. */
  readonly frozen: string | null;
  readonly state: LifeState;
  /** `{"leavingSince":ms,"goneSince":ms,"returned":ms}` */
  readonly dates: string;
  readonly revision: number;
  readonly dueAt: number | null;
  readonly aliasOf: ObjectId | null;
  /** `{attribute: [run, ms]}` of its last change. */
  readonly notes: string;
  readonly createdRun: RunId;
}

/**
 * `join` and `unique` are published by objects; `staged:<connection>.<attribute>` by staged objects; `former`/`reserved` stay.
 * Scopes that begin with `unique:` or `join!:` have one owner per key: who adds a taken one is left out of the commit.
 * `join!:x` is a `join:x` given to an object that was made because nobody had it: found and removed as `join:x`.
 */
export interface KeyRow {
  readonly scope: string;
  readonly norm: string;
  readonly owner: number;
}

// ─── what waits ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type DirtySubject = 'staged' | 'object' | 'edge';
export interface DirtyRange {
  readonly subject: DirtySubject;
  readonly from: number;
  readonly to: number;
  readonly cause: string;
  /** For edges: attribute and key, as `attribute\u001fkey`. */
  readonly detail?: string;
}

/** The dirty rows that one operation wrote: those with a seq after `after`, up to `upTo`. Nobody else's are among them. */
export interface SeqRange {
  readonly after: number;
  readonly upTo: number;
}

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
  readonly digest: string;
  readonly since: number;
  readonly closedAt: number | null;
  readonly decision: number | null;
}

// ─── runs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

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

// ─── what a sync commits ─────────────────────────────────────────────────────────────────────────────────────────────

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
  /** Dirty rows that are done with; none while the generation has more batches. */
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
  readonly state: LifeState;
  readonly dates: string;
  readonly dueAt: number | null;
  readonly notes: string;
  /** Searchable words (core/fold `words`), separated by spaces; absent leaves them as they are. */
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

// ─── exports ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ExportAnswer {
  readonly staged: StagedId;
  /** The revision the attempt was made for; another one leaves the newer wish in place. */
  readonly revision: number;
  readonly outcome: 'proven' | 'sent' | 'failed' | 'retry' | 'unknown';
  readonly anchor: string | null;
  readonly anchorDigest: Digest | null;
  readonly name: string | null;
  readonly nameKey: string | null;
  /** proven: the image the target holds now, and its digest. */
  readonly seen: string | null;
  readonly digest: Digest | null;
  readonly sent: string | null;
  readonly confirmed: string | null;
  readonly keys: readonly StagedKey[] | null;
  readonly notBefore: number;
  readonly fault: string | null;
  /** Still wanted after this answer (what a gate or a debt held back); null = nothing more. */
  readonly remaining: {
    readonly wanted: string;
    readonly wantedName: string | null;
    readonly parts: string;
    readonly state: ExportState;
  } | null;
  /** What the gates count as sent, or as perhaps sent. */
  readonly parts: readonly string[];
  readonly approved: boolean;
  readonly steps?: string | null;
  readonly edges: readonly EdgeWrite[];
}

// ─── the contract ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface StoreInfo {
  readonly storeId: string;
  readonly schemaVersion: number;
  /** Rises at a restore. */
  readonly generation: number;
  /** Key of the content digests; random per store. */
  readonly digestKey: Uint8Array;
}

/** The largest of what the writer does at one go, times in ms. */
export interface Slices {
  /** Of operations that give way to interactive ones: the most rows one wrote, and the longest it took. */
  readonly operations: { readonly [operation: string]: { readonly rows: number; readonly ms: number } };
  readonly commitMs: number;
  readonly checkpointMs: number;
}

export interface Store {
  readonly info: StoreInfo;
  close(): Promise<void>;
  /** A private copy on which anything may be done; thrown away at close. How `plan` runs the real code (docs/decisions). */
  sandbox(): Promise<Store>;
  /** Hex SHA-256 per table over all its rows in key order. */
  checksums(): Promise<{ readonly [table: string]: string }>;
  /** Rows inserted, updated and deleted since it was opened, by table. */
  rowsWritten(): Promise<{ readonly [table: string]: number }>;

  /** What interactive writes may have waited for, at most, since it was opened. */
  slices(): Promise<Slices>;

  readonly runs: RunOperations;
  readonly spaces: SpaceOperations;
  readonly sync: SyncOperations;
  readonly exports: ExportOperations;
  readonly decisions: DecisionOperations;
  readonly people: PeopleReads;
  readonly blobs: BlobOperations;
}

export interface RunOperations {
  /** The first one after opening marks runs of a dead process interrupted and their open attempts unknown, and takes the next epoch. */
  begin(run: {
    profile: string;
    now: number;
    startedAt: number;
    by: string;
    rulesHash: string;
  }): Promise<{ id: RunId; epoch: Epoch }>;
  progress(run: RunId, epoch: Epoch, counts: string): Promise<void>;
  finish(
    run: RunId,
    epoch: Epoch,
    /** `believed`: it looked at all that was due at its `now`, which is not doubted from then on. */
    end: { status: RunStatus; endedAt: number; counts: string; rowsWritten: number; believed: boolean },
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
    page: { after?: number; limit: number },
  ): Promise<readonly ChangeRow[]>;
  errors(run: RunId, page: { after?: number; limit: number }): Promise<readonly (ErrorRow & { readonly id: number })[]>;
  /** Deletes runs, changes and errors that ended before, at most `limit` rows; the last change of each value is in the notes. */
  clean(before: number, limit: number): Promise<number>;
}

export interface SpaceOperations {
  states(): Promise<readonly ConnectionState[]>;
  saveState(name: string, patch: Partial<Omit<ConnectionState, 'name'>>, epoch: Epoch | null): Promise<void>;
  importIndex(connection: string): Promise<ImportIndexRows>;
  /** A number before which everything staged so far lies. */
  mark(): Promise<number>;
  /** Objects of one batch do not depend on each other; a large one may be written in several transactions. */
  stage(batch: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    unlessTouchedSince: number | null;
    /** Most of them are believed to be new: they are looked for only when they turn out not to be. Changes no result. */
    expectNew?: boolean;
    items: readonly StageItem[];
  }): Promise<StageResult>;
  saveBitmap(
    connection: string,
    epoch: Epoch,
    checkpoint: string,
    pages: readonly { page: number; bytes: Uint8Array }[],
  ): Promise<void>;
  loadBitmap(connection: string): Promise<{ checkpoint: string; pages: readonly { page: number; bytes: Uint8Array }[] } | null>;
  clearBitmap(connection: string, epoch: Epoch): Promise<void>;
  /** Present (or held) rows not touched since `mark`, in id order: the engine takes out those its bitmap has. */
  untouched(
    connection: string,
    mark: number,
    page: { after: StagedId; limit: number },
  ): Promise<readonly { id: StagedId; kind: Kind; anchor: string }[]>;
  markAbsent(batch: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    at: number;
    presence: 'gone' | 'held';
    ids: readonly StagedId[];
    unlessTouchedSince?: number;
  }): Promise<void>;
  byIds(ids: readonly StagedId[]): Promise<readonly StagedRow[]>;
  byAnchors(connection: string, kind: Kind, anchors: readonly string[]): Promise<readonly StagedRow[]>;
  /** Cheap lookup of who has these anchors or name keys: no images. */
  resolve(
    connection: string,
    by: 'anchor' | 'nameKey',
    kind: Kind | null,
    keys: readonly string[],
  ): Promise<
    readonly {
      readonly key: string;
      readonly stagedId: StagedId;
      readonly objectId: ObjectId | null;
      readonly presence: Presence;
    }[]
  >;
  /** The accounts of these objects in one connector space: no images. */
  accounts(
    connection: string,
    objectIds: readonly ObjectId[],
  ): Promise<
    readonly {
      readonly objectId: ObjectId;
      readonly stagedId: StagedId;
      readonly kind: Kind;
      readonly anchor: string | null;
      readonly name: string | null;
      readonly presence: Presence;
    }[]
  >;
  /** Whole connector space in id order. */
  scan(connection: string, page: { after: StagedId; limit: number }): Promise<readonly StagedRow[]>;
  count(
    connection: string,
  ): Promise<{ readonly [kind: string]: { readonly present: number; readonly linked: number; readonly gone: number } }>;
  edgesOf(
    stagedIds: readonly StagedId[],
    page: { attribute?: string; after?: string; limit: number },
  ): Promise<readonly EdgeRow[]>;
  /** Those of these edges that there are, by position. */
  edgesAt(positions: readonly EdgePosition[]): Promise<readonly EdgeRow[]>;
  /** Who refers to these keys. */
  edgesTo(connection: string, keys: readonly string[], page: { after?: StagedId; limit: number }): Promise<readonly EdgeRow[]>;
}

export interface SyncOperations {
  /** What waits, up to the newest seq at this moment; or only what waits within these. */
  dirty(within?: readonly SeqRange[]): Promise<{ upTo: number; ranges: readonly DirtyRange[] }>;
  markDirty(ranges: readonly DirtyRange[], epoch: Epoch | null): Promise<SeqRange>;
  /** Ids of one connector space within the ranges: in (kind, anchor) order by bytes, then those without an anchor by id. */
  orderedIds(connection: string, ranges: readonly DirtyRange[]): Promise<Float64Array>;
  objects(ids: readonly ObjectId[]): Promise<readonly ObjectRow[]>;
  /** Every staged row linked to these objects, by object, then connection. */
  linked(ids: readonly ObjectId[]): Promise<readonly StagedRow[]>;
  keys(wanted: readonly StagedKey[]): Promise<readonly KeyRow[]>;
  /** Staged objects waiting for one of these keys. */
  waiting(keys: readonly StagedKey[]): Promise<readonly StagedId[]>;
  due(now: number, page: { after: ObjectId; limit: number }): Promise<readonly ObjectId[]>;
  scanObjects(page: { after: ObjectId; limit: number; kind?: Kind }): Promise<readonly ObjectRow[]>;
  /** Reserves n consecutive ids and answers the first. Not durable until used; unused ones are given again once no run goes on. */
  reserve(what: 'object' | 'staged', n: number): Promise<number>;
  commit(batch: SyncCommit): Promise<SyncConflicts>;
}

export interface ExportOperations {
  /**
   * Waiting exports in order: creates, updates, deletes, each by id, without those in an open attempt; opens an attempt over
   * them. It ends with its answer: items that the answer leaves out, and all items when the run ends before, become unknown.
   */
  take(request: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    attempt: string;
    now: number;
    deadline: number;
    /** Of each operation only those behind this one: nobody goes through what is on its way again and again. */
    after?: StagedId;
    limit: number;
    operations: readonly ExportOperation[];
    only?: readonly StagedId[];
  }): Promise<readonly StagedRow[]>;
  answer(batch: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    attempt: string;
    at: number;
    answers: readonly ExportAnswer[];
    changes: readonly NewChange[];
    dirty?: readonly DirtyRange[];
  }): Promise<readonly SeqRange[]>;
  /** How many exports there are in each state. */
  counts(connection: string): Promise<{ readonly [state in ExportState]?: number }>;
  /** Exports in these states, by id; all operations, or one. */
  list(
    connection: string,
    states: readonly ExportState[],
    page: { after: StagedId; limit: number; operation?: ExportOperation },
  ): Promise<readonly StagedRow[]>;
  /** Pending edges of a target's groups: those to be sent, or those that were sent and are not proven. */
  pendingEdges(
    connection: string,
    page: { after: EdgePosition | null; limit: number; sent?: boolean },
  ): Promise<readonly EdgeRow[]>;
  /**
   * An attempt over memberships of these groups, before they are sent. It ends with `answerEdges`; without one they stay pending,
   * since set operations may be repeated, and what of them may have been sent counts as sent.
   */
  attemptEdges(request: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    attempt: string;
    now: number;
    deadline: number;
    groups: readonly StagedId[];
  }): Promise<void>;
  /**
   * What became of them. The groups are compared in full at the next read. `counted`: what of it the gates count as sent;
   * `changes`: of each group one row in a run, the newest.
   */
  answerEdges(batch: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    attempt: string;
    at: number;
    edges: readonly EdgeWrite[];
    counted: readonly GroupChange[];
    changes: readonly NewChange[];
  }): Promise<void>;
  /** Of these groups, each with what it is to lose, in their order. */
  groupLosses(
    groups: readonly Pick<GroupLoss, 'stagedId' | 'attribute' | 'pending'>[],
    since: number,
  ): Promise<readonly GroupLoss[]>;
  /** Notes what a person said about pending edges; one that is not in this state any more is left alone. */
  decideEdges(batch: {
    edges: readonly Pick<EdgeRow, 'stagedId' | 'attribute' | 'key' | 'state'>[];
    decided: EdgeDecision | null;
  }): Promise<void>;
  /**
   * What a complete read did not show: it is sent again, or given up with a fault that parks it. `steps` as they are from now on;
   * `undone`: parts that were counted as sent because no answer came, and were not done.
   */
  unshown(batch: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    at: number;
    rows: readonly {
      readonly id: StagedId;
      /** Of the row: when it has another one by now it is left for the next read. */
      readonly revision: number;
      readonly fault: string | null;
      readonly steps: string | null;
      readonly undone: readonly string[];
    }[];
  }): Promise<void>;
  /**
   * Times of exports and memberships behind `latest`, ms, were said by a clock that was ahead: what waits until then may be sent,
   * what was sent then was sent at `at`, and is counted so.
   */
  setTimesBack(request: { connection: string; epoch: Epoch; at: number; latest: number }): Promise<void>;
  gateCounts(connection: string, since: number): Promise<readonly GateCount[]>;
  holds(connection: string | null): Promise<readonly GateHold[]>;
  /** `epoch`: null when a person's decision opens it. */
  openHold(hold: Omit<GateHold, 'id' | 'closedAt' | 'decision'>, epoch: Epoch | null): Promise<number>;
  /** Sets state, hold id, approved and discarded of listed rows. */
  mark(batch: {
    connection: string;
    epoch: Epoch | null;
    rows: readonly {
      id: StagedId;
      revision: number;
      state: ExportState;
      holdId: number | null;
      approved: string | null;
      discarded: string | null;
    }[];
  }): Promise<void>;
  closeHold(id: number, decision: number, at: number): Promise<void>;
}

/** About one of these staged objects or objects; without both: about anybody. */
export interface Subjects {
  readonly stagedIds?: readonly StagedId[];
  readonly objectIds?: readonly ObjectId[];
}

export interface DecisionOperations {
  record(decision: Omit<DecisionRow, 'id' | 'revokedAt'>, dirty: readonly DirtyRange[]): Promise<number>;
  revoke(id: number, at: number, dirty: readonly DirtyRange[]): Promise<void>;
  list(
    filter: Subjects & { kinds?: readonly DecisionRow['kind'][]; connection?: string; active: boolean },
    page: { after: number; limit: number },
  ): Promise<readonly DecisionRow[]>;
  parked(
    filter: Subjects & { kind?: string; connection?: string },
    page: { after: number; limit: number },
  ): Promise<readonly ParkedRow[]>;
  parkedCounts(): Promise<readonly { kind: string; connection: string | null; count: number }[]>;
}

export interface PeopleReads {
  /** Objects per kind, aliases not counted. */
  counts(): Promise<{ readonly [kind: string]: number }>;
  /** Objects whose folded text has for each word one that starts so, by id. The index catches up when it is asked. */
  search(request: { words: readonly string[]; kind?: Kind; after: ObjectId; limit: number }): Promise<readonly ObjectRow[]>;
  /** What a gone object said is nobody's debt. */
  debts(page: { after: EdgePosition | null; limit: number }): Promise<readonly (EdgeRow & { readonly connection: string })[]>;
}

export interface BlobOperations {
  put(blobs: readonly { hash: string; bytes: Uint8Array }[]): Promise<void>;
  get(hash: string): Promise<Uint8Array | null>;
}
