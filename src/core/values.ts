/**
 * The values Rollcall carries. One small closed set, the same in memory, in both stores and on every border.
 *
 * A string is Unicode scalar values without U+0000; an integer stays within ±2^53 (beyond that it travels as a decimal
 * string); a date is `YYYY-MM-DD`; an instant is ISO 8601 text in UTC with milliseconds (`2026-03-01T08:00:00.000Z`); binary is a
 * reference to bytes kept once by content. What a text means (date, instant, DN …) is said by the attribute's type.
 */
export type Scalar = string | number | boolean | Blob;

/** Bytes kept once in the store, named by the lower-case hex SHA-256 of the content. */
export interface Blob {
  readonly blob: string;
  readonly size: number;
}

/** `null` = known to be empty. An array is a set in canonical order (core/canonical). */
export type Value = Scalar | readonly Scalar[] | null;

/** Attribute name → value; always without a prototype, so that no name from outside can mean more than itself. */
export type Attributes = { [name: string]: Value };

export type ValueType = 'string' | 'integer' | 'decimal' | 'boolean' | 'date' | 'instant' | 'binary' | 'reference';

/** The matching rules of SEMANTICS 2: how two values are found equivalent. */
export type Matching = 'exact' | 'caseIgnore' | 'dn' | 'telephone' | 'instant' | 'boolean' | 'integer';

export interface AttributeType {
  readonly type: ValueType;
  readonly multi: boolean;
  readonly matching: Matching;
  /** Longest value the system takes, in characters (binary: bytes). */
  readonly maxLength?: number;
}

/** Object kinds are data; these two have built-in attribute lists. */
export type Kind = string;

// An object made by bare() is a slow dictionary. Instances of a class whose prototype is empty, frozen and
// rootless inherit as little and are four times as fast to fill, to copy and to walk.
class Bare {}
Object.setPrototypeOf(Bare.prototype, null);
Reflect.deleteProperty(Bare.prototype, 'constructor');
Object.freeze(Bare.prototype);

/** An empty record on which `__proto__`, `constructor` and every other name mean only themselves. */
export function bare<Of = Value>(): { [name: string]: Of } {
  return new Bare() as { [name: string]: Of };
}

export function attributes(entries: Iterable<readonly [string, Value]> = []): Attributes {
  const out: Attributes = bare();
  for (const [name, value] of entries) out[name] = value;
  return out;
}

export function isBlob(value: unknown): value is Blob {
  return typeof value === 'object' && value !== null && typeof (value as Blob).blob === 'string';
}

/** Whether anything is in it, without a list of its names. */
export function hasAny(record: object): boolean {
  for (const _ in record) return true;
  return false;
}

/** The scalars of a value: none for absent and empty, one for a single value. */
export function scalars(value: Value | undefined): readonly Scalar[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as Scalar];
}
