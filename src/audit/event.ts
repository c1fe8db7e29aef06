/** What is written about something that somebody did. */
import type { AuditAction } from '#core/audit-actions';
import { notedValues } from '#core/noted-values';
import type { AuditActor, AuditEvent, AuditSubject } from '#store/contract';

export interface Happened {
  /** ms */
  readonly at: number;
  readonly action: AuditAction;
  readonly actor: AuditActor;
  readonly subject?: AuditSubject;
  /** Default: done. */
  readonly outcome?: AuditEvent['outcome'];
  /** Plain data, without secrets: a password is left out by whoever calls. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** @throws invalidValue for values that have no JSON form. */
export function auditEvent({ before, after, subject = {}, outcome = 'done', ...rest }: Happened): AuditEvent {
  return { ...rest, subject, outcome, ...notedValues(before, after) };
}
