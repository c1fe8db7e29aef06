/** Questions about people that no sync asks. */
import type { Kind } from '#core/values';
import type { AuditEvent } from './audit.ts';
import type { EdgePosition, EdgeRow } from './edges.ts';
import type { Erased, EraseRequest } from './erase.ts';
import type { ObjectId } from './ids.ts';
import type { ObjectRow } from './metaverse.ts';

export interface SearchRequest {
  readonly words: readonly string[];
  readonly kind?: Kind;
  readonly after: ObjectId;
  readonly limit: number;
  readonly beside: number;
}

export interface SearchState {
  /** Of the list of attributes that the folded texts are made by. */
  readonly shape: string;
  /** Texts of objects up to this id are made by it; null = all. */
  readonly upTo: ObjectId | null;
}

export interface PeopleOperations extends PeopleReads {
  /** Catches the search index up by about so many objects; answers whether more wait. */
  indexForSearch(limit: number): Promise<boolean>;
  /** Takes away all values of a person: in one transaction. Errors: conflict where something changed, or is on its way. */
  erase(request: EraseRequest): Promise<Erased>;
  /** Forgets by what an erased person is not taken in again; answers by how much that was. `audit`: where it was anything. */
  readmit(object: ObjectId, audit: readonly AuditEvent[]): Promise<number>;
  /** Nothing of what was erased is left in the files of the store; others wait meanwhile, for minutes in a large one. */
  scrub(): Promise<void>;
  /** Folded texts made anew, for objects that still have these revisions. */
  foldAgain(request: {
    readonly state: SearchState;
    readonly texts: readonly { readonly id: ObjectId; readonly revision: number; readonly folded: string }[];
  }): Promise<void>;
}

export interface PeopleReads {
  /** Objects per kind, aliases not counted. */
  counts(): Promise<{ readonly [kind: string]: number }>;
  /**
   * Objects whose folded text has for each word one that starts so, by id; for a whole word (core/searched) that very one. Of those that the
   * index does not know yet, at most `beside` are looked at; `unindexed` says of how many that was not done.
   */
  search(request: SearchRequest): Promise<{ readonly rows: readonly ObjectRow[]; readonly unindexed: number }>;
  /** These bytes and what was made of them, as they are called; nothing where several people have them. Goes through everybody. */
  bytesOf(hash: string): Promise<readonly string[]>;
  /** Null: no text was made by any list yet. */
  searchState(): Promise<SearchState | null>;
  /** What a gone object said is nobody's debt. */
  debts(page: { after: EdgePosition | null; limit: number }): Promise<readonly (EdgeRow & { readonly connection: string })[]>;
}
