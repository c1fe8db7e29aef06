/** What gates count as sent, by the hour, and what they hold. */
import type { ExportOperations, GroupChange } from '../contract.ts';
import type { Session } from './session.ts';

const HOUR = 3_600_000;
const DAY = 24;

export function countSent(session: Session, connection: number, part: string, at: number, count: number): void {
  session.db.run(
    'gate_sent',
    'insert into gate_sent (connection, part, hour, sent) values (?, ?, ?, ?) on conflict do update set sent = sent + excluded.sent',
    connection,
    part,
    Math.floor(at / HOUR),
    count,
  );
}

/** What was counted then was not done. */
export function uncountSent(session: Session, connection: number, part: string, at: number, count: number): void {
  session.db.run(
    'gate_sent',
    'update gate_sent set sent = max(0, sent - ?) where connection = ? and part = ? and hour = ?',
    count,
    connection,
    part,
    Math.floor(at / HOUR),
  );
}

export function heldParts(session: Session, connection: number): ReadonlySet<string> {
  const rows = session.db.all('select part from gate_hold where connection = ? and closed_at is null', connection);
  return new Set(rows.map(([part]) => String(part)));
}

export function countMembers(session: Session, connection: number, at: number, groups: readonly GroupChange[]): void {
  const counts = groups.map(
    ({ stagedId, attribute, added, removed }): GroupCount => [stagedId, session.term(attribute), added, removed],
  );
  countGroups(session, connection, at, counts);
}

/** Staged id, attribute, added, removed. */
export type GroupCount = readonly [number, number, number, number];

/** A group that loses nobody has no row, however many it is given. */
export function countGroups(session: Session, connection: number, at: number, counts: readonly GroupCount[]): void {
  const count = counts.reduce((sum, [, , added, removed]) => sum + added + removed, 0);
  if (count === 0) return;
  countSent(session, connection, 'member', at, count);
  const hour = Math.floor(at / HOUR);
  const list = JSON.stringify(counts);
  session.db.run(
    'gate_group',
    `delete from gate_group where (staged_id, attribute) in (select value ->> 0, value ->> 1 from json_each(?)) and hour < ?`,
    list,
    hour - DAY,
  );
  session.db.run(
    'gate_group',
    `insert into gate_group (staged_id, attribute, hour, added, removed)
       select value ->> 0, value ->> 1, ?, value ->> 2, value ->> 3 from json_each(?)
       where value ->> 3 > 0 or exists (select 1 from gate_group g where g.staged_id = value ->> 0 and g.attribute = value ->> 1)
       on conflict do update set added = added + excluded.added, removed = removed + excluded.removed`,
    hour,
    list,
  );
}

export function openHold(
  session: Session,
  { hold, epoch }: { hold: Parameters<ExportOperations['openHold']>[0]; epoch: number | null },
): number {
  session.checkEpoch(epoch);
  return session.db.insert(
    'gate_hold',
    'insert into gate_hold (connection, part, count, most, digest, since) values (?, ?, ?, ?, ?, ?)',
    session.connection(hold.connection),
    hold.part,
    hold.count,
    hold.limit,
    hold.digest,
    hold.since,
  );
}

export function closeHold(session: Session, { id, decision, at }: { id: number; decision: number; at: number }): void {
  session.db.run(
    'gate_hold',
    'update gate_hold set closed_at = ?, decision = ? where id = ? and closed_at is null',
    at,
    decision,
    id,
  );
}
