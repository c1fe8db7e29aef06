/** The reading half of the contract, as each kind of store has it. */
import type {
  AgreedOperations,
  AuditOperations,
  BlobOperations,
  ClaimOperations,
  DecisionOperations,
  ExportOperations,
  PeopleReads,
  PushedOperations,
  QuotaOperations,
  RunOperations,
  SpaceOperations,
  SyncOperations,
} from './contract.ts';

export type ClaimReads = Pick<ClaimOperations, 'get' | 'list'>;
export type AgreedReads = AgreedOperations;
export type AuditReads = Pick<AuditOperations, 'list' | 'segments' | 'head'>;
export interface ExportReads
  extends Pick<ExportOperations, 'sending' | 'counts' | 'list' | 'pendingEdges' | 'groupLosses' | 'holds'> {
  /** Rows that have each part. */
  gatePending(connection: string): Promise<ReadonlyMap<string, number>>;
  /** What was sent since then, ms. */
  gateSent(connection: string, since: number): Promise<ReadonlyMap<string, number>>;
}
export type PersonReads = Pick<DecisionOperations, 'list' | 'parked' | 'parkedCounts' | 'refusals'> &
  PeopleReads &
  Pick<BlobOperations, 'get'>;
export type PushedReads = PushedOperations;
export type QuotaReads = Pick<QuotaOperations, 'spent'>;
export type RunReads = Pick<RunOperations, 'list' | 'get' | 'latestNow' | 'believedNow' | 'changes' | 'errors'>;
export type SpaceReads = Pick<
  SpaceOperations,
  | 'states'
  | 'mark'
  | 'loadBitmap'
  | 'untouched'
  | 'byIds'
  | 'byAnchors'
  | 'resolve'
  | 'accounts'
  | 'scan'
  | 'count'
  | 'edgesOf'
  | 'edgesAt'
  | 'edgesTo'
>;
export type SyncReads = Pick<
  SyncOperations,
  'dirty' | 'orderedIds' | 'anyWithin' | 'objects' | 'linked' | 'keys' | 'waiting' | 'due' | 'scanObjects'
>;
