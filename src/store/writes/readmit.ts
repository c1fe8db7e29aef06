/** Who was erased may be taken in again. */
import type { AuditEvent, ObjectId } from '../contract.ts';
import { writeEvents } from './audit.ts';
import type { Session } from './session.ts';

/** Answers how many hashes went; nothing is noted where there were none. */
export function readmit(
  session: Session,
  { object, audit }: { readonly object: ObjectId; readonly audit: readonly AuditEvent[] },
): number {
  const gone = session.db.run(
    'object_key',
    `delete from object_key where owner = ? and scope in (select id from term where text like 'erased:%')`,
    object,
  );
  if (gone > 0) writeEvents(session, audit);
  return gone;
}
