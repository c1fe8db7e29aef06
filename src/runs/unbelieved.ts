/** What the last reads left unknown: a plan that reads nothing itself says so, else it would look as if all were well. */
import { type EngineContext, stateOf } from '#engine/context';
import { type Outages, parseBaseline, parseOutages, unhealthy } from '#engine/import/health';
import type { ConnectionState } from '#store/contract';
import { isHeld, noticeHeld } from './cycle.ts';

/** Of the last run; what stopped a read is among the first. */
const MOST_FAULTS = 1_000;

/** Tells of reads that were not believed or not complete, and of attributes that are out, in the words of the run that read them. */
export async function noticeUnbelieved(context: EngineContext): Promise<void> {
  const failed = await failedLast(context);
  for (const connection of context.connections) {
    if (isHeld(context, connection)) {
      noticeHeld(context, connection);
      continue;
    }
    const state = stateOf(context, connection.name);
    const outages = parseOutages(state.outages);
    const why = failed.get(connection.name);
    if (why !== undefined)
      context.notice(
        'incompleteRead',
        connection.name,
        `${connection.name}: could not be read in the last run (${why})`,
        'mend it, then: rollcall plan --read',
      );
    else noticeRead(context, state, outages);
    for (const { kind, attribute, filledBefore, filledNow } of outages.attributes) {
      if (outages.accepted.includes(`${kind}.${attribute}`)) noticeAccepted(context, state.name, attribute);
      else
        context.notice(
          'outage',
          state.name,
          `${state.name}: attribute ${attribute} was filled in ${filledBefore} objects and is now in ${filledNow}; the last values stay`,
          `check the source; if it is right, run: rollcall approve ${state.name} --attribute ${kind}.${attribute}`,
        );
    }
  }
}

/** Connections that the last run wanted to read and could not: no state tells of that, its faults do. */
async function failedLast(context: EngineContext): Promise<ReadonlyMap<string, string>> {
  const { runs } = context.store;
  const [last] = await runs.list({ before: context.run, limit: 1 });
  if (last === undefined) return new Map();
  const faults = (await runs.errors(last.id, { limit: MOST_FAULTS })).map((one) => one.fault);
  return new Map(
    faults.flatMap(({ message, where }) => {
      const { connection, object } = where;
      if (connection === undefined || object !== undefined) return [];
      const { lastRead } = stateOf(context, connection);
      return lastRead !== null && lastRead < last.now ? [[connection, message]] : [];
    }),
  );
}

function noticeRead(context: EngineContext, state: ConnectionState, outages: Outages): void {
  const { name, lastRead, lastCompleteRead, cursor } = state;
  if (outages.accepted.includes('read')) {
    noticeAccepted(context, name, null);
    return;
  }
  const { shown } = outages;
  const sick = shown && unhealthy(parseBaseline(state.baseline), { counts: shown, filled: {} }, outages);
  if (sick)
    context.notice(
      'incompleteRead',
      name,
      `${name}: the last read was not believed: ${sick}. Nobody is taken as gone`,
      `check the source; if it is right, run: rollcall approve ${name} --read`,
    );
  // Between complete reads a feed tells changes; never read completely is told by itself (standing).
  else if (cursor === null && lastRead !== null && lastCompleteRead !== null && lastRead > lastCompleteRead)
    context.notice(
      'incompleteRead',
      name,
      `${name}: the last read was not complete; nobody is taken as gone`,
      "'rollcall plan --read' reads it again, and says what is wrong with it",
    );
}

/** Somebody said that it is right, and no read made use of that yet. */
function noticeAccepted(context: EngineContext, connection: string, attribute: string | null): void {
  const what = attribute === null ? 'the smaller read' : `attribute ${attribute} as it was read`;
  context.notice(
    'incompleteRead',
    connection,
    `${connection}: ${what} is approved, and the next complete read follows it; what comes of that is not in this plan`,
    'to see it: rollcall plan --read',
  );
}
