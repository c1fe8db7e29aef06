/** Accounts of people who work with Rollcall. */
import { auditedAccess } from '#audit/access';
import { RollcallError } from '#core/errors';
import { foldCase } from '#core/fold';
import type { AccessAccount, Store } from '#store/contract';
import { isRole } from './roles.ts';
import { newId } from './secret.ts';

const LONGEST_NAME = 200;

export interface NewAccount {
  readonly name: string;
  readonly roles: readonly string[];
  readonly objectId?: number | null;
  readonly issuer?: string;
  readonly subject?: string;
  readonly createdAt: number;
}

/** One without a password, not in the store yet. Errors: invalidValue. */
export function newAccount({ name, roles, objectId = null, issuer, subject, createdAt }: NewAccount): AccessAccount {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > LONGEST_NAME || /\p{C}/u.test(trimmed))
    throw new RollcallError('invalidValue', 'An account needs a name.', {
      remedy: `Give one of at most ${LONGEST_NAME} characters, such as a mail address.`,
    });
  if (roles.length === 0 || !roles.every(isRole))
    throw new RollcallError('invalidValue', 'An account needs a role.', { remedy: 'Name at least one that there is.' });
  if (roles.includes('person') && roles.length === 1 && objectId === null && subject === undefined)
    throw new RollcallError('invalidValue', 'The role person is of somebody.', { remedy: 'Say whose profile it is for.' });
  return {
    id: newId(),
    name: trimmed,
    nameKey: foldCase(trimmed),
    password: null,
    issuer: issuer ?? null,
    subject: subject ?? null,
    roles: [...new Set(roles)],
    objectId,
    createdAt,
    disabledAt: null,
  };
}

/** By name or id. Errors: notFound. */
export async function accountOf(text: string, access: Store['access']): Promise<AccessAccount> {
  const found = (await access.accountByName(foldCase(text))) ?? (await access.account(text));
  if (found) return found;
  throw new RollcallError('notFound', `there is no account '${text}'`, { remedy: "see 'rollcall account list'" });
}

/** What an identity provider says of somebody who signed in there. */
export interface SignedInThere {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/**
 * The account of somebody who signed in at the provider: found by issuer and subject and by nothing else, made at the first time; its
 * roles are those that the provider says now. `address`: where it comes from, for the audit log. Errors: permission for one without a role, or that is disabled.
 */
export async function accountFrom(
  { issuer, subject, name, roles }: SignedInThere,
  { access: plain, wall, address }: { readonly access: Store['access']; readonly wall: () => number; readonly address: string },
): Promise<AccessAccount> {
  const found = await plain.accountBySubject(issuer, subject);
  const actor = { kind: 'person', name: found?.name ?? name, token: null, source: address } as const;
  const access = auditedAccess(plain, actor, wall);
  if (found?.disabledAt != null)
    throw new RollcallError('permission', 'this account is disabled', { remedy: 'ask an administrator' });
  if (roles.length === 0) {
    if (found && found.roles.length > 0) await access.changeAccount(found.id, { roles: [] }, { endSessions: true });
    throw new RollcallError('permission', 'the identity provider gives no role here', {
      remedy: 'ask an administrator: access.oidc.roles in rollcall.yaml says which groups have which role',
    });
  }
  if (found) {
    if (String(found.roles) !== String(roles)) await access.changeAccount(found.id, { roles }, { endSessions: false });
    return { ...found, roles };
  }
  const short =
    name
      .replace(/\p{C}/gu, '')
      .trim()
      .slice(0, LONGEST_NAME / 2) || subject.slice(0, LONGEST_NAME / 2);
  for (const called of [short, `${short} (${URL.parse(issuer)?.hostname ?? issuer})`, `${short} (${newId()})`]) {
    // A name that somebody has already is theirs, whoever signs in with it elsewhere.
    if (await access.accountByName(foldCase(called))) continue;
    const account = newAccount({ name: called, roles, issuer, subject, createdAt: wall() });
    await access.addAccount(account);
    return account;
  }
  throw new RollcallError('conflict', 'an account could not be made', { remedy: 'sign in again' });
}
