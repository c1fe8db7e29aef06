/** One kind as the database has it: the settings and the columns that are there, seen together. */
import { joinAnchor, splitAnchor } from '#core/anchor';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import type { Kind } from '#core/values';
import { attributeOf, listOf, namedColumns, pathOf } from './columns.ts';
import type { KindConfig, ListConfig } from './config.ts';
import type { Column, Dialect, Session, Values } from './driver.ts';
import { bound, type Fragment, joined, name, type Part, sql, statementOf, written } from './statement.ts';

export interface Shape {
  readonly kind: Kind;
  readonly config: KindConfig;
  /** Every column, by its name. */
  readonly all: ReadonlyMap<string, Column>;
  /** What is selected, in this order: the key first, then the attributes. */
  readonly columns: readonly Column[];
  readonly keys: readonly Column[];
  /** By their place among `columns`; in code unit order, the order the engine's canonical form wants them in. */
  readonly attributes: readonly { readonly name: string; readonly at: number }[];
  readonly lists: readonly List[];
}

export interface List {
  readonly attribute: string;
  readonly config: ListConfig;
  readonly values: readonly Column[];
}

/** The alias of the rows of a kind, and of those of a list. */
export const ROW = 't';
export const ITEM = 'l';

/** So many rows a statement names by their keys: SQLite takes an expression of a thousand parts. */
export const NAMED = 500;

export function pieces<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** What stands behind FROM, with its alias. */
export function sourceOf({ table, query }: KindConfig): Fragment {
  return query === undefined ? sql`${name(...pathOf(table!))} ${name(ROW)}` : sql`(${written(query)}\n) ${name(ROW)}`;
}

export async function shapeOf(session: Session, dialect: Dialect, kind: Kind, config: KindConfig): Promise<Shape> {
  const path = config.table === undefined ? null : pathOf(config.table);
  const columns = await session.describe(statementOf(sourceOf(config), dialect), path);
  const what = path === null ? `the query of ${kind}` : path.join('.');
  const all = byName(columns, what);
  for (const column of namedColumns(config)) need(all, column, what);
  const keys = listOf(config.key).map((column) => all.get(column)!);
  const attributes = columns.flatMap((column) => {
    const attribute = attributeOf(column.name, config);
    return attribute === null ? [] : [{ column, name: attribute }];
  });
  const lists: List[] = [];
  for (const [attribute, list] of Object.entries(config.lists)) {
    const table = pathOf(list.table);
    const there = byName(await session.describe(statementOf(sql`${name(...table)}`, dialect), table), table.join('.'));
    for (const column of listOf(list.key)) need(there, column, table.join('.'));
    lists.push({ attribute, config: list, values: listOf(list.value).map((column) => need(there, column, table.join('.'))) });
  }
  const taken = new Set<string>();
  for (const { name: attribute } of [...attributes, ...lists.map((list) => ({ name: list.attribute }))]) {
    if (taken.has(attribute))
      throw configuration(`${what} has two columns for "${attribute}"`, 'name one of them under `columns`');
    taken.add(attribute);
  }
  return {
    kind,
    config,
    all,
    columns: [...keys, ...attributes.map(({ column }) => column)],
    keys,
    attributes: attributes
      .map(({ name: attribute }, i) => ({ name: attribute, at: keys.length + i }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    lists,
  };
}

function byName(columns: readonly Column[], what: string): Map<string, Column> {
  const all = new Map<string, Column>();
  for (const column of columns) {
    if (all.has(column.name))
      throw configuration(`${what} has two columns called "${column.name}"`, 'give them different names in the query');
    all.set(column.name, column);
  }
  return all;
}

function need(all: ReadonlyMap<string, Column>, column: string, what: string): Column {
  const found = all.get(column);
  if (found !== undefined) return found;
  const near = nearest(column, all.keys());
  const shown = [...all.keys()].slice(0, 20).join(', ') + (all.size > 20 ? ', …' : '');
  throw configuration(
    `${what} has no column "${column}"; its columns are: ${shown}`,
    near === null ? 'names are taken letter by letter: check `kinds`' : `did you mean "${near}"?`,
  );
}

function configuration(message: string, remedy: string): RollcallError {
  return new RollcallError('configuration', message, { remedy });
}

/** The columns that are selected, of the rows' alias. */
export function selected({ columns }: Shape, dialect: Dialect): Fragment {
  return asked(columns, ROW, dialect);
}

export function asked(columns: readonly Column[], alias: string | null, dialect: Dialect): Fragment {
  return joined(
    columns.map((column) => shown(column, alias, dialect)),
    ', ',
  );
}

export function shown(column: Column, alias: string | null, dialect: Dialect): Part {
  const place = alias === null ? name(column.name) : name(alias, column.name);
  return dialect.shown?.(sql`${place}`, column) ?? place;
}

/** Empty where a part of the key is. */
export function anchorOf({ keys }: Shape, row: Values): string {
  if (keys.length === 1) return textOf(row[0]);
  const parts = keys.map((_, i) => textOf(row[i]));
  return parts.includes('') ? '' : joinAnchor(parts);
}

export function textOf(value: Values[number] | undefined): string {
  if (value === null || value === undefined) return '';
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}

/** The key's values; null for an anchor that no row can have. */
export function keyOf({ keys }: Shape, anchor: string): readonly (string | number)[] | null {
  const parts = splitAnchor(anchor, keys.length);
  if (parts === null) return null;
  const values = parts.map((part, i) => comparable(part, keys[i]!));
  return values.includes(null) ? null : (values as (string | number)[]);
}

/** A text as a value to look for in a column; null where nothing in it can be that. */
export function comparable(text: string, { type, native }: Column): string | number | null {
  if (text.includes('\0') || !text.isWellFormed()) return null;
  if (type === 'integer') {
    if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return null;
    const number = BigInt(text);
    const [least, most] = RANGES[native] ?? [-(2n ** 63n), 2n ** 63n - 1n];
    if (number < least || number > most) return null;
    return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  }
  if (type === 'decimal') return /^-?\d{1,1000}(\.\d{1,1000})?$/.test(text) ? text : null;
  if (native === 'uuid' || native === 'uniqueidentifier')
    return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text : null;
  return text;
}

const RANGES: { readonly [native: string]: readonly [bigint, bigint] } = {
  int2: [-(2n ** 15n), 2n ** 15n - 1n],
  int4: [-(2n ** 31n), 2n ** 31n - 1n],
  oid: [0n, 2n ** 32n - 1n],
};

/** Rows, by the alias, that have one of these keys. */
export function hasKey(
  dialect: Dialect,
  alias: string,
  columns: readonly string[],
  { keys }: Shape,
  wanted: readonly (readonly (string | number)[])[],
): Fragment {
  const equal = (key: readonly (string | number)[]): Part =>
    sql`(${joined(
      columns.map((column, i) => dialect.same(sql`${name(alias, column)}`, sql`${bound(key[i]!)}`, keys[i]!)),
      ' and ',
    )})`;
  return sql`(${joined(wanted.map(equal), ' or ')})`;
}
