/**
 * Without `many` one row of a source speaks for an object, and a second one is parked (SEMANTICS 3): until the place is free, and
 * also when it was here before. A row that is gone, or that the filter does not take, has no place. In a target whatever account is
 * linked keeps it: which of several counts is told where wishes are made.
 */
import type { DirtyRange, ObjectId, StagedId, StagedRow } from '#store/contract';
import { clockOf, connectionNamed, type EngineConnection, type EngineContext } from '../context.ts';
import { ruleFor, scopeOf } from './contributions.ts';
import { outagesOf } from './outages.ts';

const BATCH = 1_000;

/** Whether it stands in the way of another one of its connection. */
export function hasPlace(context: EngineContext, row: StagedRow): boolean {
  if (row.presence !== 'present' && row.presence !== 'held') return false;
  const connection = connectionNamed(context, row.connection);
  return !connection || !isFiltered(connection, row.kind) || isTaken(context, connection, row);
}

/** Objects that have a row with a place here. */
export async function occupied(
  context: EngineContext,
  connection: EngineConnection,
  objects: readonly ObjectId[],
): Promise<ReadonlySet<ObjectId>> {
  const accounts = await context.store.spaces.accounts(connection.name, objects);
  const there = accounts.filter(({ presence }) => presence === 'present' || presence === 'held');
  const doubted = there.filter(({ kind }) => isFiltered(connection, kind)).map(({ stagedId }) => stagedId);
  const rows = doubted.length === 0 ? [] : await context.store.spaces.byIds(doubted);
  const out = new Set(rows.filter((row) => !hasPlace(context, row)).map((row) => row.id));
  return new Set(there.filter(({ stagedId }) => !out.has(stagedId)).map(({ objectId }) => objectId));
}

/** Which of these linked rows of a connection have lost their place. One that a person linked keeps it, and takes nobody else's. */
export async function displaced(
  context: EngineContext,
  connection: EngineConnection,
  linked: readonly StagedRow[],
): Promise<ReadonlySet<StagedId>> {
  const out = new Set<StagedId>();
  const may = linked.filter((row) => mayLose(connection, row) && (row.incarnation > 1 || isFiltered(connection, row.kind)));
  if (may.length === 0) return out;
  const accounts = await context.store.spaces.accounts(connection.name, [...new Set(may.map((row) => row.objectId!))]);
  const seen = new Set<ObjectId>();
  const several = new Set<ObjectId>();
  for (const { objectId, presence } of accounts) if (presence === 'present') (seen.has(objectId) ? several : seen).add(objectId);
  const back = may.filter((row) => several.has(row.objectId!) && hasPlace(context, row));
  if (back.length === 0) return out;
  const others = (await context.store.sync.linked([...several])).filter(
    (row) => row.connection === connection.name && mayLose(connection, row) && hasPlace(context, row),
  );
  for (const row of back) {
    // Whoever was linked later found the place free.
    const taken = others.some(
      ({ objectId, kind, linkRun }) => objectId === row.objectId && kind === row.kind && (linkRun ?? 0) > (row.linkRun ?? 0),
    );
    if (taken) out.add(row.id);
  }
  return out;
}

/** Rows of objects that are due: a filter may take them, or not any more, though nobody touched them. */
export async function mayMove(context: EngineContext, due: readonly ObjectId[]): Promise<DirtyRange[]> {
  const out: DirtyRange[] = [];
  if (!context.connections.some((one) => [...one.imports.values()].some((rule) => isFiltered(one, rule.from)))) return out;
  for (let i = 0; i < due.length; i += BATCH)
    for (const { id, connection, kind } of await context.store.sync.linked(due.slice(i, i + BATCH))) {
      const here = connectionNamed(context, connection);
      if (here && isFiltered(here, kind)) out.push({ subject: 'staged', from: id, to: id, cause: 'due' });
    }
  return out;
}

function mayLose(connection: EngineConnection, { presence, linkHow, kind }: StagedRow): boolean {
  return presence === 'present' && linkHow !== 'decided' && single(connection, kind).length > 0;
}

/** Whether it may be here and say nothing. */
export function isFiltered(connection: EngineConnection, kind: string): boolean {
  return single(connection, kind).some((rule) => rule.filter !== null);
}

function single(connection: EngineConnection, kind: string) {
  return [...connection.imports.values()].filter(
    (rule) => rule.from === kind && !rule.many && !connection.exports.has(rule.kind),
  );
}

function isTaken(context: EngineContext, connection: EngineConnection, row: StagedRow): boolean {
  return ruleFor(connection, row, scopeOf(row, outagesOf(context, connection.name)), clockOf(context)) !== null;
}
