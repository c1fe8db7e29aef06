/** The operations that the body of a PATCH holds (RFC 7644 3.5.2). */
import { refusal, ScimError } from './errors.ts';
import type { Op } from './patch-elements.ts';
import { isObject, type JsonObject, type Reading, shown } from './values.ts';

export const PATCH_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface Operation {
  readonly op: Op;
  /** Null where the value names its targets. */
  readonly path: string | null;
  readonly value: unknown;
}

/** @throws ScimError `invalidSyntax`, 413 */
export function readOperations(body: unknown, reading: Reading): readonly Operation[] {
  if (!isObject(body)) throw refusal('invalidSyntax', 'the body is no JSON object');
  const schemas = member(body, 'schemas', reading);
  if (!reading.tolerant && !(Array.isArray(schemas) && schemas.includes(PATCH_URN)))
    throw refusal('invalidSyntax', `schemas does not name ${PATCH_URN}`);
  const list: unknown = member(body, 'Operations', reading);
  if (!Array.isArray(list)) throw refusal('invalidSyntax', 'Operations is no list');
  if (list.length === 0 && !reading.tolerant) throw refusal('invalidSyntax', 'Operations is empty');
  if (list.length > reading.limits.operations)
    throw new ScimError(413, undefined, `there are more than the ${reading.limits.operations} operations allowed`);
  return list.map((one, i) => readOperation(one, i + 1, reading));
}

function readOperation(raw: unknown, number: number, reading: Reading): Operation {
  const where = `operation ${number}`;
  if (!isObject(raw)) throw refusal('invalidSyntax', `${where} is no object`);
  const named = member(raw, 'op', reading);
  const op = typeof named === 'string' && reading.tolerant ? named.trim().toLowerCase() : named;
  if (op !== 'add' && op !== 'remove' && op !== 'replace')
    throw refusal('invalidSyntax', `${where} is no add, remove or replace but ${shown(String(named))}`);
  const path = member(raw, 'path', reading);
  if (path !== undefined && path !== null && typeof path !== 'string')
    throw refusal('invalidPath', `${where} has a path that is no text`);
  const unnamed = path === undefined || path === null || (path === '' && reading.tolerant);
  const value = member(raw, 'value', reading);
  if (value === undefined && op !== 'remove' && !reading.tolerant) throw refusal('invalidSyntax', `${where} has no value`);
  return { op, path: unnamed ? null : path, value };
}

/** Tolerant: whatever case the key has. */
function member(of: JsonObject, name: string, { tolerant }: Reading): unknown {
  if (Object.hasOwn(of, name)) return of[name];
  if (!tolerant) return undefined;
  return Object.entries(of).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
