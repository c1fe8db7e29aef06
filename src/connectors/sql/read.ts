/** Reading: everything as of one moment, one statement a kind; one object, or those with a value; the columns. */
import type { Page, ReadEnd, ReadObject, Schema } from '#connectors/contract';
import { defaultMatching } from '#core/attributes';
import { type Fault, RollcallError } from '#core/errors';
import type { AttributeType, Kind } from '#core/values';
import { KeyTable } from '../files/keys.ts';
import { type Skipped, skippedIn } from '../files/skipped.ts';
import { listOf, pathOf } from './columns.ts';
import type { Column, Session } from './driver.ts';
import { assembler, attributesOf, isObject, overLimit, type Select, selectObjects } from './objects.ts';
import { comparable, hasKey, ITEM, keyOf, ROW, type Shape } from './shape.ts';
import { bound, type Fragment, joined, name, sql, statementOf } from './statement.ts';
import { type SqlSystem, shapeOfKind, shapesOf } from './system.ts';

export async function* readAll(system: SqlSystem, signal: AbortSignal): AsyncGenerator<Page> {
  signal.throwIfAborted();
  const skipped = skippedIn(system.context.connection, 'rows', system.context.warn);
  const session = await system.connect(signal);
  const keys = new KeyTable();
  let attributes: readonly string[] = [];
  try {
    await session.begin('read');
    const shapes = await shapesOf(session, system);
    attributes = attributesOfAll(shapes);
    for (const shape of shapes) {
      let row = 0;
      for await (const all of objectsOf(session, system, selectObjects(shape, system.driver), shape, skipped, signal)) {
        const objects = all.filter((object) => {
          const first = keys.setNew(object.kind, object.anchor, ++row);
          if (first !== undefined) skipped.add(doubled(object));
          return first === undefined;
        });
        signal.throwIfAborted();
        if (objects.length > 0) yield { objects };
      }
    }
    await session.rollback();
  } catch (error) {
    throw signal.aborted ? signal.reason : system.fault(error);
  } finally {
    await session.close();
  }
  signal.throwIfAborted();
  yield { objects: [], end: { ...endOf(skipped), attributes } };
}

export function attributesOfAll(shapes: readonly Shape[]): readonly string[] {
  return [...new Set(shapes.flatMap(attributesOf))];
}

export function endOf(skipped: Skipped): Pick<ReadEnd, 'complete' | 'reason'> {
  const reason = skipped.reason();
  return reason === undefined ? { complete: true } : { complete: false, reason };
}

/** What cannot be used is reported and left out. */
export async function* objectsOf(
  session: Session,
  { driver, limits }: SqlSystem,
  { fragment, columns }: Select,
  shape: Shape,
  skipped: Skipped,
  signal: AbortSignal,
): AsyncGenerator<readonly ReadObject[]> {
  const rows = assembler(shape, limits);
  const usable = (all: readonly (ReadObject | Fault)[]): readonly ReadObject[] =>
    all.filter((one): one is ReadObject => {
      const is = isObject(one);
      if (!is) skipped.add(one);
      return is;
    });
  const more = { signal, maxRowBytes: limits.maxObjectBytes };
  for await (const slice of session.stream(statementOf(fragment, driver), columns, more)) {
    for (const size of slice.tooLong ?? []) skipped.add(overLimit(size));
    yield usable(rows.take(slice.rows));
  }
  yield usable(rows.end());
}

function doubled({ kind, anchor }: ReadObject): Fault {
  return {
    kind: 'conflict',
    message: `there is more than one ${kind} ${anchor}; the first row counts`,
    where: { object: anchor },
    remedy: 'choose a `key` that is different in every row, or name further columns that tell the rows apart',
  };
}

/** Rows as they are in the transaction that is open; without those that are no objects. */
export async function select(session: Session, system: SqlSystem, shape: Shape, where: Fragment): Promise<ReadObject[]> {
  const { fragment, columns } = selectObjects(shape, system.driver, where);
  const rows = assembler(shape, system.limits);
  const taken = rows.take(await session.rows(statementOf(fragment, system.driver), columns));
  return [...taken, ...rows.end()].filter(isObject);
}

export async function find(
  system: SqlSystem,
  by: { anchor: string } | { attribute: string; value: string },
  kind: Kind,
): Promise<readonly ReadObject[]> {
  return await system.kept(async (session) => {
    const shape = await shapeOfKind(session, system, kind);
    if (shape === null) return [];
    try {
      const where = 'anchor' in by ? whereAnchors(system, shape, [by.anchor]) : whereValue(system, shape, by.attribute, by.value);
      if (where === null) return [];
      const found = await select(session, system, shape, where);
      // A database may find more texts equal than are.
      return 'anchor' in by ? found.filter(({ anchor }) => anchor === by.anchor).slice(0, 1) : found;
    } catch (error) {
      const fault = system.fault(error);
      // Nothing has a value that the column cannot hold.
      if (fault instanceof RollcallError && fault.kind === 'invalidValue') return [];
      throw fault;
    }
  });
}

/** Null where no row can have any of them. */
export function whereAnchors({ driver }: SqlSystem, shape: Shape, anchors: readonly string[]): Fragment | null {
  const keys = anchors.map((anchor) => keyOf(shape, anchor)).filter((key) => key !== null);
  const columns = shape.keys.map((column) => column.name);
  return keys.length === 0 ? null : hasKey(driver, ROW, columns, shape, keys);
}

function whereValue({ driver }: SqlSystem, shape: Shape, attribute: string, text: string): Fragment | null {
  const list = shape.lists.find((one) => one.attribute === attribute);
  if (list !== undefined) {
    const value = list.values.length === 1 ? comparable(text, list.values[0]!) : null;
    if (value === null) return null;
    const on = listOf(list.config.key).map((column, i) => sql`${name(ITEM, column)} = ${name(ROW, shape.keys[i]!.name)}`);
    const same = driver.same(sql`${name(ITEM, list.values[0]!.name)}`, sql`${bound(value)}`, list.values[0]!);
    return sql`exists (select 1 from ${name(...pathOf(list.config.table))} ${name(ITEM)} where ${joined([...on, same], ' and ')})`;
  }
  const at = shape.attributes.find((one) => one.name === attribute)?.at;
  if (at === undefined) return null;
  const column = shape.columns[at]!;
  const value = comparable(text, column);
  if (value === null) return null;
  const place = sql`${name(ROW, column.name)}`;
  return column.multi ? sql`${bound(value)} = any (${place})` : driver.same(place, sql`${bound(value)}`, column);
}

export async function schemaOf(system: SqlSystem): Promise<Schema> {
  return await system.apart(async (session) => {
    const kinds: { [kind: string]: Schema['kinds'][string] } = Object.create(null);
    for (const shape of await shapesOf(session, system)) {
      const attributes: { [attribute: string]: AttributeType & { readonly readOnly?: boolean } } = Object.create(null);
      for (const { name: attribute, at } of shape.attributes) attributes[attribute] = typeOf(shape.columns[at]!);
      for (const { attribute, values } of shape.lists) {
        const type = values.length === 1 ? typeOf(values[0]!) : ({ type: 'string', matching: 'exact' } as const);
        attributes[attribute] = { ...type, multi: true };
      }
      kinds[shape.kind] = attributes;
    }
    return { complete: true, kinds };
  });
}

function typeOf({ type, multi, maxLength, readOnly }: Column): AttributeType & { readonly readOnly?: boolean } {
  return {
    type,
    multi,
    matching: defaultMatching(type),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(readOnly === undefined ? {} : { readOnly }),
  };
}
