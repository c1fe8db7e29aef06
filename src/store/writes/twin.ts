/**
 * An account was created, and a read showed it before its answer was stored: two rows, one account. The row that knows the
 * wish and the link takes the other's place; what the read found is in the answer or comes with the next read. An account that
 * is somebody else's stays so (SEMANTICS 7), also where its system answers that it was created.
 */
import { GONE, PRESENT } from '../tables/codes.ts';
import { writeDirtyIds } from './dirty.ts';
import { replaceStagedKeys } from './keys.ts';
import { forgetPushed } from './pushed.ts';
import type { Session } from './session.ts';

/** Whether the account is there and linked to another object than `object`, or protected. */
export function isSomebodyElses(
  session: Session,
  connection: number,
  kind: number,
  object: number | null,
  anchor: string,
): boolean {
  const twin = session.db.get(
    'select object_id, presence, protected from staged where connection = ? and kind = ? and anchor = ?',
    connection,
    kind,
    anchor,
  );
  if (!twin || Number(twin[1]) === GONE) return false;
  return (twin[0] !== null && twin[0] !== object) || twin[2] === 1;
}

export function adoptTwin(session: Session, connection: number, kind: number, id: number, anchor: string): void {
  const { db } = session;
  const twin = db.get(
    'select id, object_id, presence, keys, seen from staged where connection = ? and kind = ? and anchor = ?',
    connection,
    kind,
    anchor,
  );
  if (!twin || Number(twin[0]) === id) return;
  const other = Number(twin[0]);
  const linked = twin[1] !== null;
  replaceStagedKeys(session, other, twin[3] as string | null, null);
  forgetPushed(session, other);
  db.run('reference', 'update or ignore reference set staged_id = ? where staged_id = ?', id, other);
  db.run('reference', 'delete from reference where staged_id = ?', other);
  db.run('waiting', 'delete from waiting where staged_id = ?', other);
  db.run('parked', 'delete from parked where staged_id = ?', other);
  db.run('staged', 'delete from staged where id = ?', other);
  session.moved(connection, kind, { presence: Number(twin[2]), linked }, null);
  if (Number(twin[2]) === PRESENT)
    db.run('staged', 'update staged set seen = coalesce(seen, ?) where id = ?', twin[4] ?? null, id);
  writeDirtyIds(session, [id], 'twin');
}
