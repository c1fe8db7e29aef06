/**
 * What connections that are listened to say has changed, as a run of its own beside whatever else runs: read since the cursor, worked
 * out and sent at once (docs/decisions/0015).
 */
import { Superseded, toFault } from '#core/errors';
import { afterChanges, type EngineConnection, importChanges, isClosed, modeOf, type Unfinished } from '#engine/index';
import type { RunStatus } from '#store/contract';
import { begun } from './begin.ts';
import { besideOf, type PushReport } from './beside.ts';
import { isHeld, noticeHeld } from './cycle.ts';
import { endRun, followed, openBeside } from './follow.ts';
import type { ConnectionCounts, Services } from './model.ts';
import { recorder } from './recorder.ts';
import { touched } from './run-counts.ts';
import type { Opened, Session } from './services.ts';
import { takeTenure, tryTenure } from './tenure.ts';

/** A change of so many is left to a run like any other: it lets others have their turns. */
const LARGE = 5_000;

export interface LiveReport extends PushReport {
  readonly connections: readonly ConnectionCounts[];
  /** Could not be asked. */
  readonly again: readonly EngineConnection[];
  /** Were asked, and would show the same again. */
  readonly unfinished: ReadonlyMap<string, Unfinished>;
  /** For which only a whole cycle can say what changed. */
  readonly cycle: readonly EngineConnection[];
  /** Of which what was read is left to a cycle; targets for which something is decided and not sent, which nobody else sends. */
  readonly waits: readonly EngineConnection[];
}

/** `opened`: what of it may stay open, stays so, unless something went wrong. */
export async function liveRun(
  connections: readonly EngineConnection[],
  { by, opened }: { readonly by: string; readonly opened: Opened },
  services: Services,
): Promise<LiveReport> {
  const leave = (await tryTenure(services)) ?? (await takeTenure(services));
  try {
    const noting = recorder(services.store);
    const session = await openBeside({ profile: 'live', by, opened }, services, noting);
    const { context } = session;
    await begun(session);
    const again: EngineConnection[] = [];
    const cycle: EngineConnection[] = [];
    const left: EngineConnection[] = [];
    let status: RunStatus = 'done';
    for (const connection of connections) {
      if (isHeld(context, connection)) noticeHeld(context, connection);
      else {
        const outcome = await importOne(session, connection);
        if (outcome === 'cycle') cycle.push(connection);
        else if (outcome === 'again') again.push(connection);
      }
    }
    if (context.signal.aborted) status = 'interrupted';
    // What only a whole read makes whole is not worked out before.
    else if (arrived(session, connections) > LARGE || arrived(session, cycle) > 0) left.push(...connections);
    else status = await followed(session, services, noting, { staged: async () => undefined });
    const counts = touched(session);
    await opened.close(session.faultCount() > 0 || status !== 'done');
    const waits = status === 'interrupted' ? [] : [...left, ...(await waiting(session, services, status === 'failed'))];
    const report = await endRun(session, services, status, counts);
    return { ...report, connections: counts, again, unfinished: context.unfinished, cycle, waits };
  } finally {
    await leave();
  }
}

async function importOne({ context }: Session, connection: EngineConnection): Promise<'done' | 'again' | 'cycle'> {
  try {
    const outcome = await importChanges(context, connection);
    if (outcome === null) return 'cycle';
    const { added, changed, gone } = context.counters.of(connection.name);
    if (added + changed + gone > 0) await afterChanges(context, connection);
    return 'done';
  } catch (error) {
    if (error instanceof Superseded) throw error;
    if (context.signal.aborted) return 'done';
    // branch: retries: what is listened to could not be read
    context.failed.add(connection.name);
    context.fault(toFault(error, { connection: connection.name }));
    return 'again';
  }
}

/**
 * A target did not take it, or a run beside this one worked it out and sends nothing. Where neither may be, what waits is not asked: it
 * waits for its time. `failed`: nobody knows what was sent.
 */
async function waiting({ context, faultCount }: Session, { store }: Services, failed: boolean): Promise<EngineConnection[]> {
  if (!failed && faultCount() === 0 && besideOf(store).runs === 0) return [];
  const found: EngineConnection[] = [];
  for (const connection of context.connections) {
    const { name, exports } = connection;
    if (exports.size === 0 || isHeld(context, connection) || modeOf(context, connection) !== 'on' || context.rests(name))
      continue;
    if (isClosed(context, connection)) continue;
    if (failed || ((await store.exports.counts(name)).waiting ?? 0) > 0) found.push(connection);
  }
  return found;
}

function arrived({ context }: Session, connections: readonly EngineConnection[]): number {
  return connections.reduce((sum, { name }) => sum + context.counters.of(name).seen, 0);
}
