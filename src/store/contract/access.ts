/** Who may come in: accounts, tokens, sessions, links that are used once. Of every secret there is a hash, and nothing else. */
import type { AuditEvent } from './audit.ts';
import type { ObjectId } from './ids.ts';

/** Of somebody who works with Rollcall, not of a person in a connected system. */
export interface AccessAccount {
  readonly id: string;
  readonly name: string;
  /** The name folded: by which it is found, once in the store. */
  readonly nameKey: string;
  /** As access/passwords writes it: scrypt with its parameters. Null: signs in elsewhere, or has none yet. */
  readonly password: string | null;
  /** Of an identity provider, both or none; together once in the store. */
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly roles: readonly string[];
  /** The person it is of. */
  readonly objectId: ObjectId | null;
  readonly createdAt: number;
  readonly disabledAt: number | null;
}

export interface AccessToken {
  readonly id: string;
  readonly kind: 'api' | 'scim';
  readonly name: string;
  /** Hex SHA-256 of the secret. */
  readonly hash: string;
  /** Of the secret before the last rotation, which is good until then. */
  readonly hashBefore: string | null;
  readonly beforeUntil: number | null;
  /** The only one it is for; null: not bound to one. */
  readonly connection: string | null;
  /** Of one for SCIM: none, or that it only reads. */
  readonly roles: readonly string[];
  /** Requests a second; null = what is usual. */
  readonly rate: number | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
  /** To the hour. */
  readonly usedAt: number | null;
  readonly revokedAt: number | null;
}

export interface AccessSession {
  /** Hex SHA-256 of what the cookie holds. */
  readonly hash: string;
  readonly account: string;
  readonly createdAt: number;
  /** To some minutes. */
  readonly seenAt: number;
  readonly expiresAt: number;
}

/** `setup` makes the first administrator; `password` lets an account choose one. */
export interface AccessLink {
  /** Hex SHA-256 of what the link holds. */
  readonly hash: string;
  readonly purpose: 'setup' | 'password';
  /** Null: of nobody yet. */
  readonly account: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export type AccountChange = Partial<Pick<AccessAccount, 'password' | 'roles' | 'objectId' | 'disabledAt'>>;

/** What only looks. */
export type AccessReads = Pick<
  AccessOperations,
  'account' | 'accountByName' | 'accountBySubject' | 'accounts' | 'anyAccount' | 'token' | 'tokens' | 'session' | 'link'
>;

/** `audit`, where it is taken: events that are noted in the same transaction, when something was done. */
export interface AccessOperations {
  account(id: string): Promise<AccessAccount | null>;
  accountByName(nameKey: string): Promise<AccessAccount | null>;
  accountBySubject(issuer: string, subject: string): Promise<AccessAccount | null>;
  /** By id. */
  accounts(page: { after: string; limit: number }): Promise<readonly AccessAccount[]>;
  /** Whether somebody who is not disabled has the role. */
  anyAccount(role: string): Promise<boolean>;
  token(id: string): Promise<AccessToken | null>;
  /** By id. */
  tokens(page: { after: string; limit: number }): Promise<readonly AccessToken[]>;
  session(hash: string): Promise<AccessSession | null>;
  link(hash: string): Promise<AccessLink | null>;

  /** @throws conflict when the name, or issuer and subject, belong to another account. */
  addAccount(account: AccessAccount, audit?: readonly AuditEvent[]): Promise<void>;
  /** With `endSessions`, nobody is signed in to it any more. Answers whether there is such an account. */
  changeAccount(
    id: string,
    change: AccountChange,
    how: { readonly endSessions: boolean },
    audit?: readonly AuditEvent[],
  ): Promise<boolean>;
  addToken(token: AccessToken, audit?: readonly AuditEvent[]): Promise<void>;
  /** The secret so far is good until `until`. Answers whether there is such a token that is not revoked. */
  rotateToken(
    how: { readonly id: string; readonly hash: string; readonly until: number; readonly expiresAt: number | null },
    audit?: readonly AuditEvent[],
  ): Promise<boolean>;
  /** Answers whether there is such a token. The first time stays. */
  revokeToken(id: string, at: number, audit?: readonly AuditEvent[]): Promise<boolean>;
  /** Those that have expired go. */
  addSession(session: AccessSession, audit?: readonly AuditEvent[]): Promise<void>;
  /** One, or all of an account. */
  endSessions(which: { readonly hash: string } | { readonly account: string }): Promise<void>;
  /** An earlier one for the same account and purpose is no longer good; of those that are of nobody yet each is. Those that have expired go. */
  addLink(link: AccessLink, audit?: readonly AuditEvent[]): Promise<void>;
  /**
   * What a link is for, once: its account gets the password and nobody stays signed in to it; with `first`, that account is added, and
   * no other link of `setup` is good any more.
   * Answers whether the link was good: known, not expired, for an account that is not disabled; with `first`: of `setup`, and nobody
   * has the first one's roles yet. Errors: conflict, as addAccount; the link stays.
   */
  redeemLink(
    how: { readonly hash: string; readonly at: number; readonly password: string; readonly first: AccessAccount | null },
    audit?: readonly AuditEvent[],
  ): Promise<boolean>;
  /** When they were last used. */
  touch(used: {
    readonly tokens: readonly { readonly id: string; readonly at: number }[];
    readonly sessions: readonly { readonly hash: string; readonly at: number; readonly expiresAt: number }[];
  }): Promise<void>;
}
