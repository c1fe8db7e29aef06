/** What waits. */
import type { QueueReads } from '../../contract.ts';
import { DIRTY, EXPORTS, PARKED_WAITS, waitsOf } from '../../tables/queues.ts';
import { type Queryable, query } from '../connect.ts';

export function queueReads(pool: Queryable): QueueReads {
  return {
    async look() {
      const [dirty, exports, parked] = await Promise.all([query(pool, DIRTY), query(pool, EXPORTS), query(pool, PARKED_WAITS)]);
      return waitsOf(dirty[0]!, exports, parked);
    },
  };
}
