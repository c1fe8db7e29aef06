/** Rows of the tables about access as the contract's rows. */
import type { AccessAccount, AccessLink, AccessSession, AccessToken } from '../contract.ts';

type Row = readonly unknown[];
type Text = string | null;
type Int = number | null;

export const ACCOUNT_COLUMNS = 'id, name, name_key, password, issuer, subject, roles, object_id, created_at, disabled_at';

export function accessAccount(row: Row): AccessAccount {
  return {
    id: String(row[0]),
    name: String(row[1]),
    nameKey: String(row[2]),
    password: row[3] as Text,
    issuer: row[4] as Text,
    subject: row[5] as Text,
    roles: JSON.parse(String(row[6])) as string[],
    objectId: row[7] as Int,
    createdAt: Number(row[8]),
    disabledAt: row[9] as Int,
  };
}

export function accountValues(one: AccessAccount): (string | number | null)[] {
  const { id, name, nameKey, password, issuer, subject, roles, objectId, createdAt, disabledAt } = one;
  return [id, name, nameKey, password, issuer, subject, JSON.stringify(roles), objectId, createdAt, disabledAt];
}

export const TOKEN_COLUMNS =
  'id, kind, name, hash, hash_before, before_until, connection, roles, rate, created_at, created_by, expires_at, used_at, revoked_at';

export function accessToken(row: Row): AccessToken {
  return {
    id: String(row[0]),
    kind: row[1] as AccessToken['kind'],
    name: String(row[2]),
    hash: String(row[3]),
    hashBefore: row[4] as Text,
    beforeUntil: row[5] as Int,
    connection: row[6] as Text,
    roles: JSON.parse(String(row[7])) as string[],
    rate: row[8] as Int,
    createdAt: Number(row[9]),
    createdBy: String(row[10]),
    expiresAt: row[11] as Int,
    usedAt: row[12] as Int,
    revokedAt: row[13] as Int,
  };
}

export function tokenValues(one: AccessToken): (string | number | null)[] {
  const { id, kind, name, hash, hashBefore, beforeUntil, connection, roles, rate } = one;
  const { createdAt, createdBy, expiresAt, usedAt, revokedAt } = one;
  const what = [id, kind, name, hash, hashBefore, beforeUntil, connection, JSON.stringify(roles), rate];
  return [...what, createdAt, createdBy, expiresAt, usedAt, revokedAt];
}

export const SESSION_COLUMNS = 'hash, account, created_at, seen_at, expires_at';

export function accessSession(row: Row): AccessSession {
  return {
    hash: String(row[0]),
    account: String(row[1]),
    createdAt: Number(row[2]),
    seenAt: Number(row[3]),
    expiresAt: Number(row[4]),
  };
}

export const LINK_COLUMNS = 'hash, purpose, account, created_at, expires_at';

export function accessLink(row: Row): AccessLink {
  return {
    hash: String(row[0]),
    purpose: row[1] as AccessLink['purpose'],
    account: row[2] as Text,
    createdAt: Number(row[3]),
    expiresAt: Number(row[4]),
  };
}
