/** Values as MariaDB and MySQL show them in a session whose zone is UTC, as ours, and ours as parameters. */
import type { FieldPacket } from 'mysql2';
import type { RawValue } from '#connectors/contract';
import { formatInstant, parseInstant } from '#core/time';
import type { ValueType } from '#core/values';
import type { Column } from '../driver.ts';

/** By the number that the protocol gives a type: https://mariadb.com/kb/en/result-set-packets/#field-types */
const TYPES: { readonly [code: number]: readonly [native: string, type: ValueType] } = {
  0: ['decimal', 'decimal'],
  1: ['tinyint', 'integer'],
  2: ['smallint', 'integer'],
  3: ['int', 'integer'],
  4: ['float', 'decimal'],
  5: ['double', 'decimal'],
  7: ['timestamp', 'instant'],
  8: ['bigint', 'integer'],
  9: ['mediumint', 'integer'],
  10: ['date', 'date'],
  12: ['datetime', 'instant'],
  13: ['year', 'integer'],
  16: ['bit', 'binary'],
  246: ['decimal', 'decimal'],
};
const BIT = 16;
const TINY = 1;
/** Of texts; the longer kinds have no useful limit. */
const WITH_LENGTH = [253, 254];
const BINARY = 63;
/** Bytes that a result may take for a character of utf8mb4. */
const WIDEST = 4;

export function columnOf({ name, columnType, columnLength, characterSet, type }: FieldPacket): Omit<Column, 'readOnly'> {
  const code = columnType ?? type ?? 0;
  if ((code === TINY || code === BIT) && columnLength === 1)
    return { name, native: code === BIT ? 'bit' : 'boolean', type: 'boolean', multi: false };
  const known = TYPES[code];
  if (known !== undefined) return { name, native: known[0], type: known[1], multi: false };
  const isText = characterSet !== BINARY;
  const maxLength =
    WITH_LENGTH.includes(code) && columnLength !== undefined ? Math.floor(columnLength / (isText ? WIDEST : 1)) : undefined;
  const length = maxLength === undefined ? {} : { maxLength };
  // Times of day are texts, and look like bytes.
  if (isText || code === 11) return { name, native: 'text', type: 'string', multi: false, ...(code === 11 ? {} : length) };
  return { name, native: 'binary', type: 'binary', multi: false, ...length };
}

/** Null where the value is as it is to be. */
export function readerOf({ type }: Column): ((value: unknown) => RawValue) | null {
  if (type === 'boolean') return (value) => (value instanceof Uint8Array ? value[0] === 1 : boolean(value));
  if (type === 'instant') return (value) => (typeof value === 'string' ? instant(value) : (value as RawValue));
  return null;
}

/** A tinyint(1) may hold any number of a byte. */
function boolean(value: unknown): RawValue {
  return value === 1 || value === 0 ? value === 1 : (value as RawValue);
}

/** `2026-03-01 08:00:00.5` → `2026-03-01T08:00:00.5Z`. */
function instant(text: string): RawValue {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(text) && !text.startsWith('0000')
    ? `${text.slice(0, 10)}T${text.slice(11)}Z`
    : text;
}

/** Times without the letters of ISO 8601, which MariaDB does not take. */
export function bindable(value: RawValue, { type }: Column): RawValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true' ? 1 : 0;
  if (type !== 'instant' || typeof value !== 'string') return value;
  const at = parseInstant(value);
  if (at === null) return value;
  // What is finer than milliseconds stays.
  const fine = /\.\d{3}(\d+)/.exec(value)?.[1] ?? '';
  return `${formatInstant(at).slice(0, -1).replace('T', ' ')}${fine}`;
}
