/** Memberships on their way to a target: an attempt before they are sent, its end with what became of them. */
import type { ExportOperations } from '../../contract.ts';
import { packItems } from '../attempt-items.ts';
import { MEMBERS } from '../codes.ts';
import { writeLatest } from './changes.ts';
import { connectionsOf, writeEdges } from './edges.ts';
import { countMembers } from './gates.ts';
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
