/** Tokens, and when tokens and sessions were last used. */
import type { AccessToken } from '../contract.ts';
import { TOKEN_COLUMNS, tokenValues } from '../tables/access-rows.ts';
import type { Session } from './session.ts';

export function addToken({ db }: Session, { token }: { token: AccessToken }): void {
  db.run(
    'access_token',
    `insert into access_token (${TOKEN_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...tokenValues(token),
  );
}

export function rotateToken(
  { db }: Session,
  { id, hash, until, expiresAt }: { id: string; hash: string; until: number; expiresAt: number | null },
): boolean {
  return (
    db.run(
      'access_token',
      'update access_token set hash_before = hash, before_until = ?, hash = ?, expires_at = ? where id = ? and revoked_at is null',
      until,
      hash,
      expiresAt,
      id,
    ) > 0
  );
}

export function revokeToken({ db }: Session, { id, at }: { id: string; at: number }): boolean {
  if (!db.get('select 1 from access_token where id = ?', id)) return false;
  db.run('access_token', 'update access_token set revoked_at = ? where id = ? and revoked_at is null', at, id);
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
