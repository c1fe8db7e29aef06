/** Reads of what one process at a time works on. */
import type { ClaimReads } from '../../reads.ts';
import type { Database } from '../../tables/database.ts';
import { CLAIM, claimRow } from '../../tables/record-rows.ts';

export function claimReads(db: Database): ClaimReads {
  return {
    async get(kind, name) {
      const row = db.get(`select ${CLAIM} from claim where kind = ? and name = ?`, kind, name);
      return row ? claimRow(row) : null;
    },
    async list(kind) {
      return db.all(`select ${CLAIM} from claim where kind = ? order by name`, kind).map(claimRow);
    },
  };
}
