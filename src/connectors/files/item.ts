/** One item to be written, as data that can be set aside; and what it makes of an object. */
import type { RawValue, WriteItem, WriteValue } from '#connectors/contract';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { checkText } from '#core/text';
import { isBlob, type Kind, type Scalar } from '#core/values';
import { newRow, type Row } from './row.ts';

/** Lists of pairs, since a name from outside may be `__proto__`. */
export interface Edit {
  readonly operation: WriteItem['operation'];
  readonly kind: Kind;
  readonly anchor: string;
  readonly set: readonly (readonly [attribute: string, value: FileValue])[];
  readonly add: readonly (readonly [attribute: string, values: readonly Scalar[]])[];
  readonly remove: readonly (readonly [attribute: string, values: readonly Scalar[]])[];
}

/** What a text file can hold: bytes are base64 there. */
export type FileValue = string | number | boolean | null | readonly (string | number | boolean)[];

/** `asText`: numbers and booleans as text. Throws `invalidValue` for what no text file can hold. */
export function editOf(item: WriteItem, anchor: string, asText: boolean): Edit {
  const value = (raw: WriteValue, attribute: string): FileValue => {
    const checked = fileValue(raw, attribute, anchor);
    if (!asText || checked === null) return checked;
    if (Array.isArray(checked)) return checked.length === 0 ? null : checked.map(String);
    // A text format has no other way to say that there is nothing.
    return checked === '' ? null : String(checked);
  };
  const values = (raw: readonly Scalar[], attribute: string): readonly Scalar[] =>
    (value(raw, attribute) ?? []) as readonly Scalar[];
  return {
    operation: item.operation,
    kind: item.kind,
    anchor,
    set: Object.entries(item.set).map(([name, raw]) => [name, value(raw, name)]),
    add: Object.entries(item.add ?? {}).map(([name, raw]) => [name, values(raw, name)]),
    remove: Object.entries(item.remove ?? {}).map(([name, raw]) => [name, values(raw, name)]),
  };
}

function fileValue(value: WriteValue, attribute: string, object: string): FileValue {
  if (value === null) return null;
  return Array.isArray(value)
    ? fileValues(value as readonly (Scalar | Uint8Array)[], attribute, object)
    : one(value as Scalar | Uint8Array, attribute, object);
}

function fileValues(values: readonly (Scalar | Uint8Array)[], attribute: string, object: string): (string | number | boolean)[] {
  return values.map((value) => one(value, attribute, object));
}

function one(value: Scalar | Uint8Array, attribute: string, object: string): string | number | boolean {
  if (typeof value === 'string') {
    try {
      return checkText(value);
    } catch (error) {
      throw invalid(toFault(error).message, { attribute, object });
    }
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isBlob(value)) throw invalid('the value is a reference to bytes, not the bytes', { attribute, object });
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid('the value is no number', { attribute, object });
  return value;
}

export function invalid(
  message: string,
  where: { attribute?: string; object?: string; file?: string },
  remedy?: string,
): RollcallError {
  return new RollcallError('invalidValue', message, { where, ...(remedy === undefined ? {} : { remedy }) });
}

/** What the edit makes of an object; null = no object, before or after. */
export function applied(edit: Edit, before: Row | null): Row | null {
  if (edit.operation === 'delete') return null;
  const after = newRow();
  if (edit.operation === 'update') for (const name of Object.keys(before ?? {})) after[name] = before![name]!;
  for (const [name, value] of edit.set) after[name] = value;
  for (const [name, values] of edit.add) after[name] = [...new Set([...listOf(after[name]), ...values])];
  for (const [name, values] of edit.remove) {
    const gone = new Set<unknown>(values);
    after[name] = listOf(after[name]).filter((value) => !gone.has(value));
  }
  return after;
}

function listOf(value: RawValue | undefined): readonly (Scalar | Uint8Array)[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as Scalar | Uint8Array];
}

export function failed(
  kind: Fault['kind'],
  message: string,
  object: string,
  file: string,
  attribute?: string,
): { ok: false; fault: Fault } {
  return { ok: false, fault: { kind, message, where: { file, object, ...(attribute === undefined ? {} : { attribute }) } } };
}
