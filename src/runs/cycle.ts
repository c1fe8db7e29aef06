/** The phases of a cycle over all connections. A connection that fails is reported; the others go on. */
import { StoreUnavailable, Superseded, toFault } from '#core/errors';
import { dateIn } from '#core/time';
import {
  afterChanges,
  beforeFirstRead,
  type EngineConnection,
  type EngineContext,
  type ExportOutcome,
  type ExportScope,
  exportConnection,
  gateConnection,
  hasUnanswered,
  importConnection,
  MOST_TAKEN,
  modeOf,
  ownersFresh,
  type SyncOptions,
  sync,
  tryRefused,
} from '#engine/index';
import type { ConnectionState, StagedId } from '#store/contract';
import { createLooks, type Looks } from './before-deletes.ts';
import type { Phase } from './model.ts';
import { phase } from './phase.ts';

/** Passes of sync → export → confirm in one cycle: what a target answers can decide something more, such as a reference. */
const PASSES = 5;
/** And as many more while targets answer that a generated value is taken: each tries the next candidate. */
const CONFLICTS = MOST_TAKEN;

const MOST_STALE = 10_000;

type Scope = Pick<ExportScope, 'only' | 'members'>;

export interface CycleOptions extends SyncOptions {
  /** `delta`: what changed; the whole only of what keeps no feed, or was never read. `auto`: the whole also where that is overdue. */
  readonly import: 'auto' | 'full' | 'delta' | 'none';
  readonly connections: readonly string[] | null;
  /** What these refused is tried again now. */
  readonly atOnce: boolean;
  readonly sync: boolean;
  /** `decided`: what earlier syncs decided, to the chosen connections, and not read back. */
  readonly export: boolean | 'decided';
  /** An earlier step of the run worked out what there was: before an export of what is decided, what came in since is worked out too. */
  readonly synced?: boolean;
  /** What may be sent, where that is not everything: asked once sync has decided, since it makes accounts. */
  readonly scope?: () => Promise<Scope>;
  /** Called after each phase; false ends the cycle. */
  readonly after: (phase: 'import' | 'sync' | 'export') => Promise<boolean>;
}

/** The phases asked for. False when a hook ended them early. */
export async function phases(context: EngineContext, options: CycleOptions): Promise<boolean> {
  const chosen = (c: EngineConnection): boolean => options.connections === null || options.connections.includes(c.name);
  /** Whether what was read in this run was read completely. */
  const read = new Map<string, boolean>();
  if (options.import !== 'none') {
    for (const connection of context.connections)
      if (chosen(connection)) read.set(connection.name, await importOne(context, connection, options.import, 'import'));
    if (!(await options.after('import'))) return false;
  }
  if (options.import !== 'none' || context.whatIf) await lookAtStale(context);
  const planned = options.refused !== undefined;
  const looks = createLooks(context, {
    planned,
    read: async (connection) => {
      const known = read.get(connection.name) ?? (await importOne(context, connection, 'auto', 'import'));
      read.set(connection.name, known);
      return known;
    },
  });
  if (!options.sync) return options.export === false || (await exportDecided(context, chosen, looks, options));
  let exported = false;
  let conflicts = 0;
  const most = (): number => (conflicts > 0 ? PASSES + CONFLICTS : PASSES);
  for (let pass = 0; pass < most(); pass++) {
    await phase('sync', context, null, () => sync(context, options));
    if (pass === 0 && options.export && options.scope === undefined) await tryAllRefused(context, options);
    for (const connection of context.connections) await gateConnection(context, connection);
    if (pass === 0 && !(await options.after('sync'))) return false;
    if (!options.export) return true;
    let sent = 0;
    const scope = await options.scope?.();
    const changed = await lookFirst(context, context.connections, looks, scope?.only);
    // In the last pass nothing is decided any more, nor by a plan: what is not as it was is left for the next run.
    if (changed && !planned && pass < most() - 1) continue;
    conflicts = 0;
    for (const connection of context.connections) {
      const outcome = await exportOne(context, connection, scope, looks.deletable, true);
      sent += outcome.sent;
      conflicts += outcome.conflicts;
    }
    if (!exported && !(await options.after('export'))) return false;
    exported = true;
    if (options.only || planned || sent + conflicts === 0 || (await context.store.sync.dirty()).ranges.length === 0) break;
  }
  return true;
}

/** Sends what is decided. Where something read is not worked out yet, a decision may be out of date: then nothing is sent, unless the run syncs. */
async function exportDecided(
  context: EngineContext,
  chosen: (c: EngineConnection) => boolean,
  looks: Looks,
  options: CycleOptions,
): Promise<boolean> {
  let scope: Scope | undefined;
  let behind = false;
  if (options.scope === undefined) await tryAllRefused(context, options);
  // As in a cycle: others go on meanwhile, so this ends whether or not there is more, and a plan decides nothing once it looked.
  for (let pass = 0; pass < PASSES; pass++) {
    scope = await options.scope?.();
    await lookFirst(context, context.connections.filter(chosen), looks, scope?.only);
    behind = (await context.store.sync.dirty()).ranges.length > 0;
    if (!behind || !options.synced || options.refused) break;
    await phase('sync', context, null, () => sync(context, options));
    for (const connection of context.connections) await gateConnection(context, connection);
  }
  for (const connection of context.connections) {
    if (!chosen(connection)) continue;
    if (!behind || options.synced) await exportOne(context, connection, scope, looks.deletable, false);
    else if (connection.exports.size > 0)
      context.notice(
        'notSynced',
        connection.name,
        'nothing was sent: something that was read, decided or configured since is not worked out yet',
        'put a sync before the export: rollcall run --profile delta-sync',
      );
  }
  return options.after('export');
}

async function tryAllRefused(context: EngineContext, { connections, atOnce }: CycleOptions): Promise<void> {
  for (const connection of context.connections)
    if (!isHeld(context, connection))
      await tryRefused(context, connection, atOnce && (connections?.includes(connection.name) ?? true));
}

async function exportOne(
  context: EngineContext,
  connection: EngineConnection,
  scope: Scope | undefined,
  deletable: ReadonlySet<StagedId>,
  confirm: boolean,
): Promise<Pick<ExportOutcome, 'sent' | 'conflicts'>> {
  const nothing = { sent: 0, conflicts: 0 };
  if (isHeld(context, connection)) return nothing;
  try {
    const outcome = await phase('export', context, connection, () =>
      exportConnection(context, connection, deletable, scope ? { ...scope, gated: false } : null),
    );
    if (confirm && outcome.sent > 0 && !outcome.proven) await importOne(context, connection, 'auto', 'confirm');
    return outcome;
  } catch (error) {
    failed(context, connection, error);
    return nothing;
  }
}

/** True when an account that was to be deleted is not as it was. */
async function lookFirst(
  context: EngineContext,
  connections: readonly EngineConnection[],
  looks: Looks,
  only: readonly StagedId[] | undefined,
): Promise<boolean> {
  let changed = false;
  for (const connection of connections) {
    if (isHeld(context, connection)) continue;
    try {
      if (await looks.before(connection, only)) changed = true;
    } catch (error) {
      failed(context, connection, error);
    }
  }
  return changed;
}

/** Deletes that waited for a recent read of the owners: there may be one now. */
async function lookAtStale(context: EngineContext): Promise<void> {
  const stale = await context.store.decisions.parked({ kind: 'staleOwners' }, { after: 0, limit: MOST_STALE });
  const ids = stale.flatMap(({ objectId }) => (objectId === null ? [] : [objectId]));
  if (ids.length === 0) return;
  const ready = (await context.store.sync.objects(ids)).filter(({ kind }) => ownersFresh(context, kind));
  if (ready.length > 0)
    await context.store.sync.markDirty(
      ready.map(({ id }) => ({ subject: 'object', from: id, to: id, cause: 'owners read' })),
      context.epoch,
    );
}

/** A full read where there is no feed, or it is too long ago; else what changed. True when it was complete. */
async function importOne(
  context: EngineContext,
  connection: EngineConnection,
  how: 'auto' | 'full' | 'delta',
  name: Phase,
): Promise<boolean> {
  if (isHeld(context, connection)) {
    // branch: holds: a connection that a person holds
    noticeHeld(context, connection);
    return false;
  }
  if (context.rests(connection.name)) {
    // branch: waits: a connection that refused to let Rollcall sign in
    return false;
  }
  const state = context.states.get(connection.name);
  const last = state?.lastCompleteRead ?? null;
  const overdue = last === null || context.now - last > connection.fullReadEveryMs;
  try {
    context.progress(name, connection.name, 0, null);
    await beforeFirstRead(context, connection);
    const before = arrived(context, connection);
    const full =
      how === 'full' ||
      (how === 'delta' ? last === null : overdue || (name === 'import' && (await hasUnanswered(context, connection))));
    const { complete } = await phase(name, context, connection, () =>
      importConnection(context, connection, full ? 'full' : 'delta'),
    );
    if (arrived(context, connection) > before) await afterChanges(context, connection);
    return complete;
  } catch (error) {
    failed(context, connection, error);
    return false;
  }
}

/** Changes that reads of this run found. */
function arrived(context: EngineContext, connection: EngineConnection): number {
  const { added, changed, gone } = context.counters.of(connection.name);
  return added + changed + gone;
}

function failed(context: EngineContext, connection: EngineConnection, error: unknown): void {
  if (context.signal.aborted) throw error;
  if (error instanceof Superseded || error instanceof StoreUnavailable) throw error;
  context.failed.add(connection.name);
  context.fault(toFault(error, { connection: connection.name }));
}

export function isHeld(context: EngineContext, connection: EngineConnection): boolean {
  return (context.states.get(connection.name) as ConnectionState | undefined)?.held != null;
}

export function noticeHeld(context: EngineContext, connection: EngineConnection): void {
  context.notice(
    'heldConnection',
    connection.name,
    `${connection.name} is held${holder(context, connection)}: nothing is read from it or written to it`,
    `rollcall release ${connection.name}`,
  );
}

/** ` by Ada Lovelace since 2026-11-21: HR migrates`. */
function holder({ states, zone }: EngineContext, { name }: EngineConnection): string {
  const { held } = states.get(name) as ConnectionState;
  return held === null ? '' : ` by ${held.by} since ${dateIn(zone, held.at)} (${held.reason})`;
}

/** Targets that only watch, and have something to show. */
export function firstPlans(context: EngineContext): readonly EngineConnection[] {
  return context.connections.filter((connection) => connection.exports.size > 0 && modeOf(context, connection) === 'observe');
}
