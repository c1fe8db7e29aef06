/** Tokens, and when tokens and sessions were last used. */
import type { AccessToken, AuditEvent } from '../contract.ts';
import { TOKEN_COLUMNS, tokenValues } from '../tables/access-rows.ts';
import { writeEvents } from './audit.ts';
import type { Session } from './session.ts';

/** Noted in the log when something was done. */
type Audit = readonly AuditEvent[];

export function addToken(session: Session, { token, audit }: { token: AccessToken; audit: Audit }): void {
  session.db.run(
    'access_token',
    `insert into access_token (${TOKEN_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...tokenValues(token),
  );
  writeEvents(session, audit);
}

export function rotateToken(
  session: Session,
  { id, hash, until, expiresAt, audit }: { id: string; hash: string; until: number; expiresAt: number | null; audit: Audit },
): boolean {
  const isThere =
    session.db.run(
      'access_token',
      'update access_token set hash_before = hash, before_until = ?, hash = ?, expires_at = ? where id = ? and revoked_at is null',
      until,
      hash,
      expiresAt,
      id,
    ) > 0;
  if (isThere) writeEvents(session, audit);
  return isThere;
}

export function revokeToken(session: Session, { id, at, audit }: { id: string; at: number; audit: Audit }): boolean {
  const { db } = session;
  if (!db.get('select 1 from access_token where id = ?', id)) return false;
  const isNew = db.run('access_token', 'update access_token set revoked_at = ? where id = ? and revoked_at is null', at, id) > 0;
  if (isNew) writeEvents(session, audit);
  return true;
}

export interface Used {
  readonly tokens: readonly { readonly id: string; readonly at: number }[];
  readonly sessions: readonly { readonly hash: string; readonly at: number; readonly expiresAt: number }[];
}

export function touchAccess({ db }: Session, { tokens, sessions }: Used): void {
  for (const { id, at } of tokens) db.run('access_token', 'update access_token set used_at = ? where id = ?', at, id);
  for (const { hash, at, expiresAt } of sessions)
    db.run('access_session', 'update access_session set seen_at = ?, expires_at = ? where hash = ?', at, expiresAt, hash);
}
