/** What a target answered → what the store is told (SEMANTICS 9). One table from error kind to action. */
import type { ReadObject, WriteResult } from '#connectors/contract';
import { canonicalJson, canonicalSet, imageText, parseImage, sameValue } from '#core/canonical';
import type { ErrorKind } from '#core/errors';
import { isGenerated } from '#core/generated';
import { normalForm } from '#core/matching';
import { type Attributes, bare, type Scalar, scalars, type Value } from '#core/values';
import type { ExportRule } from '#rules/model';
import type { ExportAnswer, StagedKey, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { LostReferences } from '../import/lost-references.ts';
import { afterLook, afterWrite, type Settling } from '../import/settle.ts';
import {
  type Canonical,
  canonicalise,
  digestsOf,
  hasMultiEdges,
  nameKeys,
  type StagingPlan,
  withLast,
} from '../import/staging.ts';
import { stepsAnswered, stepsUnanswered } from '../import/unanswered.ts';
import { approvedSteps, createdIn, partsWithout } from '../safety/creation.ts';
import { partsOf } from '../safety/parts.ts';
import { LONGEST_WAIT_MS } from '../safety/time.ts';
import { wishes } from './owed.ts';
import type { Sending } from './translate.ts';

/** What an error kind means for the item: try it again later, leave it for a person, or stop sending to this target. */
export const ACTIONS: { readonly [kind in ErrorKind]: 'retry' | 'park' | 'stop' } = {
  configuration: 'stop',
  authentication: 'stop',
  permission: 'park',
  notFound: 'park',
  conflict: 'park',
  invalidValue: 'park',
  rateLimited: 'retry',
  unavailable: 'retry',
  internal: 'park',
};

const FIRST_WAIT_MS = 1_000;
const LONGEST_BACK_OFF_MS = 3_600_000;

/** Refused for what lies in the system or its set-up: it goes out again (refused.ts). */
const MENDED_THERE: ReadonlySet<ErrorKind> = new Set(['permission', 'notFound']);

/** Doubles from one second to one hour. */
export function backOff(attempts: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts, 20), LONGEST_BACK_OFF_MS);
}

/** An answer that leaves the wish as it was. */
export const NOT_DONE: Omit<ExportAnswer, 'staged' | 'revision'> = {
  outcome: 'retry',
  anchor: null,
  anchorDigest: null,
  name: null,
  nameKey: null,
  seen: null,
  digest: null,
  sent: null,
  confirmed: null,
  keys: null,
  notBefore: 0,
  fault: null,
  remaining: null,
  parts: [],
  approved: false,
  edges: [],
};

/** `proven`: the write's own answer, or the file's digest, shows what the target holds now. */
export function answerOf(
  context: EngineContext,
  plan: StagingPlan,
  settling: Settling,
  sending: Sending,
  result: WriteResult,
  proven: boolean,
  lost: Pick<LostReferences, 'asText'>,
): ExportAnswer {
  const { row, item, sent, rest } = sending;
  const columns = row.export!;
  const blank = { ...NOT_DONE, staged: row.id, revision: columns.revision, approved: columns.approved !== null };
  const { rule } = sending;
  const isUpdate = columns.operation === 'update';
  const all: Attributes = Object.assign(bare(), sent, rest, wishes(sending.secrets));
  // What could not go with an approved create is part of it.
  const approved = columns.operation === 'create' && columns.approved !== null;
  const created = isUpdate ? createdIn(columns.parts, all, rule.enabled) : approved ? referencesIn(rule) : NONE;
  const parts = isUpdate
    ? partsWithout(Object.assign(bare(), sent, wishes(sending.secrets)), created, item.name !== undefined, rule.enabled)
    : partsOf(columns.operation, null, false, rule.enabled);
  if (!result.ok) {
    const fault = canonicalJson(result.fault);
    if (result.unknown) {
      // branch: waits: unknown outcome
      return { ...blank, outcome: 'unknown', parts, fault, ...stepsOf(row, stepsUnanswered(row, sent, settling.shared)) };
    }
    if (ACTIONS[result.fault.kind] === 'park') {
      const notBefore = MENDED_THERE.has(result.fault.kind) ? context.wall() + backOff(columns.attempts) : 0;
      // branch: parks refused
      return { ...blank, outcome: 'failed', notBefore, fault };
    }
    // branch: retries: later, by the error's kind
    return {
      ...blank,
      outcome: 'retry',
      notBefore: context.wall() + Math.max(Math.min(result.retryAfterMs ?? 0, LONGEST_WAIT_MS), backOff(columns.attempts)),
      fault,
    };
  }
  const stepsNow = (steps: string | null): string | null =>
    approved && created.size > 0 ? approvedSteps(steps, columns.approved, context) : steps;
  const remaining =
    rest === null
      ? null
      : {
          wanted: imageText(rest),
          wantedName: sending.nameKept ? columns.wantedName : null,
          parts: canonicalJson(partsWithout(rest, created, sending.nameKept, rule.enabled)),
          state: 'waiting' as const,
        };
  // What nobody could be told is not tried again and again.
  const notBefore = rest !== null && Object.values(rest).some(isGenerated) ? context.wall() + backOff(columns.attempts) : 0;
  if (columns.operation === 'delete') return { ...blank, outcome: 'proven', anchor: row.anchor, parts };
  const name = result.name ?? item.name ?? row.name;
  const common = {
    ...blank,
    anchor: result.anchor,
    anchorDigest: context.digester.anchor(row.kind, result.anchor),
    name,
    nameKey: nameKeys(name).nameKey,
    parts,
    remaining,
    notBefore,
  };
  if (!proven && !result.object) {
    const steps = stepsAnswered(row.steps, sent, settling.shared, false);
    // What was cleared is part of it: whether it is gone is to be proven like any value.
    const known = Object.assign(row.sent === null ? bare() : parseImage(row.sent), sent);
    return { ...common, outcome: 'sent', sent: imageText(known), ...stepsOf(row, stepsNow(steps)) };
  }
  const shown = result.object ? shownBy(context, settling, result.object, row, sent, plan) : null;
  const before = columns.operation === 'create' ? null : row.seen;
  const { seen, more } = shown ? asWritten(plan, before, sent, shown.attributes) : unshown(before, sent, result.holds);
  const text = imageText(seen);
  // Without the object itself the proof is the write: what was sent is what is there.
  const answered = { ...row, steps: stepsAnswered(row.steps, sent, settling.shared, true) };
  const settled = afterWrite(settling, answered, sent, shown ? seen : Object.assign(bare(), seen, sent));
  // Earlier writes that nobody answered are seen by this look: no read shows them as new any more.
  const steps = shown ? afterLook(settling, row.kind, settled.steps, settled.confirmed, seen, lost) : settled.steps;
  return {
    ...common,
    outcome: 'proven',
    seen: text,
    // Without a digest the next read compares in full: members are edges, which the image does not have.
    digest:
      more || (shown !== null && shown.partial.length > 0) || hasMultiEdges(plan, row.kind)
        ? null
        : digestsOf(
            context.digester,
            row.kind,
            result.anchor,
            shown ? shown.digestText : name === null ? text : `${text}\u001d${name}`,
          ).digest,
    confirmed: imageText(settled.confirmed),
    keys: keysOf(plan, seen),
    ...stepsOf(row, stepsNow(steps)),
  };
}

const NONE: ReadonlySet<string> = new Set();

function referencesIn({ flows }: ExportRule): ReadonlySet<string> {
  return new Set(flows.flatMap((flow) => (flow.reference === null ? [] : [flow.attribute])));
}

function stepsOf({ steps: before }: StagedRow, after: string | null): Pick<ExportAnswer, 'steps'> {
  return after === before ? {} : { steps: { before, after } };
}

/** The answer's object; what of it cannot be used is told, and stays as it was last seen. */
function shownBy(
  context: EngineContext,
  { connection }: Settling,
  object: ReadObject,
  row: StagedRow,
  sent: Attributes,
  plan: StagingPlan,
): Canonical {
  const shown = canonicalise(object, plan);
  const where = { connection: connection.name, object: object.anchor };
  for (const fault of shown.refused) context.fault({ ...fault, where: { ...where, ...fault.where } });
  return withLast(shown, { attributes: row.seen === null ? null : parseImage(row.seen), name: row.name, sent }, plan);
}

/**
 * What the answer shows of the values that were sent, beside what was seen before. What else has changed there (`more`) is told by
 * the next read: it is somebody's edit, or what the target made of another value, and goes the way of all that is read. What no
 * rule names, such as the time of the last change, is taken as it is.
 */
function asWritten(
  { named }: StagingPlan,
  before: string | null,
  sent: Attributes,
  shown: Attributes,
): { seen: Attributes; more: boolean } {
  if (before === null) return { seen: shown, more: false };
  const seen = parseImage(before);
  let more = false;
  for (const name in { ...seen, ...shown }) {
    if (name in sent || !named.has(name)) {
      if (name in shown) seen[name] = shown[name]!;
      else delete seen[name];
    } else if (!sameOrEmpty(seen[name] ?? null, shown[name] ?? null)) more = true;
  }
  return { seen, more };
}

function sameOrEmpty(a: Value, b: Value): boolean {
  return sameValue(a, b) || (scalars(a).length === 0 && scalars(b).length === 0);
}

function unshown(before: string | null, sent: Attributes, holds: Holds): { seen: Attributes; more: boolean } {
  return { seen: held(merged(before, sent), holds), more: false };
}

/** The image with these values in place; cleared ones are gone. */
function merged(before: string | null, sent: Attributes): Attributes {
  const image = before === null ? bare() : parseImage(before);
  for (const name in sent) {
    if (scalars(sent[name]!).length === 0) delete image[name];
    else image[name] = sent[name]!;
  }
  return image;
}

function keysOf(plan: StagingPlan, seen: Attributes): StagedKey[] {
  const out: StagedKey[] = [];
  for (const [attribute, key] of plan.keys)
    for (const scalar of scalars(seen[attribute] ?? null)) out.push({ scope: key.scope, norm: normalForm(scalar, key.matching) });
  return out;
}

type Holds = Extract<WriteResult, { ok: true }>['holds'];

/** With what the target said it holds otherwise than it was sent. */
function held(image: Attributes, holds: Holds): Attributes {
  for (const name in holds) {
    const value = holds[name]!;
    if (value === null || value === '') delete image[name];
    else image[name] = Array.isArray(value) ? canonicalSet(value as readonly Scalar[]) : (value as Scalar);
  }
  return image;
}
