/**
 * Changed objects from outside → their connector space, as if a change feed had shown them. What is wrong with one is said
 * attribute by attribute, and then nothing of it is staged.
 */
import type { Change, ReadObject } from '#connectors/contract';
import { type Fault, toFault } from '#core/errors';
import type { StageAudit, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { createExpected } from '../export/expected.ts';
import { createErased } from './erased.ts';
import { stagingPlan } from './plan.ts';
import { createStager } from './stager.ts';
import { type Canonical, canonicalise, type StagingPlan } from './staging.ts';

/** Of a push: neither where it is staged. */
export interface PushOutcome {
  /** What is wrong with it. */
  readonly faults: readonly Fault[];
  /** The path of a value that only one object may have, and another one has. */
  readonly taken: string | null;
}

const NOTHING: ReadonlyMap<ReadObject | Change, readonly Omit<StageAudit, 'item'>[]> = new Map();

/**
 * `noted`: for the audit log; `rows`: of all of them, by kind and anchor, where they were just read. Together, durable once it is fulfilled.
 * `changes`: of objects with different anchors.
 */
export async function stagePushes(
  context: EngineContext,
  connection: EngineConnection,
  changes: readonly (ReadObject | Change)[],
  noted: ReadonlyMap<ReadObject | Change, readonly Omit<StageAudit, 'item'>[]> = NOTHING,
  rows?: ReadonlyMap<string, StagedRow>,
): Promise<readonly PushOutcome[]> {
  const plan = stagingPlan(context, connection);
  const read = new Map<ReadObject | Change, Canonical>();
  const faults = new Map(changes.map((change) => [change.anchor, faultsOf(change, plan, connection.name, read)]));
  const known = new Set(await createErased(context, connection).without(changes));
  for (const { anchor } of changes.filter((change) => !known.has(change)))
    faults.get(anchor)!.push({
      kind: 'conflict',
      message: 'whoever is named so was erased, and is not taken in again',
      where: { connection: connection.name, object: anchor },
      remedy: "whoever is to come back gets another number in the source, or is let in again with 'rollcall person readmit'",
    });
  await context.begun;
  const sound = changes.filter(({ anchor }) => faults.get(anchor)!.length === 0);
  const expected = createExpected();
  const fault = (one: Fault): void => {
    const told = one.where.object === undefined ? undefined : faults.get(one.where.object);
    if (told) told.push(one);
    else context.fault(one);
  };
  const taken = new Map<string, string>();
  const options = {
    full: false,
    mark: null,
    empty: false,
    expected,
    noted,
    ...(rows === undefined ? {} : { rows }),
    read,
    erasedLeftOut: true,
    taken: (at: string, path: string) => void taken.set(at, path),
  };
  const stager = createStager({ ...context, fault }, connection, options);
  await stager.changes(sound);
  await stager.finish();
  await expected.save(context, connection);
  return changes.map(({ anchor }) => ({ faults: faults.get(anchor)!, taken: taken.get(anchor) ?? null }));
}

/** Objects as a look-up shows them now, durable once it is fulfilled. Of what cannot be used, what was there before stays. */
export async function stageLooked(
  context: EngineContext,
  connection: EngineConnection,
  objects: readonly ReadObject[],
): Promise<void> {
  const expected = createExpected();
  const stager = createStager(context, connection, { full: false, mark: null, empty: false, expected });
  await stager.changes(objects);
  await stager.finish();
  await expected.save(context, connection);
}

/** Everything that is wrong with what it names, or why it cannot even be told from others; `read` gets what whole objects are. */
function faultsOf(
  change: ReadObject | Change,
  plan: StagingPlan,
  connection: string,
  read: Map<ReadObject | Change, Canonical>,
): Fault[] {
  const { kind, anchor } = change;
  const place = { connection, object: anchor };
  try {
    const canonical = canonicalise({ kind, anchor, attributes: valuesOf(change), ...nameOf(change) }, plan);
    // Of a whole object that is what it is staged as; what its reader refused is no fault of the push.
    if (change.op !== 'patch' && change.op !== 'delete' && change.refused === undefined && change.partial === undefined)
      read.set(change, canonical);
    return canonical.refused.map((fault) => ({ ...fault, where: { ...place, ...fault.where } }));
  } catch (error) {
    return [toFault(error, place)];
  }
}

function valuesOf(change: ReadObject | Change): ReadObject['attributes'] {
  if (change.op === 'delete') return {};
  return change.op === 'patch' ? { ...change.set, ...change.add, ...change.remove } : change.attributes;
}

function nameOf(change: ReadObject | Change): Pick<ReadObject, 'name'> {
  return change.op === 'delete' || change.name === undefined ? {} : { name: change.name };
}
