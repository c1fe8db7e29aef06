/**
 * A delete is preceded by a look at the account (SEMANTICS 11): exactly those about to be deleted are looked up. What is as
 * it was last seen may go; what is not, or is not there any more, is staged as seen, and sync decides about it anew.
 */

import type { ReadObject } from '#connectors/contract';
import { toFault } from '#core/errors';
import { accountName } from '#core/label';
import type { StagedId, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { ACTIONS } from '../export/answers.ts';
import { afterChanges } from '../import/again.ts';
import { stagingPlan } from '../import/plan.ts';
import { createStager } from '../import/stager.ts';
import { canonicalise, type StagingPlan } from '../import/staging.ts';

const PAGE = 1_000;
/** Look-ups on their way at once. */
const AT_ONCE = 8;

/** Deletes that could be sent now. */
export async function waitingDeletes(
  context: EngineContext,
  connection: EngineConnection,
  chosen: (id: StagedId) => boolean,
): Promise<StagedRow[]> {
  const out: StagedRow[] = [];
  if (connection.exports.size === 0) return out;
  for (let after = 0; ; ) {
    const page = await context.store.exports.list(connection.name, ['waiting'], { after, limit: PAGE, operation: 'delete' });
    out.push(...page.filter((row) => row.anchor !== null && chosen(row.id) && row.export!.notBefore <= context.wall()));
    if (page.length < PAGE) return out;
    after = page[page.length - 1]!.id;
  }
}

/** Whether single accounts can be looked up. A target that is written as a whole is read as a whole: a look-up costs as much. */
export function looksUp(context: EngineContext, connection: EngineConnection): boolean {
  const { lookup, write } = context.open(connection);
  return lookup !== undefined && write?.commit === undefined;
}

export interface Looked {
  readonly asSeen: readonly StagedId[];
  readonly changed: readonly StagedId[];
}

/** Accounts that could not be looked up are in neither list: their deletes wait. */
export async function lookUpAccounts(
  context: EngineContext,
  connection: EngineConnection,
  rows: readonly StagedRow[],
): Promise<Looked> {
  const plan = stagingPlan(context, connection);
  const stager = createStager(context, connection, { full: false, mark: null, empty: false });
  const asSeen: StagedId[] = [];
  const changed: StagedId[] = [];
  let stopped = false;
  const lookAt = async (row: StagedRow): Promise<readonly ReadObject[] | null> => {
    try {
      return await context.open(connection).lookup!({ anchor: row.anchor! }, row.kind);
    } catch (error) {
      const fault = toFault(error, { connection: connection.name, object: row.anchor! });
      // A system that does not answer is told once; the others are not asked.
      if (!stopped) context.fault(fault, { subject: 'staged', id: row.id });
      if (ACTIONS[fault.kind] !== 'park') stopped = true;
      return null;
    }
  };
  for (let i = 0; i < rows.length && !stopped; i += AT_ONCE) {
    context.signal.throwIfAborted();
    const some = rows.slice(i, i + AT_ONCE);
    const found = await Promise.all(some.map(lookAt));
    for (const [n, row] of some.entries()) {
      const objects = found[n]!;
      if (objects === null) continue;
      const [object] = objects;
      if (objects.length > 1 || (object && (object.anchor !== row.anchor || object.kind !== row.kind))) {
        notTheOne(context, connection, row);
        continue;
      }
      if (object && sameAs(row, object, plan)) {
        asSeen.push(row.id);
        continue;
      }
      const { refused } = stager;
      await stager.changes([object ?? { op: 'delete', kind: row.kind, anchor: row.anchor! }]);
      if (stager.refused === refused) changed.push(row.id);
    }
  }
  await stager.finish();
  if (changed.length > 0) await afterChanges(context, connection);
  return { asSeen, changed };
}

function sameAs(row: StagedRow, object: ReadObject, plan: StagingPlan): boolean {
  try {
    const { text, name } = canonicalise(object, plan);
    return row.presence === 'present' && text === row.seen && name === row.name;
  } catch {
    // Staging it says what is wrong with it.
    return false;
  }
}

function notTheOne(context: EngineContext, connection: EngineConnection, row: StagedRow): void {
  context.fault(
    {
      kind: 'conflict',
      message: `${connection.name} does not show one account with the key of ${accountName(row)}, which was to be deleted; it is not`,
      where: { connection: connection.name, object: row.anchor! },
      remedy: 'look at the account in the target',
    },
    { subject: 'staged', id: row.id },
  );
}
