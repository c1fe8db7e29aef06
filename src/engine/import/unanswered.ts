/**
 * What a write that was never answered may have left in a target (SEMANTICS 3 and 9): remembered until a read shows it, so that
 * it is known as ours then, or until a later write of the same attribute is answered.
 */
import { canonicalSet, parseImage, sameValue } from '#core/canonical';
import { withoutGenerated } from '#core/generated';
import { equivalent, normalForm } from '#core/matching';
import { type Attributes, type AttributeType, bare, type Scalar, scalars, type Value } from '#core/values';
import type { StagedRow } from '#store/contract';
import { parseSteps, type Steps, stepsText } from '../lifecycle/steps.ts';
import { oursAfter } from '../sync/ours.ts';
import type { LostReferences } from './lost-references.ts';

/** Of an attribute each value that may be there, a reference as `{object}`; of a shared set what may have been added, and what taken out. */
export type Unanswered = { readonly [attribute: string]: readonly Value[] };

type Shared = ReadonlyMap<string, AttributeType>;
type Remembered = Pick<StagedRow, 'seen' | 'confirmed' | 'steps'>;

/** The steps of an account that this was sent to, and no answer came. */
export function stepsUnanswered(row: Remembered, sent: Attributes, shared: Shared): string | null {
  const steps = parseSteps(row.steps);
  const seen = row.seen === null ? bare() : parseImage(row.seen);
  const confirmed = row.confirmed === null ? bare() : parseImage(row.confirmed);
  const unanswered: { [attribute: string]: readonly Value[] } = Object.assign(bare(), steps.unanswered);
  for (const attribute in sent) {
    const value = sent[attribute]!;
    const had = unanswered[attribute] ?? [];
    const set = shared.get(attribute);
    if (set) {
      const ours = confirmed[attribute] ?? null;
      const added = oursAfter(seen[attribute] ?? null, null, value, set);
      const removed = without(ours, value, set);
      unanswered[attribute] = [both(had[0] ?? null, added), both(had[1] ?? null, removed)];
    } else if (!had.some((one) => sameValue(one, value)) && !sameValue(confirmed[attribute] ?? null, value))
      unanswered[attribute] = [...had, value];
  }
  return withUnanswered(steps, unanswered);
}

/**
 * The same of an account whose wish was on its way when the process that sent it ended: all that it wanted. A newer wish that took
 * its place was never sent.
 */
export function stepsOfLost(row: StagedRow, shared: Shared): string | null {
  const steps = row.overtaken === null ? row.steps : stepsUnanswered(row, withoutGenerated(parseImage(row.overtaken)), shared);
  if (row.export?.state !== 'unknown' || row.export.wanted === null || row.export.attempts === 0) return steps;
  return stepsUnanswered({ ...row, steps }, withoutGenerated(parseImage(row.export.wanted)), shared);
}

/** What a create that nobody answered may have put into a new account, by all its attempts: nothing of it is from before them. */
export function stepsOfCreate(row: StagedRow, shared: Shared): string | null {
  return stepsOfLost({ ...row, seen: null, confirmed: null }, shared);
}

/** A write of these was answered: what earlier ones may have left of them is gone. A set keeps its memory until it is seen. */
export function stepsAnswered(text: string | null, sent: Attributes, shared: Shared, proven: boolean): string | null {
  const steps = parseSteps(text);
  if (steps.unanswered === undefined) return text;
  const unanswered = { ...steps.unanswered };
  for (const attribute in sent) if (proven || !shared.has(attribute)) delete unanswered[attribute];
  return withUnanswered(steps, unanswered);
}

/** A complete read that began later did not show it: it was not done. */
export function stepsUndone(text: string | null): string | null {
  return withUnanswered(parseSteps(text), {});
}

export interface Settled {
  /** With what is left. */
  readonly steps: string | null;
  /** What turned out to be written; sets are not among it. */
  readonly shown: Attributes;
}

interface Looking {
  readonly shared: Shared;
  readonly type: (attribute: string) => AttributeType;
  readonly references: Pick<LostReferences, 'asText'>;
  /** Nothing can be told of it now. */
  readonly isHidden: (attribute: string) => boolean;
}

const NOTHING: Attributes = Object.freeze(bare());

/** Notes in `confirmed` what of it the target shows now. */
export function settleUnanswered(
  text: string | null,
  confirmed: Attributes,
  now: Attributes,
  { shared, type, references, isHidden }: Looking,
): Settled {
  const steps = parseSteps(text);
  if (steps.unanswered === undefined) return { steps: text, shown: NOTHING };
  const found: Attributes = bare();
  const left: { [attribute: string]: readonly Value[] } = bare();
  for (const attribute in steps.unanswered) {
    const may = steps.unanswered[attribute]!;
    const there = now[attribute] ?? null;
    const set = shared.get(attribute);
    if (isHidden(attribute)) {
      left[attribute] = may;
      continue;
    }
    if (!set) {
      const texts = may.map((value) => references.asText(attribute, value));
      const shown = texts.find((value, i) => (value !== null || may[i] === null) && equivalent(there, value, type(attribute)));
      if (shown === undefined) left[attribute] = may;
      else confirmed[attribute] = found[attribute] = shown;
      continue;
    }
    const [added = null, removed = null] = may;
    const gone = without(removed, there, set);
    const missing = without(added, there, set);
    confirmed[attribute] = both(without(confirmed[attribute] ?? null, gone, set), without(added, missing, set));
    const stays = without(removed, gone, set);
    if (missing !== null || stays !== null) left[attribute] = [missing, stays];
  }
  return { steps: withUnanswered(steps, left), shown: found };
}

function withUnanswered({ unanswered: _before, ...steps }: Steps, unanswered: Unanswered): string | null {
  return stepsText(Object.keys(unanswered).length === 0 ? steps : { ...steps, unanswered });
}

function both(a: Value, b: Value): Value {
  const all = [...scalars(a), ...scalars(b)];
  return all.length === 0 ? null : canonicalSet(all);
}

function without(value: Value, taken: Value, type: AttributeType): Value {
  const norm = (v: Scalar): string => normalForm(v, type.matching);
  const out = new Set(scalars(taken).map(norm));
  const rest = scalars(value).filter((v) => !out.has(norm(v)));
  return rest.length === 0 ? null : canonicalSet(rest);
}
