/**
 * A person's state, computed from rules, dates and the presence of its owners (SEMANTICS 11, the plain case): expected →
 * active → leaving → gone, and back on return. Pure; yields the next instant at which the answer changes.
 */

import { endOfDate, startOfDate } from '#core/time';
import type { Attributes } from '#core/values';
import type { LifeState } from '#store/contract';

export interface LifeDates {
  /** Since when it is leaving; for an end date, the end of that day. */
  readonly leavingSince?: number;
  readonly goneSince?: number;
  readonly returnedAt?: number;
}

export interface LifeInput {
  readonly now: number;
  readonly zone: string;
  readonly before: { readonly state: LifeState; readonly dates: LifeDates } | null;
  /** An owner connection shows the person. */
  readonly owned: boolean;
  readonly attributes: Attributes;
  readonly rule: { readonly starts: string | null; readonly ends: string | null; readonly graceMs: number } | null;
  /** The rule's own condition; true where there is none. */
  readonly active: boolean;
}

export interface Life {
  readonly state: LifeState;
  readonly dates: LifeDates;
  /** Infinity when no date is awaited. */
  readonly due: number;
}

export function lifeOf(input: LifeInput): Life {
  const { now, before, rule, zone } = input;
  const starts = instantOf(rule?.starts, input.attributes, zone, startOfDate);
  const ends = instantOf(rule?.ends, input.attributes, zone, endOfDate);
  const ended = ends !== null && now >= ends;
  if (input.owned && input.active && !ended) {
    if (starts !== null && now < starts)
      return { state: 'expected', dates: withoutLeaving(before, now), due: Math.min(starts, ends ?? starts) };
    return { state: 'active', dates: withoutLeaving(before, now), due: ends ?? Number.POSITIVE_INFINITY };
  }
  const since = before?.dates.leavingSince ?? (input.owned && ended ? ends! : now);
  const goneAt = since + (rule?.graceMs ?? 0);
  if (now >= goneAt) {
    const goneSince = before?.state === 'gone' ? (before.dates.goneSince ?? goneAt) : goneAt;
    return { state: 'gone', dates: { leavingSince: since, goneSince }, due: Number.POSITIVE_INFINITY };
  }
  return { state: 'leaving', dates: { leavingSince: since }, due: goneAt };
}

function withoutLeaving(before: LifeInput['before'], now: number): LifeDates {
  if (!before) return {};
  if (before.state === 'leaving' || before.state === 'gone') return { returnedAt: now };
  return before.dates.returnedAt === undefined ? {} : { returnedAt: before.dates.returnedAt };
}

/** Start of the first instant that counts: a start date's beginning, an end date's end (inclusive dates). */
function instantOf(
  attribute: string | null | undefined,
  attributes: Attributes,
  zone: string,
  edge: (date: string, zone: string) => number,
): number | null {
  if (!attribute) return null;
  const value = attributes[attribute];
  if (typeof value !== 'string') return null;
  if (value.length === 10) return edge(value, zone);
  const ms = Date.parse(value);
  return Number.isFinite(ms) ? ms : null;
}
