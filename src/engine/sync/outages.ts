import { type EngineContext, stateOf } from '../context.ts';
import { type OutageTimes, outageTimes, parseOutages } from '../import/health.ts';

const NONE: OutageTimes = new Map();

/** Attributes of a connection that are out: rules read their last values. So it is with all that a read empties that goes on. */
export function outagesOf(context: EngineContext, connection: string): OutageTimes {
  const reading = context.turns.reading.get(connection);
  if (reading && reading.run !== context.run) return { size: 1, has: () => true, get: () => reading.since };
  const text = stateOf(context, connection).outages;
  return text === null ? NONE : outageTimes(parseOutages(text));
}
