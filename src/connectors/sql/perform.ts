/** What a batch does to the tables, within a transaction that is open. It throws at the first thing that the database refuses. */
import type { ReadObject, WriteResult } from '#connectors/contract';
import { type ErrorKind, RollcallError } from '#core/errors';
import type { Session } from './driver.ts';
import type { Edit } from './edits.ts';
import { writeLists } from './lists.ts';
import { select, whereAnchors } from './read.ts';
import { insert, insertGiven, present, remove, update } from './rows.ts';
import { keyOf, NAMED, pieces } from './shape.ts';
import { changedMeanwhile, stale } from './stale.ts';
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

function isAlike(first: Edit, next: Edit, count: number, { driver }: SqlSystem): boolean {
  if (first.shape !== next.shape || first.set.size !== next.set.size) return false;
  if ((count + 1) * (first.set.size + first.key!.length) > driver.maxValues) return false;
  return [...next.set.keys()].every((column) => first.set.has(column));
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
