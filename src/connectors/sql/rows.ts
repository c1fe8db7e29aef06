/** Rows of a table that a batch is about: locked, inserted, changed, deleted. Each throws at what the database refuses. */
import type { RawValue } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { Kind, Scalar } from '#core/values';
import { pathOf } from './columns.ts';
import type { Column, Session } from './driver.ts';
import { type Edit, invalid } from './edits.ts';
import { deleteLists, missing, writeLists } from './lists.ts';
import { select, whereAnchors } from './read.ts';
import { anchorOf, NAMED, pieces, ROW, type Shape, selected, sourceOf, textOf } from './shape.ts';
import { type BoundValue, bound, type Fragment, joined, name, type Part, sql, statementOf } from './statement.ts';
import type { SqlSystem } from './system.ts';

type Present = Map<Kind, Map<string, readonly RawValue[] | null>>;

/** Rows that the batch is about, as they are; locked until it ends. */
export async function present(session: Session, system: SqlSystem, edits: readonly Edit[]): Promise<Present> {
  const all: Present = new Map();
  for (const [kind, some] of Map.groupBy(edits, ({ shape }) => shape.kind)) {
    const there = new Map<string, readonly RawValue[] | null>();
    all.set(kind, there);
    const { shape } = some[0]!;
    const anchors = [...new Set(some.flatMap(({ anchor }) => (anchor === null ? [] : [anchor])))];
    for (const part of pieces(anchors, NAMED)) {
      const where = whereAnchors(system, shape, part);
      if (where === null) continue;
      const fragment = sql`select ${selected(shape, system.driver)} from ${sourceOf(shape.config)} where ${where}${system.driver.forUpdate}`;
      const rows = await session.rows(statementOf(fragment, system.driver), shape.columns);
      for (const row of rows) {
        const anchor = anchorOf(shape, row);
        if (there.has(anchor) && anchors.includes(anchor))
          throw new RollcallError('configuration', `more than one row of ${kind} has the key ${anchor}`, {
            remedy: 'choose a `key` that is different in every row',
          });
        there.set(anchor, row);
      }
    }
  }
  return all;
}

/** One that this batch wrote, as it is now. */
export async function rowOf(session: Session, system: SqlSystem, edit: Edit): Promise<readonly RawValue[]> {
  return (await present(session, system, [edit])).get(edit.shape.kind)!.get(edit.anchor!)!;
}

async function run(session: Session, { driver }: SqlSystem, fragment: Fragment): Promise<number> {
  return await session.run(statementOf(fragment, driver));
}

const tableOf = ({ config }: Shape): Part => name(...pathOf(config.table!));

/** Creates with the same columns, in one statement. */
export async function insert(session: Session, system: SqlSystem, edits: readonly Edit[]): Promise<void> {
  const { shape, set } = edits[0]!;
  const columns = [...set.keys()];
  const names = [...shape.keys, ...columns].map((column) => name(column.name));
  const rows = edits.map((edit): Part => {
    const values = [...edit.key!, ...columns.map((column) => edit.set.get(column)!)];
    return sql`(${joined(
      values.map((value) => bound(value as BoundValue)),
      ', ',
    )})`;
  });
  await run(session, system, sql`insert into ${tableOf(shape)} (${joined(names, ', ')}) values ${joined(rows, ', ')}`);
  for (const edit of edits) await writeLists(session, system, edit);
}

/** A create to which the database gives the key; answers its anchor. */
export async function insertGiven(session: Session, system: SqlSystem, { shape, set, item }: Edit): Promise<string> {
  const { driver, config } = system;
  const attribute = config.findNewBy!;
  const wanted = Object.hasOwn(item.set, attribute) ? textOf(item.set[attribute]) : '';
  if (wanted === '')
    throw invalid(`a new row needs a value in ${attribute}, by which it is found again`, 'map it in the export rule');
  const names = joined(
    [...set.keys()].map((column) => name(column.name)),
    ', ',
  );
  const values = joined(
    [...set.values()].map((value) => bound(value as BoundValue)),
    ', ',
  );
  const into = sql`insert into ${tableOf(shape)} (${names}) values (${values})`;
  if (driver.returning) {
    const keys = joined(
      shape.keys.map((column) => name(column.name)),
      ', ',
    );
    const rows = await session.rows(statementOf(sql`${into} returning ${keys}`, driver), shape.keys);
    return anchorOf(shape, rows[0]!);
  }
  await run(session, system, into);
  const column = shape.columns[shape.attributes.find((one) => one.name === attribute)!.at]!;
  const where = driver.same(sql`${name(ROW, column.name)}`, sql`${bound(wanted)}`, column);
  const found = await select(session, system, shape, where);
  if (found.length === 1) return found[0]!.anchor;
  throw new RollcallError('conflict', `${found.length} rows have the ${attribute} of the new one`, {
    remedy: 'choose an attribute for `findNewBy` that is different in every row',
  });
}

export async function update(session: Session, system: SqlSystem, edit: Edit, row: readonly RawValue[] | null): Promise<void> {
  const { shape, set, edited } = edit;
  const values = new Map<Column, RawValue>(set);
  for (const { column, add, remove } of edited) {
    const now = row ?? (await rowOf(session, system, edit));
    const gone = new Set(remove.map(String));
    const held = [now[shape.columns.indexOf(column)] ?? []].flat() as Scalar[];
    values.set(column, [...held.filter((value) => !gone.has(String(value))), ...missing(add, held)]);
  }
  if (values.size === 0) return;
  const assigned = [...values].map(([column, value]) => sql`${name(column.name)} = ${bound(value as BoundValue)}`);
  const count = await run(
    session,
    system,
    sql`update ${tableOf(shape)} set ${joined(assigned, ', ')} where ${whereKey(system, edit)}`,
  );
  if (count > 1) throw several(edit);
}

export async function remove(session: Session, system: SqlSystem, edit: Edit): Promise<void> {
  await deleteLists(session, system, edit);
  const count = await run(session, system, sql`delete from ${tableOf(edit.shape)} where ${whereKey(system, edit)}`);
  if (count > 1) throw several(edit);
}

function several({ shape, anchor }: Edit): RollcallError {
  return new RollcallError('conflict', `more than one row of ${shape.kind} has the key ${anchor}`, {
    remedy: 'choose a `key` that is different in every row',
  });
}

function whereKey({ driver }: SqlSystem, { shape, key }: Edit): Fragment {
  return joined(
    shape.keys.map((column, i) => driver.same(sql`${name(column.name)}`, sql`${bound(key![i]!)}`, column)),
    ' and ',
  );
}
