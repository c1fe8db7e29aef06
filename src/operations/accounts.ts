/** Accounts of people who work with Rollcall: invited, listed, disabled, given a new password. Who signs in elsewhere gets one by signing in. */
import { z } from 'zod';
import { accountOf, newAccount } from '#access/accounts';
import { newLink } from '#access/links';
import { ADMINISTRATOR, ROLES, type Role } from '#access/roles';
import { RollcallError } from '#core/errors';
import { formatInstant } from '#core/time';
import type { Services } from '#runs/model';
import { managing } from './managing.ts';
import { type Operation, type Session, versioned } from './operation.ts';
import { instant } from './shapes.ts';
import { type Asker, named, whoShape } from './who.ts';

type AccountRow = Awaited<ReturnType<typeof accountOf>>;

export interface AccountItem {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** Id of the person it is of. */
  readonly person: number | null;
  /** How somebody signs in; `none`: not yet, the link was not used. */
  readonly signsIn: 'password' | 'elsewhere' | 'none';
  readonly createdAt: string;
  readonly disabledAt: string | null;
}
export interface AccountDisabled extends AccountItem {
  /** Nobody may make accounts now: the service prints a link for a first administrator when it starts. */
  readonly wasLastAdministrator: boolean;
}
export interface AccountLink extends AccountItem {
  /** Shown this once. */
  readonly link: string;
  readonly expiresAt: string;
}

const item: z.ZodRawShape = {
  id: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  person: z.number().nullable(),
  signsIn: z.enum(['password', 'elsewhere', 'none']),
  createdAt: instant,
  disabledAt: instant.nullable(),
};
const linked: z.ZodRawShape = {
  ...item,
  link: z.string().meta({ description: 'where a password is chosen, once; shown this once' }),
  expiresAt: instant,
};
const byName: z.ZodType<{ readonly name: string }> = z.object({ name: z.string().min(1).max(1_000) });

function described({ id, name, roles, objectId, password, subject, createdAt, disabledAt }: AccountRow): AccountItem {
  return {
    id,
    name,
    roles,
    person: objectId,
    signsIn: subject !== null ? 'elsewhere' : password !== null ? 'password' : 'none',
    createdAt: formatInstant(createdAt),
    disabledAt: disabledAt === null ? null : formatInstant(disabledAt),
  };
}

/** Where no service says where it is reached, the usual one on this machine is meant. */
const USUAL_PLACE = '127.0.0.1:7655';

async function withLink(account: AccountRow, { store, wall, config }: Services, url: Session['url']): Promise<AccountLink> {
  const usual = `${config.server.tls === null ? 'http' : 'https'}://${USUAL_PLACE}`;
  const { secret, expiresAt } = await newLink({ access: store.access, wall }, 'password', account.id);
  return {
    ...described(account),
    link: `${config.access.url ?? url ?? usual}/password#${secret}`,
    expiresAt: formatInstant(expiresAt),
  };
}

export interface AccountInviteInput {
  readonly name: string;
  /** Left out, who is a person sees the own profile. */
  readonly roles?: readonly Role[] | undefined;
  readonly person?: string | undefined;
  readonly who: Asker;
}

export const accountInvite: Operation<AccountInviteInput, AccountLink> = {
  name: 'account invite',
  isSecret: true,
  permission: 'access.manage',
  input: z.object({
    name: z.string(),
    roles: z.array(z.enum(ROLES)).min(1).max(10).optional().meta({ description: '`person` where one is given and no role' }),
    person: z.string().min(1).optional(),
    who: whoShape.default(null),
  }),
  output: versioned<AccountLink>('account invite', linked),
  async run({ name, person, roles = person === undefined ? [] : ['person'], who }, session) {
    const services = await managing(session);
    const objectId = person === undefined ? null : (await named(person, who, services)).id;
    const account = newAccount({ name, roles, objectId, createdAt: services.wall() });
    await services.store.access.addAccount(account);
    return await withLink(account, services, session.url);
  },
};

export interface AccountListInput {
  readonly after: string;
  readonly limit: number;
}
export interface AccountListOutput {
  readonly accounts: readonly AccountItem[];
  readonly next: string | null;
}

export const accountList: Operation<AccountListInput, AccountListOutput> = {
  name: 'account list',
  permission: 'access.read',
  input: z.object({ after: z.string().max(100).default(''), limit: z.int().min(1).max(1_000).default(100) }),
  output: versioned<AccountListOutput>('account list', { accounts: z.array(z.object(item)), next: z.string().nullable() }),
  async run({ after, limit }, session) {
    const { store } = await session.services('stored');
    const page = await store.access.accounts({ after, limit });
    return { accounts: page.map(described), next: page.length === limit ? page.at(-1)!.id : null };
  },
};

async function switched(given: { readonly name: string }, isOn: boolean, session: Session): Promise<AccountItem> {
  const { store, wall } = await managing(session);
  const account = await accountOf(given.name, store.access);
  const disabledAt = isOn ? null : (account.disabledAt ?? wall());
  await store.access.changeAccount(account.id, { disabledAt }, { endSessions: true });
  return described({ ...account, disabledAt });
}

export const accountDisable: Operation<{ readonly name: string }, AccountDisabled> = {
  name: 'account disable',
  permission: 'access.manage',
  input: byName,
  output: versioned<AccountDisabled>('account disable', { ...item, wasLastAdministrator: z.boolean() }),
  async run(given, session) {
    const account = await switched(given, false, session);
    const { store } = await managing(session);
    const isOne = account.roles.includes(ADMINISTRATOR);
    return { ...account, wasLastAdministrator: isOne && !(await store.access.anyAccount(ADMINISTRATOR)) };
  },
};

export const accountEnable: Operation<{ readonly name: string }, AccountItem> = {
  name: 'account enable',
  permission: 'access.manage',
  input: byName,
  output: versioned<AccountItem>('account enable', item),
  run: (given, session) => switched(given, true, session),
};

export const accountReset: Operation<{ readonly name: string }, AccountLink> = {
  name: 'account reset',
  isSecret: true,
  permission: 'access.manage',
  input: byName,
  output: versioned<AccountLink>('account reset', linked),
  async run({ name }, session) {
    const services = await managing(session);
    const account = await accountOf(name, services.store.access);
    const refused = account.subject !== null ? 'signs in elsewhere and has no password here' : 'is disabled';
    if (account.subject !== null || account.disabledAt !== null)
      throw new RollcallError('conflict', `${account.name} ${refused}`, { where: { object: account.name } });
    return await withLink(account, services, session.url);
  },
};
