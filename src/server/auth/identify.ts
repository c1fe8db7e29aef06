/** Who asks, of a request: whose token or session it brings. */
import type { FastifyRequest } from 'fastify';
import { permits } from '#access/roles';
import { isCsrf, type Sessions, type SignedIn } from '#access/sessions';
import { RollcallError } from '#core/errors';
import type { Identity } from '../http/identity.ts';
import type { Bearer } from './bearer.ts';
import type { Cookies } from './cookies.ts';

export interface IdentifyOptions {
  readonly bearer: Bearer;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  /** `https://rollcall.example.org`; null: the host that the request names. */
  readonly origin: string | null;
  /** The person that an account is of, as long as they are here; null: nobody. */
  readonly personOf: (account: SignedIn['account']) => Promise<number | null>;
}

/** Null: nobody that is known. Errors: as of `Bearer`; permission for a request that another site had a browser send. */
export function createIdentify(options: IdentifyOptions): (request: FastifyRequest) => Promise<Identity | null> {
  return async (request) => {
    const token = await options.bearer(request.headers.authorization);
    // One for SCIM has no roles.
    if (token !== null)
      return {
        name: `${token.name} (token ${token.id})`,
        caller: { kind: 'token', name: token.name, token: token.id, source: request.ip },
        may: (permission) => permits(token.roles, permission),
        lost: null,
        who: { roles: token.roles, person: null },
      };
    const signedIn = await sessionOf(request, options);
    if (signedIn === null) return null;
    if (!READS.has(request.method)) checkOurs(request, options, signedIn);
    const { name } = signedIn.account;
    const who = await whoIs(signedIn, options);
    return {
      name,
      caller: { kind: 'person', name, token: null, source: request.ip },
      may: (permission) => permits(who.roles, permission),
      lost: who.roles.length < signedIn.account.roles.length ? 'nobody here is that person, or not any more' : null,
      who,
    };
  };
}

/** The role `person` is of somebody: it is good while they are here. */
export async function whoIs(
  { account }: SignedIn,
  { personOf }: Pick<IdentifyOptions, 'personOf'>,
): Promise<{ readonly roles: readonly string[]; readonly person: number | null }> {
  const person = await personOf(account);
  return { roles: person === null ? account.roles.filter((role) => role !== 'person') : account.roles, person };
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export async function sessionOf(
  { headers }: Pick<FastifyRequest, 'headers'>,
  { sessions, cookies }: Pick<IdentifyOptions, 'sessions' | 'cookies'>,
): Promise<SignedIn | null> {
  const id = cookies.read(headers.cookie, 'session');
  return id === undefined ? null : await sessions.find(id);
}

/**
 * Browsers send cookies along whoever made the request: it must say what only a page of ours knows, and come from one. Without a session:
 * only the latter. Errors: permission.
 */
export function checkOurs(
  { headers, host }: Pick<FastifyRequest, 'headers' | 'host'>,
  { origin }: Pick<IdentifyOptions, 'origin'>,
  signedIn: SignedIn | null,
): void {
  const from = headers.origin;
  const site = headers['sec-fetch-site'];
  const isElsewhere =
    (from !== undefined && (origin === null ? URL.parse(from)?.host !== host : from !== origin)) ||
    (site !== undefined && site !== 'same-origin');
  const csrf = headers['x-csrf-token'];
  if (isElsewhere || (signedIn !== null && !(typeof csrf === 'string' && isCsrf(csrf, signedIn))))
    throw new RollcallError('permission', 'the request does not come from a page of this service', {
      remedy: 'send X-CSRF-Token as GET /session answers it, or use a token: Authorization: Bearer …',
    });
}
