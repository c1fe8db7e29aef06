/**
 * What belongs to a create that a person approved, and could not go with it (SEMANTICS 8): references to accounts that were not there
 * yet, and the members of a group. It goes in the passes after it, and the gates neither hold nor count it.
 */
import { type Attributes, bare, scalars, type Value } from '#core/values';
import type { ExportRule } from '#rules/model';
import type { EdgeRow, ExportAnswer, StagedId, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { parseSteps, type Steps, stepsText } from '../lifecycle/steps.ts';
import { partsOf } from './parts.ts';

/** As long as the gates count: what is added later is a change like others. */
const DAY_MS = 86_400_000;
/** Members looked at for one that is there. */
const FIRST = 2_000;

type Now = Pick<EngineContext, 'run' | 'wall'>;

/** The steps of an account, or group, of which the approved create was done. */
export function approvedSteps(steps: string | null, { run, wall }: Now): string | null {
  return stepsText({ ...parseSteps(steps), approved: { at: wall(), run } });
}

/** Whether an answer changed the steps in nothing else. */
export function isApproval(steps: NonNullable<ExportAnswer['steps']>): boolean {
  const { approved: _, ...others } = parseSteps(steps.after);
  return stepsText(others) === steps.before;
}

function isNew({ approved }: Steps, { wall }: Pick<Now, 'wall'>): boolean {
  return approved !== undefined && wall() - approved.at < DAY_MS;
}

/** Of these groups those that are being filled: their approved create is done now, or was, and no member has been shown since. */
export async function filled(context: EngineContext, groups: readonly StagedRow[]): Promise<ReadonlySet<StagedId>> {
  const out = new Set<StagedId>();
  for (const { id, steps: text, export: wish } of groups) {
    const steps = parseSteps(text);
    // Of a file nothing is noted before it is written as a whole.
    const isMade = wish?.operation === 'create' && wish.approved !== null;
    if (!isMade && !isNew(steps, context)) continue;
    if (isMade || steps.approved!.run === context.run || !(await hasMembers(context, id))) out.add(id);
  }
  return out;
}

async function hasMembers({ store }: EngineContext, id: StagedId): Promise<boolean> {
  return (await store.spaces.edgesOf([id], { limit: FIRST })).some((edge) => edge.state !== 'add');
}

/** Who comes into a group that is being filled: the edge as one that a person approved. */
export function asOfCreation(edge: EdgeRow, groups: Pick<ReadonlySet<StagedId>, 'has'>): EdgeRow {
  if (edge.decided !== null || edge.state !== 'add' || !groups.has(edge.stagedId)) return edge;
  return { ...edge, decided: 'approved' };
}

/** A reference that the account just created never had. */
export function isOfCreation(steps: Steps, isReference: boolean, current: Value, now: Pick<Now, 'wall'>): boolean {
  return isReference && scalars(current).length === 0 && isNew(steps, now);
}

/** Of a change without those attributes, which belong to the create. */
export function partsWithout(
  wanted: Attributes | null,
  created: ReadonlySet<string>,
  renamed: boolean,
  enabled: ExportRule['enabled'],
): string[] {
  if (wanted === null || created.size === 0) return partsOf('update', wanted, renamed, enabled);
  const left: Attributes = bare();
  for (const name in wanted) if (!created.has(name)) left[name] = wanted[name]!;
  return partsOf('update', left, renamed, enabled);
}

/** Attributes of an update that belong to the create: its parts, as the gates know them, name none of them. */
export function createdIn(parts: string, wanted: Attributes | null, enabled: ExportRule['enabled']): ReadonlySet<string> {
  const told = JSON.parse(parts) as string[];
  const isTold = (name: string): boolean => name === enabled?.attribute || told.includes(`attribute:${name}`);
  return new Set(Object.keys(wanted ?? {}).filter((name) => !isTold(name)));
}
