/** What was sent and a later complete read did not show, and what an attempt had on its way when it was lost (SEMANTICS 8 and 9). */
import { freeParts } from '#core/parts';
import type { ExportOperations } from '../contract.ts';
import { FAILED, SENT, UNKNOWN, WAITING } from '../tables/codes.ts';
import { countSent, heldParts, uncountSent } from './gates.ts';
import { bringBack } from './overtaken.ts';
import { writeParked } from './parked.ts';
import type { Session } from './session.ts';

export function settleUnshown(session: Session, batch: Parameters<ExportOperations['unshown']>[0]): void {
  session.checkEpoch(batch.epoch);
  const connection = session.connection(batch.connection);
  for (const row of batch.rows) {
    const [sentAt] = session.db.get('select export_at from staged where id = ?', row.id) ?? [null];
    const marked = session.db.run(
      'staged',
      `update staged set export_state = ?, export_hold = null, export_fault = coalesce(?, export_fault), export_not_before = 0, steps = ?, overtaken = null, revision = revision + 1
       where id = ? and revision = ? and export_state in (${SENT}, ${UNKNOWN})`,
      row.fault === null ? WAITING : FAILED,
      row.fault,
      row.steps,
      row.id,
      row.revision,
    );
    if (marked === 0) continue;
    if (sentAt !== null) for (const part of row.undone) uncountSent(session, connection, part, Number(sentAt), 1);
    if (row.fault !== null) parkRefused(session, batch, row.id, row.fault);
  }
}

/** The account is parked with what is wrong about its change. */
export function parkRefused(
  session: Session,
  { connection, run, at }: { readonly connection: string; readonly run: number; readonly at: number },
  stagedId: number,
  fault: string,
): void {
  writeParked(session, run, [{ subject: { stagedId }, items: [{ kind: 'refused', connection, detail: fault }], at }]);
}

/** What was on its way: the wish, or the one that a newer one took the place of. */
const LOST = `select export_state, iif(overtaken is null, export_parts, overtaken ->> 'parts'), iif(overtaken is null, export_approved, overtaken ->> 'approved')
  from staged where id = ? and export_state is not null`;

/**
 * Sent or not, nobody knows: each waits until it is looked up, or a complete read shows it. Until then it counts as sent. Nobody said
 * anything about it: it has no fault.
 */
export function loseItems(session: Session, connection: number, ids: Iterable<number>, at: number): void {
  const sent = new Map<string, number>();
  let held: ReadonlySet<string> | undefined;
  for (const id of ids) {
    bringBack(session, id);
    const row = session.db.get(LOST, id);
    if (!row) continue;
    // A newer wish was not sent itself.
    session.db.run(
      'staged',
      `update staged set export_state = ${UNKNOWN}, export_attempts = export_attempts + (overtaken is null), export_at = ?, export_fault = null, revision = revision + 1 where id = ?`,
      at,
      id,
    );
    if (row[0] === UNKNOWN || row[2] !== null) continue;
    // What a gate held stayed here.
    held ??= heldParts(session, connection);
    for (const part of freeParts(JSON.parse(String(row[1])) as string[], held)) sent.set(part, (sent.get(part) ?? 0) + 1);
  }
  for (const [part, count] of sent) countSent(session, connection, part, at, count);
}
