/** Tokens of applications and identity providers: made, checked, rotated, revoked. */
import { RollcallError } from '#core/errors';
import type { AccessToken, Store } from '#store/contract';
import { hashOf, isSameHash, newId, newSecret } from './secret.ts';

export type TokenRefusal = 'malformed' | 'unknown' | 'expired' | 'revoked';
export type TokenAnswer = { readonly token: AccessToken } | { readonly refused: TokenRefusal };

export interface NewToken {
  readonly kind: AccessToken['kind'];
  readonly name: string;
  readonly connection: string | null;
  readonly roles: readonly string[];
  readonly rate: number | null;
  readonly expiresAt: number | null;
  readonly by: string;
}

export interface Tokens {
  /** Of what came behind `Bearer `. Never throws for what is in the text; errors are those of the store. */
  verify(text: string): Promise<TokenAnswer>;
  /** The text is shown once and kept nowhere. Errors: invalidValue for a kind, connection and roles that do not go together. */
  create(what: NewToken): Promise<{ readonly token: AccessToken; readonly text: string }>;
  /**
   * A new secret under the same id; the one so far is good for `overlapMs` more, one before that no longer. `expiresAt` of the token.
   * Errors: notFound for one that is not there or revoked.
   */
  rotate(
    id: string,
    how: { readonly overlapMs: number; readonly expiresAt: number | null },
  ): Promise<{ readonly token: AccessToken; readonly text: string }>;
  /** For good, in this process at once. Errors: notFound. */
  revoke(id: string): Promise<AccessToken>;
  /** Something was changed elsewhere: all are read anew. */
  forget(): void;
}

export interface TokenSurroundings {
  readonly access: Store['access'];
  /** Wall clock, ms. */
  readonly wall: () => number;
  /** Told of what did not come to the store, which was no reason to refuse anybody. */
  readonly onFault?: (error: unknown) => void;
}

/** Of a token for SCIM, its only role: it changes nothing, whatever its base URL allows. The API knows no such role. */
export const READER = 'reader';

export function onlyReads({ kind, roles }: Pick<AccessToken, 'kind' | 'roles'>): boolean {
  return kind === 'scim' && roles.includes(READER);
}

/** What is known of a token is read anew after this long: so late a revocation by another process is noticed. */
export const KEPT_MS = 2_000;
const MOST_KEPT = 10_000;
const HOUR = 3_600_000;
const FORM = /^rc_([a-z2-9]{12})_([A-Za-z0-9_-]{43})$/;

export function openTokens({ access, wall, onFault }: TokenSurroundings): Tokens {
  const kept = new Map<string, { readonly token: AccessToken; readonly until: number }>();
  /** What was sent to the store about their use, and may not be there yet. */
  const noted = new Map<string, number>();

  /** What was being read while something was forgotten is not kept. */
  let forgotten = 0;
  const forget = (): void => {
    forgotten++;
    kept.clear();
  };

  const known = async (id: string): Promise<AccessToken | null> => {
    const now = wall();
    const found = kept.get(id);
    // A clock that was set back must not keep one for longer.
    if (found && found.until > now && found.until <= now + KEPT_MS) return found.token;
    const before = forgotten;
    const token = await access.token(id);
    kept.delete(id);
    if (token === null || before !== forgotten) return token;
    kept.set(id, { token, until: now + KEPT_MS });
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
    return token;
  };

  const noteUse = (token: AccessToken, now: number): void => {
    if (now - Math.max(token.usedAt ?? 0, noted.get(token.id) ?? 0) < HOUR) return;
    noted.set(token.id, now);
    if (noted.size > MOST_KEPT) noted.delete(noted.keys().next().value!);
    access.touch({ tokens: [{ id: token.id, at: now }], sessions: [] }).catch((error: unknown) => onFault?.(error));
  };

  const there = async (id: string): Promise<AccessToken> => {
    const token = await access.token(id);
    if (token === null) throw unknownToken(id);
    return token;
  };

  return {
    async verify(text) {
      const [, id, secret] = FORM.exec(text) ?? [];
      if (id === undefined || secret === undefined) return { refused: 'malformed' };
      const token = await known(id);
      const now = wall();
      const hash = hashOf(secret);
      const isPresent = isSameHash(hash, token?.hash ?? '');
      const isBefore = isSameHash(hash, token?.hashBefore ?? '');
      // Only to whoever has the secret is said why it is not good.
      if (token === null || !(isPresent || isBefore)) return { refused: 'unknown' };
      if (token.revokedAt !== null) return { refused: 'revoked' };
      if (token.expiresAt !== null && token.expiresAt <= now) return { refused: 'expired' };
      if (!isPresent && (token.beforeUntil ?? 0) <= now) return { refused: 'expired' };
      noteUse(token, now);
      return { token };
    },

    async create({ kind, name, connection, roles, rate, expiresAt, by }) {
      const createdAt = wall();
      check(kind, name, connection, roles, expiresAt, createdAt);
      const id = newId();
      const secret = newSecret();
      const token: AccessToken = {
        id,
        kind,
        name: name.trim(),
        hash: hashOf(secret),
        hashBefore: null,
        beforeUntil: null,
        connection,
        roles,
        rate,
        createdAt,
        createdBy: by,
        expiresAt,
        usedAt: null,
        revokedAt: null,
      };
      await access.addToken(token);
      return { token, text: textOf(id, secret) };
    },

    async rotate(id, { overlapMs, expiresAt }) {
      const secret = newSecret();
      const until = wall() + overlapMs;
      const done = await access.rotateToken({ id, hash: hashOf(secret), until, expiresAt });
      forget();
      if (!done) throw unknownToken(id);
      return { token: await there(id), text: textOf(id, secret) };
    },

    async revoke(id) {
      const done = await access.revokeToken(id, wall());
      forget();
      if (!done) throw unknownToken(id);
      return await there(id);
    },

    forget,
  };
}

function textOf(id: string, secret: string): string {
  return `rc_${id}_${secret}`;
}

function unknownToken(id: string): RollcallError {
  return new RollcallError('notFound', `there is no token ${id} that is in use`, {
    where: { object: id },
    remedy: "see 'rollcall token list'",
  });
}

const LONGEST_NAME = 200;

function check(
  kind: AccessToken['kind'],
  name: string,
  connection: string | null,
  roles: readonly string[],
  expiresAt: number | null,
  now: number,
): void {
  const fault = (message: string, remedy: string): RollcallError => new RollcallError('invalidValue', message, { remedy });
  if (name.trim() === '' || name.length > LONGEST_NAME)
    throw fault('A token needs a name.', `Give one of at most ${LONGEST_NAME} characters that says who uses it.`);
  if (kind === 'scim' && (connection === null || roles.some((role) => role !== READER)))
    throw fault('A token for SCIM is for one connection and has no roles.', 'Name the connection, and leave out roles.');
  if (kind === 'api' && (connection !== null || roles.length === 0))
    throw fault('A token for the API has at least one role and no connection.', 'Name a role, and leave out the connection.');
  if (expiresAt !== null && expiresAt <= now)
    throw fault('A token that has expired already is of no use.', 'Let it expire later.');
}
