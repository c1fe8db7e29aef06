/** Sessions of people who are signed in. The browser holds a random id in a cookie; the store its hash. */
import { createHmac } from 'node:crypto';
import { auditedAccess } from '#audit/access';
import type { AccessAccount, AccessSession, Store } from '#store/contract';
import { hashOf, isSameHash, newSecret } from './secret.ts';

export interface SignedIn {
  readonly account: AccessAccount;
  /** What a page sends along to show that it is ours: made from the id, which pages cannot read. */
  readonly csrf: string;
}

export interface Sessions {
  /** A new one, with an id that nobody had before. `address`: where it comes from, for the audit log. */
  begin(account: AccessAccount, address: string): Promise<SignedIn & { readonly id: string }>;
  /** Null: no such session, over, or of an account that is disabled. */
  find(id: string): Promise<SignedIn | null>;
  end(id: string): Promise<void>;
  /** Something was changed elsewhere: all are read anew. */
  forget(): void;
}

export interface SessionOptions {
  readonly access: Store['access'];
  /** Wall clock, ms. */
  readonly wall: () => number;
  readonly idleMs: number;
  readonly longestMs: number;
  /** For whoever signs in elsewhere: what they may is what was said there when they did. */
  readonly providerMs: number;
  /** Told of what did not come to the store, which was no reason to refuse anybody. */
  readonly onFault?: (error: unknown) => void;
}

const KEPT_MS = 2_000;
const MOST_KEPT = 10_000;
/** When somebody was last seen is noted to this, or to a quarter of the time after which they are signed out. */
const SEEN_MS = 300_000;
const FORM = /^[A-Za-z0-9_-]{43}$/;

interface Kept {
  readonly account: AccessAccount;
  readonly session: AccessSession;
  readonly until: number;
}

export function openSessions({ access, wall, idleMs, longestMs, providerMs, onFault }: SessionOptions): Sessions {
  const kept = new Map<string, Kept>();
  /** What was sent to the store about their use, and may not be there yet. */
  const noted = new Map<string, { readonly at: number; readonly expiresAt: number }>();
  let forgotten = 0;
  const forget = (): void => {
    forgotten++;
    kept.clear();
  };
  const remember = <Value>(all: Map<string, Value>, hash: string, value: Value): void => {
    all.delete(hash);
    all.set(hash, value);
    if (all.size > MOST_KEPT) all.delete(all.keys().next().value!);
  };

  const known = async (hash: string, now: number): Promise<Omit<Kept, 'until'> | null> => {
    const found = kept.get(hash);
    if (found && found.until > now && found.until <= now + KEPT_MS) return found;
    const before = forgotten;
    const session = await access.session(hash);
    const account = session && (await access.account(session.account));
    kept.delete(hash);
    if (!session || !account) return null;
    if (before === forgotten) remember(kept, hash, { session, account, until: now + KEPT_MS });
    return { session, account };
  };

  const longestOf = ({ subject }: AccessAccount): number => (subject === null ? longestMs : Math.min(longestMs, providerMs));

  return {
    async begin(account, address) {
      const id = newSecret();
      const now = wall();
      const expiresAt = now + Math.min(idleMs, longestOf(account));
      const actor = { kind: 'person', name: account.name, token: null, source: address } as const;
      const session = { hash: hashOf(id), account: account.id, createdAt: now, seenAt: now, expiresAt };
      await auditedAccess(access, actor, wall).addSession(session);
      return { id, account, csrf: csrfOf(id) };
    },

    async find(id) {
      if (!FORM.test(id)) return null;
      const now = wall();
      const hash = hashOf(id);
      const found = await known(hash, now);
      if (found === null || found.account.disabledAt !== null) return null;
      const { session, account } = found;
      const endsAt = session.createdAt + longestOf(account);
      const seen = noted.get(hash) ?? { at: session.seenAt, expiresAt: session.expiresAt };
      if (seen.expiresAt <= now || endsAt <= now) return null;
      if (now - seen.at >= Math.min(SEEN_MS, idleMs / 4)) {
        const next = { at: now, expiresAt: Math.min(now + idleMs, endsAt) };
        remember(noted, hash, next);
        access.touch({ tokens: [], sessions: [{ hash, ...next }] }).catch((error: unknown) => onFault?.(error));
      }
      return { account, csrf: csrfOf(id) };
    },

    async end(id) {
      await access.endSessions({ hash: hashOf(id) });
      forget();
    },

    forget,
  };
}

function csrfOf(id: string): string {
  return createHmac('sha256', id).update('rollcall csrf').digest('base64url');
}

/** In a time that says nothing of where they differ. */
export function isCsrf(given: string, { csrf }: Pick<SignedIn, 'csrf'>): boolean {
  return isSameHash(given, csrf);
}
