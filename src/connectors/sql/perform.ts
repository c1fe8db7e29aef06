/** What a batch does to the tables, within a transaction that is open. It throws at the first thing that the database refuses. */
import type { RawValue, ReadObject, WriteResult } from '#connectors/contract';
import { convert } from '#core/convert';
import { type ErrorKind, RollcallError } from '#core/errors';
import type { Kind, Scalar, ValueType } from '#core/values';
import { pathOf } from './config.ts';
import type { Column, Session } from './driver.ts';
import { type Edit, invalid } from './edits.ts';
import { deleteLists, heldIn, missing, writeLists } from './lists.ts';
import { select, whereAnchors } from './read.ts';
import { anchorOf, keyOf, NAMED, pieces, ROW, type Shape, selected, sourceOf, textOf } from './shape.ts';
import { type BoundValue, bound, type Fragment, joined, name, type Part, sql, statementOf } from './statement.ts';
import type { SqlSystem } from './system.ts';

/** In the order of the edits. Answers that are no faults show what a read of now would. */
export async function perform(session: Session, system: SqlSystem, edits: readonly Edit[]): Promise<readonly WriteResult[]> {
  const rows = await present(session, system, edits);
  const results = new Array<WriteResult | undefined>(edits.length);
  /** By their place among the edits. */
  const done: (readonly [at: number, anchor: string])[] = [];
  let waiting: Edit[] = [];
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await insert(session, system, waiting);
    waiting = [];
  };
  for (const [at, edit] of edits.entries()) {
    const { item, shape, anchor } = edit;
    const there = rows.get(shape.kind)!;
    if (item.operation === 'create') {
      if (anchor === null) {
        await flush();
        const given = await insertGiven(session, system, edit);
        await writeLists(session, system, { ...edit, anchor: given, key: keyOf(shape, given) });
        done.push([at, given]);
        continue;
      }
      if (there.has(anchor)) results[at] = refusal('conflict', `${shape.kind} ${anchor} is there already`, anchor);
      else if (edit.key === null) results[at] = refusal('invalidValue', `"${anchor}" is no key of ${shape.kind}`, anchor);
      else {
        if (waiting.length > 0 && !isAlike(waiting[0]!, edit, waiting.length, system)) await flush();
        waiting.push(edit);
        there.set(anchor, null);
        done.push([at, anchor]);
      }
      continue;
    }
    await flush();
    const row = anchor === null ? undefined : there.get(anchor);
    if (row === undefined || edit.key === null) {
      results[at] = refusal('notFound', `there is no ${shape.kind} ${anchor}`, anchor ?? '');
    } else if (item.operation === 'delete') {
      await remove(session, system, edit);
      there.delete(anchor!);
      results[at] = { ok: true, anchor: anchor! };
    } else {
      const changed = await changedMeanwhile(session, system, edit, row);
      if (changed !== null) results[at] = stale(edit, changed);
      else {
        await update(session, system, edit, row);
        await writeLists(session, system, edit);
        there.set(anchor!, null);
        done.push([at, anchor!]);
      }
    }
  }
  await flush();
  await show(session, system, edits, done, results);
  return results as WriteResult[];
}

type Present = Map<Kind, Map<string, readonly RawValue[] | null>>;

/** Rows that the batch is about, as they are; locked until it ends. */
async function present(session: Session, system: SqlSystem, edits: readonly Edit[]): Promise<Present> {
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

function isAlike(first: Edit, next: Edit, count: number, { driver }: SqlSystem): boolean {
  if (first.shape !== next.shape || first.set.size !== next.set.size) return false;
  if ((count + 1) * (first.set.size + first.key!.length) > driver.maxValues) return false;
  return [...next.set.keys()].every((column) => first.set.has(column));
}

async function run(session: Session, { driver }: SqlSystem, fragment: Fragment): Promise<number> {
  return await session.run(statementOf(fragment, driver));
}

const tableOf = ({ config }: Shape): Part => name(...pathOf(config.table!));

/** Creates with the same columns, in one statement. */
async function insert(session: Session, system: SqlSystem, edits: readonly Edit[]): Promise<void> {
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
async function insertGiven(session: Session, system: SqlSystem, { shape, set, item }: Edit): Promise<string> {
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

/** The attribute that is not any more what the item saw there. The row is locked: nobody changes it before the batch ends. */
async function changedMeanwhile(
  session: Session,
  system: SqlSystem,
  edit: Edit,
  row: readonly RawValue[] | null,
): Promise<string | null> {
  for (const one of edit.seen) {
    const now =
      'list' in one
        ? await heldIn(session, system, edit, one.list, null)
        : (row ?? (await rowOf(session, system, edit)))[edit.shape.columns.indexOf(one.column)]!;
    const type = 'list' in one ? 'string' : one.column.type;
    if (!isSame(now, one.value, type)) return one.attribute;
  }
  return null;
}

/** One that this batch wrote, as it is now. */
async function rowOf(session: Session, system: SqlSystem, edit: Edit): Promise<readonly RawValue[]> {
  return (await present(session, system, [edit])).get(edit.shape.kind)!.get(edit.anchor!)!;
}

/** Lists are sets; a time is the same in every way to write it. */
function isSame(now: RawValue, seen: RawValue, type: ValueType): boolean {
  const [there, before] = [setOf(now, type), setOf(seen, type)];
  return there.size === before.size && there.isSubsetOf(before);
}

function setOf(value: RawValue, type: ValueType): Set<string> {
  const values = [value ?? []].flat() as readonly (Scalar | Uint8Array)[];
  return new Set(
    values.map((one) => {
      try {
        return String(convert(one, { type, multi: false, matching: 'exact' }));
      } catch {
        return textOf(one);
      }
    }),
  );
}

function stale({ anchor }: Edit, attribute: string): WriteResult {
  const fault = {
    kind: 'conflict',
    message: `somebody changed ${attribute} meanwhile`,
    where: { object: anchor!, attribute },
  } as const;
  return { ok: false, fault, stale: true };
}

async function update(session: Session, system: SqlSystem, edit: Edit, row: readonly RawValue[] | null): Promise<void> {
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

async function remove(session: Session, system: SqlSystem, edit: Edit): Promise<void> {
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

/** What the rows hold now, as a read shows them. */
async function show(
  session: Session,
  system: SqlSystem,
  edits: readonly Edit[],
  done: readonly (readonly [at: number, anchor: string])[],
  results: (WriteResult | undefined)[],
): Promise<void> {
  for (const some of Map.groupBy(done, ([at]) => edits[at]!.shape).entries()) {
    const [shape, all] = some;
    const objects = new Map<string, ReadObject>();
    for (const part of pieces([...new Set(all.map(([, anchor]) => anchor))], NAMED)) {
      const where = whereAnchors(system, shape, part);
      for (const object of where === null ? [] : await select(session, system, shape, where)) objects.set(object.anchor, object);
    }
    for (const [at, anchor] of all) {
      const object = objects.get(anchor);
      if (object !== undefined) results[at] = { ok: true, anchor, object };
      else if (edits.some(({ item }, later) => later > at && item.operation === 'delete' && item.anchor === anchor))
        results[at] = { ok: true, anchor };
      else throw new RollcallError('conflict', `${shape.kind} ${anchor} is not there as it was written`, { remedy: NOT_THERE });
    }
  }
}

const NOT_THERE = 'see whether a trigger or a view changes the key, or leaves the row out';

function refusal(kind: ErrorKind, message: string, object: string): WriteResult {
  return { ok: false, fault: { kind, message, where: object === '' ? {} : { object } } };
}
