/**
 * What belongs to a create that a person approved, and could not go with it (SEMANTICS 8): references to accounts that were not there
 * yet, and as many members of a group as were shown with it. It goes in the passes after it, and the gates neither hold nor count it.
 */
import { type Attributes, bare, scalars, type Value } from '#core/values';
import type { ExportRule } from '#rules/model';
import type { EdgeRow, ExportAnswer, StagedId, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { parseSteps, type Steps, stepsText } from '../lifecycle/steps.ts';
import { edgePages } from '../sync/members/edges.ts';
import { membersApproved, partsOf } from './parts.ts';

/** Members that are on their way beside those that are counted. */
const FEW = 10;
/** As long as the gates count: what is added later is a change like others. */
const DAY_MS = 86_400_000;

type Now = Pick<EngineContext, 'run' | 'wall'>;

/** The steps of an account, or group, of which the approved create was done; `approved` as the wish had it. */
export function approvedSteps(steps: string | null, approved: string | null, { run, wall }: Now): string | null {
  const members = membersApproved(approved);
  return stepsText({ ...parseSteps(steps), approved: { at: wall(), run, ...(members > 0 ? { members } : {}) } });
}

/** Whether an answer changed the steps in nothing else. */
export function isApproval(steps: NonNullable<ExportAnswer['steps']>): boolean {
  const { approved: _, ...others } = parseSteps(steps.after);
  return stepsText(others) === steps.before;
}

function isNew({ approved }: Steps, { wall }: Pick<Now, 'wall'>): boolean {
  return approved !== undefined && wall() - approved.at < DAY_MS;
}

/**
 * Groups that are being filled: their approved create is done now, or was, and no member has been shown since. As many members belong
 * to it as it was shown with; whoever comes beyond that is a change like others.
 */
export interface Filling {
  /** Before their memberships are asked about; `groupsOf` is called with those that were not looked at before. */
  look(ids: Iterable<StagedId>, groupsOf: (ids: StagedId[]) => Promise<readonly StagedRow[]>): Promise<void>;
  /** Each membership once: one that belongs to the create, as one that a person approved. */
  decided(edge: EdgeRow): EdgeRow;
}

export function createFilling(context: EngineContext): Filling {
  /** How many more belong to the create, by group that was looked at. */
  const left = new Map<StagedId, number>();
  return {
    async look(ids, groupsOf) {
      const unknown = [...new Set(ids)].filter((id) => !left.has(id));
      if (unknown.length === 0) return;
      for (const id of unknown) left.set(id, 0);
      for (const group of await groupsOf(unknown)) left.set(group.id, await yetToCome(context, group));
    },
    decided(edge) {
      const more = left.get(edge.stagedId) ?? 0;
      if (edge.decided !== null || edge.state !== 'add' || more <= 0) return edge;
      left.set(edge.stagedId, more - 1);
      return { ...edge, decided: 'approved' };
    },
  };
}

async function yetToCome(context: EngineContext, group: StagedRow): Promise<number> {
  const { steps: text, export: wish } = group;
  const steps = parseSteps(text);
  // Of a file nothing is noted before it is written as a whole.
  const isMade = wish?.operation === 'create' && wish.approved !== null;
  if (!isMade && !isNew(steps, context)) return 0;
  const members = isMade ? membersApproved(wish.approved) : (steps.approved!.members ?? 0);
  // Later, one that is there tells that it was filled; how many are, only the run that makes it asks.
  const ownRun = isMade || steps.approved!.run === context.run;
  const there = await membersOf(context, group, ownRun ? members : Math.min(members, 1));
  return ownRun || there === 0 ? members - there : 0;
}

/** There, or sent as a part of the create; counted up to `most`. */
async function membersOf(context: EngineContext, { id, connection, kind }: StagedRow, most: number): Promise<number> {
  const rules = [...(context.connections.find(({ name }) => name === connection)?.exports.values() ?? [])];
  const flows = rules.filter((rule) => rule.to === kind).flatMap((rule) => rule.flows);
  let count = 0;
  for (const { attribute, reference } of flows) {
    if (reference?.multi !== true) continue;
    if (count >= most) break;
    for await (const page of edgePages(context, id, attribute, most + FEW)) {
      count += page.filter((edge) => edge.state !== 'add' || edge.decided === 'approved').length;
      if (count >= most) break;
    }
  }
  return Math.min(count, most);
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
