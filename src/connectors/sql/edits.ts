/** Items that are to be written, as what they do to columns and lists; and why some cannot be. */
import type { RawValue, WriteItem } from '#connectors/contract';
import { joinAnchor } from '#core/anchor';
import { RollcallError } from '#core/errors';
import { checkLength } from '#core/length';
import { checkText, nearest } from '#core/text';
import { isBlob, type Scalar } from '#core/values';
import type { Column } from './driver.ts';
import { attributesOf } from './objects.ts';
import { keyOf, type List, type Shape, textOf } from './shape.ts';
import type { SqlSystem } from './system.ts';

export interface Edit {
  readonly item: WriteItem;
  /** Its place in the batch. */
  readonly at: number;
  readonly shape: Shape;
  /** Null on a create where the database gives the key. */
  readonly anchor: string | null;
  readonly key: readonly (string | number)[] | null;
  /** Columns by name; without those of the key. */
  readonly set: ReadonlyMap<Column, RawValue>;
  /** Columns that are lists themselves. */
  readonly edited: readonly ColumnEdit[];
  readonly lists: readonly ListEdit[];
  /** What was last seen in them. */
  readonly seen: readonly Seen[];
}

export type Seen = { readonly attribute: string; readonly value: RawValue } & (
  | { readonly column: Column }
  | { readonly list: List }
);

export interface ColumnEdit {
  readonly column: Column;
  readonly add: readonly Scalar[];
  readonly remove: readonly Scalar[];
}

/** `set` replaces all. */
export type ListEdit = { readonly list: List } & (
  | { readonly set: readonly Scalar[] }
  | { readonly add: readonly Scalar[]; readonly remove: readonly Scalar[] }
);

/** @throws `invalidValue` or `permission` for what cannot be written. */
export function checked(system: SqlSystem, shape: Shape | null, item: WriteItem, at: number): Edit {
  if (shape === null) throw invalid(`there is no kind ${item.kind} here`, 'name it under `kinds`');
  if (shape.config.query !== undefined)
    throw new RollcallError('permission', `${shape.kind} is a query, which is only read`, { remedy: 'give it a `table`' });
  if (item.operation !== 'create' && item.name !== undefined) throw invalid('a row has no name beside its key');
  const keys = shape.keys.map((column) => shape.attributes.find(({ at }) => shape.columns[at] === column)?.name ?? column.name);
  const anchor = anchorFor(item, keys, system.config.findNewBy !== undefined);
  const key = anchor === null ? null : keyOf(shape, anchor);
  const set = new Map<Column, RawValue>();
  const lists: ListEdit[] = [];
  for (const [attribute, value] of Object.entries(item.set)) {
    checkValues(value, attribute);
    const part = keys.indexOf(attribute);
    if (part !== -1) {
      if (key === null || textOf(value) !== textOf(key[part]!))
        throw invalid('the key of a row never changes', undefined, attribute);
      fits(system, shape.keys[part]!, attribute, value);
      continue;
    }
    const list = shape.lists.find((one) => one.attribute === attribute);
    if (list !== undefined) {
      if (list.values.length === 1) fits(system, list.values[0]!, attribute, value);
      lists.push({ list, set: scalarsOf(value) });
    } else {
      const column = columnOf(shape, attribute);
      fits(system, column, attribute, value);
      set.set(column, valueFor(system, column, attribute, value));
    }
  }
  const edited: ColumnEdit[] = [];
  for (const attribute of new Set([...Object.keys(item.add ?? {}), ...Object.keys(item.remove ?? {})])) {
    const add = ownList(item.add, attribute);
    const remove = ownList(item.remove, attribute);
    checkValues([...add, ...remove], attribute);
    const list = shape.lists.find((one) => one.attribute === attribute);
    if (list !== undefined) {
      if (list.values.length === 1) fits(system, list.values[0]!, attribute, add);
      lists.push({ list, add, remove });
    } else {
      const column = columnOf(shape, attribute);
      fits(system, column, attribute, add);
      if (!column.multi)
        throw invalid('the column holds one value', 'keep several in a table of their own, under `lists`', attribute);
      edited.push({ column, add, remove });
    }
  }
  return { item, at, shape, anchor, key, set, edited, lists, seen: item.operation === 'update' ? seenIn(item, shape) : [] };
}

/** Of what reads show. */
function seenIn({ seen = {} }: WriteItem, shape: Shape): Seen[] {
  return Object.entries(seen).flatMap(([attribute, value]): Seen[] => {
    const list = shape.lists.find((one) => one.attribute === attribute);
    if (list !== undefined) return [{ attribute, value, list }];
    const at = shape.attributes.find((one) => one.name === attribute)?.at;
    return at === undefined ? [] : [{ attribute, value, column: shape.columns[at]! }];
  });
}

function anchorFor(item: WriteItem, keys: readonly string[], isGiven: boolean): string | null {
  if (item.anchor !== null && item.anchor !== '') return item.anchor;
  const parts = keys.map((attribute) => textOf(Object.hasOwn(item.set, attribute) ? item.set[attribute] : null));
  if (!parts.includes('')) return joinAnchor(parts);
  if (item.name !== undefined && item.name !== '') return item.name;
  if (isGiven && item.operation === 'create') return null;
  throw invalid(
    `a new row needs its key ${keys.join(' + ')}`,
    'map it in the export rule; where the database gives it, say so with `findNewBy`',
  );
}

function columnOf(shape: Shape, attribute: string): Column {
  const at = shape.attributes.find(({ name }) => name === attribute)?.at;
  if (at !== undefined) return shape.columns[at]!;
  const near = nearest(attribute, attributesOf(shape));
  const remedy = near === null ? 'add the column, or take the attribute out of the export' : `did you mean "${near}"?`;
  throw invalid(`${shape.kind} has no column "${attribute}"`, remedy, attribute);
}

function valueFor(system: SqlSystem, column: Column, attribute: string, value: RawValue): RawValue {
  if (Array.isArray(value) && !column.multi) {
    if (value.length > 1)
      throw invalid(`the column holds one value, and here are ${value.length}`, 'keep several under `lists`', attribute);
    return valueFor(system, column, attribute, (value[0] ?? null) as RawValue);
  }
  return system.driver.bindable(value, column);
}

/** The database says that it is too long, but not always of what. */
function fits({ driver }: SqlSystem, { maxLength }: Column, attribute: string, value: unknown): void {
  if (driver.limits) checkLength(attribute, value, maxLength);
}

function scalarsOf(value: RawValue): readonly Scalar[] {
  if (value === null) return [];
  return (Array.isArray(value) ? value : [value]) as readonly Scalar[];
}

function ownList(edits: WriteItem['add'], attribute: string): readonly Scalar[] {
  return edits !== undefined && Object.hasOwn(edits, attribute) ? edits[attribute]! : [];
}

function checkValues(value: RawValue, attribute: string): void {
  for (const one of Array.isArray(value) ? value : [value]) {
    if (typeof one === 'string') {
      try {
        checkText(one);
      } catch (error) {
        throw invalid((error as Error).message, undefined, attribute);
      }
    } else if (isBlob(one)) throw invalid('the value is a reference to bytes, not the bytes', undefined, attribute);
    else if (typeof one === 'number' && !Number.isFinite(one)) throw invalid('the value is no number', undefined, attribute);
  }
}

export function invalid(message: string, remedy?: string, attribute?: string): RollcallError {
  return new RollcallError('invalidValue', message, {
    ...(remedy === undefined ? {} : { remedy }),
    ...(attribute === undefined ? {} : { where: { attribute } }),
  });
}
