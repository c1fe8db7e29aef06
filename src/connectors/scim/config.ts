/** What a connection to a SCIM server may be told. Nothing here reaches it. */
import { z } from 'zod';
import { parseDuration } from '#core/time';
import type { Kind } from '#core/values';
import { type WrittenExtension, writtenExtensions } from '#protocols/scim/written-extensions';
import { type Flags, KNOWN, PAGINGS, TARGETS, type TargetName, UPDATES } from './targets.ts';

export interface ScimConfig extends Flags {
  readonly url: string;
  readonly token?: string | undefined;
  readonly oauth?: OauthConfig | undefined;
  readonly tls: { readonly ca?: string | undefined; readonly serverName?: string | undefined };
  readonly target: TargetName;
  readonly kinds: { readonly [kind: Kind]: KindConfig };
  readonly extensions: readonly WrittenExtension[];
  readonly timeout: string;
  readonly pageSize: number;
  readonly visibleWithin: string;
}

export interface OauthConfig {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
}

export interface KindConfig {
  readonly type: 'User' | 'Group';
  /** Without a slash at its ends. */
  readonly endpoint: string;
}

const address = z
  .string()
  .superRefine((text, context) => {
    const wrong = wrongWith(text);
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
  })
  .transform((text) => text.replace(/\/+$/, ''));

const HOUR = 3_600_000;

const duration = (least: number, most: number) =>
  z.string().refine((text) => {
    try {
      const ms = parseDuration(text);
      return ms >= least && ms <= most;
    } catch {
      return false;
    }
  }, 'must be a duration of an hour at most, such as 20s');

/** What a header can hold (RFC 6750 2.1 has still fewer). */
export const IN_A_HEADER: RegExp = /^[\x21-\x7e]+$/;

const endpoint = z.string().regex(/^[A-Za-z][\w.-]*(?:\/[A-Za-z][\w.-]*)*$/, 'must be the name of an endpoint, such as Users');
const kind = z.union([
  z.enum(['Users', 'Groups']).transform((named): KindConfig => ({ type: named === 'Users' ? 'User' : 'Group', endpoint: named })),
  z.strictObject({
    type: z.enum(['User', 'Group']).describe('The resource type that it is like'),
    endpoint: endpoint.describe('Where its resources are, below url'),
  }),
]);

export const scimConfig: z.ZodType<ScimConfig> = z
  .strictObject({
    url: address.describe('Base URL of the server: below it are /Users and /Groups'),
    token: z
      .string()
      .min(1)
      .refine((text) => IN_A_HEADER.test(text), 'must be the token alone: no blank, no line break, no letters but those of ASCII')
      .meta({ secret: true })
      .optional()
      .describe('Bearer token'),
    oauth: z
      .strictObject({
        tokenUrl: address.describe('Where tokens are given out'),
        clientId: z.string().min(1),
        clientSecret: z.string().min(1).meta({ secret: true }),
        scope: z.string().min(1).optional(),
      })
      .optional()
      .describe('In place of a token: the client credentials (RFC 6749 4.4) by which one is got'),
    tls: z
      .strictObject({
        ca: z.string().min(1).optional().describe('File with the certificates (PEM) of the authorities to trust'),
        serverName: z.string().min(1).optional().describe("Name in the server's certificate, where url has another"),
      })
      .default({})
      .describe("What the server's certificate is checked by"),
    target: z.enum(TARGETS).default('generic').describe('Which system it is: what is known of that one need not be said'),
    kinds: z
      .record(z.string().min(1), kind)
      .default({ person: { type: 'User', endpoint: 'Users' }, group: { type: 'Group', endpoint: 'Groups' } })
      .describe('Kind: its endpoint, Users or Groups'),
    extensions: writtenExtensions.describe('Schemas beside those of the RFC'),
    timeout: duration(1, HOUR).default('10s').describe('How long the server may take for one answer'),
    pageSize: z.number().int().min(1).max(10_000).default(100).describe('How many resources are asked for at a time'),
    visibleWithin: duration(0, HOUR).default('10s').describe('How long the server may take to show what was created'),
    update: z.enum(UPDATES).optional().describe('How a resource is changed'),
    paging: z.enum(PAGINGS).optional().describe('How lists are gone through'),
    membersPerPatch: z.number().int().min(1).optional().describe('How many memberships one request may change'),
    membersShown: z.boolean().optional().describe('Whether a group that is read has its members'),
    inactive: z.enum(['kept', 'deleted']).optional().describe('What the server makes of a user who is not active'),
    deletesUsers: z.boolean().optional().describe('Whether users can be deleted'),
    filters: z.array(z.string().min(1)).optional().describe('Attributes by which the server finds somebody'),
  })
  .superRefine(({ token, oauth, kinds, url }, context) => {
    if (token !== undefined && oauth !== undefined)
      context.addIssue({ code: 'custom', path: ['oauth'], message: 'stands in place of `token`: remove one of the two' });
    if (token === undefined && oauth === undefined && !isHere(url))
      context.addIssue({ code: 'custom', path: ['token'], message: 'is missing: the server wants to know who asks' });
    if (Object.keys(kinds).length === 0) context.addIssue({ code: 'custom', path: ['kinds'], message: 'must name a kind' });
    const places = Object.values(kinds).map((one) => one.endpoint.toLowerCase());
    if (new Set(places).size < places.length)
      context.addIssue({ code: 'custom', path: ['kinds'], message: 'names an endpoint twice' });
  });

/** As a sentence's end; null where nothing is. */
function wrongWith(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'must be a URL: https://host/scim/v2';
  if (url.username !== '' || url.password !== '') return 'must hold no user and no password: who asks is said by `token`';
  if (url.search !== '' || url.hash !== '') return 'must end with its path: nothing may follow it';
  if (url.protocol === 'http:' && !isHere(text)) return 'must begin with https://: the token would be sent in plain sight';
  return null;
}

/** What is sent there leaves no machine. */
export function isHere(text: string): boolean {
  const host = URL.parse(text)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** What the settings say, else what is known of the target. */
export function flagOf<Name extends keyof Flags>(config: ScimConfig, name: Name): Flags[Name] {
  return config[name] ?? KNOWN[config.target][name];
}
