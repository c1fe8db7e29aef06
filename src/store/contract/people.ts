/** Questions about people that no sync asks. */
import type { Kind } from '#core/values';
import type { EdgePosition, EdgeRow } from './edges.ts';
import type { ObjectId } from './ids.ts';
import type { ObjectRow } from './metaverse.ts';

export interface PeopleReads {
  /** Objects per kind, aliases not counted. */
  counts(): Promise<{ readonly [kind: string]: number }>;
  /** Objects whose folded text has for each word one that starts so, by id. The index catches up when it is asked. */
  search(request: { words: readonly string[]; kind?: Kind; after: ObjectId; limit: number }): Promise<readonly ObjectRow[]>;
  /** What a gone object said is nobody's debt. */
  debts(page: { after: EdgePosition | null; limit: number }): Promise<readonly (EdgeRow & { readonly connection: string })[]>;
}
