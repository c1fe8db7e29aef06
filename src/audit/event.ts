/** What is written about something that somebody did. */
import { randomBytes } from 'node:crypto';
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import type { AuditActor, AuditEvent, AuditSubject, AuditValues } from '#store/contract';

export interface Happened {
  /** ms */
  readonly at: number;
  /** `what.did`: `decision.link`, `run.start`, `scim.create`. */
  readonly action: string;
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
  if (before === undefined && after === undefined) return { ...rest, subject, outcome, digest: null, values: null };
  const text = (value: unknown): string | null => (value === undefined ? null : canonicalJson(value));
  const values = { salt: randomBytes(16).toString('hex'), before: text(before), after: text(after) };
  return { ...rest, subject, outcome, digest: digestOf(values), values };
}

/** Hex SHA-256. Canonical JSON says where each part ends. */
export function digestOf({ salt, before, after }: AuditValues): string {
  return sha256Hex(canonicalJson([salt, before, after]));
}
