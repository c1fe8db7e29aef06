/** Reads of what was sent to targets that take only so much in a time. */
import type { QuotaReads } from '../../reads.ts';
import type { Database } from '../../tables/database.ts';

export function quotaReads(db: Database): QuotaReads {
  return {
    async spent(connection, since) {
      const rows = db.all(
        'select q.hour, q.items from quota q join connection c on c.id = q.connection where c.name = ? and q.hour >= ? order by q.hour',
        connection,
        since,
      );
      return rows.map(([hour, items]) => ({ hour: Number(hour), items: Number(items) }));
    },
  };
}
