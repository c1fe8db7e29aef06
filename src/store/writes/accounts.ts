/** Accounts, their sessions, and links that are used once. */
import { RollcallError } from '#core/errors';
import type { AccessAccount, AccessLink, AccessSession, AccountChange, AuditEvent } from '../contract.ts';
import { ACCOUNT_COLUMNS, accessAccount, accessLink, accountValues, LINK_COLUMNS } from '../tables/access-rows.ts';
import { writeEvents } from './audit.ts';
import type { Session } from './session.ts';

/** Noted in the log when something was done. */
type Audit = readonly AuditEvent[];

export function addAccount(session: Session, { account, audit }: { account: AccessAccount; audit: Audit }): void {
  const { db } = session;
  const { name, nameKey, issuer, subject } = account;
  if (db.get('select 1 from access_account where name_key = ?', nameKey))
    throw new RollcallError('conflict', `there is an account with the name ${name} already`, {
      where: { object: name },
      remedy: 'choose another name',
    });
  if (subject !== null && db.get('select 1 from access_account where issuer = ? and subject = ?', issuer, subject))
    throw new RollcallError('conflict', 'there is an account for this sign-in at the identity provider already');
  db.run(
    'access_account',
    `insert into access_account (${ACCOUNT_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...accountValues(account),
  );
  writeEvents(session, audit);
}

export function changeAccount(
  session: Session,
  { id, change, endSessions: end, audit }: { id: string; change: AccountChange; endSessions: boolean; audit: Audit },
): boolean {
  const row = session.db.get(`select ${ACCOUNT_COLUMNS} from access_account where id = ?`, id);
  if (!row) return false;
  const { password, roles, objectId, disabledAt } = { ...accessAccount(row), ...change };
  session.db.run(
    'access_account',
    'update access_account set password = ?, roles = ?, object_id = ?, disabled_at = ? where id = ?',
    password,
    JSON.stringify(roles),
    objectId,
    disabledAt,
    id,
  );
  if (end) endSessions(session, { which: { account: id } });
  writeEvents(session, audit);
  return true;
}

export function addSession(of: Session, { session, audit }: { session: AccessSession; audit: Audit }): void {
  const { db } = of;
  const { hash, account, createdAt, seenAt, expiresAt } = session;
  db.run('access_session', 'delete from access_session where expires_at <= ?', createdAt);
  db.run(
    'access_session',
    'insert into access_session (hash, account, created_at, seen_at, expires_at) values (?, ?, ?, ?, ?)',
    hash,
    account,
    createdAt,
    seenAt,
    expiresAt,
  );
  writeEvents(of, audit);
}

export function endSessions(
  { db }: Session,
  { which }: { which: { readonly hash: string } | { readonly account: string } },
): void {
  if ('hash' in which) db.run('access_session', 'delete from access_session where hash = ?', which.hash);
  else db.run('access_session', 'delete from access_session where account = ?', which.account);
}

export function addLink(session: Session, { link, audit }: { link: AccessLink; audit: Audit }): void {
  const { db } = session;
  const { hash, purpose, account, createdAt, expiresAt } = link;
  db.run('access_link', 'delete from access_link where expires_at <= ?', createdAt);
  if (account !== null) db.run('access_link', 'delete from access_link where purpose = ? and account = ?', purpose, account);
  db.run(
    'access_link',
    'insert into access_link (hash, purpose, account, created_at, expires_at) values (?, ?, ?, ?, ?)',
    hash,
    purpose,
    account,
    createdAt,
    expiresAt,
  );
  writeEvents(session, audit);
}

export function redeemLink(
  session: Session,
  { hash, at, password, first, audit }: { hash: string; at: number; password: string; first: AccessAccount | null; audit: Audit },
): boolean {
  const { db } = session;
  const row = db.get(`select ${LINK_COLUMNS} from access_link where hash = ?`, hash);
  const link = row && accessLink(row);
  if (!link || link.expiresAt <= at || (link.purpose === 'setup') !== (first !== null)) return false;
  if (first === null) {
    const { account } = link;
    const open = db.get('select 1 from access_account where id = ? and disabled_at is null', account);
    if (!open || !changeAccount(session, { id: account!, change: { password }, endSessions: true, audit })) return false;
  } else {
    if (first.roles.some((role) => anyAccount(session, role))) return false;
    addAccount(session, { account: { ...first, password }, audit });
    db.run('access_link', `delete from access_link where purpose = 'setup'`);
  }
  db.run('access_link', 'delete from access_link where hash = ?', hash);
  return true;
}

function anyAccount({ db }: Session, role: string): boolean {
  return db
    .all(`select ${ACCOUNT_COLUMNS} from access_account where disabled_at is null`)
    .some((row) => accessAccount(row).roles.includes(role));
}
