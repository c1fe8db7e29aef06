/** What a target's state proves about what was written there, and what of it stays ours (SEMANTICS 2, 3 and 9). */
import { imageText, parseImage } from '#core/canonical';
import { equivalent, normalForm } from '#core/matching';
import { type Attributes, type AttributeType, bare, hasAny, scalars, type Value } from '#core/values';
import type { Settle, StagedRow } from '#store/contract';
import type { EngineConnection } from '../context.ts';
import { parseSteps, type Steps, stepsText } from '../lifecycle/steps.ts';
import { oursAfter } from '../sync/ours.ts';
import { partialIn } from './kept.ts';
import type { LostReferences } from './lost-references.ts';
import { settleUnanswered, stepsOfLost } from './unanswered.ts';

const PLAIN: AttributeType = { type: 'string', multi: false, matching: 'exact' };

/** What a target is known by here: its rules, and which of its attributes are shared sets. */
export interface Settling {
  readonly connection: EngineConnection;
  readonly shared: ReadonlyMap<string, AttributeType>;
  /** The run's now, ms: grace starts when a disable is proven. */
  readonly now: number;
}

/**
 * After a write: what the target made of it is ours, whatever it is, so that a rewriting is never taken for an edit; a value
 * that did not arrive is a repair undone, and counted.
 */
export function afterWrite(
  settling: Settling,
  row: Pick<StagedRow, 'kind' | 'seen' | 'kept' | 'confirmed' | 'steps'>,
  sent: Attributes,
  now: Attributes,
): { readonly confirmed: Attributes; readonly steps: string | null } {
  const { connection, shared } = settling;
  const before = row.seen === null ? null : parseImage(row.seen);
  const confirmed: Attributes = row.confirmed === null ? bare() : parseImage(row.confirmed);
  const { repairs: had, conflicts: _over, ...others } = parseSteps(row.steps);
  const repairs: { [attribute: string]: number } = Object.assign(bare(), had);
  const partial = partialIn(row.kept);
  for (const attribute in sent) {
    const type = typeIn(connection, attribute);
    // What was not shown before, and is now, is no rewriting of what was sent.
    const arrived = partial.includes(attribute)
      ? holdsAll(now[attribute], sent[attribute]!, type)
      : equivalent(now[attribute], sent[attribute]!, type);
    const value = arrived ? sent[attribute]! : (now[attribute] ?? null);
    const set = shared.get(attribute);
    confirmed[attribute] = set ? oursAfter(before?.[attribute] ?? null, confirmed[attribute] ?? null, value, set) : value;
    if (arrived) delete repairs[attribute];
    else repairs[attribute] = (repairs[attribute] ?? 0) + 1;
  }
  const steps = enabling(settling, row.kind, others, sent, now);
  return { confirmed, steps: stepsText(Object.keys(repairs).length === 0 ? steps : { ...steps, repairs }) };
}

function holdsAll(now: Value | undefined, sent: Value, { matching }: AttributeType): boolean {
  const there = new Set(scalars(now ?? null).map((value) => normalForm(value, matching)));
  return scalars(sent).every((value) => there.has(normalForm(value, matching)));
}

/** A proven disable starts the grace; a proven enable ends what was begun. */
function enabling({ connection, now: at }: Settling, kind: string, steps: Steps, sent: Attributes, now: Attributes): Steps {
  for (const rule of connection.exports.values()) {
    if (rule.to !== kind || rule.enabled === null || !(rule.enabled.attribute in sent)) continue;
    const { attribute, on, off } = rule.enabled;
    const type = typeIn(connection, attribute);
    if (equivalent(now[attribute], off, type)) return { disabledAt: at, ...steps, confirmedAt: at };
    if (!equivalent(now[attribute], on, type)) continue;
    const { disabledAt: _disabled, confirmedAt: _confirmed, ...others } = steps;
    return others;
  }
  return steps;
}

/** What a read says about the memory of a target's object; undefined when it changes nothing about it. */
export function settleRow(
  settling: Settling,
  row: StagedRow,
  now: Attributes,
  references: Pick<LostReferences, 'asText'>,
): Settle | undefined {
  const sent = row.sent === null ? null : parseImage(row.sent);
  const before = stepsOfLost(row, settling.shared);
  const written = sent === null ? null : afterWrite(settling, { ...row, steps: before }, sent, now);
  if (written === null && row.confirmed === null && before === null) return undefined;
  const confirmed: Attributes = written?.confirmed ?? (row.confirmed === null ? bare() : parseImage(row.confirmed));
  const steps = afterLook(settling, row.kind, written ? written.steps : before, confirmed, now, references);
  const edited = forgetEdited(settling, confirmed, sent, now);
  if (written === null && !edited && steps === before) return undefined;
  return { confirmed: imageText(confirmed), settled: written !== null, ...(steps === row.steps ? {} : { steps }) };
}

/** What a look at an object shows of writes that nobody answered: noted in `confirmed`; answers the steps after it. */
export function afterLook(
  settling: Settling,
  kind: string,
  before: string | null,
  confirmed: Attributes,
  now: Attributes,
  references: Pick<LostReferences, 'asText'>,
): string | null {
  const type = (attribute: string): AttributeType => typeIn(settling.connection, attribute);
  const { steps, shown } = settleUnanswered(before, confirmed, now, settling.shared, type, references);
  return hasAny(shown) ? stepsText(enabling(settling, kind, parseSteps(steps), shown, now)) : steps;
}

/** Whether this state, if it is the last one, ends something that was ours, or shows that a write did not arrive. */
export function forgets({ connection, shared }: Settling, row: StagedRow, now: Attributes): boolean {
  const differs = (image: string | null, but: ReadonlyMap<string, unknown>): boolean => {
    const values = image === null ? bare() : parseImage(image);
    for (const name in values) if (!but.has(name) && !equivalent(now[name], values[name]!, typeIn(connection, name))) return true;
    return false;
  };
  return differs(row.confirmed, shared) || differs(row.sent, NONE);
}

const NONE: ReadonlyMap<string, unknown> = new Map();

/** A value that somebody changed there is not ours any more, also when it is changed back. */
function forgetEdited(
  { connection, shared }: Settling,
  confirmed: Attributes,
  sent: Attributes | null,
  now: Attributes,
): boolean {
  let edited = false;
  for (const attribute in confirmed) {
    if (shared.has(attribute) || (sent !== null && attribute in sent)) continue;
    if (equivalent(now[attribute], confirmed[attribute], typeIn(connection, attribute))) continue;
    delete confirmed[attribute];
    edited = true;
  }
  return edited;
}

/** The type an attribute has in this target, as some export rule states it. */
export function typeIn(connection: EngineConnection, attribute: string): AttributeType {
  for (const rule of connection.exports.values())
    for (const flow of rule.flows) if (flow.attribute === attribute) return flow.type;
  return PLAIN;
}
