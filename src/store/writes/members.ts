/** Memberships on their way to a target: an attempt before they are sent, its end with what became of them. */
import type { ExportOperations } from '../contract.ts';
import { packItems } from '../tables/attempt-items.ts';
import { codeOf, EDGE_ADD, EDGE_REMOVE, EDGE_STATES, MEMBERS } from '../tables/codes.ts';
import { writeLatest } from './changes.ts';
import { connectionsOf, writeEdges } from './edges.ts';
import { countGroups, countMembers, type GroupCount } from './gates.ts';
import type { Session } from './session.ts';

export function attemptEdges(session: Session, request: Parameters<ExportOperations['attemptEdges']>[0]): void {
  session.checkEpoch(request.epoch);
  const groups = new Set(request.edges.map((edge) => edge.stagedId));
  const counting = request.edges.filter(({ decided, counted }) => decided === null && !counted);
  session.db.run(
    'attempt',
    'insert into attempt (connection, run, attempt, epoch, at, deadline, items, members) values (?, ?, ?, ?, ?, ?, ?, ?)',
    session.connection(request.connection),
    request.run,
    request.attempt,
    request.epoch,
    request.now,
    request.deadline,
    packItems([...groups].map((id) => ({ id, revision: 0, operation: MEMBERS }))),
    JSON.stringify(
      counting.map(({ stagedId, attribute, key, state }) => [stagedId, session.term(attribute), key, codeOf(EDGE_STATES, state)]),
    ),
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

/** Sent or not, nobody knows: what was on its way counts as sent, once, whatever was decided since. */
export function loseMembers(session: Session, connection: number, members: string | null, at: number): void {
  if (members === null) return;
  const counts = session.db.all(
    `select value ->> 0, value ->> 1, sum(value ->> 3 = ${EDGE_ADD}), sum(value ->> 3 = ${EDGE_REMOVE}) from json_each(?) group by 1, 2`,
    members,
  );
  if (counts.length === 0) return;
  session.db.run(
    'reference',
    `update reference set counted = 1 where (staged_id, attribute, key, state) in
       (select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(?)) and counted is null`,
    members,
  );
  countGroups(
    session,
    connection,
    at,
    counts.map((row): GroupCount => [Number(row[0]), Number(row[1]), Number(row[2]), Number(row[3])]),
  );
}
