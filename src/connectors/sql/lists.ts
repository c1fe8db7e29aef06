/** Writing attributes that are in a table of their own. What is there already is not added again: its row keeps what else is in it. */
import { splitAnchor } from '#core/anchor';
import type { Scalar } from '#core/values';
import { listOf, pathOf } from './columns.ts';
import type { ListConfig } from './config.ts';
import type { Session } from './driver.ts';
import { type Edit, invalid } from './edits.ts';
import { itemOf } from './objects.ts';
import { asked, comparable, type List, NAMED, pieces } from './shape.ts';
import { type BoundValue, bound, type Fragment, joined, name, type Part, sql, statementOf } from './statement.ts';
import type { SqlSystem } from './system.ts';

type Key = readonly (string | number)[];

export async function writeLists(session: Session, system: SqlSystem, edit: Edit): Promise<void> {
  for (const one of edit.lists) {
    const { list } = one;
    const wanted = 'set' in one ? one.set : one.add;
    const held = await heldIn(session, system, edit, list, 'set' in one ? null : [...one.add, ...one.remove]);
    const keep = new Set(wanted.map(String));
    const gone = 'set' in one ? held.filter((value) => !keep.has(value)) : intersection(one.remove, held);
    for (const some of pieces(gone, NAMED)) {
      const those = sql`${whereKey(system, edit, list)} and ${whereValues(system, list, some)}`;
      await session.run(statementOf(sql`delete from ${tableOf(list)} where ${those}`, system.driver));
    }
    for (const some of pieces(
      missing(wanted, held),
      Math.floor(system.driver.maxValues / (edit.key!.length + list.values.length)),
    )) {
      const columns = joined(
        [...listOf(list.config.key), ...list.values.map((column) => column.name)].map((column) => name(column)),
        ', ',
      );
      const rows = some.map((value): Part => sql`(${joined([...edit.key!, ...valuesOf(value, list)].map(bound), ', ')})`);
      await session.run(statementOf(sql`insert into ${tableOf(list)} (${columns}) values ${joined(rows, ', ')}`, system.driver));
    }
  }
}

/** What an object that is deleted holds in lists, and the rows of other lists that it is in. */
export async function deleteLists(session: Session, { driver, config }: SqlSystem, { shape, key }: Edit): Promise<void> {
  const remove = async (list: ListConfig, columns: readonly string[]): Promise<void> => {
    const those = columns.map((column, i) => driver.same(sql`${name(column)}`, sql`${bound(key![i]!)}`, shape.keys[i]!));
    const from = sql`delete from ${name(...pathOf(list.table))} where ${joined(those, ' and ')}`;
    await session.run(statementOf(from, driver));
  };
  for (const [kind, { lists }] of Object.entries(config.kinds))
    for (const list of Object.values(lists)) {
      if (kind === shape.kind) await remove(list, listOf(list.key));
      if (list.of === shape.kind) await remove(list, listOf(list.value));
    }
}

/** Those of `held` that are not there yet, each once. */
export function missing(wanted: readonly Scalar[], held: readonly Scalar[]): Scalar[] {
  const there = new Set(held.map(String));
  return wanted.filter((value) => !there.has(String(value)) && there.add(String(value)));
}

function intersection(some: readonly Scalar[], held: readonly string[]): string[] {
  const there = new Set(held);
  return some.map(String).filter((value) => there.has(value));
}

/** `among`: only of these; null for all. */
export async function heldIn(
  session: Session,
  system: SqlSystem,
  edit: Edit,
  list: List,
  among: readonly Scalar[] | null,
): Promise<string[]> {
  const columns = asked(list.values, null, system.driver);
  const groups = among === null ? [null] : pieces(among.map(String), NAMED);
  const held: string[] = [];
  for (const some of groups) {
    const own = whereKey(system, edit, list);
    const where = some === null ? own : sql`${own} and ${whereValues(system, list, some)}`;
    const statement = statementOf(sql`select ${columns} from ${tableOf(list)} where ${where}`, system.driver);
    for (const row of await session.rows(statement, list.values)) {
      const value = itemOf(list, row, 0);
      if (value !== null) held.push(String(value));
    }
  }
  return held;
}

const tableOf = ({ config }: List): Part => name(...pathOf(config.table));

function whereKey({ driver }: SqlSystem, { shape, key }: Edit, { config }: List): Fragment {
  return joined(
    listOf(config.key).map((column, i) => driver.same(sql`${name(column)}`, sql`${bound(key![i]!)}`, shape.keys[i]!)),
    ' and ',
  );
}

/** Values that the column cannot hold are in no row. */
function whereValues({ driver }: SqlSystem, { values }: List, some: readonly string[]): Fragment {
  const keys = some.map((text) => splitAnchor(text, values.length)?.map((part, i) => comparable(part, values[i]!)));
  const there = keys.filter((key): key is Key & (string | number)[] => key !== undefined && !key.includes(null));
  if (there.length === 0) return sql`1 = 0`;
  return sql`(${joined(
    there.map(
      (key) =>
        sql`(${joined(
          values.map((column, i) => driver.same(sql`${name(column.name)}`, sql`${bound(key[i]!)}`, column)),
          ' and ',
        )})`,
    ),
    ' or ',
  )})`;
}

function valuesOf(value: Scalar, { values, attribute }: List): readonly BoundValue[] {
  if (values.length === 1) return [value as BoundValue];
  const parts = splitAnchor(String(value), values.length);
  if (parts === null) throw invalid(`a value is none of ${values.length} columns`, undefined, attribute);
  return parts;
}
