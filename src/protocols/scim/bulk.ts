/**
 * Bulk requests (RFC 7644 3.7): operations that may speak of each other by `bulkId`. An operation is carried out when those that it
 * speaks of have been; otherwise they go in their order.
 */

import { bulkIdsIn, pathWith, withIds } from './bulk-ids.ts';
import { type BulkLimits, type BulkOperation, type ReadOperation, readBulk } from './bulk-request.ts';
import { ScimError, type ScimErrorBody } from './errors.ts';

const RESPONSE_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

/** What became of one operation. `id` is there after a POST that made something. */
export interface CarriedOut {
  readonly status: number;
  readonly id?: string;
  /** Of what a POST made. */
  readonly location?: string;
  readonly version?: string;
  /** The body of an error. */
  readonly response?: object;
}

/** No bulkId is left in `path` and `data`. What it throws as a ScimError is the result of this operation; anything else ends all. */
export type CarryOut = (operation: BulkOperation) => Promise<CarriedOut>;

/** The address of the resource that a path names; undefined where it names none. */
export type Locate = (path: string) => string | undefined;

interface Result {
  readonly method: string;
  readonly bulkId?: string;
  readonly version?: string;
  readonly location?: string;
  readonly response?: object;
  /** A text, as the RFC wants it. */
  readonly status: string;
}

/**
 * The body of the answer, results in the order of the request; after `failOnErrors` errors nothing more is done, and what was not done
 * is not in it.
 * @throws ScimError 400, 413 where the request as a whole is none
 */
export async function runBulk(body: unknown, limits: BulkLimits, carryOut: CarryOut, locate: Locate): Promise<object> {
  const { operations, failOnErrors } = readBulk(body, limits);
  const ids = new Map<string, string | null>();
  const results: (Result | undefined)[] = operations.map(() => undefined);
  let errors = 0;
  for (const { at, circular } of order(operations)) {
    const operation = operations[at]!;
    const done = circular ? failed(409, 'its bulkIds refer to each other in a circle') : await one(operation, ids, carryOut);
    if (operation.bulkId !== undefined) ids.set(operation.bulkId, done.id ?? null);
    // RFC 7644 3.7.3: also of what was refused, but for a POST.
    const path = operation.method === 'POST' ? null : pathWith(operation.path, ids);
    results[at] = resultOf(operation, { ...(path === null ? {} : { location: locate(path) }), ...done });
    if (done.status >= 400) errors++;
    if (failOnErrors !== null && errors >= failOnErrors) break;
  }
  return { schemas: [RESPONSE_URN], Operations: results.filter((result) => result !== undefined) };
}

async function one(read: ReadOperation, ids: ReadonlyMap<string, string | null>, carryOut: CarryOut): Promise<CarriedOut> {
  try {
    if (read.fault !== undefined) throw read.fault;
    const missing = [...bulkIdsIn(read)].find((id) => typeof ids.get(id) !== 'string');
    if (missing !== undefined) return failed(409, 'it refers to a bulkId of which nothing was made');
    return await carryOut(withIds(read, ids as ReadonlyMap<string, string>));
  } catch (error) {
    if (error instanceof ScimError) return { status: error.status, response: error.body() };
    throw error;
  }
}

function failed(status: number, detail: string): CarriedOut {
  const response: ScimErrorBody = new ScimError(status, undefined, detail).body();
  return { status, response };
}

function resultOf(
  { method, bulkId }: ReadOperation,
  { status, location, version, response }: Omit<CarriedOut, 'location'> & { readonly location?: string | undefined },
): Result {
  return {
    method,
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(version === undefined ? {} : { version }),
    ...(location === undefined ? {} : { location }),
    ...(response === undefined || status < 400 ? {} : { response }),
    status: String(status),
  };
}

interface Turn {
  readonly at: number;
  readonly circular: boolean;
}

/** In the order of the request, but for what has to wait for others (Tarjan's components: more than one in it is a circle). */
function order(operations: readonly ReadOperation[]): readonly Turn[] {
  const makers = new Map(
    operations.flatMap(({ method, bulkId }, at) => (method === 'POST' && bulkId !== undefined ? [[bulkId, at]] : [])),
  );
  const needs = operations.map((operation) => [...bulkIdsIn(operation)].flatMap((id) => makers.get(id) ?? []));
  const turns: Turn[] = [];
  const index: number[] = [];
  const low: number[] = [];
  const open: number[] = [];
  const isOpen: boolean[] = [];
  let seen = 0;
  // By a stack of its own: a thousand operations in a row would be a thousand calls.
  for (const root of operations.keys()) {
    const path: { readonly at: number; next: number }[] = index[root] === undefined ? [{ at: root, next: 0 }] : [];
    while (path.length > 0) {
      const { at, next } = path.at(-1)!;
      if (next === 0) {
        index[at] = low[at] = seen++;
        open.push(at);
        isOpen[at] = true;
      }
      const need = needs[at]![next];
      if (need !== undefined) {
        path.at(-1)!.next++;
        if (index[need] === undefined) path.push({ at: need, next: 0 });
        else if (isOpen[need]) low[at] = Math.min(low[at]!, index[need]!);
        continue;
      }
      path.pop();
      const above = path.at(-1)?.at;
      if (above !== undefined) low[above] = Math.min(low[above]!, low[at]!);
      if (low[at] !== index[at]) continue;
      const circle = open.splice(open.lastIndexOf(at));
      for (const member of circle) isOpen[member] = false;
      const circular = circle.length > 1 || needs[at]!.includes(at);
      turns.push(...circle.map((member) => ({ at: member, circular })));
    }
  }
  return turns;
}
