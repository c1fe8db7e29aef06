/**
 * The store contract: whole operations, each one transaction, with a number of statements that does not grow with the
 * batch. There is no `transaction(callback)`; nothing foreign is awaited inside one. Both stores pass one conformance
 * suite (store/conformance.ts).
 *
 * Row vocabulary is that of docs/GLOSSARY.md. Images are canonical JSON text that only core/canonical reads and writes.
 * Ids are ascending integers, never reused. Every `seq` comes from one counter taken inside the writing transaction.
 * An epoch is the number of one process's tenure of the store. Where one process has the store for its life, its first run takes
 * the next one and later runs share it; where several follow one another (`several`), each takes one with its tenure. Operations on
 * behalf of a run carry it; another epoch than the present one is refused (`conflict`).
 *
 * Rows and operations are in contract/, by concern; everybody imports them from here.
 */
import type { Fault } from '#core/errors';
import type { AccessOperations } from './contract/access.ts';
import type { AgreedOperations } from './contract/agreed.ts';
import type { AuditOperations } from './contract/audit.ts';
import type { BlobOperations } from './contract/blobs.ts';
import type { ClaimOperations } from './contract/claims.ts';
import type { DecisionOperations } from './contract/decisions.ts';
import type { ExportOperations } from './contract/exports.ts';
import type { PeopleOperations } from './contract/people.ts';
import type { PushedOperations } from './contract/pushed.ts';
import type { QueueReads } from './contract/queues.ts';
import type { QuotaOperations } from './contract/quotas.ts';
import type { RunOperations } from './contract/runs.ts';
import type { SeveralOperations } from './contract/several.ts';
import type { SpaceOperations } from './contract/spaces.ts';
import type { SyncOperations } from './contract/sync.ts';

export type {
  AccessAccount,
  AccessLink,
  AccessOperations,
  AccessReads,
  AccessSession,
  AccessToken,
  AccountChange,
} from './contract/access.ts';
export type { AgreedOperations, AgreedQuery } from './contract/agreed.ts';
export type {
  AuditActor,
  AuditEvent,
  AuditFilter,
  AuditOperations,
  AuditPage,
  AuditRow,
  AuditSegment,
  AuditSubject,
  AuditValues,
  StageAudit,
} from './contract/audit.ts';
export type { BlobOperations } from './contract/blobs.ts';
export type { Claim, ClaimKind, ClaimOperations } from './contract/claims.ts';
export type { ObjectWrite, ParkedWrite, StagedWrite, SyncCommit, SyncConflicts } from './contract/commit.ts';
export type { DecisionOperations, DecisionRow, ParkedRow, Subjects } from './contract/decisions.ts';
export type { DirtyRange, DirtySubject, SeqRange } from './contract/dirty.ts';
export type { EdgeDecision, EdgePosition, EdgeRow, EdgeWrite } from './contract/edges.ts';
export type { Erased, EraseRequest } from './contract/erase.ts';
export type { ExportAnswer, ExportOperations } from './contract/exports.ts';
export type { GateCount, GateHold, GroupChange, GroupLoss } from './contract/gates.ts';
export type { Digest, Epoch, ObjectId, RunId, StagedId } from './contract/ids.ts';
export type { KeyRow, LifeState, ObjectRow } from './contract/metaverse.ts';
export type { PeopleOperations, PeopleReads, SearchRequest, SearchState } from './contract/people.ts';
export type {
  PushedConflict,
  PushedKey,
  PushedObject,
  PushedOperations,
  PushedPage,
  PushedPosition,
  PushedQuery,
  PushedSort,
} from './contract/pushed.ts';
export type { QueueReads, QueueWaits, Waits } from './contract/queues.ts';
export type { QuotaOperations } from './contract/quotas.ts';
export type { ChangeRow, ErrorRow, NewChange, RunOperations, RunRow, RunStatus } from './contract/runs.ts';
export type { Handed, Holder, News, SeveralOperations } from './contract/several.ts';
export type { BaselineChange, ConnectionState, SpaceOperations } from './contract/spaces.ts';
export type { EdgeList, ImportIndexRows, Settle, StagedKey, StageEdges, StageItem, StageResult } from './contract/stage.ts';
export type { ExportColumns, ExportOperation, ExportState, LinkHow, Origin, Presence, StagedRow } from './contract/staged.ts';
export type { SyncOperations } from './contract/sync.ts';

/** What there is where the store is to be. */
export interface StoreLook {
  /** `older` is brought up to date by the first command that writes, `none` is made by it. */
  readonly state: 'there' | 'older' | 'none';
  /** It can be used, and somebody may want to know. */
  readonly warnings: readonly Fault[];
}

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
  /**
   * Everything that was answered before this was asked outlives a power cut. Most operations are answered when they do; those that a run
   * does for itself (writes/operations.ts lists them) when they are committed, in one order with all others.
   */
  durable(): Promise<void>;
  /** Rows inserted, updated and deleted since it was opened, by table. */
  rowsWritten(): Promise<{ readonly [table: string]: number }>;

  /** What interactive writes may have waited for, at most, since it was opened. */
  slices(): Promise<Slices>;

  /** Null where this process has the store for itself: a file, a private copy, or one opened for reading. */
  readonly several: SeveralOperations | null;
  readonly runs: RunOperations;
  readonly spaces: SpaceOperations;
  readonly sync: SyncOperations;
  readonly exports: ExportOperations;
  readonly decisions: DecisionOperations;
  readonly people: PeopleOperations;
  readonly pushed: PushedOperations;
  readonly agreed: AgreedOperations;
  readonly blobs: BlobOperations;
  readonly access: AccessOperations;
  readonly claims: ClaimOperations;
  readonly audit: AuditOperations;
  readonly quotas: QuotaOperations;
  readonly queues: QueueReads;
}
