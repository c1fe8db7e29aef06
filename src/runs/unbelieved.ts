/** What the last reads left unknown: a plan that reads nothing itself, and explain, say so, else it would look as if all were well. */
import { type EngineContext, stateOf } from '#engine/context';
import { parseBaseline, parseOutages, unhealthy } from '#engine/import/health';
import { noticeOutage, systemOf } from '#engine/import/health-notice';
import type { ConnectionState, RunId, Store } from '#store/contract';
import { isHeld, noticeHeld } from './cycle.ts';
import type { Notice } from './model.ts';

/** Of the last run; what stopped a read is among the first. */
const MOST_FAULTS = 1_000;

/** Tells of reads that were not believed or not complete, and of attributes that are out, in the words of the run that read them. */
export async function noticeUnbelieved(context: EngineContext): Promise<void> {
  const failed = await failedLast(context.store, context.states, context.run);
  for (const connection of context.connections) {
    if (isHeld(context, connection)) {
      noticeHeld(context, connection);
      continue;
    }
    const state = stateOf(context, connection.name);
    const outages = parseOutages(state.outages);
    const why = failed.get(connection.name);
    const doubt = why === undefined ? readDoubt(state, systemOf(connection)) : unreadDoubt(connection.name, why);
    if (doubt !== null) context.notice('incompleteRead', connection.name, doubt.message, doubt.remedy);
    for (const outage of outages.attributes) {
      if (outages.accepted.includes(`${outage.kind}.${outage.attribute}`)) {
        const { message, remedy } = accepted(state.name, `attribute ${outage.attribute} as it was read`);
        context.notice('incompleteRead', state.name, message, remedy);
      } else noticeOutage(context, connection, outage);
    }
  }
}

/**
 * Of runs: a full read that was not believed, until a later one is, or somebody says that it is right. Changes that were read meanwhile
 * say nothing of who is gone. `told`: what the run says so far; the read itself may be its own.
 */
export function noticeDisbelieved(context: EngineContext, told: readonly Pick<Notice, 'kind' | 'connection'>[]): void {
  for (const connection of context.connections) {
    const { name } = connection;
    if (isHeld(context, connection) || told.some((one) => one.kind === 'incompleteRead' && one.connection === name)) continue;
    const state = stateOf(context, name);
    const doubt = parseOutages(state.outages).accepted.includes('read') ? null : disbelief(state, systemOf(connection));
    if (doubt !== null) context.notice('incompleteRead', name, doubt.message, doubt.remedy);
  }
}

/** What is not known of a connection's people, and what to do about it. */
export interface ReadDoubt {
  readonly message: string;
  readonly remedy: string;
}

/** By connection: why nobody knows whether it is as its last read shows it. A connection that is held is not among them. */
export async function readDoubts(store: Store, states: readonly ConnectionState[]): Promise<ReadonlyMap<string, ReadDoubt>> {
  const failed = await failedLast(store, new Map(states.map((one) => [one.name, one])));
  return new Map(
    states.flatMap((state) => {
      const why = failed.get(state.name);
      const doubt = state.held !== null ? null : why === undefined ? readDoubt(state) : unreadDoubt(state.name, why);
      return doubt === null ? [] : [[state.name, doubt]];
    }),
  );
}

/** Connections that the last run before this one wanted to read and could not: no state tells of that, its faults do. */
async function failedLast(
  { runs }: Store,
  states: ReadonlyMap<string, ConnectionState>,
  before?: RunId,
): Promise<ReadonlyMap<string, string>> {
  const [last] = await runs.list({ limit: 1, ...(before === undefined ? {} : { before }) });
  if (last === undefined) return new Map();
  const faults = (await runs.errors(last.id, { limit: MOST_FAULTS })).map((one) => one.fault);
  return new Map(
    faults.flatMap(({ message, where }) => {
      const { connection, object } = where;
      if (connection === undefined || object !== undefined) return [];
      const lastRead = states.get(connection)?.lastRead ?? null;
      return lastRead !== null && lastRead < last.now ? [[connection, message]] : [];
    }),
  );
}

function unreadDoubt(name: string, why: string): ReadDoubt {
  return {
    message: `${name}: could not be read in the last run (${why})`,
    remedy: 'mend it, then: rollcall plan --read',
  };
}

function readDoubt(state: ConnectionState, system: string = 'the source'): ReadDoubt | null {
  const { name, lastRead, lastCompleteRead, cursor } = state;
  if (parseOutages(state.outages).accepted.includes('read')) return accepted(name, 'the smaller read');
  const doubt = disbelief(state, system);
  if (doubt !== null) return doubt;
  // Between complete reads a feed tells changes; never read completely is told by itself (standing).
  if (cursor === null && lastRead !== null && lastCompleteRead !== null && lastRead > lastCompleteRead)
    return {
      message: `${name}: the last read was not complete; nobody is taken as gone`,
      remedy: "'rollcall plan --read' reads it again, and says what is wrong with it",
    };
  return null;
}

/** With the numbers of the last full read, where that is not believed for them. */
function disbelief({ name, baseline, outages: kept }: ConnectionState, system: string): ReadDoubt | null {
  const outages = parseOutages(kept);
  const { shown } = outages;
  const sick = shown && unhealthy(parseBaseline(baseline), { counts: shown, filled: {} }, outages);
  if (!sick) return null;
  return {
    message: `${name}: the last read was not believed: ${sick}. Nobody is taken as gone`,
    remedy: `check ${system}; if it is right, run: rollcall approve ${name} --read`,
  };
}

/** Somebody said that it is right, and no read made use of that yet. */
function accepted(name: string, what: string): ReadDoubt {
  return {
    message: `${name}: ${what} is approved, and the next complete read follows it; what comes of that is not shown yet`,
    remedy: 'to see it: rollcall plan --read',
  };
}
