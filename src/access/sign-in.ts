/** Signing in with a password, and the links by which one is chosen. */
import { auditedAccess } from '#audit/access';
import { auditEvent } from '#audit/event';
import { RollcallError } from '#core/errors';
import { foldCase } from '#core/fold';
import type { AuditActor, AuditEvent, Store } from '#store/contract';
import { newAccount } from './accounts.ts';
import { checkPassword, type Passwords } from './passwords.ts';
import { ADMINISTRATOR } from './roles.ts';
import { hashOf } from './secret.ts';
import type { Sessions } from './sessions.ts';
import type { Throttle } from './throttle.ts';

export interface SignInOptions {
  readonly access: Store['access'];
  /** Wall clock, ms. */
  readonly wall: () => number;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly sessions: Sessions;
  /** Characters of a password. */
  readonly shortest: number;
  /** Notes in the audit log what was refused. */
  readonly note: (events: readonly AuditEvent[]) => void;
}

type Begun = Awaited<ReturnType<Sessions['begin']>>;

export interface SignIn {
  /** `address`: where it comes from. Errors: authentication, which does not say what was wrong; rateLimited with `retryAfterMs`. */
  signIn(given: { readonly name: string; readonly password: string; readonly address: string }): Promise<Begun>;
  /** The first administrator. Errors: permission for a link that is not good; invalidValue for the name or the password; rateLimited. */
  setUp(given: {
    readonly link: string;
    readonly name: string;
    readonly password: string;
    readonly address: string;
  }): Promise<Begun>;
  /** Errors: as `setUp`. */
  choosePassword(given: { readonly link: string; readonly password: string; readonly address: string }): Promise<void>;
}

export function createSignIn({ access, wall, passwords, throttle, sessions, shortest, note }: SignInOptions): SignIn {
  const slow = (account: string | null, address: string): void => {
    const seconds = throttle.attempt(account, address);
    if (seconds > 0)
      throw new RollcallError('rateLimited', 'there were too many attempts', {
        remedy: `wait ${seconds === 1 ? 'a second' : `${seconds} seconds`} before the next one`,
        retryAfterMs: seconds * 1_000,
      });
  };
  /** What is known of a link before it is used. Nobody chooses a password for one that is not good. */
  const linkOf = async (secret: string, purpose: 'setup' | 'password', address: string) => {
    // By the address alone: nobody guesses a secret so long, and what all links share anybody could use up for everybody.
    slow(null, address);
    const link = await access.link(hashOf(secret));
    if (link === null || link.purpose !== purpose || link.expiresAt <= wall()) throw badLink(purpose);
    throttle.succeeded(null, address);
    return link;
  };

  return {
    async signIn({ name, password, address }) {
      const key = foldCase(name);
      slow(key, address);
      const account = await access.accountByName(key);
      const matches = await passwords.matches(password, account?.password ?? null);
      // Names that nobody has are whatever somebody types: a password, perhaps.
      if (account !== null && (!matches || account.disabledAt !== null)) {
        const refused = { action: 'access.signIn', actor: actorOf(account.name, address), outcome: 'refused' } as const;
        note([auditEvent({ at: wall(), ...refused, after: { id: account.id } })]);
      }
      if (!matches || account === null || account.disabledAt !== null)
        throw new RollcallError('authentication', 'the name or the password is not right', {
          remedy: 'try again, or ask an administrator for a link to choose a new password',
        });
      throttle.succeeded(key, address);
      return await sessions.begin(account, address);
    },

    async setUp({ link, name, password, address }) {
      await linkOf(link, 'setup', address);
      const first = newAccount({ name, roles: [ADMINISTRATOR], createdAt: wall() });
      checkPassword(password, first.name, shortest);
      const hash = await passwords.hash(password);
      const by = auditedAccess(access, actorOf(first.name, address), wall);
      if (!(await by.redeemLink({ hash: hashOf(link), at: wall(), password: hash, first }))) throw badLink('setup');
      return await sessions.begin({ ...first, password: hash }, address);
    },

    async choosePassword({ link, password, address }) {
      const { account } = await linkOf(link, 'password', address);
      const of = account === null ? null : await access.account(account);
      if (of === null || of.disabledAt !== null) throw badLink('password');
      checkPassword(password, of.name, shortest);
      const hash = await passwords.hash(password);
      const by = auditedAccess(access, actorOf(of.name, address), wall);
      if (!(await by.redeemLink({ hash: hashOf(link), at: wall(), password: hash, first: null }))) throw badLink('password');
      sessions.forget();
    },
  };
}

function actorOf(name: string, source: string): AuditActor {
  return { kind: 'person', name, token: null, source };
}

function badLink(purpose: 'setup' | 'password'): RollcallError {
  return new RollcallError('permission', 'this link is not good any more: it is good once, for a day', {
    remedy:
      purpose === 'setup'
        ? 'sign in, if there is an administrator by now; otherwise start the service again: it prints a new one'
        : 'ask an administrator for a new one',
  });
}
