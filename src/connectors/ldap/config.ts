/** The settings of an LDAP connection. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { type Filter, filterNames, parseFilter } from '#protocols/ldap/filter';
import { isWithin, nameKey, parentKey } from '#protocols/ldap/names';
import type { Scope } from '#protocols/ldap/requests';
import { canonicalDescription } from '#protocols/ldap/schema';
import type { Address } from './connect.ts';

export const VENDORS = ['openldap', 'activeDirectory', '389ds', 'other'] as const;
export type Vendor = (typeof VENDORS)[number];
export const DELTAS = ['auto', 'syncrepl', 'dirsync', 'timestamps', 'accesslog', 'none'] as const;
export type Deltas = (typeof DELTAS)[number];

export interface Base {
  readonly dn: string;
  readonly scope: Scope;
}

export interface LdapConfig {
  readonly url: string | readonly string[];
  readonly startTls: boolean;
  readonly tls: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
    readonly serverName?: string | undefined;
  };
  readonly bind: { readonly dn: string; readonly password: string } | 'external' | 'anonymous';
  readonly base: string | readonly (string | { readonly dn: string; readonly scope: Scope })[];
  readonly filter?: string | undefined;
  readonly vendor: 'auto' | Vendor;
  readonly deltas: Deltas;
  readonly accessLog: string;
  readonly anchor: string;
  readonly kinds: { readonly [objectClass: string]: string };
  readonly others: boolean;
  readonly objectClasses: { readonly [kind: string]: readonly string[] };
  readonly operational: readonly string[];
  readonly ignore: readonly string[];
  readonly referrals: 'ignore' | 'follow';
  readonly pageSize: number;
  readonly timeoutSeconds: number;
}

const word = z.string().min(1).max(255);
const description = word.refine((text) => canonicalDescription(text) !== null, 'is no attribute name');
const path = z.string().min(1);
const dn = z
  .string()
  .max(4096)
  .refine((text) => nameKey(text) !== null, 'is no DN');
const url = z.string().refine((text) => parseUrl(text, false) !== null, 'is no URL such as ldaps://dc1.example.org:636');
const baseEntry = z.union([dn, z.strictObject({ dn, scope: z.enum(['base', 'one', 'sub']).default('sub') })]);

export const ldapConfig: z.ZodType<LdapConfig> = z
  .strictObject({
    url: z
      .union([url, z.array(url).min(1)])
      .describe('ldaps://host or ldap://host, with a port where it is not 636 or 389; of several the first that answers'),
    startTls: z.boolean().default(false).describe('Of ldap:// URLs: TLS before anything else is said'),
    tls: z
      .strictObject({
        ca: path.optional().describe('File with the certificates (PEM) of the authorities to trust'),
        cert: path.optional().describe('File with a certificate of our own, for bind: external'),
        key: path.optional().describe('File with the key of that certificate'),
        serverName: word.optional().describe('The name in the certificate of the server, where url does not have it'),
      })
      .default({})
      .describe('What the certificates of the servers, and our own, are checked by'),
    bind: z
      .union([
        z.strictObject({ dn: z.string().min(1), password: z.string().min(1).meta({ secret: true }) }),
        z.literal('external'),
        z.literal('anonymous'),
      ])
      .describe('dn and password of an account, external (by certificate), or anonymous'),
    base: z
      .union([dn, z.array(baseEntry).min(1)])
      .describe('Where to search: a DN, or several, each with its scope (sub, one, base)'),
    filter: z.string().min(1).optional().superRefine(checkFilter).describe('Only entries that it finds (RFC 4515)'),
    vendor: z
      .enum(['auto', ...VENDORS])
      .default('auto')
      .describe('What kind of server it is; found out'),
    deltas: z.enum(DELTAS).default('auto').describe('How changes are asked for; the best way that the server has'),
    accessLog: dn.default('cn=accesslog').describe('Where OpenLDAP keeps its log of writes, for deltas: accesslog'),
    anchor: z
      .union([z.literal('auto'), z.literal('dn'), description])
      .default('auto')
      .describe('What never changes about an entry: entryUUID, objectGUID or nsUniqueId, as the server has it'),
    kinds: z.record(word, word).default({}).describe('objectClass → kind, before the usual ones'),
    others: z.boolean().default(false).describe('Also read entries of no known class, as kind "other"'),
    objectClasses: z.record(word, z.array(word).min(1)).default({}).describe('Kind → classes of an entry that is created'),
    operational: z.array(description).default([]).describe('Attributes to read that are only shown when they are asked for'),
    ignore: z.array(description).default([]).describe('Attributes never read'),
    referrals: z
      .enum(['ignore', 'follow'])
      .default('ignore')
      .describe('Whether other servers are read too where this one names them; then nothing is written'),
    pageSize: z.number().int().min(1).max(100_000).default(1000).describe('Entries a page'),
    timeoutSeconds: z.number().min(0.1).max(3600).default(30).describe('Longest silence while an answer is awaited'),
  })
  .superRefine((config, context) => {
    const plain = urlsOf(config).some((one) => one.tls === 'none');
    const say = (at: string, message: string): void => context.addIssue({ code: 'custom', path: [at], message });
    if (config.bind === 'external' && plain) say('bind', 'external needs ldaps://, or startTls: true');
    if (config.bind === 'external' && (config.tls.cert === undefined || config.tls.key === undefined))
      say('bind', 'external needs tls: { cert: …, key: … }');
    for (const [i, base] of basesOf(config).entries())
      if (basesOf(config).some((other, j) => i !== j && isReadBy(base, other)))
        say('base', `"${base.dn}" is within another base: its entries would be read twice`);
    if ((config.tls.cert === undefined) !== (config.tls.key === undefined)) say('tls', 'a certificate needs its key');
    const silent = workedOutIn(config.filter);
    if (config.referrals === 'follow' && config.deltas !== 'none')
      say('referrals', 'no server tells of the changes of another one: say deltas: none');
    if (silent !== null && config.deltas !== 'none')
      say('filter', `no server tells of changes of ${silent}, which it works out from other entries: say deltas: none`);
  });

/** What follows from other entries: who comes into a filter by it, or leaves it, has not changed. */
const WORKED_OUT = ['memberOf', 'directReports', 'managedObjects', 'tokenGroups', 'isMemberOf'];

function workedOutIn(filter: string | undefined): string | null {
  try {
    const names = filter === undefined ? null : filterNames(parseFilter(filter));
    return WORKED_OUT.find((name) => names?.has(name.toLowerCase())) ?? null;
  } catch {
    // It is told already that it is none.
    return null;
  }
}

function checkFilter(text: string | undefined, context: z.RefinementCtx): void {
  try {
    if (text !== undefined) parseFilter(text);
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
}

export function parseUrl(text: string, startTls: boolean): Address | null {
  const match = /^(ldaps?):\/\/(\[[0-9a-f:]+\]|[^\s/:?#@[\]]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  if (match === null) return null;
  const secure = match[1]!.toLowerCase() === 'ldaps';
  const port = Number(match[3] ?? (secure ? 636 : 389));
  if (port === 0 || port > 65_535) return null;
  return { host: match[2]!.replace(/^\[|\]$/g, ''), port, tls: secure ? 'ldaps' : startTls ? 'startTls' : 'none' };
}

export function urlsOf({ url: given, startTls }: Pick<LdapConfig, 'url' | 'startTls'>): readonly Address[] {
  const list = typeof given === 'string' ? [given] : given;
  return list.map((text) => parseUrl(text, startTls)).filter((one) => one !== null);
}

export function basesOf({ base }: Pick<LdapConfig, 'base'>): readonly Base[] {
  const list = typeof base === 'string' ? [base] : base;
  return list.map((one) => (typeof one === 'string' ? { dn: one, scope: 'sub' } : one));
}

/** Whether what has this name key is searched. */
export function isInBases(key: string, config: Pick<LdapConfig, 'base'>): boolean {
  return basesOf(config).some(({ dn, scope }) => {
    const own = nameKey(dn)!;
    if (scope === 'sub') return isWithin(key, own);
    return scope === 'base' ? key === own : parentKey(key) === own;
  });
}

/** Whether another base shows all that this one does. */
function isReadBy({ dn, scope }: Base, other: Base): boolean {
  if (scope === 'base') return isInBases(nameKey(dn)!, { base: [other] });
  if (other.scope === 'sub') return isWithin(nameKey(dn)!, nameKey(other.dn)!);
  return scope === 'one' && other.scope === 'one' && nameKey(dn) === nameKey(other.dn);
}

export function filterOf({ filter }: Pick<LdapConfig, 'filter'>): Filter | null {
  return filter === undefined ? null : parseFilter(filter);
}
