/**
 * What a write replaces, as it was last seen (docs/decisions/0014): with it a target that can compare refuses to overwrite what
 * somebody changed since. The object is then looked at, staged as it is now, and its wish decided anew.
 */
import type { ReadObject, WriteItem, WriteResult } from '#connectors/contract';
import { canonicalJson, parseImage, sameValue } from '#core/canonical';
import type { ErrorKind, Fault } from '#core/errors';
import { type Attributes, bare, hasAny, isBlob, scalars } from '#core/values';
import type { ExportAnswer, ExportColumns, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { partialIn } from '../import/kept.ts';
import { canonicalise, type StagingPlan } from '../import/staging.ts';
import { stepsUnanswered } from '../import/unanswered.ts';
import { parseSteps } from '../lifecycle/steps.ts';
import { LONGEST_WAIT_MS } from '../safety/time.ts';
import { isOut, knownOutages } from '../sync/outages.ts';
import { backOff, NOT_DONE } from './answers.ts';
import { lookedUp } from './proof.ts';
import type { Session } from './sending.ts';
import type { Sending } from './translate.ts';

/** Of what is replaced: as it was last seen, or written since. What is not known, or known in part, is left out. */
export function lastSeen(
  context: EngineContext,
  connection: Pick<EngineConnection, 'name'>,
  row: StagedRow,
  set: WriteItem['set'],
): Pick<WriteItem, 'seen'> {
  const { operation, fault } = row.export!;
  // A look that shows what was seen before is believed: the two compare otherwise, or what is there cannot be read.
  if (operation !== 'update' || row.seen === null || isComparison(fault)) return {};
  const known: Attributes = Object.assign(parseImage(row.seen), row.sent === null ? null : parseImage(row.sent));
  const { unanswered } = parseSteps(row.steps);
  const out = knownOutages(context, connection.name);
  const partial = partialIn(row.kept);
  const seen: Attributes = bare();
  for (const name in set) {
    const value = known[name] ?? null;
    const isKnown = unanswered?.[name] === undefined && !partial.includes(name) && !isOut(out, row.kind, name);
    if (isKnown && !scalars(value).some(isBlob)) seen[name] = value;
  }
  return hasAny(seen) ? { seen } : {};
}

/** Whether a wish waits because somebody changed what it replaces: whoever works it out has seen that by then. */
export function waitsForSync({ state, fault }: Pick<ExportColumns, 'state' | 'fault'>): boolean {
  return state === 'waiting' && isComparison(fault);
}

const COMPARED: ErrorKind = 'conflict';

/** Any other conflict is parked, and waits for nobody. */
function isComparison(fault: string | null): boolean {
  return fault !== null && (JSON.parse(fault) as Fault).kind === COMPARED;
}

export interface Stale {
  readonly answer: ExportAnswer;
  /** As it is now, where that is news: to be staged once the answer is recorded. */
  readonly object: ReadObject | null;
}

/** What becomes of the writes that were refused as stale, by index. */
export async function lookAtStale(
  session: Session,
  plan: StagingPlan,
  sendings: readonly Sending[],
  results: readonly WriteResult[],
  shared: Parameters<typeof stepsUnanswered>[2],
): Promise<ReadonlyMap<number, Stale>> {
  const out = new Map<number, Stale>();
  for (const [i, sending] of sendings.entries()) {
    const result = results[i]!;
    if (result.ok || !result.stale || sending.item.operation !== 'update') continue;
    const { row, sent } = sending;
    const { attempts, revision, approved } = row.export!;
    const object = await lookedUp(session, row.kind, row.anchor!);
    const isNews = object !== null && differs(object, row, sent, plan);
    // Without a look nobody knows what is there: the next read says it, or the next attempt.
    const fault: Fault = { ...result.fault, kind: object === null ? 'unavailable' : COMPARED };
    // An earlier attempt that was taken for undone may be what is there now.
    const steps = attempts > 0 && isNews ? stepsUnanswered(row, sent, shared) : row.steps;
    // branch: retries: somebody changed what was to be replaced
    out.set(i, {
      answer: {
        ...NOT_DONE,
        staged: row.id,
        revision,
        approved: approved !== null,
        fault: canonicalJson(fault),
        // Whoever works it out makes it anew; nobody sends it before.
        notBefore: session.context.wall() + (isNews ? LONGEST_WAIT_MS : backOff(attempts)),
        ...(steps === row.steps ? {} : { steps: { before: row.steps, after: steps } }),
      },
      object: isNews ? object : null,
    });
  }
  return out;
}

function differs(object: ReadObject, row: StagedRow, sent: Attributes, plan: StagingPlan): boolean {
  const { attributes, refused } = canonicalise(object, plan);
  const before = parseImage(row.seen!);
  return Object.keys(sent).some(
    (name) =>
      !refused.some(({ where }) => where.attribute === name) && !sameValue(before[name] ?? null, attributes[name] ?? null),
  );
}
