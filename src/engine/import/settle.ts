/** What a target's state proves about what was written there, and what of it stays ours (SEMANTICS 2, 3 and 9). */
import { imageText, parseImage, sameValue } from '#core/canonical';
import { equivalent, normalForm } from '#core/matching';
import { type Attributes, type AttributeType, bare, hasAny, scalars, type Value } from '#core/values';
import type { Settle, StagedRow } from '#store/contract';
import { type EngineConnection, type EngineContext, stateOf } from '../context.ts';
import { parseSteps, type Steps, stepsText, type Undone } from '../lifecycle/steps.ts';
import { oursAfter, sharedIn } from '../sync/ours.ts';
import { isOut, knownOutages } from '../sync/outages.ts';
import { partialIn } from './kept.ts';
import type { LostReferences } from './lost-references.ts';
import { settleUnanswered, stepsOfLost, stepsUnanswered } from './unanswered.ts';

const PLAIN: AttributeType = { type: 'string', multi: false, matching: 'exact' };

/** What a target is known by here: its rules, and which of its attributes are shared sets. */
export interface Settling {
  readonly connection: EngineConnection;
  readonly shared: ReadonlyMap<string, AttributeType>;
  /** The run's now, ms: grace starts when a disable is proven. */
  readonly now: number;
  /** When it was read before, ms. */
  readonly lastRead: number | null;
  /** Attributes that are out: that one shows nothing there proves nothing (SEMANTICS 6). */
  readonly out: (kind: string, attribute: string) => boolean;
}

export function settlingOf(context: EngineContext, connection: EngineConnection): Settling {
  const shared = sharedIn(context, connection.exports.values());
  const known = knownOutages(context, connection.name);
  const out = (kind: string, attribute: string): boolean => isOut(known, kind, attribute);
  return { connection, shared, now: context.now, lastRead: stateOf(context, connection.name).lastRead, out };
}

/** Of what is remembered of an account, the attributes that it showed and does not show any more: edited, or out. */
export function hiddenIn(row: StagedRow, now: Attributes): readonly string[] {
  const hidden = new Set<string>();
  for (const image of [row.confirmed, row.sent]) {
    const values = image === null ? bare() : parseImage(image);
    for (const name in values) if (scalars(values[name]!).length > 0 && isEmpty(now[name])) hidden.add(name);
  }
  return [...hidden];
}

function isEmpty(value: Value | undefined): boolean {
  return scalars(value ?? null).length === 0;
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
  const { undone: had, conflicts: _over, ...others } = parseSteps(row.steps);
  const undone: Undos = Object.assign(bare(), had);
  const partial = partialIn(row.kept);
  const unshown: Attributes = bare();
  for (const attribute in sent) {
    if (settling.out(row.kind, attribute) && isEmpty(now[attribute])) {
      // branch: holds: what was sent to an attribute that is out
      unshown[attribute] = sent[attribute]!;
      continue;
    }
    const type = typeIn(connection, attribute);
    // What was not shown before, and is now, is no rewriting of what was sent.
    const arrived = partial.includes(attribute)
      ? holdsAll(now[attribute], sent[attribute]!, type)
      : equivalent(now[attribute], sent[attribute]!, type);
    const value = arrived ? sent[attribute]! : (now[attribute] ?? null);
    const set = shared.get(attribute);
    confirmed[attribute] = set ? oursAfter(before?.[attribute] ?? null, confirmed[attribute] ?? null, value, set) : value;
    if (!arrived) undone[attribute] = undoneOnce(settling, undone[attribute], sent[attribute]!);
    else if (undone[attribute]) undone[attribute] = { ...undone[attribute], at: settling.now, arrived: true };
  }
  const steps = enabling(settling, row.kind, others, withoutThose(sent, unshown), now);
  const text = stepsText(Object.keys(undone).length === 0 ? steps : { ...steps, undone });
  return { confirmed, steps: hasAny(unshown) ? stepsUnanswered({ ...row, steps: text }, unshown, shared) : text };
}

function withoutThose(values: Attributes, those: Attributes): Attributes {
  const rest: Attributes = bare();
  for (const name in values) if (!(name in those)) rest[name] = values[name]!;
  return rest;
}

type Undos = { [attribute: string]: Undone };

/** What was found as it was written by a look in between is not undone in a row. */
function undoneOnce({ lastRead, now: at }: Settling, before: Undone | undefined, ours: Value): Undone {
  const inARow = before && sameValue(before.ours, ours) && (!before.arrived || lastRead === null || lastRead <= before.at);
  return { ours, times: inARow ? before.times + 1 : 1, at };
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
  const answered = afterLook(settling, row.kind, written ? written.steps : before, confirmed, now, references);
  const edited = forgetEdited(settling, row.kind, confirmed, sent, now);
  const steps = edited === null ? answered : withUndone(settling, answered, edited);
  if (written === null && edited === null && steps === before) return undefined;
  return {
    confirmed: imageText(confirmed),
    settled: written !== null,
    ...(steps === row.steps && row.overtaken === null ? {} : { steps }),
  };
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
  const isHidden = (attribute: string): boolean => settling.out(kind, attribute) && isEmpty(now[attribute]);
  const { steps, shown } = settleUnanswered(before, confirmed, now, { shared: settling.shared, type, references, isHidden });
  return hasAny(shown) ? stepsText(enabling(settling, kind, parseSteps(steps), shown, now)) : steps;
}

/** Whether this state, if it is the last one, ends something that was ours, or shows that a write did not arrive. */
export function forgets({ connection, shared, out }: Settling, row: StagedRow, now: Attributes): boolean {
  const differs = (image: string | null, but: ReadonlyMap<string, unknown>): boolean => {
    const values = image === null ? bare() : parseImage(image);
    for (const name in values) {
      if (but.has(name) || (out(row.kind, name) && isEmpty(now[name]))) continue;
      if (!equivalent(now[name], values[name]!, typeIn(connection, name))) return true;
    }
    return false;
  };
  return differs(row.confirmed, shared) || differs(row.sent, NONE);
}

const NONE: ReadonlyMap<string, unknown> = new Map();

/** A value that somebody changed there is not ours any more, also when it is changed back. What was ours; null for nothing. */
function forgetEdited(
  { connection, shared, out }: Settling,
  kind: string,
  confirmed: Attributes,
  sent: Attributes | null,
  now: Attributes,
): Attributes | null {
  let edited: Attributes | null = null;
  for (const attribute in confirmed) {
    if (shared.has(attribute) || (sent !== null && attribute in sent)) continue;
    if (equivalent(now[attribute], confirmed[attribute], typeIn(connection, attribute))) continue;
    if (out(kind, attribute) && isEmpty(now[attribute])) {
      // branch: holds: what is remembered of an attribute that is out
      continue;
    }
    edited ??= bare();
    edited[attribute] = confirmed[attribute]!;
    delete confirmed[attribute];
  }
  return edited;
}

function withUndone(settling: Settling, text: string | null, edited: Attributes): string | null {
  const steps = parseSteps(text);
  const undone: Undos = Object.assign(bare(), steps.undone);
  for (const attribute in edited) undone[attribute] = undoneOnce(settling, undone[attribute], edited[attribute]!);
  return stepsText({ ...steps, undone });
}

/** The type an attribute has in this target, as some export rule states it. */
export function typeIn(connection: EngineConnection, attribute: string): AttributeType {
  for (const rule of connection.exports.values())
    for (const flow of rule.flows) if (flow.attribute === attribute) return flow.type;
  return PLAIN;
}
