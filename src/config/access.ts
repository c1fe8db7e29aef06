/** `access` of the file: who may come in to the service. */
import { isIP } from 'node:net';
import type { OidcSettings } from '#access/oidc';
import type { Role } from '#core/roles';
import { parseDuration } from '#core/time';
import type { KindRules } from '#rules/model';
import type { Collector } from './collect.ts';
import { conceal } from './secrets/conceal.ts';
import { resolveReferences, type Sources } from './secrets/references.ts';
import { access as shape } from './shape/access.ts';
import { isSecret } from './shape/walk.ts';

export interface AccessConfig {
  /** `https://rollcall.example.org`, without a path; null = where it listens. */
  readonly url: string | null;
  /** IP addresses and CIDR ranges. */
  readonly proxies: readonly string[];
  readonly sessions: { readonly idleMs: number; readonly longestMs: number; readonly providerMs: number };
  readonly shortestPassword: number;
  /** Requests a second. */
  readonly tokenRate: number;
  readonly oidc: OidcSettings | null;
  /** Attribute of the kind `person` by which whoever signs in at the provider is found; null = they are nobody's. */
  readonly personBy: string | null;
}

export interface WrittenAccess {
  readonly url?: string;
  readonly proxies?: readonly string[];
  readonly sessions?: { readonly idle?: string; readonly longest?: string; readonly provider?: string };
  readonly passwords?: { readonly shortest?: number };
  readonly tokens?: { readonly rate?: number };
  readonly oidc?: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret?: string;
    readonly scopes?: readonly string[];
    readonly claim?: string;
    readonly roles: Readonly<Record<string, Role | readonly Role[]>>;
    readonly name?: string;
    readonly allowHttp?: boolean;
  };
  readonly person?: { readonly attribute: string; readonly claim: string };
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export const NO_ACCESS: AccessConfig = accessOf({});

/** Faults are reported; what is answered then is of no use. */
export async function readAccess(written: WrittenAccess, sources: Sources, collect: Collector): Promise<AccessConfig> {
  const { data, references } = await resolveReferences(
    written,
    (path) => isSecret(shape, path),
    sources,
    (inner, message, remedy) => collect.fault(['access', ...inner], 'value', message, remedy),
  );
  const resolved = data as WrittenAccess;
  checkAddresses(resolved, collect);
  const config = accessOf(resolved);
  if (config.oidc !== null)
    conceal(
      config.oidc,
      written.oidc,
      references.flatMap(([key, ...inner]) => (key === 'oidc' ? [inner] : [])),
    );
  return config;
}

function accessOf({ url, proxies, sessions, passwords, tokens, oidc, person }: WrittenAccess): AccessConfig {
  return {
    url: url === undefined ? null : (URL.parse(url)?.origin ?? null),
    proxies: proxies ?? [],
    sessions: {
      idleMs: parseDuration(sessions?.idle ?? '2h'),
      longestMs: parseDuration(sessions?.longest ?? '12h'),
      providerMs: parseDuration(sessions?.provider ?? '4h'),
    },
    shortestPassword: passwords?.shortest ?? 12,
    tokenRate: tokens?.rate ?? 100,
    oidc:
      oidc === undefined
        ? null
        : {
            issuer: oidc.issuer,
            clientId: oidc.clientId,
            clientSecret: oidc.clientSecret ?? null,
            scopes: oidc.scopes ?? ['openid', 'profile', 'email'],
            claim: (oidc.claim ?? 'groups').split('.'),
            roles: new Map(Object.entries(oidc.roles).map(([value, roles]) => [value, [roles].flat()])),
            name: oidc.name ?? 'preferred_username',
            person: person?.claim.split('.') ?? null,
            allowHttp: oidc.allowHttp ?? false,
          },
    personBy: person?.attribute ?? null,
  };
}

/** Whoever may edit the attribute could say that they are somebody else. */
export function checkPersonBy({ personBy }: AccessConfig, kinds: ReadonlyMap<string, KindRules>, collect: Collector): void {
  if (personBy === null) return;
  const fault = (message: string, remedy: string): void =>
    collect.fault(['access', 'person', 'attribute'], 'value', message, remedy);
  const { attributes, searched } = kinds.get('person') ?? {};
  const attribute = attributes?.get(personBy);
  if (attribute === undefined) fault(`a person has no attribute '${personBy}'`, 'name one that a connection imports');
  else if (attribute.field.edit.some((one) => one === 'self' || one === 'person'))
    fault('people may edit it, and could say that they are somebody else', 'name one that only administrators edit');
  else if (attribute.type !== 'string' || !searched!.includes(personBy))
    fault('people cannot be found by it', `say indexed: true under attributes.person.${personBy}, or name another text`);
}

function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  return version !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

function checkAddresses({ url, proxies = [], oidc }: WrittenAccess, collect: Collector): void {
  for (const [index, one] of proxies.entries())
    if (!isRange(one))
      collect.fault(
        ['access', 'proxies', index],
        'value',
        'must be an IP address or a range of them',
        'write it as 10.0.0.5 or 10.0.0.0/8',
      );
  const own = url === undefined ? null : URL.parse(url);
  if (url !== undefined && (own === null || !/^https?:$/.test(own.protocol) || own.href !== `${own.origin}/`))
    collect.fault(
      ['access', 'url'],
      'value',
      'must be an http or https address without a path',
      'write it as https://rollcall.example.org',
    );
  if (oidc === undefined) return;
  const issuer = URL.parse(oidc.issuer);
  const isPlain = issuer?.protocol === 'http:' && oidc.allowHttp === true && LOOPBACK.test(issuer.hostname);
  const isAddress = issuer !== null && issuer.search === '' && issuer.hash === '' && issuer.username + issuer.password === '';
  if (!isAddress || (issuer.protocol !== 'https:' && !isPlain))
    collect.fault(
      ['access', 'oidc', 'issuer'],
      'value',
      'must be an https address',
      'write it as the provider does; without TLS only one on this machine is taken, with allowHttp: true',
    );
  if (oidc.scopes !== undefined && !oidc.scopes.includes('openid'))
    collect.fault(['access', 'oidc', 'scopes'], 'value', 'openid is missing', 'add it: without it nobody is signed in');
}
