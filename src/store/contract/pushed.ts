/** What was pushed and can be asked for: by the values that are keys, by a condition over the folded document, in pages. */
import type { Condition, Path } from '#core/condition';
import type { Kind } from '#core/values';
import type { StagedId } from './ids.ts';
import type { StagedRow } from './staged.ts';

/** Of a staged object, with its row: what it is found by. All of it; what is not listed is removed. */
export interface PushedObject {
  /** As `foldedText` (core/condition) writes it. */
  readonly document: string;
  readonly keys: readonly PushedKey[];
}
export interface PushedKey {
  readonly path: string;
  readonly norm: string;
  /** Nobody else of this kind in this connection may have it. */
  readonly unique: boolean;
}

/** It has a unique key that another object has, so nothing of it was written. */
export interface PushedConflict {
  /** Its place in the batch. */
  readonly at: number;
  readonly path: string;
  readonly by: StagedId;
}

export interface PushedQuery {
  readonly connection: string;
  /** Null = all of them. */
  readonly kind: Kind | null;
  readonly condition: Condition | null;
  /** Of which whatever the condition holds for has at least one: only those are looked at. */
  readonly keys: readonly Pick<PushedKey, 'path' | 'norm'>[] | null;
  /** It is given up after so long, with `unavailable`. */
  readonly mostMs?: number;
}

/** By the first value there; booleans before numbers before texts, what has none last. Of equal ones by id. */
export interface PushedSort {
  readonly path: Path;
  /** The other way round, ids and what has no value included. */
  readonly descending: boolean;
  /** A unique key that each of this kind has once, and that is what is sorted by: the index then has the order. */
  readonly key?: string;
}

/** Of a row in its order; to be given back as it is. */
export interface PushedPosition {
  readonly staged: StagedId;
  /** What it is sorted by; null where it has none, or nothing is sorted. */
  readonly value: string | number | boolean | null;
}

export interface PushedPage {
  readonly rows: readonly StagedRow[];
  readonly more: boolean;
  /** Of the last row; null when there is none. */
  readonly position: PushedPosition | null;
}

/** A document is there as long as its object is (`presence` other than gone). */
export interface PushedOperations {
  byKeys(connection: string, kind: Kind, path: string, norms: readonly string[]): Promise<readonly StagedRow[]>;
  /** By id, unless sorted. From behind `after`, then `offset` rows further. Without keys it goes through the whole kind for a condition or a sort. */
  page(
    query: PushedQuery & {
      readonly sort: PushedSort | null;
      readonly after: PushedPosition | null;
      readonly offset: number;
      readonly limit: number;
    },
  ): Promise<PushedPage>;
  /** All of them, or `most`. Of a kind without a condition it is known. */
  count(query: PushedQuery & { readonly most: number }): Promise<number>;
}
