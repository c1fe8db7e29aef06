/** The phases of a cycle over all connections. A connection that fails is reported; the others go on. */
import { RollcallError, toFault } from '#core/errors';
import {
  afterChanges,
  beforeFirstRead,
  type EngineConnection,
  type EngineContext,
  exportConnection,
  gateConnection,
  hasUnanswered,
  importConnection,
  MOST_TAKEN,
  modeOf,
  type SyncOptions,
  sync,
} from '#engine/index';
import type { ConnectionState, StagedId } from '#store/contract';
import type { Phase } from './model.ts';

/** Passes of sync → export → confirm in one cycle: what a target answers can decide something more, such as a reference. */
const PASSES = 5;
/** And as many more while targets answer that a generated value is taken: each tries the next candidate. */
const CONFLICTS = MOST_TAKEN;

const MOST_STALE = 10_000;

export interface CycleOptions extends SyncOptions {
  readonly import: 'auto' | 'full' | 'none';
  readonly connections: readonly string[] | null;
  readonly export: boolean;
  readonly exportOnly?: readonly StagedId[];
  /** Called after each phase; false ends the cycle. */
  readonly after: (phase: 'import' | 'sync' | 'export' | 'cycle') => Promise<boolean>;
}

/** False when a hook ended it early. */
export async function cycle(context: EngineContext, options: CycleOptions): Promise<boolean> {
  return (await phases(context, options)) && (await options.after('cycle'));
}

/** False when a hook ended it. */
async function phases(context: EngineContext, options: CycleOptions): Promise<boolean> {
  const chosen = (c: EngineConnection): boolean => options.connections === null || options.connections.includes(c.name);
  if (options.import !== 'none') {
    for (const connection of context.connections)
      if (chosen(connection)) await importOne(context, connection, options.import, 'import');
    if (!(await options.after('import'))) return false;
    await lookAtStale(context);
  }
  let exported = false;
  let conflicts = 0;
  for (let pass = 0; pass < (conflicts > 0 ? PASSES + CONFLICTS : PASSES); pass++) {
    await sync(context, options);
    for (const connection of context.connections) await gateConnection(context, connection);
    if (pass === 0 && !(await options.after('sync'))) return false;
    if (!options.export) return true;
    let sent = 0;
    conflicts = 0;
    if (pass === 0 && (await readBeforeDeleting(context, chosen, options))) continue;
    for (const connection of context.connections) {
      if (isHeld(context, connection)) continue;
      try {
        const outcome = await exportConnection(context, connection, options.exportOnly);
        sent += outcome.sent;
        conflicts += outcome.conflicts;
        if (outcome.sent > 0 && !outcome.proven) await importOne(context, connection, 'auto', 'confirm');
      } catch (error) {
        failed(context, connection, error);
      }
    }
    if (!exported && !(await options.after('export'))) return false;
    exported = true;
    if (options.only || options.accept || sent + conflicts === 0 || (await context.store.sync.dirty()).ranges.length === 0) break;
  }
  return true;
}

/** Deletes that waited for a recent read of the owners: there may be one now. */
async function lookAtStale(context: EngineContext): Promise<void> {
  const stale = await context.store.decisions.parked({ kind: 'staleOwners' }, { after: 0, limit: MOST_STALE });
  const ids = stale.flatMap(({ objectId }) => (objectId === null ? [] : [objectId]));
  const ready =
    ids.length > 0 &&
    context.connections.every((c) => !c.owner || (context.states.get(c.name)?.lastCompleteRead ?? 0) === context.now);
  if (ready)
    await context.store.sync.markDirty(
      ids.map((id) => ({ subject: 'object', from: id, to: id, cause: 'owners read' })),
      context.epoch,
    );
}

/** A delete is preceded by a look at the account: a target with deletes to send that this run did not read is read first. */
async function readBeforeDeleting(
  context: EngineContext,
  chosen: (c: EngineConnection) => boolean,
  options: CycleOptions,
): Promise<boolean> {
  let read = false;
  for (const connection of context.connections) {
    const known = options.import !== 'none' && chosen(connection);
    if (known || isHeld(context, connection) || modeOf(context, connection) !== 'on' || !(await hasDeletes(context, connection)))
      continue;
    await importOne(context, connection, 'auto', 'import');
    read = true;
  }
  return read;
}

async function hasDeletes(context: EngineContext, connection: EngineConnection): Promise<boolean> {
  if (connection.exports.size === 0) return false;
  for (let after = 0; ; ) {
    const page = await context.store.exports.list(connection.name, ['waiting'], { after, limit: 1_000 });
    if (page.some((row) => row.export!.operation === 'delete')) return true;
    if (page.length < 1_000) return false;
    after = page[page.length - 1]!.id;
  }
}

/** A full read where there is no feed, or it is too long ago; else what changed. */
async function importOne(
  context: EngineContext,
  connection: EngineConnection,
  how: 'auto' | 'full',
  phase: Phase,
): Promise<void> {
  if (isHeld(context, connection)) {
    context.notice(
      'heldConnection',
      connection.name,
      `${connection.name} is held: nothing is read from it or written to it`,
      `rollcall release ${connection.name}`,
    );
    return;
  }
  const state = context.states.get(connection.name);
  const last = state?.lastCompleteRead ?? null;
  const overdue = last === null || context.now - last > connection.fullReadEveryMs;
  try {
    context.progress(phase, connection.name, 0, null);
    await beforeFirstRead(context, connection);
    const before = arrived(context, connection);
    const full = how === 'full' || overdue || (phase === 'import' && (await hasUnanswered(context, connection)));
    await importConnection(context, connection, full ? 'full' : 'delta');
    if (arrived(context, connection) > before) await afterChanges(context, connection);
  } catch (error) {
    failed(context, connection, error);
  }
}

/** Changes that reads of this run found. */
function arrived(context: EngineContext, connection: EngineConnection): number {
  const { added, changed, gone } = context.counters.of(connection.name);
  return added + changed + gone;
}

function failed(context: EngineContext, connection: EngineConnection, error: unknown): void {
  if (context.signal.aborted) throw error;
  // Another owner of the store took over: nothing more may be written for this run.
  if (error instanceof RollcallError && error.kind === 'conflict' && error.where.connection === undefined) throw error;
  context.fault(toFault(error, { connection: connection.name }));
}

export function isHeld(context: EngineContext, connection: EngineConnection): boolean {
  return (context.states.get(connection.name) as ConnectionState | undefined)?.held != null;
}

/** Targets that only watch, and have something to show. */
export function firstPlans(context: EngineContext): readonly EngineConnection[] {
  return context.connections.filter((connection) => connection.exports.size > 0 && modeOf(context, connection) === 'observe');
}
