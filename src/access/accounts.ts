/** Accounts of people who work with Rollcall. */
import { auditedAccess } from '#audit/access';
import { RollcallError } from '#core/errors';
import { foldCase } from '#core/fold';
import type { AccessAccount, ObjectId, Store } from '#store/contract';
import { isRole, ROLES } from './roles.ts';
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
    throw new RollcallError('invalidValue', 'An account needs a role.', {
      remedy: `Name one or more of ${ROLES.join(', ')}.`,
    });
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
  /** Null where rollcall.yaml does not ask which person it is. */
  readonly person: SaidToBe | null;
}

/** What says which person somebody is, or why nothing does. */
export type SaidToBe = { readonly value: string } | { readonly why: string };
export type Whose = { readonly person: ObjectId } | { readonly why: string };

export interface SignedInHere {
  readonly access: Store['access'];
  readonly wall: () => number;
  /** Where it comes from, for the audit log. */
  readonly address: string;
  /** The one person with this value. */
  readonly whose: (value: string) => Promise<Whose>;
}

/**
 * The account of somebody who signed in at the provider: found by issuer and subject and by nothing else, made at the first time; its
 * roles are those that the provider says now, and the person is whoever has the value that it says now. Who has no other role and is
 * somebody has the role `person`. Errors: permission for one without a role, or that is disabled.
 */
export async function accountFrom(
  there: SignedInThere,
  { access: plain, wall, address, whose }: SignedInHere,
): Promise<AccessAccount> {
  const { issuer, subject, name } = there;
  const found = await plain.accountBySubject(issuer, subject);
  const actor = { kind: 'person', name: found?.name ?? name, token: null, source: address } as const;
  const access = auditedAccess(plain, actor, wall);
  if (found?.disabledAt != null)
    throw new RollcallError('permission', 'this account is disabled', { remedy: 'ask an administrator' });
  const said = there.person;
  const is = said === null || 'why' in said ? said : await whose(said.value);
  const objectId = is !== null && 'person' in is ? is.person : null;
  const roles = there.roles.length === 0 && objectId !== null ? ['person'] : there.roles;
  if (roles.length === 0) {
    const left = found && (found.roles.length > 0 || found.objectId !== null);
    if (left) await access.changeAccount(found.id, { roles: [], objectId: null }, { endSessions: true });
    const why = is !== null && 'why' in is ? `, and ${is.why}` : '';
    throw new RollcallError('permission', `the identity provider gives no role here${why}`, {
      remedy: 'ask an administrator: access in rollcall.yaml says which groups have which role, and who is which person',
    });
  }
  if (found) {
    if (String(found.roles) !== String(roles) || found.objectId !== objectId)
      await access.changeAccount(found.id, { roles, objectId }, { endSessions: false });
    return { ...found, roles, objectId };
  }
  const short =
    name
      .replace(/\p{C}/gu, '')
      .trim()
      .slice(0, LONGEST_NAME / 2) || subject.slice(0, LONGEST_NAME / 2);
  for (const called of [short, `${short} (${URL.parse(issuer)?.hostname ?? issuer})`, `${short} (${newId()})`]) {
    // A name that somebody has already is theirs, whoever signs in with it elsewhere.
    if (await access.accountByName(foldCase(called))) continue;
    const account = newAccount({ name: called, roles, objectId, issuer, subject, createdAt: wall() });
    await access.addAccount(account);
    return account;
  }
  throw new RollcallError('conflict', 'an account could not be made', { remedy: 'sign in again' });
}
