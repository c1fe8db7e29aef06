/** All that knows who may come in, put together for the process that answers. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { newLink } from '#access/links';
import { openOidc } from '#access/oidc';
import { openPasswords } from '#access/passwords';
import { ADMINISTRATOR } from '#access/roles';
import { createSeal } from '#access/seal';
import { openSessions } from '#access/sessions';
import { createSignIn } from '#access/sign-in';
import { createThrottle } from '#access/throttle';
import { openTokens } from '#access/tokens';
import type { ServeOptions } from '#operations/operation';
import { isHere, whose } from '#people/whose';
import type { AccessAccount, AuditEvent, Store } from '#store/contract';
import type { Identity } from '../http/identity.ts';
import { type Bearer, createBearer } from './bearer.ts';
import { createCookies } from './cookies.ts';
import { createIdentify } from './identify.ts';
import { offerSignIn } from './routes.ts';

export interface Auth {
  readonly identify: (request: FastifyRequest) => Promise<Identity | null>;
  readonly bearer: Bearer;
  /** Adds the pages and routes for signing in. */
  offer(app: FastifyInstance): void;
  /** Something was changed elsewhere: nothing that is remembered goes on. */
  forget(): void;
  /** An address that makes the first administrator; null where there is one. */
  setUpAddress(): Promise<string | null>;
}

export interface AuthOptions {
  readonly access: Store['access'];
  /** Where people are looked up. */
  readonly people: Store;
  readonly config: ServeOptions['config']['access'];
  readonly wall: () => number;
  /** Whether browsers reach it by TLS. */
  readonly isSecure: boolean;
  /** Where it listens: `http://127.0.0.1:7655`; asked when it does. */
  readonly url: () => string;
  readonly onFault: (error: unknown) => void;
  /** Notes in the audit log what was refused. */
  readonly note: (events: readonly AuditEvent[]) => void;
}

export function openAuth({ access, people, config, wall, isSecure, url, onFault, note }: AuthOptions): Auth {
  const place = (): string => config.url ?? url();
  const tokens = openTokens({ access, wall, onFault });
  const sessions = openSessions({ access, wall, ...config.sessions, onFault });
  const bearer = createBearer(tokens, config.tokenRate);
  const cookies = createCookies(isSecure);
  const throttle = createThrottle(() => performance.now());
  const signIn = createSignIn({
    access,
    wall,
    passwords: openPasswords(),
    throttle,
    sessions,
    shortest: config.shortestPassword,
    note,
  });
  const oidc =
    config.oidc === null
      ? null
      : openOidc(config.oidc, () => ({ callback: `${place()}/oidc/callback`, afterSignOut: `${place()}/sign-in` }));
  const { personBy } = config;
  const personOf = async ({ objectId, subject }: AccessAccount): Promise<number | null> => {
    // Who came from the provider is somebody by the rule, and by nothing else.
    if (objectId === null || (subject !== null && personBy === null)) return null;
    const [row] = await people.sync.objects([objectId]);
    return row !== undefined && isHere(row) ? objectId : null;
  };
  const known = { sessions, cookies, origin: config.url, personOf };
  return {
    identify: createIdentify({ bearer, ...known }),
    bearer,
    offer: (app) =>
      offerSignIn(app, {
        ...known,
        access,
        wall,
        whose: (value) => whose(value, personBy!, people),
        signIn,
        oidc,
        seal: createSeal(sealedWith(people, config)),
      }),
    forget() {
      tokens.forget();
      sessions.forget();
    },
    async setUpAddress() {
      if (await access.anyAccount(ADMINISTRATOR)) return null;
      return `${place()}/setup#${(await newLink({ access, wall }, 'setup', null)).secret}`;
    },
  };
}

/** What the store alone has, so that any replica ends the sign-in that another began; with the client's secret, whoever has the store alone makes none. */
function sealedWith({ info }: Pick<Store, 'info'>, { oidc }: AuthOptions['config']): string {
  return `sign-in ${Buffer.from(info.digestKey).toString('base64')} ${oidc?.clientSecret ?? ''}`;
}
