/** The audit log: events with what they describe, segments over them, and what may leave it. */
import { RollcallError } from '#core/errors';
import type { AuditEvent, AuditOperations, StageAudit, StageResult, Subjects } from '../contract.ts';
import type { Session } from './session.ts';

const EVENT = `insert into audit_event (at, action, actor_kind, actor, token, source, connection, staged_id, object_id, run, outcome, digest)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Part of the transaction that does what they describe. */
export function writeEvents(session: Session, events: readonly AuditEvent[]): void {
  const { db } = session;
  for (const { at, action, actor, subject, outcome, digest, values } of events) {
    const seq = db.insert(
      'audit_event',
      EVENT,
      at,
      action,
      actor.kind,
      actor.name,
      actor.token,
      actor.source,
      subject.connection === undefined ? null : session.connection(subject.connection),
      subject.stagedId ?? null,
      subject.objectId ?? null,
      subject.runId ?? null,
      outcome,
      digest,
    );
    if (values === null) continue;
    const { salt, before, after } = values;
    db.run('audit_value', 'insert into audit_value (seq, salt, before, after) values (?, ?, ?, ?)', seq, salt, before, after);
  }
}

/**
 * Those of the items that were staged, with the ids they have, and of those that were refused. What was refused keeps no values: they may
 * be those of whoever has them already, and whoever erases that person would not find them here.
 */
export function writeStageEvents(
  session: Session,
  events: readonly StageAudit[],
  { ids, skipped, refused }: Pick<StageResult, 'ids' | 'skipped' | 'refused'>,
): void {
  if (events.length === 0) return;
  const left = new Set(skipped);
  const no = new Set(refused.map(({ at }) => at));
  const told = events.filter(({ item, joined }) => !left.has(item) && !(no.has(item) && joined));
  writeEvents(
    session,
    told.map((one) => ({
      ...one,
      // None: a deletion of what was never there, or something new that was refused.
      ...(ids[one.item] === 0 ? {} : { subject: { ...one.subject, stagedId: ids[one.item]! } }),
      ...(no.has(one.item) ? { outcome: 'refused' } : {}),
      ...(no.has(one.item) || ids[one.item] === 0 ? { digest: null, values: null } : {}),
    })),
  );
}

export function appendAudit(session: Session, { events }: { events: readonly AuditEvent[] }): void {
  writeEvents(session, events);
}

/**
 * Writers of one store take turns, so an event that is committed has all before it committed, too: what follows the last segment and was
 * read is whole.
 */
export function sealAudit(session: Session, { segment }: { segment: Parameters<AuditOperations['seal']>[0] }): boolean {
  const { db } = session;
  const last = db.get('select to_seq, hash from audit_segment order by to_seq desc limit 1');
  if (segment.from <= Number(last?.[0] ?? 0)) return false;
  const newest = Number(db.get(`select seq from sqlite_sequence where name = 'audit_event'`)?.[0] ?? 0);
  if (segment.from !== Number(last?.[0] ?? 0) + 1 || segment.to > newest || (last && last[1] !== segment.previous))
    throw new RollcallError('conflict', 'a segment of the audit log that does not follow the last one');
  db.run(
    'audit_segment',
    'insert into audit_segment (to_seq, from_seq, previous, hash, sealed_at) values (?, ?, ?, ?, ?)',
    segment.to,
    segment.from,
    segment.previous,
    segment.hash,
    segment.at,
  );
  return true;
}

export function eraseAudit(
  session: Session,
  { subjects: { stagedIds = [], objectIds = [] }, events }: { subjects: Subjects; events: readonly AuditEvent[] },
): number {
  const erased = session.db.run(
    'audit_value',
    `delete from audit_value where seq in (select seq from audit_event where staged_id in (select value from json_each(?))
       union select seq from audit_event where object_id in (select value from json_each(?)))`,
    JSON.stringify(stagedIds),
    JSON.stringify(objectIds),
  );
  writeEvents(session, events);
  return erased;
}

export function cleanAudit(session: Session, { before, at }: { before: number; at: number }): number {
  const { db } = session;
  const oldest = db.get(
    'select from_seq, to_seq from audit_segment where removed_at is null and sealed_at < ? order by to_seq limit 1',
    before,
  );
  if (!oldest) return 0;
  const [from, to] = oldest.map(Number) as [number, number];
  db.run('audit_segment', 'update audit_segment set removed_at = ? where to_seq = ?', at, to);
  db.run('audit_segment', 'delete from audit_segment where to_seq < ?', to);
  db.run('audit_value', 'delete from audit_value where seq between ? and ?', from, to);
  return db.run('audit_event', 'delete from audit_event where seq between ? and ?', from, to);
}
