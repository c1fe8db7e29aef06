/** The body of a bulk request, read: what is wrong with one operation is the result of that one. */
import { refusal, ScimError } from './errors.ts';
import { isObject, type JsonObject } from './values.ts';

export const BULK_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

export interface BulkLimits {
  readonly tolerant: boolean;
  readonly maxOperations: number;
}

export interface BulkOperation {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/Users`, `/Users/2819c223`. */
  readonly path: string;
  readonly bulkId?: string;
  /** What an `If-Match` would say. */
  readonly version?: string;
  readonly data?: unknown;
}

export interface ReadOperation extends Omit<BulkOperation, 'method'> {
  /** As it was written where it is no method. */
  readonly method: string;
  readonly fault?: ScimError;
}

interface BulkRequest {
  readonly operations: readonly ReadOperation[];
  /** Null: however many errors there are. */
  readonly failOnErrors: number | null;
}

/** @throws ScimError 400, 413 */
export function readBulk(body: unknown, { tolerant, maxOperations }: BulkLimits): BulkRequest {
  if (!isObject(body)) throw refusal('invalidSyntax', 'the body is no JSON object');
  const schemas = Object.hasOwn(body, 'schemas') ? body['schemas'] : undefined;
  if (!tolerant && !(Array.isArray(schemas) && schemas.includes(BULK_URN)))
    throw refusal('invalidSyntax', `schemas does not name ${BULK_URN}`);
  const list = Object.hasOwn(body, 'Operations') ? body['Operations'] : undefined;
  if (!Array.isArray(list)) throw refusal('invalidSyntax', 'Operations is no list');
  if (list.length > maxOperations)
    throw new ScimError(413, undefined, `there are more than the ${maxOperations} operations allowed`);
  const taken = new Set<string>();
  return { operations: list.map((raw) => readOperation(raw, taken)), failOnErrors: failOnErrorsOf(body) };
}

function failOnErrorsOf(body: JsonObject): number | null {
  const most = Object.hasOwn(body, 'failOnErrors') ? body['failOnErrors'] : undefined;
  if (most === undefined || most === null) return null;
  if (typeof most !== 'number' || !Number.isSafeInteger(most) || most < 1)
    throw refusal('invalidValue', 'failOnErrors: write a whole number from 1');
  return most;
}

const METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const LONGEST = 1_000;

function readOperation(raw: unknown, taken: Set<string>): ReadOperation {
  const of: JsonObject = isObject(raw) ? raw : {};
  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(of, name) ? of[name] : undefined;
    return typeof value === 'string' && value.length <= LONGEST && value.isWellFormed() ? value : undefined;
  };
  const method = text('method')?.toUpperCase() ?? '';
  const [path, bulkId, version] = [text('path') ?? '', text('bulkId'), text('version')];
  const data = Object.hasOwn(of, 'data') ? { data: of['data'] } : {};
  const fault = faultOf(method, path, bulkId, data.data, taken);
  if (bulkId !== undefined) taken.add(bulkId);
  return {
    method,
    path,
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(version === undefined ? {} : { version }),
    ...data,
    ...(fault === undefined ? {} : { fault: refusal('invalidSyntax', fault) }),
  };
}

function faultOf(
  method: string,
  path: string,
  bulkId: string | undefined,
  data: unknown,
  taken: ReadonlySet<string>,
): string | undefined {
  if (!METHODS.has(method)) return 'method is none of POST, PUT, PATCH and DELETE';
  if (!path.startsWith('/')) return 'path is none: write /Users, or /Users/ and an id';
  if (method === 'POST' && (bulkId === undefined || bulkId === '')) return 'a POST has a bulkId';
  if (bulkId !== undefined && taken.has(bulkId)) return 'another operation has this bulkId';
  return method !== 'DELETE' && !isObject(data) ? 'data is no JSON object' : undefined;
}
