/** Rows as objects: with the values of their lists, and why some are none. */
import type { ReadObject } from '#connectors/contract';
import { joinAnchor } from '#core/anchor';
import type { Fault } from '#core/errors';
import { grouped } from '#core/text';
import type { Scalar } from '#core/values';
import { newRow } from '../files/row.ts';
import { listOf, pathOf } from './columns.ts';
import type { Column, Dialect, Values } from './driver.ts';
import { anchorOf, ITEM, type List, ROW, type Shape, selected, shown, sourceOf, textOf } from './shape.ts';
import { counted, type Fragment, joined, NOTHING, name, type Part, sql } from './statement.ts';

/** A statement, and the columns it answers. */
export interface Select {
  readonly fragment: Fragment;
  readonly columns: readonly Column[];
}

const PART: Column = { name: 'part', type: 'integer', multi: false, native: 'int4' };

/**
 * All objects of a kind, or those of which `where` holds. With lists it is one statement too, and so one moment: each object's row, and
 * behind it a row for each value. Which rows belong together the database says, by its own order: texts are compared for equality only.
 */
export function selectObjects(shape: Shape, dialect: Dialect, where: Fragment | null = null): Select {
  const { config, columns, keys, lists } = shape;
  const source = sourceOf(config);
  const filter = where === null ? NOTHING : sql` where ${where}`;
  if (lists.length === 0) return { fragment: sql`select ${selected(shape, dialect)} from ${source}${filter}`, columns };
  const items = lists.flatMap((list) => list.values.map((column) => ({ list, column })));
  const tableOf = (list: List): Part => name(...pathOf(list.config.table));
  // A null that is of the column's type.
  const none = ({ list, column }: (typeof items)[number]): Part =>
    sql`(select ${shown(column, null, dialect)} from ${tableOf(list)} where 1 = 0)`;
  const first = sql`select ${selected(shape, dialect)}, 0 as ${name(PART.name)}, ${joined(items.map(none), ', ')} from ${source}${filter}`;
  const behind = lists.map((list, i): Part => {
    const on = joined(
      listOf(list.config.key).map((column, key) => sql`${name(ITEM, column)} = ${name(ROW, keys[key]!.name)}`),
      ' and ',
    );
    const own = columns.map((column, at) => (at < keys.length ? shown(column, ROW, dialect) : sql`null`));
    const values = items.map((item) => (item.list === list ? shown(item.column, ITEM, dialect) : sql`null`));
    const all = joined([...own, counted(i + 1), ...values], ', ');
    return sql`select ${all} from ${source} join ${tableOf(list)} ${name(ITEM)} on ${on}${filter}`;
  });
  const order = joined([...keys.map((_, i) => counted(i + 1)), counted(columns.length + 1)], ', ');
  return {
    fragment: sql`${joined([first, ...behind], ' union all ')} order by ${order}`,
    columns: [...columns, PART, ...items.map(({ column }) => column)],
  };
}

export interface ObjectLimits {
  readonly maxObjectBytes: number;
  /** Texts may hold U+0000. */
  readonly holdsNul: boolean;
}

/** Makes objects, or says why they are none, of rows as `selectObjects` answers them, in whatever pieces they come. */
export interface Assembler {
  take(rows: readonly Values[]): readonly (ReadObject | Fault)[];
  /** The last one. */
  end(): readonly (ReadObject | Fault)[];
}

export function assembler(shape: Shape, limits: ObjectLimits): Assembler {
  if (shape.lists.length === 0) return { take: (rows) => rows.map((row) => objectOf(shape, limits, row, [])), end: () => [] };
  const { columns, lists } = shape;
  const part = columns.length;
  const starts = lists.map((_, i) => part + 1 + lists.slice(0, i).reduce((sum, { values }) => sum + values.length, 0));
  let open: { readonly row: Values; readonly anchor: string; readonly items: Scalar[][]; size: number } | null = null;
  const close = (): (ReadObject | Fault)[] => {
    if (open === null) return [];
    const { row, items, size, anchor } = open;
    open = null;
    return [size > limits.maxObjectBytes ? tooLong(size, anchor) : objectOf(shape, limits, row, items)];
  };
  return {
    take(rows) {
      const objects: (ReadObject | Fault)[] = [];
      for (const row of rows) {
        const at = Number(row[part]);
        const anchor = anchorOf(shape, row);
        if (at === 0) {
          objects.push(...close());
          open = { row, anchor, items: lists.map(() => []), size: 0 };
        } else if (open === null || open.anchor !== anchor) {
          objects.push(unordered(anchor, lists[at - 1]!.attribute));
        } else {
          const value = itemOf(lists[at - 1]!, row, starts[at - 1]!);
          if (value === null) continue;
          if (typeof value === 'string') open.size += value.length;
          // What is over the limit is counted and not kept.
          if (open.size <= limits.maxObjectBytes) open.items[at - 1]!.push(value);
        }
      }
      return objects;
    },
    end: close,
  };
}

/** Null where it refers to nobody. */
export function itemOf({ values }: List, row: Values, at: number): Scalar | null {
  if (values.length === 1) return row[at] as Scalar | null;
  const parts = values.map((_, i) => textOf(row[at + i]));
  return parts.includes('') ? null : joinAnchor(parts);
}

function objectOf(shape: Shape, limits: ObjectLimits, row: Values, items: readonly Scalar[][]): ReadObject | Fault {
  const anchor = anchorOf(shape, row);
  if (anchor === '') return keyless(shape);
  const attributes = newRow();
  let size = 0;
  let suspect = limits.holdsNul && anchor.includes('\0');
  for (const { name: attribute, at } of shape.attributes) {
    const value = row[at]!;
    attributes[attribute] = value;
    if (typeof value === 'string') {
      size += value.length;
      if (limits.holdsNul && value.includes('\0')) suspect = true;
    } else if (value instanceof Uint8Array) size += value.length;
  }
  if (size > limits.maxObjectBytes) return tooLong(size, anchor);
  for (const [i, { attribute }] of shape.lists.entries()) {
    const values = items[i]!;
    if (limits.holdsNul && values.some(holdsNul)) suspect = true;
    attributes[attribute] = values.length === 0 ? null : values.sort(byText);
  }
  if (!suspect) return { kind: shape.kind, anchor, attributes };
  if (anchor.includes('\0')) return { ...keyless(shape), message: `a row of ${shape.kind} has the character U+0000 in its key` };
  const refused = Object.keys(attributes).filter((attribute) => [attributes[attribute]].flat().some(holdsNul));
  for (const attribute of refused) delete attributes[attribute];
  return { kind: shape.kind, anchor, attributes, refused: refused.map(notText) };
}

const holdsNul = (value: unknown): boolean => typeof value === 'string' && value.includes('\0');

const byText = (a: Scalar, b: Scalar): number => (String(a) < String(b) ? -1 : 1);

function notText(attribute: string): Fault {
  const message = 'it holds the character U+0000';
  return { kind: 'invalidValue', message, where: { attribute }, remedy: 'remove it in the source' };
}

function keyless({ kind, keys }: Shape): Fault {
  return {
    kind: 'invalidValue',
    message: `a row of ${kind} has nothing in its key ${keys.map((column) => column.name).join(' + ')}`,
    where: {},
    remedy: 'give every row its key in the source, or leave such rows out with a `query`',
  };
}

function tooLong(size: number, anchor: string): Fault {
  return { ...overLimit(size), where: { object: anchor } };
}

export function overLimit(size: number): Fault {
  return {
    kind: 'invalidValue',
    message: `the object has ${grouped(size)} bytes, more than one may have`,
    where: {},
    remedy: 'leave long columns out under `columns`, or raise `limits.maxObjectSize`',
  };
}

function unordered(anchor: string, attribute: string): Fault {
  return {
    kind: 'invalidValue',
    message: `a value of ${attribute} came apart from its row: the database finds different keys equal`,
    where: { object: anchor, attribute },
    remedy: 'make the column of the key one in which case and accents count',
  };
}

export function isObject(one: ReadObject | Fault): one is ReadObject {
  return 'anchor' in one;
}

/** Attributes that objects of this shape have. */
export function attributesOf({ attributes, lists }: Shape): readonly string[] {
  return [...attributes.map((one) => one.name), ...lists.map((one) => one.attribute)];
}
