/** Tokens by which applications and identity providers come in. The text of one is in the answer that made it, and nowhere else. */
import { z } from 'zod';
import { ROLES, type Role } from '#access/roles';
import { onlyReads, openTokens, READER, type Tokens } from '#access/tokens';
import { RollcallError } from '#core/errors';
import { formatInstant, parseDuration } from '#core/time';
import { unknownConnection } from '#core/unknown-name';
import type { Services } from '#runs/model';
import { managing } from './managing.ts';
import { type Operation, versioned } from './operation.ts';
import { instantOf } from './scope.ts';
import { instant } from './shapes.ts';

type Row = Awaited<ReturnType<Tokens['revoke']>>;
type TokenRole = Exclude<Role, 'person'>;

/** A profile is somebody's: a token has none. */
export const TOKEN_ROLES: readonly TokenRole[] = ROLES.filter((role) => role !== 'person');

export interface TokenItem {
  /** What the text begins with: `rc_` and this. */
  readonly id: string;
  readonly kind: 'api' | 'scim';
  readonly name: string;
  /** Or the name of a base URL of `scim`. */
  readonly connection: string | null;
  readonly roles: readonly string[];
  /** Whether `connection` is a base URL at which applications read, and not one that is pushed to. */
  readonly reads: boolean;
  /** It changes nothing there, whatever the base URL allows. */
  readonly readOnly: boolean;
  /** Requests a second; null = what is usual. */
  readonly rate: number | null;
  readonly state: 'good' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly by: string;
  readonly expiresAt: string | null;
  /** To the hour. */
  readonly usedAt: string | null;
  /** The secret before the last rotation is good until then. */
  readonly overlapUntil: string | null;
  readonly revokedAt: string | null;
}
export interface TokenShown extends TokenItem {
  readonly token: string;
}

const item: z.ZodRawShape = {
  id: z.string(),
  kind: z.enum(['api', 'scim']),
  name: z.string(),
  connection: z.string().nullable(),
  roles: z.array(z.string()),
  reads: z.boolean(),
  readOnly: z.boolean(),
  rate: z.number().nullable(),
  state: z.enum(['good', 'expired', 'revoked']),
  createdAt: instant,
  by: z.string(),
  expiresAt: instant.nullable(),
  usedAt: instant.nullable(),
  overlapUntil: instant.nullable(),
  revokedAt: instant.nullable(),
};
const shown: z.ZodRawShape = { ...item, token: z.string().meta({ description: 'its text, shown this once' }) };

function described(row: Row, { config, wall }: Pick<Services, 'config' | 'wall'>): TokenItem {
  const now = wall();
  const at = (ms: number | null): string | null => (ms === null ? null : formatInstant(ms));
  const expired = row.expiresAt !== null && row.expiresAt <= now;
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    connection: row.connection,
    roles: onlyReads(row) ? [] : row.roles,
    reads: row.connection !== null && config.scim.has(row.connection),
    readOnly: onlyReads(row),
    rate: row.rate,
    state: row.revokedAt !== null ? 'revoked' : expired ? 'expired' : 'good',
    createdAt: formatInstant(row.createdAt),
    by: row.createdBy,
    expiresAt: at(row.expiresAt),
    usedAt: at(row.usedAt),
    overlapUntil: row.beforeUntil !== null && row.beforeUntil > now ? at(row.beforeUntil) : null,
    revokedAt: at(row.revokedAt),
  };
}

function tokensOf({ store, wall }: Services): Tokens {
  return openTokens({ access: store.access, wall });
}

const NEVER = 'never';
const expires: z.ZodType<string> = z.string().min(1).max(100).default('365d');

/** A duration from now, a date, an instant, or `never`. Errors: invalidValue. */
function expiry(text: string, services: Services): number | null {
  if (text === NEVER) return null;
  if (/^(?:\d+[wdhms])+$/.test(text)) return services.wall() + parseDuration(text);
  try {
    return instantOf(text, services);
  } catch (cause) {
    throw new RollcallError('invalidValue', `'${text}' says no time at which a token ends.`, {
      remedy: 'Write 90d, a date such as 2026-03-31, or never.',
      cause,
    });
  }
}

/** Errors: UnknownName; invalidValue where nobody comes in with a token. */
async function refuseUnusable(name: string, { connections, scim, folder, limits }: Services['config']): Promise<void> {
  if (scim.has(name)) return;
  const found = connections.find((one) => one.name === name);
  if (found === undefined) throw unknownConnection(name, [...connections.map((one) => one.name), ...scim.keys()]);
  const { definition, settings } = found;
  const open = definition.open(settings, { connection: name, folder, limits, warn: () => undefined });
  await open.close();
  if (open.read === undefined && open.receive === undefined)
    throw new RollcallError('invalidValue', `Nothing is pushed to ${name}, and nobody tells of changes there.`, {
      where: { connection: name },
      remedy: 'Name a connection that is read or pushed to, or a base URL of `scim`; for the API give it a role.',
    });
}

export interface TokenCreateInput {
  readonly name: string;
  readonly connection?: string | undefined;
  readonly roles: readonly TokenRole[];
  readonly readOnly: boolean;
  readonly expires: string;
  readonly rate?: number | undefined;
  readonly by: string;
}

export const tokenCreate: Operation<TokenCreateInput, TokenShown> = {
  name: 'token create',
  isSecret: true,
  permission: 'access.manage',
  input: z.object({
    name: z.string(),
    connection: z.string().min(1).optional(),
    roles: z.array(z.enum(TOKEN_ROLES)).max(10).default([]),
    readOnly: z
      .boolean()
      .default(false)
      .meta({ description: 'it changes nothing, also where `write` of its base URL allows that; of a base URL of `scim` alone' }),
    expires,
    rate: z.int().min(1).max(10_000).optional(),
    by: z.string().min(1).max(2_000),
  }),
  output: versioned<TokenShown>('token create', shown),
  async run({ name, connection, roles, readOnly, expires: until, rate, by }, session) {
    const services = await managing(session);
    const { scim } = services.config;
    if (connection !== undefined) await refuseUnusable(connection, services.config);
    if (readOnly && (connection === undefined || !scim.has(connection)))
      throw new RollcallError('invalidValue', 'Only a token for a base URL of `scim` is made read-only.', {
        remedy:
          connection === undefined
            ? 'Give it a role that only reads: auditor.'
            : 'Who pushes to a connection writes: leave it out.',
      });
    const { token, text } = await tokensOf(services).create({
      kind: connection === undefined ? 'api' : 'scim',
      name,
      connection: connection ?? null,
      roles: readOnly ? [READER] : [...new Set(roles)],
      rate: rate ?? null,
      expiresAt: expiry(until, services),
      by,
    });
    return { ...described(token, services), token: text };
  },
};

export interface TokenListInput {
  readonly all: boolean;
  readonly after: string;
  readonly limit: number;
}
export interface TokenListOutput {
  readonly tokens: readonly TokenItem[];
  readonly next: string | null;
}

export const tokenList: Operation<TokenListInput, TokenListOutput> = {
  name: 'token list',
  permission: 'access.read',
  input: z.object({
    all: z.boolean().default(false),
    after: z.string().max(100).default(''),
    limit: z.int().min(1).max(1_000).default(100),
  }),
  output: versioned<TokenListOutput>('token list', { tokens: z.array(z.object(item)), next: z.string().nullable() }),
  async run({ all, after, limit }, session) {
    const services = await session.services('stored');
    const page = await services.store.access.tokens({ after, limit });
    const tokens = page.map((row) => described(row, services));
    return {
      tokens: all ? tokens : tokens.filter(({ state }) => state !== 'revoked'),
      next: page.length === limit ? page.at(-1)!.id : null,
    };
  },
};

export interface TokenRotateInput {
  readonly id: string;
  readonly overlap: string;
  readonly expires: string;
}

/** The longest that two secrets of one token are good. */
const LONGEST_OVERLAP = 30 * 86_400_000;

export const tokenRotate: Operation<TokenRotateInput, TokenShown> = {
  name: 'token rotate',
  isSecret: true,
  permission: 'access.manage',
  input: z.object({ id: z.string().min(1).max(100), overlap: z.string().max(100).default('24h'), expires }),
  output: versioned<TokenShown>('token rotate', shown),
  async run({ id, overlap, expires: until }, session) {
    const services = await managing(session);
    const overlapMs = parseDuration(overlap);
    if (overlapMs > LONGEST_OVERLAP)
      throw new RollcallError('invalidValue', 'Two secrets of one token are good for at most 30 days.', {
        remedy: 'Let the old one end sooner, such as --overlap 7d.',
      });
    const { token, text } = await tokensOf(services).rotate(id, { overlapMs, expiresAt: expiry(until, services) });
    return { ...described(token, services), token: text };
  },
};

export interface TokenRevokeInput {
  readonly id: string;
}

export const tokenRevoke: Operation<TokenRevokeInput, TokenItem> = {
  name: 'token revoke',
  permission: 'access.manage',
  input: z.object({ id: z.string().min(1).max(100) }),
  output: versioned<TokenItem>('token revoke', item),
  async run({ id }, session) {
    const services = await managing(session);
    return described(await tokensOf(services).revoke(id), services);
  },
};
