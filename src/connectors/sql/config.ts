/** What an SQL connection may be told. Nothing here reaches the server. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseDuration } from '#core/time';
import type { Kind } from '#core/values';
import { isEncrypted, placeFor, placeOf } from './address.ts';
import { listOf, namedAttributes } from './columns.ts';

export interface SqlConfig {
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: boolean | TlsConfig | undefined;
  readonly timeout: string;
  readonly findNewBy?: string | undefined;
  readonly kinds: { readonly [kind: Kind]: KindConfig };
}

export interface TlsConfig {
  readonly ca?: string | undefined;
  readonly serverName?: string | undefined;
}

/** Exactly one of `table` and `query`. */
export interface KindConfig {
  readonly table?: TableName | undefined;
  readonly query?: string | undefined;
  readonly key: OneOrMore;
  readonly columns: { readonly [column: string]: string | null } | readonly string[];
  readonly lists: { readonly [attribute: string]: ListConfig };
  readonly delta?: ColumnDelta | ChangesDelta | undefined;
}

export interface ListConfig {
  readonly table: TableName;
  readonly key: OneOrMore;
  readonly value: OneOrMore;
  readonly of?: Kind | undefined;
}

export interface ColumnDelta {
  readonly column: string;
  readonly overlap?: string | number | undefined;
}

export interface ChangesDelta {
  readonly changes: TableName;
  readonly order: string;
  readonly key: OneOrMore;
}

/** Text is cut at its dots; a list has each part as it is. */
export type TableName = string | readonly string[];
export type OneOrMore = string | readonly string[];

/** Of a column or a table: whatever a database takes, but what none does. */
const name = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\0]+$/, 'must not hold the character U+0000')
  .refine((text) => text.isWellFormed(), 'is no text');
const names = z.union([name, z.array(name).min(1).max(8)]);
const table = z.union([
  name.refine((text) => text.split('.').every((part) => part !== ''), 'has an empty part between its dots'),
  z.array(name).min(1).max(3),
]);

const list = z.strictObject({
  table: table.describe('Table with one row for each value'),
  key: names.describe("Column, or columns, with the object's key"),
  value: names.describe('Column with the value, or columns with the key of who it refers to'),
  of: name.optional().describe('Kind of those whose key the value is: a row goes with either of the two that it joins'),
});

const columnDelta = z.strictObject({
  column: name.describe('Column that grows with every change of a row: a time of the last change, or a number'),
  overlap: z
    .union([z.string().refine(isDuration, 'must be a duration, such as 15m'), z.number().int().min(0)])
    .optional()
    .describe('How far before the last value reading begins again: a duration for a time, else a number'),
});

const changesDelta = z.strictObject({
  changes: table.describe('Table to which a row is added for every change, as by a trigger'),
  order: name.describe('Column of it that grows with every row'),
  key: names.describe('Column, or columns, of it with the key of what changed'),
});

const kind = z.strictObject({
  table: table.optional().describe('Table or view with a row for each object'),
  query: z
    .string()
    .min(1)
    .regex(/^[^\0]+$/, 'must not hold the character U+0000')
    .refine((text) => !/;\s*$/.test(text), 'must be one SELECT, without a semicolon at its end')
    .optional()
    .describe('A SELECT instead of a table; it is only read'),
  key: names.describe('Column that identifies a row and never changes, or several that do so together'),
  columns: z
    .union([z.record(name, name.nullable()), z.array(name).min(1)])
    .default({})
    .describe('Column: its attribute, or null to leave it out; as a list, the only columns that are read'),
  lists: z
    .record(name, list)
    .default({})
    .describe('Attributes of several values that are in a table of their own, such as the members of a group'),
  delta: z.union([columnDelta, changesDelta]).optional().describe('How to ask for what changed instead of for everything'),
});

export const sqlConfig: z.ZodType<SqlConfig> = z
  .strictObject({
    url: z
      .string()
      .min(1)
      .superRefine((url, context) => {
        try {
          placeOf(url);
        } catch (error) {
          context.addIssue({ code: 'custom', message: (error as Error).message });
        }
      })
      .describe('Where the database is: postgres://host/database, mariadb://, mysql://, sqlserver://, or sqlite:file'),
    user: z.string().min(1).optional().describe('Who reads and writes there'),
    password: z.string().min(1).meta({ secret: true }).optional().describe('Password of that user'),
    tls: z
      .union([
        z.boolean(),
        z.strictObject({
          ca: z.string().min(1).optional().describe('File with the certificate of the authority that is trusted'),
          serverName: z.string().min(1).optional().describe("Name in the server's certificate, where it is not that of the host"),
        }),
      ])
      .optional()
      .describe('Whether the connection is encrypted and the server proves who it is; when not given, unless it is this machine'),
    timeout: z
      .string()
      .refine(isDuration, 'must be a duration, such as 5m')
      .default('5m')
      .describe('How long the server may say nothing'),
    findNewBy: name
      .optional()
      .describe('The database gives new rows their key: the attribute, written with a new row, by which it is found again'),
    kinds: z.record(name, kind).describe('What is there, by kind: person, group …'),
  })
  .superRefine((config, context) => {
    const kinds = Object.entries(config.kinds);
    const fault = (path: readonly PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    if (kinds.length === 0) fault(['kinds'], 'must name a kind');
    if (config.url.startsWith('sqlite:'))
      for (const key of ['user', 'password', 'tls'] as const)
        if (config[key] !== undefined) fault([key], 'means nothing for a file');
    const place = placeFor(config.url);
    if (place?.system === 'mariadb') {
      if (typeof config.tls === 'object' && config.tls.serverName !== undefined)
        fault(['tls', 'serverName'], 'is not known to the driver of MariaDB: name the host in `url` as its certificate does');
      else if (isEncrypted(config.tls, place.host) && isIP(place.host) !== 0)
        fault(['url'], 'must name the host and not its address: the driver of MariaDB knows certificates by names only');
    }
    for (const [kind, one] of kinds) {
      checkKind(one, (path, message) => fault(['kinds', kind, ...path], message));
      for (const [attribute, { of, value }] of Object.entries(one.lists)) {
        if (of === undefined) continue;
        const referred = Object.hasOwn(config.kinds, of) ? config.kinds[of]! : undefined;
        const path = ['kinds', kind, 'lists', attribute];
        if (referred === undefined) fault([...path, 'of'], `there is no kind ${of} here`);
        else if (listOf(referred.key).length !== listOf(value).length)
          fault([...path, 'value'], keyCount(listOf(referred.key).length).replace('the key', `the key of ${of}`));
      }
    }
    const without = kinds.filter(([, one]) => one.delta === undefined).map(([kind]) => kind);
    if (without.length > 0 && without.length < kinds.length)
      fault(['kinds', without[0]!], 'needs `delta`, since other kinds here have it: what changed is asked of all or of none');
  });

function checkKind(one: KindConfig, fault: (path: readonly string[], message: string) => void): void {
  if ((one.table === undefined) === (one.query === undefined)) fault([], 'needs either `table` or `query`');
  const keys = listOf(one.key);
  if (new Set(keys).size < keys.length) fault(['key'], 'names a column twice');
  const attributes = namedAttributes(one);
  const twice = attributes.find((attribute, i) => attributes.indexOf(attribute) !== i);
  if (twice !== undefined) fault(['columns'], `names the attribute "${twice}" twice`);
  for (const [attribute, { key, value }] of Object.entries(one.lists)) {
    if (attributes.includes(attribute)) fault(['lists', attribute], 'is the attribute of a column already');
    if (listOf(key).length !== keys.length) fault(['lists', attribute, 'key'], keyCount(keys.length));
    if (listOf(value).some((column) => listOf(key).includes(column)))
      fault(['lists', attribute, 'value'], 'is the column of the key');
  }
  if (one.delta !== undefined && 'changes' in one.delta && listOf(one.delta.key).length !== keys.length)
    fault(['delta', 'key'], keyCount(keys.length));
}

const keyCount = (count: number): string => `must be ${count === 1 ? 'one column' : `${count} columns`}, as the key is`;

function isDuration(text: string): boolean {
  try {
    return parseDuration(text) > 0;
  } catch {
    return false;
  }
}
