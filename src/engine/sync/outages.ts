import { type EngineContext, stateOf } from '../context.ts';
import { parseOutages } from '../import/health.ts';

const NONE: ReadonlySet<string> = new Set();

/** Attributes of a connection that are out: rules read their last values. */
export function outagesOf(context: EngineContext, connection: string): ReadonlySet<string> {
  const text = stateOf(context, connection).outages;
  if (text === null) return NONE;
  return new Set(parseOutages(text).attributes.map((outage) => outage.attribute));
}
