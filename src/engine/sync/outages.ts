import { type EngineContext, stateOf } from '../context.ts';
import { type OutageTimes, outageTimes, parseOutages } from '../import/health.ts';

const NONE: OutageTimes = new Map();

/** Attributes of a connection that are out: rules read their last values. */
export function outagesOf(context: EngineContext, connection: string): OutageTimes {
  const text = stateOf(context, connection).outages;
  return text === null ? NONE : outageTimes(parseOutages(text));
}
