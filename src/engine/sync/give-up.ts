/** A repair undone three times in a row is not tried again (SEMANTICS 9): both sides are shown until one of them changes. */
import { canonicalJson } from '#core/canonical';
import { equivalent } from '#core/matching';
import type { Attributes, Value } from '#core/values';
import type { StagedRow } from '#store/contract';
import { typeIn } from '../import/settle.ts';
import type { Steps } from '../lifecycle/steps.ts';
import type { Evaluated } from './evaluate.ts';
import { equal, termsOf } from './terms.ts';
import type { TargetView } from './wishes.ts';

const UNDONE = 3;

/** Takes out of `wanted` what never arrived, or was changed back every time. */
export function giveUp(
  one: Evaluated,
  target: TargetView,
  row: StagedRow,
  undos: NonNullable<Steps['undone']>,
  wanted: Attributes,
  current: Attributes,
): void {
  const { connection, rule } = target;
  for (const attribute in wanted) {
    const flow = rule.flows.find((one) => one.attribute === attribute);
    const undone = undos[attribute];
    const same = (ours: Value): boolean =>
      flow ? equal(wanted[attribute]!, ours, flow, target) : equivalent(wanted[attribute]!, ours, typeIn(connection, attribute));
    if (undone === undefined || undone.times < UNDONE || !same(undone.ours)) continue;
    const ours = flow?.reference ? termsOf(wanted[attribute]!, flow.reference.by, target) : wanted[attribute]!;
    const theirs = current[attribute] ?? null;
    delete wanted[attribute];
    // branch: parks notConverging
    one.parked.push({
      kind: 'notConverging',
      connection: connection.name,
      detail: canonicalJson({ attribute, anchor: row.anchor, ours, theirs }),
    });
  }
}
