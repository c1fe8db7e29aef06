/** Rows of the audit log as the contract's rows, and its filters as SQL. The same for every database. */
import type { AuditFilter, AuditPage, AuditRow, AuditSegment } from '../contract.ts';
import { named } from './record-rows.ts';
import type { NamesById, Row } from './rows.ts';

const AUDIT = `e.seq, e.at, e.action, e.actor_kind, e.actor, e.token, e.source, e.connection, e.staged_id, e.object_id, e.run, e.outcome, e.digest,
  v.salt, v.before, v.after`;

/** Bytes of values after which a page ends. */
const WEIGHT = 1_048_576;

/** A page: `where` is of conditions and the place where it begins; its last value is one more than the events that are asked for. */
export function auditPage(where: string, order: 'e.seq' | 'e.seq desc'): string {
  return `with near as (
      select e.seq, coalesce(octet_length(v.before), 0) + coalesce(octet_length(v.after), 0) as weight
      from audit_event e left join audit_value v on v.seq = e.seq where ${where} order by ${order} limit $),
    weighed as (select e.seq, sum(weight) over (order by ${order} rows unbounded preceding) - weight as ahead from near e)
    select ${AUDIT}, (select count(*) from near) from weighed join audit_event e on e.seq = weighed.seq
    left join audit_value v on v.seq = e.seq where ahead < ${WEIGHT} order by ${order}`;
}

/** Of the rows of `auditPage`, and what `auditRow` made of each. */
export function auditPageOf(rows: readonly Row[], read: readonly AuditRow[], limit: number): AuditPage {
  const events = read.slice(0, limit);
  return { events, next: Number(rows[0]?.[16] ?? 0) > events.length ? events.at(-1)!.seq : null };
}

export function auditRow(names: NamesById, row: Row): AuditRow {
  const [connection, stagedId, objectId, runId] = [named(names, row[7]), row[8], row[9], row[10]];
  return {
    seq: Number(row[0]),
    at: Number(row[1]),
    action: String(row[2]),
    actor: {
      kind: row[3] as AuditRow['actor']['kind'],
      name: String(row[4]),
      token: row[5] as string | null,
      source: row[6] as string | null,
    },
    subject: {
      ...(connection === null ? {} : { connection }),
      ...(stagedId === null ? {} : { stagedId: Number(stagedId) }),
      ...(objectId === null ? {} : { objectId: Number(objectId) }),
      ...(runId === null ? {} : { runId: Number(runId) }),
    },
    outcome: row[11] as AuditRow['outcome'],
    digest: row[12] as string | null,
    values:
      row[13] === null ? null : { salt: String(row[13]), before: row[14] as string | null, after: row[15] as string | null },
  };
}

export const SEGMENT = 'from_seq, to_seq, previous, hash, sealed_at, removed_at';

export function segmentRow(row: Row): AuditSegment {
  return {
    from: Number(row[0]),
    to: Number(row[1]),
    previous: String(row[2]),
    hash: String(row[3]),
    at: Number(row[4]),
    removedAt: row[5] as number | null,
  };
}

/** Conditions that hold together. Each `$` stands for the next value. */
export interface AuditConditions {
  readonly texts: readonly string[];
  readonly values: readonly (string | number | readonly number[])[];
}

/** `among`: that a column is one of a list. `connection`: its id, 0 when no row can have it. */
export function auditConditions(
  filter: AuditFilter,
  connection: number | null,
  among: (column: string) => string,
): AuditConditions {
  const texts: string[] = [];
  const values: (string | number | readonly number[])[] = [];
  const add = (text: string, ...given: readonly (string | number | readonly number[] | undefined)[]): void => {
    if (given[0] === undefined) return;
    texts.push(text);
    values.push(...(given as (string | number | readonly number[])[]));
  };
  const { action, stagedIds, objectIds } = filter;
  if (action !== undefined) add('(e.action = $ or (e.action >= $ and e.action < $))', action, `${action}.`, `${action}/`);
  add('e.actor = $', filter.actor);
  add('e.token = $', filter.token);
  add('e.source = $', filter.source);
  if (connection !== null) add('e.connection = $', connection);
  add('e.run = $', filter.runId);
  add('e.outcome = $', filter.outcome);
  add('e.at >= $', filter.since);
  add('e.at <= $', filter.until);
  if (stagedIds !== undefined || objectIds !== undefined)
    add(`(${among('e.staged_id')} or ${among('e.object_id')})`, stagedIds ?? [], objectIds ?? []);
  return { texts, values };
}
