/** Reads of what was sent to targets that take only so much in a time. */
import type { QuotaReads } from '../../reads.ts';
import { type Queryable, query } from '../connect.ts';

export function quotaReads(pool: Queryable): QuotaReads {
  return {
    async spent(connection, since) {
      const rows = await query(
        pool,
        'select q.hour, q.items from quota q join connection c on c.id = q.connection where c.name = $1 and q.hour >= $2 order by q.hour',
        [connection, since],
      );
      return rows.map(([hour, items]) => ({ hour: Number(hour), items: Number(items) }));
    },
  };
}
