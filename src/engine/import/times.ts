import { imageText, sameValue } from '#core/canonical';
import { type Attributes, bare } from '#core/values';
import type { StagedRow } from '#store/contract';
import type { StagingPlan } from './staging.ts';

/** When each `latest` attribute last changed here; null when the connection has none. */
export function timesOf(
  plan: StagingPlan,
  row: StagedRow | undefined,
  before: Attributes | null,
  after: Attributes,
  at: number,
): string | null {
  if (plan.timed.size === 0) return null;
  const times: { [attribute: string]: number } = row?.times ? (JSON.parse(row.times) as { [attribute: string]: number }) : {};
  for (const attribute of plan.timed)
    if (!sameValue(before?.[attribute] ?? null, after[attribute] ?? null)) times[attribute] = at;
  return imageText(Object.assign(bare(), times));
}
