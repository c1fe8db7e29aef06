/** Connector spaces: what was read, per connection, and the state of each connection. */
import type { Kind } from '#core/values';
import type { StageAudit } from './audit.ts';
import type { EdgePosition, EdgeRow } from './edges.ts';
import type { Epoch, ObjectId, RunId, StagedId } from './ids.ts';
import type { ImportIndexRows, StageItem, StageResult } from './stage.ts';
import type { Presence, StagedRow } from './staged.ts';

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
  /** The mark at the end of the last read that came to its end: what was written to since may not have been told yet. */
  readonly readMark: number | null;
  readonly rulesHash: string | null;
  readonly configHash: string | null;
}

/** What comes to the counts of a baseline, or leaves them: of objects by kind, and of those that have an attribute. */
export interface BaselineChange {
  readonly counts: ReadonlyMap<string, number>;
  readonly filled: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export interface SpaceOperations {
  states(): Promise<readonly ConnectionState[]>;
  saveState(name: string, patch: Partial<Omit<ConnectionState, 'name'>>, epoch: Epoch | null): Promise<void>;
  /** Answers the baseline as it is then; null before there is one, which stays so. `soon`: with what is written next. */
  addToBaseline(name: string, change: BaselineChange & { readonly soon?: boolean }, epoch: Epoch): Promise<string | null>;
  importIndex(connection: string): Promise<ImportIndexRows>;
  /** A number before which everything staged so far lies. */
  mark(): Promise<number>;
  /**
   * Objects of one batch do not depend on each other; a large one may be written in several transactions. What is `pushed` is written
   * in its order: a unique key that one gives up the next may take.
   */
  stage(batch: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    unlessTouchedSince: number | null;
    /** Most of them are believed to be new: they are looked for only when they turn out not to be. Changes no result. */
    expectNew?: boolean;
    items: readonly StageItem[];
    /** Written with the items they are about. */
    audit?: readonly StageAudit[];
  }): Promise<StageResult>;
  saveBitmap(
    connection: string,
    epoch: Epoch,
    checkpoint: string,
    pages: readonly { page: number; bytes: Uint8Array }[],
  ): Promise<void>;
  loadBitmap(connection: string): Promise<{ checkpoint: string; pages: readonly { page: number; bytes: Uint8Array }[] } | null>;
  clearBitmap(connection: string, epoch: Epoch): Promise<void>;
  /** Those of these rows that are present (or held) and not touched since `mark`, in id order. */
  untouched(
    connection: string,
    mark: number,
    ids: readonly StagedId[],
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
