/**
 * Whether new or changed rules fit what the systems have: a name that is not there would read as empty for everybody. Asked
 * before a run does anything; a column that goes away later, under rules that fitted, is an outage (engine/import/health).
 */
import type { Configuration } from '#config/model';
import { checkAgainstSchemas } from '#config/schemas';
import type { Schema } from '#connectors/contract';
import { toFault } from '#core/errors';
import type { EngineContext } from '#engine/index';

/** False when they do not: each fault is told, and nothing is to be done. A system that cannot be asked says so when it is read. */
export async function rulesFit(context: EngineContext, config: Configuration): Promise<boolean> {
  const schemas = new Map<string, Schema>();
  for (const connection of config.connections) {
    const state = context.states.get(connection.name);
    if (state?.rulesHash === connection.rulesHash && state.configHash === connection.configHash) continue;
    if (context.rests(connection.name)) continue;
    try {
      schemas.set(connection.name, await context.open(connection).discoverSchema());
    } catch (error) {
      // Its own read tells it better, but for a password: that is not tried twice.
      const fault = toFault(error, { connection: connection.name });
      if (fault.kind !== 'authentication') continue;
      context.failed.add(connection.name);
      context.fault(fault);
    }
  }
  if (schemas.size === 0) return true;
  const faults = checkAgainstSchemas(config, schemas);
  for (const fault of faults) context.fault(fault);
  return faults.length === 0;
}
