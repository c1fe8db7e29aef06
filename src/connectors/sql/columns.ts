/** What the settings of a kind name: tables, columns, and attributes. */
import type { Kind } from '#core/values';
import type { KindConfig, OneOrMore, SqlConfig, TableName } from './config.ts';

export function listOf(names: OneOrMore): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

export function pathOf(table: TableName): readonly string[] {
  return typeof table === 'string' ? table.split('.') : table;
}

/** The attribute of a column; null where it is left out. */
export function attributeOf(column: string, { columns }: KindConfig): string | null {
  if (isList(columns)) return columns.includes(column) ? column : null;
  return Object.hasOwn(columns, column) ? columns[column]! : column;
}

/** Attributes that `columns` names, as often as it does. */
export function namedAttributes({ columns }: KindConfig): readonly string[] {
  return isList(columns) ? columns : Object.values(columns).filter((one): one is string => one !== null);
}

/** Columns that must be there, by the settings. */
export function namedColumns({ columns, key, delta }: KindConfig): readonly string[] {
  const named = isList(columns) ? columns : Object.keys(columns);
  return [...new Set([...listOf(key), ...named, ...(delta !== undefined && 'column' in delta ? [delta.column] : [])])];
}

/** Attributes that are the anchor of an object of this kind. */
export function anchorsOf({ kinds }: SqlConfig, kind: Kind): readonly string[] {
  const one = Object.hasOwn(kinds, kind) ? kinds[kind]! : undefined;
  return one === undefined ? [] : listOf(one.key).map((column) => attributeOf(column, one) ?? column);
}

function isList(columns: KindConfig['columns']): columns is readonly string[] {
  return Array.isArray(columns);
}
