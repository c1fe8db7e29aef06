/** Types of SQL Server, and how their values are asked for: what the driver would round, or make a Date of, comes as text. */
import type { RawValue } from '#connectors/contract';
import type { ValueType } from '#core/values';
import type { Column } from '../driver.ts';
import { type Fragment, sql } from '../statement.ts';

const TYPES: { readonly [native: string]: ValueType } = {
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  bigint: 'integer',
  bit: 'boolean',
  decimal: 'decimal',
  numeric: 'decimal',
  money: 'decimal',
  smallmoney: 'decimal',
  float: 'decimal',
  real: 'decimal',
  date: 'date',
  datetime: 'instant',
  datetime2: 'instant',
  smalldatetime: 'instant',
  datetimeoffset: 'instant',
  binary: 'binary',
  varbinary: 'binary',
  image: 'binary',
  timestamp: 'binary',
};
/** Bytes of a character. */
const WIDTHS: { readonly [native: string]: number } = { char: 1, varchar: 1, nchar: 2, nvarchar: 2, binary: 1, varbinary: 1 };

/** `type`: as sys.dm_exec_describe_first_result_set has it, such as `nvarchar(50)`. `bytes`: -1 for any number. */
export function columnOf(name: string, type: string, bytes: number): Omit<Column, 'readOnly'> {
  const native = /^\w+/.exec(type)?.[0] ?? type;
  const width = Object.hasOwn(WIDTHS, native) ? WIDTHS[native]! : 0;
  return {
    name,
    native,
    type: Object.hasOwn(TYPES, native) ? TYPES[native]! : 'string',
    multi: false,
    ...(width > 0 && bytes > 0 ? { maxLength: bytes / width } : {}),
  };
}

export function shown(place: Fragment, { native }: Column): Fragment {
  switch (native) {
    case 'decimal':
    case 'numeric':
      return sql`convert(varchar(60), ${place})`;
    case 'money':
    case 'smallmoney':
      return sql`convert(varchar(60), ${place}, 2)`;
    case 'date':
      return sql`convert(varchar(10), ${place}, 23)`;
    case 'datetime':
    case 'datetime2':
    case 'smalldatetime':
      return sql`convert(varchar(33), ${place}, 126)`;
    case 'datetimeoffset':
      return sql`convert(varchar(33), ${place}, 127)`;
    case 'time':
      return sql`convert(varchar(16), ${place})`;
    case 'xml':
    case 'sql_variant':
    case 'hierarchyid':
      return sql`convert(nvarchar(max), ${place})`;
    default:
      return place;
  }
}

export function rawValue(value: unknown, { type, native }: Column): RawValue {
  if (value === null || value === undefined) return null;
  if (native === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (type === 'instant' && typeof value === 'string' && !value.endsWith('Z')) return `${value}Z`;
  return native === 'char' || native === 'nchar' ? String(value).trimEnd() : (value as RawValue);
}
