/** What a read of a target proves about what was written there (SEMANTICS 2 and 9). */
import { imageText, parseImage } from '#core/canonical';
import { equivalent } from '#core/matching';
import type { Attributes, AttributeType } from '#core/values';
import type { Settle, StagedRow } from '#store/contract';
import type { EngineConnection } from '../context.ts';
import { parseSteps, stepsText } from '../lifecycle/steps.ts';
import { oursAfter } from '../sync/ours.ts';
import type { Canonical } from './staging.ts';

const PLAIN: AttributeType = { type: 'string', multi: false, matching: 'exact' };

/** Undefined when nothing was on its way. A value that came back otherwise is counted as an undone repair. */
export function settleRow(
  shared: ReadonlyMap<string, AttributeType>,
  connection: EngineConnection,
  row: StagedRow,
  now: Pick<Canonical, 'attributes'>,
): Settle | undefined {
  if (row.sent === null) return undefined;
  const sent = parseImage(row.sent);
  const before = row.seen === null ? null : parseImage(row.seen);
  const confirmed: Attributes = row.confirmed === null ? Object.create(null) : parseImage(row.confirmed);
  let undone = 0;
  for (const attribute in sent) {
    const wanted = sent[attribute]!;
    const set = shared.get(attribute);
    if (equivalent(now.attributes[attribute], wanted, typeIn(connection, attribute)))
      confirmed[attribute] = set ? oursAfter(before?.[attribute] ?? null, confirmed[attribute] ?? null, wanted, set) : wanted;
    else undone++;
  }
  const steps = parseSteps(row.steps);
  const repairs = undone === 0 ? null : { text: row.sent, times: steps.repairs?.text === row.sent ? steps.repairs.times + 1 : 1 };
  const { repairs: _old, ...others } = steps;
  return { confirmed: imageText(confirmed), settled: true, steps: stepsText(repairs ? { ...others, repairs } : others) };
}

/** The type an attribute has in this target, as some export rule states it. */
export function typeIn(connection: EngineConnection, attribute: string): AttributeType {
  for (const rule of connection.exports.values())
    for (const flow of rule.flows) if (flow.attribute === attribute) return flow.type;
  return PLAIN;
}
