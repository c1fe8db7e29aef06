/**
 * Typed conversion: what a system holds, or an expression answers, as a value of an attribute's type. Every fault is a
 * RollcallError('invalidValue') that names neither attribute nor value; the caller adds where it happened.
 */
import { canonicalSet } from './canonical.ts';
import { RollcallError } from './errors.ts';
import { lengthOf } from './length.ts';
import { checkText } from './text.ts';
import { formatInstant, parseDate, parseInstant } from './time.ts';
import { type AttributeType, isBlob, type Scalar, type Value, type ValueType } from './values.ts';

/**
 * Empty (null, undefined, an empty list; for everything but strings also a blank text) is null. One value into a
 * multi-valued attribute is a set of one; several different values into a single-valued one are invalidValue.
 */
export function convert(raw: unknown, type: AttributeType): Value {
  if (typeof raw === 'string' && type.type === 'string' && !type.multi) return limited(checkText(raw), type);
  if (raw === null || raw === undefined) return null;
  if (!Array.isArray(raw)) {
    const value = scalar(raw, type);
    return value === null || !type.multi ? value : [value];
  }
  const values: Scalar[] = [];
  for (const item of raw as readonly unknown[]) {
    const value = item === null || item === undefined ? null : scalar(item, type);
    if (value !== null) values.push(value);
  }
  if (values.length === 0) return null;
  const set = canonicalSet(values);
  if (type.multi) return set;
  if (set.length > 1) {
    throw invalid(
      `there are ${set.length} values where one is allowed`,
      'choose one in the rule, or make the attribute multi: true',
    );
  }
  return set[0]!;
}

function scalar(raw: unknown, type: AttributeType): Scalar | null {
  if (typeof raw === 'string' && type.type !== 'string' && raw.trim() === '') return null;
  return limited(CONVERSIONS[type.type](raw), type);
}

function limited(value: Scalar, type: AttributeType): Scalar {
  const max = type.maxLength;
  if (max === undefined) return value;
  const length = isBlob(value) ? value.size : lengthOf(value, max);
  if (length <= max) return value;
  const unit = typeof value === 'string' ? 'characters' : 'bytes';
  throw invalid(`the value is longer than the ${max} ${unit} allowed`, 'shorten it in the source or in the rule');
}

const NO_DATE = 'the value is no date, or no day of the calendar';

const CONVERSIONS: { readonly [type in ValueType]: (raw: unknown) => Scalar } = {
  string: text,
  reference: text,
  integer,
  decimal,
  boolean: (raw) => {
    const answer = typeof raw === 'boolean' ? raw : booleanOf(String(plain(raw)).trim().toLowerCase());
    if (answer === null) throw invalid('the value is neither true nor false', 'write true or false');
    return answer;
  },
  date: (raw) => {
    const date = parseDate(raw instanceof Date ? isoOf(raw) : String(plain(raw)));
    if (date === null) throw invalid(NO_DATE, 'write it as 2026-03-01, or as 1.3.2026, 2026/3/1 or 20260301');
    return date;
  },
  instant: (raw) => {
    const ms = raw instanceof Date ? raw.getTime() : parseInstant(String(plain(raw)));
    if (ms === null) throw invalid('the value is no point in time', 'write it as 2026-03-01T08:00:00Z');
    return formatInstant(ms);
  },
  binary: (raw) => {
    if (isBlob(raw) && typeof raw.size === 'number') return { blob: raw.blob, size: raw.size };
    throw invalid('the value is not binary', 'map an attribute that holds bytes');
  },
};

function isoOf(date: Date): string {
  return formatInstant(date.getTime());
}

function text(raw: unknown): string {
  if (typeof raw === 'string') return checkText(raw);
  return raw instanceof Date ? isoOf(raw) : String(plain(raw));
}

/** Text, number, bigint or boolean; anything else has no scalar form. */
function plain(raw: unknown): string | number | bigint | boolean {
  if (typeof raw === 'number' && !Number.isFinite(raw))
    throw invalid('the value is no number', 'check the calculation in the rule');
  if (typeof raw === 'string') return checkText(raw);
  if (typeof raw === 'number' || typeof raw === 'bigint' || typeof raw === 'boolean') return raw;
  throw invalid('the value is neither text nor number nor boolean', 'give one of these, or a list of them');
}

/** A number within ±2^53, beyond that decimal text. */
function integer(raw: unknown): Scalar {
  if (typeof raw === 'number' && Number.isSafeInteger(raw)) return raw + 0;
  if (typeof raw === 'boolean') return raw ? 1 : 0;
  const digits = String(plain(raw)).trim();
  if (!/^[+-]?\d{1,400}$/.test(digits)) throw invalid('the value is no whole number', 'write digits only');
  const value = BigInt(digits.replace(/^\+/, ''));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Kept as text, digit by digit: 0.10 stays 0.10. */
function decimal(raw: unknown): Scalar {
  const digits = typeof raw === 'boolean' ? '' : String(plain(raw)).trim();
  if (!/^[+-]?\d{1,400}(?:\.\d{1,400})?$/.test(digits))
    throw invalid('the value is no decimal number', 'write digits with a point, such as 12.50');
  return digits.replace(/^\+/, '');
}

const SPELLINGS = new Map<string, boolean>([
  ...['true', 'yes', 'y', 't', 'on', '1'].map((word): [string, boolean] => [word, true]),
  ...['false', 'no', 'n', 'f', 'off', '0'].map((word): [string, boolean] => [word, false]),
]);

/** What a lower-case word says: true/yes/y/t/on/1 or false/no/n/f/off/0; null for any other. */
export function booleanOf(word: string): boolean | null {
  return SPELLINGS.get(word) ?? null;
}

function invalid(message: string, remedy: string): RollcallError {
  return new RollcallError('invalidValue', message, { remedy });
}
