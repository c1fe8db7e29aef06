import { type EngineContext, stateOf } from '../context.ts';
import { type OutageTimes, outageTimes, parseOutages } from '../import/health.ts';

const NONE: OutageTimes = new Map();

/** Attributes of a connection that are out: rules read their last values. So it is with all that a read empties that goes on. */
export function outagesOf(context: EngineContext, connection: string): OutageTimes {
  const reading = context.turns.reading.get(connection);
  const known = knownOutages(context, connection);
  if (!reading || reading.run === context.run) return known;
  return { size: 1, has: () => true, get: (attribute) => Math.min(known.get(attribute) ?? reading.since, reading.since) };
}

/** Of those, what a read that came to its end found to be out: nobody knows what is there, and nothing is written to it. */
export function knownOutages(context: EngineContext, connection: string): OutageTimes {
  const text = stateOf(context, connection).outages;
  return text === null ? NONE : outageTimes(parseOutages(text));
}

export function isOut(out: OutageTimes, kind: string, attribute: string): boolean {
  return out.size > 0 && out.has(`${kind}.${attribute}`);
}
