/** What a list is asked for with: the query of a GET, or the body of a POST to `.search` (RFC 7644 3.4.2, 3.4.3, RFC 9865). */
import type { Path } from '#core/condition';
import { refusal } from './errors.ts';
import { findAttribute, subAttribute } from './filter/attributes.ts';
import { parsePath } from './filter/parse.ts';
import type { ScimResourceType } from './schema.ts';
import { isObject } from './values.ts';

export const SEARCH_URN = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const LIST_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

export interface ListQuery {
  /** As it was written; null: everything. */
  readonly filter: string | null;
  readonly sortBy: string | null;
  readonly descending: boolean;
  /** From 1. */
  readonly startIndex: number;
  /** Resources at most; 0: only how many there are. */
  readonly count: number;
  /** Empty: the first page; null: pages go by index. */
  readonly cursor: string | null;
  readonly attributes: readonly string[];
  readonly excludedAttributes: readonly string[];
}

export interface QueryOptions {
  readonly tolerant: boolean;
  /** Where none is asked for. */
  readonly defaultCount: number;
  readonly maxCount: number;
}

/** Keys in any case; of a key that is there twice the first, and what is no parameter of a list is passed over. @throws ScimError 400 */
export function readQuery(parameters: Iterable<readonly [string, string]>, options: QueryOptions): ListQuery {
  return read(parameters, options);
}

/** @throws ScimError 400 */
export function readSearch(body: unknown, options: QueryOptions): ListQuery {
  if (!isObject(body)) throw refusal('invalidSyntax', 'the body is no JSON object');
  const schemas = Object.hasOwn(body, 'schemas') ? body['schemas'] : undefined;
  if (!options.tolerant && !(Array.isArray(schemas) && schemas.includes(SEARCH_URN)))
    throw refusal('invalidSyntax', `schemas does not name ${SEARCH_URN}`);
  return read(Object.entries(body), options);
}

function read(entries: Iterable<readonly [string, unknown]>, { defaultCount, maxCount }: QueryOptions): ListQuery {
  const given = new Map<string, unknown>();
  for (const [name, value] of entries) {
    const key = name.toLowerCase();
    if (value !== null && !given.has(key)) given.set(key, value);
  }
  const cursor = textOf(given, 'cursor');
  // RFC 3986 2.3: all that a cursor may be made of.
  if (cursor !== null && !/^[\w.~-]{0,4096}$/.test(cursor))
    throw refusal('invalidCursor', 'cursor: this is none that was given out');
  const count = numberOf(given, 'count', cursor === null ? 'invalidValue' : 'invalidCount') ?? defaultCount;
  if (cursor !== null && count < 1) throw refusal('invalidCount', `count: write a number from 1 to ${maxCount}`);
  return {
    filter: textOf(given, 'filter') || null,
    sortBy: textOf(given, 'sortBy') || null,
    descending: orderOf(given),
    startIndex: Math.max(1, numberOf(given, 'startIndex', 'invalidValue') ?? 1),
    count: Math.min(maxCount, Math.max(0, count)),
    cursor,
    attributes: namesOf(given, 'attributes'),
    excludedAttributes: namesOf(given, 'excludedAttributes'),
  };
}

type Given = ReadonlyMap<string, unknown>;

function textOf(given: Given, name: string): string | null {
  const value = given.get(name.toLowerCase());
  if (value === undefined) return null;
  if (typeof value !== 'string') throw refusal('invalidValue', `${name}: write text`);
  return value;
}

function numberOf(given: Given, name: string, scimType: 'invalidValue' | 'invalidCount'): number | null {
  const value = given.get(name.toLowerCase());
  if (value === undefined || value === '') return null;
  const whole =
    typeof value === 'number' ? Number.isInteger(value) : typeof value === 'string' && /^\s*[+-]?\d{1,300}\s*$/.test(value);
  if (!whole) throw refusal(scimType, `${name}: write a whole number`);
  return Math.max(-1, Math.min(Number(value), Number.MAX_SAFE_INTEGER));
}

function orderOf(given: Given): boolean {
  const order = (textOf(given, 'sortOrder') || 'ascending').toLowerCase();
  if (order !== 'ascending' && order !== 'descending') throw refusal('invalidValue', 'sortOrder: write ascending or descending');
  return order === 'descending';
}

const MAX_NAMES = 500;

function namesOf(given: Given, name: string): readonly string[] {
  const value = given.get(name.toLowerCase());
  if (value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const names = list.flatMap((one) => {
    if (typeof one !== 'string') throw refusal('invalidValue', `${name}: write names of attributes`);
    return one.split(',', MAX_NAMES + 1).map((part) => part.trim());
  });
  if (names.length > MAX_NAMES) throw refusal('invalidValue', `${name}: there are more than ${MAX_NAMES}`);
  return names.filter((one) => one !== '');
}

/**
 * Where in a folded document (filter/document) stands what a list is sorted by: of several values the first, which is the primary one.
 * Null for an attribute that no schema has: nothing is sorted by it. @throws ScimError `invalidPath`
 */
export function sortPath(sortBy: string, type: ScimResourceType): Path | null {
  if (sortBy.includes('[')) throw refusal('invalidPath', 'sortBy: write an attribute without a filter');
  const found = findAttribute(type, parsePath(sortBy).attribute);
  if (found === null || found.attribute.returned === 'never') return null;
  const { extension, attribute } = found;
  const sub = found.sub ?? (attribute.type === 'complex' || attribute.multiValued ? subAttribute(attribute, 'value') : null);
  return [...(extension === null ? [] : [extension.prefix]), attribute.name, ...(sub === null ? [] : [sub.name])];
}

export interface Page {
  readonly resources: readonly object[];
  /** How many there are in all; left out where nobody knows, which only cursors allow. */
  readonly total?: number;
  /** Of pages by index. */
  readonly startIndex?: number;
  /** Not of the last page. */
  readonly nextCursor?: string;
  readonly previousCursor?: string;
}

export function listResponse({ resources, total, startIndex, nextCursor, previousCursor }: Page): object {
  return {
    schemas: [LIST_URN],
    ...(total === undefined ? {} : { totalResults: total }),
    itemsPerPage: resources.length,
    ...(startIndex === undefined ? {} : { startIndex }),
    ...(nextCursor === undefined ? {} : { nextCursor }),
    ...(previousCursor === undefined ? {} : { previousCursor }),
    Resources: resources,
  };
}
