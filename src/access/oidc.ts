/**
 * Sign-in at an identity provider: OpenID Connect, authorization code flow with PKCE (RFC 7636), state and nonce. openid-client checks issuer,
 * audience, times and the signature of what comes back.
 */
import * as client from 'openid-client';
import { RollcallError } from '#core/errors';
import type { SaidToBe, SignedInThere } from './accounts.ts';
import type { Role } from './roles.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client. */
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
  /** Where the claim with the roles is: names from the outside in. */
  readonly claim: readonly string[];
  readonly roles: ReadonlyMap<string, readonly Role[]>;
  /** Claim with the name that is shown. */
  readonly name: string;
  /** Where the claim is that says which person it is; null: none does. */
  readonly person: readonly string[] | null;
  readonly allowHttp: boolean;
}

/** What is kept in the browser, sealed, until the provider sends it back. */
export interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Oidc {
  /** Where the browser goes. Errors: unavailable when the provider cannot be asked. */
  begin(): Promise<{ readonly url: string; readonly pending: Pending }>;
  /** `query`: what the provider sent the browser back with. Errors: authentication, which says no value of it; unavailable. */
  finish(query: string, pending: Pending): Promise<SignedInThere>;
  /** Where the browser signs out there, too; null where the provider offers nothing. */
  signOut(): Promise<string | null>;
}

export interface OidcPlace {
  /** Of this service, as it is registered there. */
  readonly callback: string;
  readonly afterSignOut: string;
}

const TIMEOUT_SECONDS = 10;
const MOST_VALUES = 10_000;

export function openOidc(settings: OidcSettings, place: () => OidcPlace): Oidc {
  let found: Promise<client.Configuration> | null = null;
  /** Asked when it is first needed; again after it failed. */
  const provider = (): Promise<client.Configuration> => {
    found ??= discover(settings).catch((error: unknown) => {
      found = null;
      throw unreachable(error);
    });
    return found;
  };

  return {
    async begin() {
      const config = await provider();
      const pending = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: place().callback,
        scope: settings.scopes.join(' '),
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, pending };
    },

    async finish(query, { state, nonce, verifier }) {
      const config = await provider();
      const back = new URL(place().callback);
      back.search = query;
      try {
        const tokens = await client.authorizationCodeGrant(config, back, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const said = tokens.claims()!;
        const wanted = [settings.claim, ...(settings.person === null ? [] : [settings.person])];
        const more =
          wanted.some((path) => valueAt(said, path) === undefined) && config.serverMetadata().userinfo_endpoint !== undefined
            ? await client.fetchUserInfo(config, tokens.access_token, said.sub)
            : {};
        const claims = { ...more, ...said };
        return {
          issuer: said.iss,
          subject: said.sub,
          name: nameIn(claims, settings.name),
          roles: rolesIn(claims, settings),
          person: settings.person === null ? null : personIn([said, more], settings.person),
        };
      } catch (error) {
        throw refused(error);
      }
    },

    async signOut() {
      const config = await provider();
      if (config.serverMetadata().end_session_endpoint === undefined) return null;
      return client.buildEndSessionUrl(config, { post_logout_redirect_uri: place().afterSignOut, client_id: settings.clientId })
        .href;
    },
  };
}

function discover({ issuer, clientId, clientSecret, allowHttp }: OidcSettings): Promise<client.Configuration> {
  return client.discovery(
    new URL(issuer),
    clientId,
    undefined,
    clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret),
    {
      timeout: TIMEOUT_SECONDS,
      execute: [client.enableNonRepudiationChecks, ...(allowHttp ? [client.allowInsecureRequests] : [])],
    },
  );
}

type Claims = { readonly [claim: string]: unknown };

function valueAt(claims: Claims, path: readonly string[]): unknown {
  let at: unknown = claims;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Claims)[name];
  }
  return at;
}

function nameIn(claims: Claims, claim: string): string {
  const names = [claims[claim], claims['email'], claims['name'], claims['sub']];
  return String(names.find((name) => typeof name === 'string' && name !== ''));
}

const LONGEST_VALUE = 1_000;

/** Of the first document that has the claim. A mail address that nobody verified is whatever somebody typed. */
export function personIn(documents: readonly Claims[], path: readonly string[]): SaidToBe {
  const claim = path.join('.');
  const from = documents.find((one) => valueAt(one, path) !== undefined);
  const value = from && valueAt(from, path);
  if (typeof value !== 'string' || value.trim() === '' || value.length > LONGEST_VALUE)
    return { why: `the identity provider says no ${claim}` };
  if (path.at(-1) === 'email' && valueAt(from!, [...path.slice(0, -1), 'email_verified']) !== true)
    return { why: `the identity provider does not say that ${claim} is verified` };
  return { value };
}

/** In the order of the file, so that they are the same each time. */
function rolesIn(claims: Claims, { claim, roles }: OidcSettings): readonly Role[] {
  const values = new Set([valueAt(claims, claim)].flat().slice(0, MOST_VALUES));
  return [...new Set([...roles].flatMap(([value, has]) => (values.has(value) ? has : [])))];
}

/** A code of OAuth says what it is; what else comes with it may hold anything. */
function codeOf(error: unknown): string {
  const { error: said, code } = error as { error?: unknown; code?: unknown };
  const known = [said, code].find((one) => typeof one === 'string' && /^[A-Za-z_]{1,60}$/.test(one));
  return known === undefined ? '' : ` (${String(known)})`;
}

function unreachable(error: unknown): RollcallError {
  return new RollcallError('unavailable', `the identity provider cannot be asked${codeOf(error)}`, {
    remedy: 'try again; an administrator looks at access.oidc.issuer in rollcall.yaml',
  });
}

function refused(error: unknown): RollcallError {
  return new RollcallError('authentication', `the sign-in at the identity provider did not succeed${codeOf(error)}`, {
    remedy: 'sign in again',
  });
}
