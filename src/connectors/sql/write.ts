/**
 * Writing. A batch is one transaction. Where the database refuses something in it, it is undone and halved, and again, until the rows
 * are known that it refuses: each of them has its own answer, the others are written, and a batch that is all right costs nothing more.
 */
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { type Fault, RollcallError, toFault } from '#core/errors';
import type { Kind } from '#core/values';
import type { Session, SqlFault } from './driver.ts';
import { checked, type Edit } from './edits.ts';
import { perform } from './perform.ts';
import { type Shape, textOf } from './shape.ts';
import { statementOf } from './statement.ts';
import { type SqlSystem, shapeOfKind } from './system.ts';

const BATCH = 500;

export function sqlWriter(system: SqlSystem): Writer {
  const { findNewBy } = system.config;
  return {
    creates: findNewBy === undefined ? { by: 'callerKey' } : { by: 'lookup', attribute: findNewBy, visibleWithinSeconds: 0 },
    batch: { items: BATCH },
    answers: 'object',
    write: (items) =>
      system.kept(async (session) => {
        const shapes = new Map<Kind, Shape | null>();
        try {
          for (const { kind } of items) if (!shapes.has(kind)) shapes.set(kind, await shapeOfKind(session, system, kind));
        } catch (error) {
          throw system.fault(error);
        }
        return await writeAll(session, system, shapes, items);
      }),
  };
}

async function writeAll(
  session: Session,
  system: SqlSystem,
  shapes: ReadonlyMap<Kind, Shape | null>,
  items: readonly WriteItem[],
): Promise<readonly WriteResult[]> {
  const results = new Array<WriteResult | undefined>(items.length);
  const edits: Edit[] = [];
  for (const [at, item] of items.entries()) {
    try {
      edits.push(checked(system, shapes.get(item.kind) ?? null, item, at));
    } catch (error) {
      results[at] = refused(toFault(error), item, system);
    }
  }
  let isAnyDone = false;
  /** What stops all that is not answered yet. */
  let stopped: unknown;

  async function transact(some: readonly Edit[]): Promise<void> {
    if (stopped !== undefined || some.length === 0) return;
    let committing = false;
    try {
      await session.begin('write');
      const answers = await perform(session, system, some);
      committing = true;
      await session.commit();
      isAnyDone = true;
      for (const [i, edit] of some.entries()) results[edit.at] = answers[i]!;
    } catch (error) {
      const meaning = meaningOf(error, system);
      if (meaning.lost === true || !session.usable) {
        stopped = system.fault(error);
        if (!committing) return;
        // It may be done.
        isAnyDone = true;
        for (const { at, item } of some) results[at] = { ...refused(toFault(stopped), item, system), unknown: true };
        return;
      }
      await session.rollback();
      if (meaning.item !== true) stopped = system.fault(error);
      else if (some.length === 1) {
        const [edit] = some as [Edit];
        const named =
          meaning.column === undefined && meaning.kind === 'invalidValue' ? await columnOf(session, system, edit) : {};
        results[edit.at] = refused(faultOf({ ...meaning, ...named }, edit), edit.item, system);
      } else {
        const half = Math.ceil(some.length / 2);
        await transact(some.slice(0, half));
        await transact(some.slice(half));
      }
    }
  }

  await transact(edits);
  if (stopped !== undefined && !isAnyDone) throw stopped;
  return items.map((item, at) => results[at] ?? refused(toFault(stopped), item, system));
}

/** The column that does not take its value, where the database can be asked about each. */
async function columnOf(session: Session, { driver }: SqlSystem, { set }: Edit): Promise<Pick<SqlFault, 'column'>> {
  for (const [column, value] of set) {
    const statement = value === null ? null : (driver.tried?.(value, column) ?? null);
    if (statement === null) continue;
    try {
      await session.run(statementOf(statement, driver));
    } catch (error) {
      const { kind, lost } = driver.fault(error);
      if (lost === true || !session.usable) return {};
      if (kind === 'invalidValue') return { column: column.name };
    }
  }
  return {};
}

/** An error of our own, thrown while writing, is about the row that it was thrown for. */
function meaningOf(error: unknown, { driver }: SqlSystem): SqlFault {
  if (!(error instanceof RollcallError)) return driver.fault(error);
  const { kind, message, remedy } = error;
  return { kind, message, item: kind === 'invalidValue' || kind === 'conflict', ...(remedy === undefined ? {} : { remedy }) };
}

function faultOf({ kind, message, remedy, column }: SqlFault, { shape }: Edit): Fault {
  const attribute = shape.attributes.find(({ at }) => shape.columns[at]!.name === column)?.name;
  return {
    kind,
    message,
    where: attribute === undefined ? {} : { attribute },
    ...(remedy === undefined ? (kind === 'invalidValue' ? { remedy: MEND } : {}) : { remedy }),
  };
}

const MEND = 'mend the value in the source or in the rule, or widen the column';

/** A row that has no key yet is called by what it is found by. */
function refused(fault: Fault, { anchor, set }: WriteItem, { config: { findNewBy } }: SqlSystem): { ok: false; fault: Fault } {
  const object = anchor ?? (findNewBy === undefined ? '' : textOf(Object.hasOwn(set, findNewBy) ? set[findNewBy] : null));
  return { ok: false, fault: { ...fault, where: { ...(object === '' ? {} : { object }), ...fault.where } } };
}
