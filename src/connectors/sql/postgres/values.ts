/** Values of PostgreSQL's text forms (DateStyle ISO, TimeZone UTC, bytea_output hex) as ours, and ours as parameters. */
import type { RawValue } from '#connectors/contract';
import type { Scalar, ValueType } from '#core/values';
import type { Column } from '../driver.ts';

export type Reader = (text: string) => RawValue;

const TYPES: { readonly [native: string]: ValueType } = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'decimal',
  float4: 'decimal',
  float8: 'decimal',
  bool: 'boolean',
  date: 'date',
  timestamp: 'instant',
  timestamptz: 'instant',
  bytea: 'binary',
};

/** Of a type by its name in pg_type. */
export function typeOf(native: string): ValueType {
  return Object.hasOwn(TYPES, native) ? TYPES[native]! : 'string';
}

const READERS: { readonly [native: string]: Reader } = {
  int2: Number,
  int4: Number,
  oid: Number,
  int8: (text) => {
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : text;
  },
  float4: float,
  float8: float,
  bool: (text) => text === 't',
  timestamp: instant,
  timestamptz: instant,
  bytea: (text) => Buffer.from(text.slice(2), 'hex'),
  // Blanks at its end are no part of a char(n).
  bpchar: (text) => text.trimEnd(),
};

function float(text: string): RawValue {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/** `2026-03-01 08:00:00.5+00` → `2026-03-01T08:00:00.5Z`. What has no such form, such as infinity, stays as it is. */
function instant(text: string): RawValue {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?(\+00)?$/.test(text)
    ? `${text.slice(0, 10)}T${text.endsWith('+00') ? text.slice(11, -3) : text.slice(11)}Z`
    : text;
}

/** Null where the text is the value. */
export function readerOf({ native, multi }: Column): Reader | null {
  const one = Object.hasOwn(READERS, native) ? READERS[native]! : null;
  return multi ? (text) => elements(text, one) : one;
}

/** `{a,"b \"c\"",NULL}` as a list; of more dimensions all elements in one. */
function elements(text: string, reader: Reader | null): readonly (Scalar | Uint8Array)[] {
  const values: (Scalar | Uint8Array)[] = [];
  // Bounds other than 1 stand before it: [0:1]={a,b}.
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0;
  const add = (element: string): void => void values.push((reader === null ? element : reader(element)) as Scalar);
  while (at < text.length) {
    const char = text[at]!;
    if (char === '{' || char === '}' || char === ',') at++;
    else if (char === '"') {
      let element = '';
      for (at++; text[at] !== '"'; at++) element += text[at] === '\\' ? text[++at]! : text[at]!;
      add(element);
      at++;
    } else {
      const end = text.slice(at).search(/[,}]/) + at;
      const element = text.slice(at, end);
      if (element !== 'NULL') add(element);
      at = end;
    }
  }
  return values;
}
