/** What a sync reads, and how it commits. */
import type { Kind } from '#core/values';
import type { SyncCommit, SyncConflicts } from './commit.ts';
import type { DirtyRange, SeqRange } from './dirty.ts';
import type { Epoch, ObjectId, StagedId } from './ids.ts';
import type { KeyRow, ObjectRow } from './metaverse.ts';
import type { StagedKey } from './stage.ts';
import type { StagedRow } from './staged.ts';

export interface SyncOperations {
  /** What waits, up to the newest seq at this moment; or only what waits within these. */
  dirty(within?: readonly SeqRange[]): Promise<{ upTo: number; ranges: readonly DirtyRange[] }>;
  markDirty(ranges: readonly DirtyRange[], epoch: Epoch | null): Promise<SeqRange>;
  /**
   * Ids of one connector space within the ranges: in (kind, anchor) order by bytes, then those without an anchor by id. `between`: awaited
   * every few thousand of many; what is staged anew meanwhile may be there or not, and waits anew.
   */
  orderedIds(connection: string, ranges: readonly DirtyRange[], between?: () => Promise<void>): Promise<Float64Array>;
  /** Whether there is any id of that connector space within the ranges. */
  anyWithin(connection: string, ranges: readonly DirtyRange[]): Promise<boolean>;
  objects(ids: readonly ObjectId[]): Promise<readonly ObjectRow[]>;
  /** Every staged row linked to these objects, by object, then connection. */
  linked(ids: readonly ObjectId[]): Promise<readonly StagedRow[]>;
  keys(wanted: readonly StagedKey[]): Promise<readonly KeyRow[]>;
  /** Staged objects waiting for one of these keys. */
  waiting(keys: readonly StagedKey[]): Promise<readonly StagedId[]>;
  due(now: number, page: { after: ObjectId; limit: number }): Promise<readonly ObjectId[]>;
  scanObjects(page: { after: ObjectId; limit: number; kind?: Kind }): Promise<readonly ObjectRow[]>;
  /** Reserves n consecutive ids and answers the first. Not durable until used; unused ones are given again by a run that begins alone, unless it is brief. */
  reserve(what: 'object' | 'staged', n: number): Promise<number>;
  commit(batch: SyncCommit): Promise<SyncConflicts>;
}
