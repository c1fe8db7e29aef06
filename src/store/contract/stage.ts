/** What a read puts into a connector space, and what became of it. */
import type { Kind } from '#core/values';
import type { SeqRange } from './dirty.ts';
import type { EdgePosition } from './edges.ts';
import type { Digest, StagedId } from './ids.ts';
import type { PushedConflict, PushedObject } from './pushed.ts';

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
  /** What it is searched by. Left out = as it was. */
  readonly pushed?: PushedObject;
}
export interface StagedKey {
  readonly scope: string;
  readonly norm: string;
}
export interface StageEdges {
  readonly attribute: string;
  /** The whole list (others are removed), or only differences. */
  readonly all?: EdgeList;
  readonly add?: EdgeList;
  /** Keys. */
  readonly remove?: readonly string[];
  /** Keys of what is shown, to be Rollcall's own where they are new: it had added them, and an earlier page of the same read did not show them. */
  readonly ours?: readonly string[];
}
/**
 * References as columns: a list of a hundred thousand goes to the store as two arrays, where an object for each would cost
 * more than comparing them. In any order; of two with one key the last counts.
 */
export interface EdgeList {
  /** In normal form. */
  readonly keys: readonly string[];
  /** As read, in the order of `keys`; null where each is its key. */
  readonly texts: readonly string[] | null;
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
  readonly refused: readonly PushedConflict[];
  readonly edgesAdded: number;
  readonly edgesRemoved: number;
  /** Of those that were removed, the ones that Rollcall had added. */
  readonly oursRemoved: readonly EdgePosition[];
  readonly dirty: readonly SeqRange[];
  /** Of each item by its place: in which of `dirty` it was touched. */
  readonly touchedIn: readonly number[];
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
  /** 1 = present, 2 = held, 0 = not there. */
  readonly present: Uint8Array;
}
