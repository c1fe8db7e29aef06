/** JSON records → attributes: `employee.name` of `{"employee":{"name":…}}`. */
import type { RawValue } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { valueAt } from '#core/json-pointer';
import { parseInstant } from '#core/time';
import { bare } from '#core/values';

export type JsonObject = { readonly [name: string]: unknown };

const MOST_RECORDS = 1_000;
const MOST_ATTRIBUTES = 1_000;
const DEEPEST = 16;

/** Errors: invalidValue. */
export function recordsOf(body: unknown, at: readonly string[]): readonly JsonObject[] {
  const found = valueAt(body, at);
  const records = Array.isArray(found) ? (found as readonly unknown[]) : [found];
  if (records.length > MOST_RECORDS) throw wrong(`more than ${MOST_RECORDS} records in one request`, 'send them in several');
  return records.map((one) => {
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) return one as JsonObject;
    throw wrong('there is no record', 'see `records` of the connection: where they stand in the body');
  });
}

/** Errors: invalidValue. */
export function anchorOf(record: JsonObject, at: readonly string[]): string {
  const found = valueAt(record, at);
  const text = typeof found === 'number' && Number.isSafeInteger(found) ? String(found) : found;
  if (typeof text === 'string' && text !== '' && text.length <= 1_000 && text.isWellFormed() && !text.includes('\0')) return text;
  throw wrong('a record has no key', 'see `anchor` of the connection: where it stands in a record');
}

/** Null and an empty list say that it is empty. A list of what is no scalar is one of canonical JSON. Errors: invalidValue. */
export function attributesOf(record: JsonObject): { [name: string]: RawValue } {
  const out = bare<RawValue>();
  let count = 0;
  const put = (name: string, value: RawValue): void => {
    if (++count > MOST_ATTRIBUTES) throw wrong(`a record has more than ${MOST_ATTRIBUTES} values`, 'send less of it');
    out[name] = value;
  };
  const walk = (value: JsonObject, before: string, depth: number): void => {
    if (depth > DEEPEST) throw wrong(`a record has more than ${DEEPEST} objects in each other`, 'send less of it');
    for (const [key, one] of Object.entries(value)) {
      const name = before + key;
      if (typeof one !== 'object' || one === null) put(name, one as string | number | boolean | null);
      else if (Array.isArray(one)) put(name, one.length === 0 ? null : (one as readonly unknown[]).map(elementOf));
      else walk(one as JsonObject, `${name}.`, depth + 1);
    }
  };
  walk(record, '', 1);
  return out;
}

function elementOf(value: unknown): string | number | boolean {
  return typeof value === 'object' ? canonicalJson(value) : (value as string | number | boolean);
}

/** A number, or a time in ms; null for what is neither. */
export function orderOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  return /^\d{1,15}$/.test(value) ? Number(value) : parseInstant(value);
}

/** Whether the record says that its object is no more. */
export function isGone(record: JsonObject, at: readonly string[], values: readonly unknown[]): boolean {
  return values.includes(valueAt(record, at));
}

function wrong(message: string, remedy: string): RollcallError {
  return new RollcallError('invalidValue', message, { remedy });
}
