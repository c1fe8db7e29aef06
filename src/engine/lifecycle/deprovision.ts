/** An account whose person no longer belongs in the target: disable, then delete after the grace (SEMANTICS 5, 7, 11). */
import { canonicalJson } from '#core/canonical';
import { equivalent } from '#core/matching';
import type { Attributes } from '#core/values';
import type { ExportRule } from '#rules/model';
import type { StagedRow, StagedWrite } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import type { OutageTimes } from '../import/health.ts';
import { typeIn } from '../import/settle.ts';
import { effectiveImage } from '../sync/contributions.ts';
import type { Evaluated } from '../sync/evaluate.ts';
import { parseSteps, stepsText } from './steps.ts';

export interface Step {
  readonly change: {
    readonly operation: 'update' | 'delete';
    readonly wanted: Attributes | null;
    readonly anchor: null;
    readonly name: null;
  } | null;
  readonly write: Partial<StagedWrite> | null;
  readonly due: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const NOTHING: Step = { change: null, write: null, due: NEVER };
const DELETE = { operation: 'delete', wanted: null, anchor: null, name: null } as const;

export function deprovision(
  context: EngineContext,
  one: Evaluated,
  connection: EngineConnection,
  rule: ExportRule,
  row: StagedRow,
  { ownersFresh, outages }: { readonly ownersFresh: boolean; readonly outages: OutageTimes },
): Step {
  const { action, then, afterMs } = rule.deprovision;
  if (action === 'none') return NOTHING;
  if (action === 'delete') return ownersFresh ? { change: DELETE, write: null, due: NEVER } : stale(one, connection);
  const { enabled } = rule;
  if (!enabled) return NOTHING;
  const steps = parseSteps(row.steps);
  const seen = effectiveImage(row, outages);
  const off = equivalent(seen[enabled.attribute], enabled.off, typeIn(connection, enabled.attribute));
  if (!off) {
    if (steps.confirmedAt !== undefined) {
      // branch: parks enabledByHand
      one.parked.push({ kind: 'enabledByHand', connection: connection.name, detail: canonicalJson({ anchor: row.anchor }) });
      return NOTHING;
    }
    const wanted: Attributes = Object.create(null);
    wanted[enabled.attribute] = enabled.off;
    const write = steps.disabledAt === undefined ? { steps: stepsText({ ...steps, disabledAt: context.now }) } : null;
    return { change: { operation: 'update', wanted, anchor: null, name: null }, write, due: NEVER };
  }
  const confirmedAt = steps.confirmedAt ?? context.now;
  // The grace begins, whoever disabled it; what Rollcall did not take it does not give back.
  const write = steps.confirmedAt === undefined ? { steps: stepsText({ ...steps, confirmedAt }) } : null;
  if (then !== 'delete') return { change: null, write, due: NEVER };
  const at = confirmedAt + afterMs;
  if (context.now < at) {
    // branch: waits: the grace of a disabled account
    return { change: null, write, due: at };
  }
  return ownersFresh ? { change: DELETE, write, due: NEVER } : { ...stale(one, connection), write };
}

/** Grace is over, but nobody looked at the owners lately: look again first. */
function stale(one: Evaluated, connection: EngineConnection): Step {
  // branch: parks staleOwners
  one.parked.push({ kind: 'staleOwners', connection: connection.name, detail: '{}' });
  return NOTHING;
}
