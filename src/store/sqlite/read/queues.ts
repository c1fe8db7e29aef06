/** What waits. */
import type { QueueReads } from '../../contract.ts';
import type { Database } from '../../tables/database.ts';
import { DIRTY, EXPORTS, PARKED_WAITS, waitsOf } from '../../tables/queues.ts';

export function queueReads(db: Database): QueueReads {
  return { look: async () => waitsOf(db.get(DIRTY)!, db.all(EXPORTS), db.all(PARKED_WAITS)) };
}
