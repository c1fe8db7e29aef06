/**
 * Import: what a system shows → its connector space. Which kind of read it is, and what follows where a feed cannot go on.
 */

import { RollcallError, Superseded, toFault } from '#core/errors';
import type { ConnectionState } from '#store/contract';
import { type EngineConnection, type EngineContext, stateOf } from '../context.ts';
import { parseOutages } from './health.ts';
import type { ImportOutcome } from './outcome.ts';
import { readDelta } from './read-delta.ts';
import { isOfOtherSettings, readFull } from './read-full.ts';
import { ReadInFull } from './referring.ts';

export function importConnection(
  context: EngineContext,
  connection: EngineConnection,
  wanted: 'full' | 'delta',
): Promise<ImportOutcome> {
  return oneByOne(context, connection, () => noted(context, connection, () => importNow(context, connection, wanted)));
}

/** What changed, and nothing else; null where only a read of the whole can tell, or the connection is being read already. */
export async function importChanges(context: EngineContext, connection: EngineConnection): Promise<ImportOutcome | null> {
  if (context.turns.readers.get(connection.name)?.goesOn) return null;
  return await oneByOne(context, connection, async () => {
    const state = stateOf(context, connection.name);
    const { cursor } = state;
    if (cursor === null || onlyInFull(connection, state)) return null;
    try {
      return await noted(context, connection, () => readDelta(context, connection, cursor));
    } catch (error) {
      if (error instanceof ReadInFull) return null;
      if (!isConflict(error)) throw error;
      // branch: retries: a feed lost its place while it was listened to, and all is read
      return null;
    }
  });
}

/** Whether no read of changes can tell what is to be known: one of the whole has to be complete first. */
function onlyInFull(connection: EngineConnection, state: ConnectionState): boolean {
  const { cursor, outages, lastCompleteRead } = state;
  if (cursor === null || lastCompleteRead === null || parseOutages(outages).accepted.length > 0) return true;
  return isOfOtherSettings(connection, state);
}

/** Reads of one connection follow one another, and each begins where the last one ended. */
async function oneByOne<T>(context: EngineContext, { name }: EngineConnection, read: () => Promise<T>): Promise<T> {
  const { store, turns, run, states } = context;
  const free = await turns.alone(`read ${name}`);
  const last = turns.readers.get(name);
  turns.readers.set(name, { run, goesOn: true });
  try {
    // One that began later went before: what this run knows of the connection is from before that.
    if (last && last.run > run) for (const state of await store.spaces.states()) if (state.name === name) states.set(name, state);
    return await read();
  } finally {
    turns.readers.set(name, { run: Math.max(run, last?.run ?? run), goesOn: false });
    free();
  }
}

/** What would read the same again is told to whoever listens: it is not read at each ring. */
async function noted(
  context: EngineContext,
  connection: EngineConnection,
  read: () => Promise<ImportOutcome>,
): Promise<ImportOutcome> {
  const { name } = connection;
  const begun = context.monotonic();
  const before = stateOf(context, name).cursor;
  const outcome = await read();
  const state = stateOf(context, name);
  // Beside a full read that proves nothing, changes are read as they were; not where that is what they wait for.
  const same = onlyInFull(connection, state) || (outcome.mode === 'delta' && state.cursor === before);
  if (outcome.complete || !same) context.unfinished.delete(name);
  else context.unfinished.set(name, { tookMs: context.monotonic() - begun, reason: outcome.reason });
  return outcome;
}

async function importNow(context: EngineContext, connection: EngineConnection, wanted: 'full' | 'delta'): Promise<ImportOutcome> {
  const open = context.open(connection);
  const reader = open.read;
  if (!reader) return { complete: false, mode: wanted, reason: null };
  const state = stateOf(context, connection.name);
  if (reader.deltas === 'only') {
    const begin = await reader.cursor!();
    try {
      return await readDelta(context, connection, (wanted === 'delta' ? state.cursor : null) ?? begin);
    } catch (error) {
      if (!isConflict(error)) throw error;
      context.fault(toFault(error, { connection: connection.name }));
      return await readDelta(context, connection, begin);
    }
  }
  // What a person said about the last full read is for the next one.
  const asked = parseOutages(state.outages).accepted.length > 0;
  if (isOfOtherSettings(connection, state))
    context.notice(
      'rulesChanged',
      connection.name,
      `the settings of ${connection.name} changed; it is read in full, and what is not shown any more is gone from it`,
      "'rollcall plan --read' shows what comes of it",
    );
  else if (wanted === 'delta' && reader.deltas && state.cursor !== null && !asked) {
    try {
      return await readDelta(context, connection, state.cursor);
    } catch (error) {
      if (!(error instanceof ReadInFull)) {
        // The feed says that it cannot go on from there: a full read can.
        if (!isConflict(error)) throw error;
        // branch: retries: a feed lost its place, and all is read
        context.lostPlace.add(connection.name);
        if ((error as RollcallError).usual)
          context.notice(
            'readInFull',
            connection.name,
            `${connection.name} is read in full: ${(error as RollcallError).message}`,
            (error as RollcallError).remedy ?? '',
          );
        else context.fault(toFault(error, { connection: connection.name }));
      }
    }
  }
  return await readFull(context, connection);
}

/** The feed says that it cannot go on from where it was left. */
function isConflict(error: unknown): boolean {
  return error instanceof RollcallError && error.kind === 'conflict' && !(error instanceof Superseded);
}
