/** Memberships on their way to a target: an attempt before they are sent, its end with what became of them. */
import type { ExportOperations } from '../../contract.ts';
import { packItems } from '../attempt-items.ts';
import { EDGE_ADD, EDGE_REMOVE, MEMBERS } from '../codes.ts';
import { writeLatest } from './changes.ts';
import { connectionsOf, writeEdges } from './edges.ts';
import { countGroups, countMembers, type GroupCount } from './gates.ts';
import type { Session } from './session.ts';

export function attemptEdges(session: Session, request: Parameters<ExportOperations['attemptEdges']>[0]): void {
  session.checkEpoch(request.epoch);
  session.db.run(
    'attempt',
    'insert into attempt (connection, run, attempt, epoch, at, deadline, items) values (?, ?, ?, ?, ?, ?, ?)',
    session.connection(request.connection),
    request.run,
    request.attempt,
    request.epoch,
    request.now,
    request.deadline,
    packItems(request.groups.map((id) => ({ id, revision: 0, operation: MEMBERS }))),
  );
}

export function answerEdges(session: Session, batch: Parameters<ExportOperations['answerEdges']>[0]): void {
  session.checkEpoch(batch.epoch);
  const { db } = session;
  const connection = session.connection(batch.connection);
  writeEdges(session, batch.edges, connectionsOf(session));
  const groups = [...new Set(batch.edges.map((edge) => edge.stagedId))];
  if (groups.length > 0)
    db.run(
      'staged',
      `update staged set content_0 = null, content_1 = null, content_2 = null, content_3 = null, touched_seq = ?
       where id in (select value from json_each(?))`,
      session.seq(),
      JSON.stringify(groups),
    );
  countMembers(session, connection, batch.at, batch.counted);
  writeLatest(session, batch.run, batch.changes);
  db.run('attempt', 'delete from attempt where connection = ? and run = ? and attempt = ?', connection, batch.run, batch.attempt);
}

/**
 * Sent or not, nobody knows: what of these groups was to be sent counts as sent, once. While memberships are held only those went
 * that a person had approved, and they never count.
 */
export function loseMembers(session: Session, connection: number, groups: readonly number[], at: number): void {
  const { db } = session;
  if (groups.length === 0) return;
  if (db.get("select 1 from gate_hold where connection = ? and part = 'member' and closed_at is null", connection)) return;
  const lost = `connection = ? and staged_id in (select value from json_each(?)) and state <> 0 and sent_at is null and decided is null and counted is null`;
  const ids = JSON.stringify(groups);
  const counts = db.all(
    `select staged_id, attribute, sum(state = ${EDGE_ADD}), sum(state = ${EDGE_REMOVE}) from reference indexed by reference_pending where ${lost} group by staged_id, attribute`,
    connection,
    ids,
  );
  if (counts.length === 0) return;
  db.run('reference', `update reference indexed by reference_pending set counted = 1 where ${lost}`, connection, ids);
  countGroups(
    session,
    connection,
    at,
    counts.map((row): GroupCount => [Number(row[0]), Number(row[1]), Number(row[2]), Number(row[3])]),
  );
}
