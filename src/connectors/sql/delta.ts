/** Reading what changed since a position. */
import type { Change, Cursor, Page, ReadObject } from '#connectors/contract';
import { joinAnchor } from '#core/anchor';
import { type Skipped, skippedIn } from '../files/skipped.ts';
import type { ChangesDelta } from './config.ts';
import type { Session } from './driver.ts';
import { selectObjects } from './objects.ts';
import { changedRows, changesSince, type Position, positionOf, unknownCursor } from './position.ts';
import { endOf, objectsOf, whereAnchors } from './read.ts';
import { NAMED, type Shape, textOf } from './shape.ts';
import { statementOf } from './statement.ts';
import { type SqlSystem, shapesOf } from './system.ts';

/** More than so many and everything is read instead: that is one statement, and these are looked up by their keys. */
const MOST = 200_000;

export async function cursorOf(system: SqlSystem): Promise<Cursor> {
  return await system.apart(async (session) => {
    await session.begin('read');
    const cursor = JSON.stringify(await positionOf(session, system, await shapesOf(session, system)));
    await session.rollback();
    return cursor;
  });
}

/** @throws `conflict` for a cursor that the database, or these settings, do not know. */
export async function* readSince(system: SqlSystem, since: Cursor, signal: AbortSignal): AsyncGenerator<Page> {
  signal.throwIfAborted();
  const then = positionFrom(since);
  const skipped = skippedIn(system.context.connection, 'rows', system.context.warn);
  const session = await system.connect(signal);
  let now: Position;
  try {
    await session.begin('read');
    const shapes = await shapesOf(session, system);
    now = await positionOf(session, system, shapes);
    for (const shape of shapes) {
      if (then.kinds[shape.kind] === undefined) throw unknownCursor();
      for await (const objects of changesOf(session, system, shape, { then, now }, skipped, signal)) {
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
  yield { objects: [], end: { ...endOf(skipped), next: JSON.stringify(now) } };
}

async function* changesOf(
  session: Session,
  system: SqlSystem,
  shape: Shape,
  positions: { readonly then: Position; readonly now: Position },
  skipped: Skipped,
  signal: AbortSignal,
): AsyncGenerator<readonly (ReadObject | Change)[]> {
  const { delta } = shape.config;
  if (delta === undefined) return;
  if ('column' in delta) {
    const where = await changedRows(session, system, shape, delta, positions.then, positions.now);
    yield* objectsOf(session, system, selectObjects(shape, system.driver, where), shape, skipped, signal);
    return;
  }
  const anchors = await changedAnchors(session, system, shape, delta, positions, signal);
  for (let at = 0; at < anchors.length; at += NAMED) {
    const some = anchors.slice(at, at + NAMED);
    const gone = new Set(some);
    const where = whereAnchors(system, shape, some);
    if (where !== null)
      for await (const objects of objectsOf(
        session,
        system,
        selectObjects(shape, system.driver, where),
        shape,
        skipped,
        signal,
      )) {
        for (const { anchor } of objects) gone.delete(anchor);
        yield objects;
      }
    // What could not be used is reported, and is not gone.
    if (skipped.count === 0) yield [...gone].map((anchor): Change => ({ op: 'delete', kind: shape.kind, anchor }));
  }
}

/** Each once. */
async function changedAnchors(
  session: Session,
  system: SqlSystem,
  { kind }: Shape,
  delta: ChangesDelta,
  { then, now }: { readonly then: Position; readonly now: Position },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const mark = then.kinds[kind]!;
  const changes = await changesSince(session, system, delta, { horizon: then.horizon, mark }, now);
  if (changes === null) throw unknownCursor();
  const seen = new Set((mark.seen ?? []).map(String));
  const anchors = new Set<string>();
  const more = { signal, maxRowBytes: system.limits.maxObjectBytes };
  for await (const { rows } of session.stream(statementOf(changes.fragment, system.driver), changes.columns, more)) {
    for (const [order, ...key] of rows) {
      if (seen.has(String(order))) continue;
      const parts = key.map(textOf);
      if (!parts.includes('')) anchors.add(joinAnchor(parts));
    }
    if (anchors.size > MOST) throw unknownCursor();
  }
  return [...anchors];
}

function positionFrom(cursor: Cursor): Position {
  try {
    const { horizon, kinds } = JSON.parse(cursor) as Position;
    const known = Object.values(kinds).every(({ last, seen = [] }) =>
      [last ?? 0, ...seen].every((value) => typeof value === 'string' || typeof value === 'number'),
    );
    if (known && (horizon === null || typeof horizon === 'string'))
      return { horizon, kinds: Object.assign(Object.create(null) as object, kinds) };
  } catch {
    // It is none of ours.
  }
  throw unknownCursor();
}
