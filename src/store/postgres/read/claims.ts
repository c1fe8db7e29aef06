/** Reads of what one process at a time works on. */
import type { ClaimReads } from '../../reads.ts';
import { CLAIM, claimRow } from '../../tables/record-rows.ts';
import { type Queryable, query } from '../connect.ts';

export function claimReads(pool: Queryable): ClaimReads {
  return {
    async get(kind, name) {
      const [row] = await query(pool, `select ${CLAIM} from claim where kind = $1 and name = $2`, [kind, name]);
      return row ? claimRow(row) : null;
    },
    async list(kind) {
      return (await query(pool, `select ${CLAIM} from claim where kind = $1 order by name`, [kind])).map(claimRow);
    },
  };
}
