/**
 * One changed object from outside → its connector space, as if a change feed had shown it. What is wrong with it is said
 * attribute by attribute, and then nothing of it is staged.
 */
import type { Change, ReadObject } from '#connectors/contract';
import { type Fault, toFault } from '#core/errors';
import type { EngineConnection, EngineContext } from '../context.ts';
import { createExpected } from '../export/expected.ts';
import { stagingPlan } from './plan.ts';
import { createStager } from './stager.ts';
import { canonicalise, type StagingPlan } from './staging.ts';

/** Durable once it is fulfilled. Answers what is wrong: [] when it is staged. */
export async function stagePush(
  context: EngineContext,
  connection: EngineConnection,
  change: ReadObject | Change,
): Promise<readonly Fault[]> {
  const place = { connection: connection.name, object: change.anchor };
  try {
    const faults = faultsOf(change, stagingPlan(context, connection));
    if (faults.length > 0) return faults.map((fault) => ({ ...fault, where: { ...place, ...fault.where } }));
  } catch (error) {
    return [toFault(error, place)];
  }
  const refused: Fault[] = [];
  const expected = createExpected();
  const stager = createStager({ ...context, fault: (fault) => void refused.push(fault) }, connection, {
    full: false,
    mark: null,
    empty: false,
    expected,
  });
  await stager.changes([change]);
  await stager.finish();
  await expected.save(context, connection);
  return refused;
}

/** Everything that is wrong with what it names. @throws invalidValue when it cannot even be told from others. */
function faultsOf(change: ReadObject | Change, plan: StagingPlan): readonly Fault[] {
  const { kind, anchor } = change;
  if (change.op === 'delete') return canonicalise({ kind, anchor, attributes: {} }, plan).refused;
  const attributes = change.op === 'patch' ? { ...change.set, ...change.add, ...change.remove } : change.attributes;
  return canonicalise({ kind, anchor, attributes, ...(change.name === undefined ? {} : { name: change.name }) }, plan).refused;
}
