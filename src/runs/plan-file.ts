/**
 * `run --plan FILE`: exactly the changes in the file. What would come of a run now is worked out first, on a copy; whatever
 * differs from the file is left out, whole objects at a time, and listed.
 */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { RollcallError } from '#core/errors';
import { accountName } from '#core/label';
import type { EngineContext, ExportScope } from '#engine/index';
import type { EdgePosition, ObjectId, StagedId } from '#store/contract';
import { knownAs } from './known-as.ts';
import type { PlanLine } from './model.ts';
import { pendingExports, pendingMembers } from './plan-lines.ts';

const MOST_LINES = 5_000_000;

/** What a run would do now that leaves these objects as they are: the lines of its plan. */
export type LookAhead = (refused: ReadonlySet<ObjectId>) => Promise<readonly PlanLine[]>;

export interface AcceptedPlan {
  /** Of whom the plan does not hold any more: they stay as they are, and waiting. */
  readonly refused: ReadonlySet<ObjectId>;
  /** What of the plan is decided: nothing else may be sent. Asked after the sync. */
  readonly scope: () => Promise<Pick<ExportScope, 'only' | 'members'>>;
}

type Changing = Extract<PlanLine, { what: 'object' | 'export' }> & { readonly object: ObjectId };

export interface PlanFile {
  readonly head: Extract<PlanLine, { what: 'plan' }>;
  readonly lines: readonly PlanLine[];
}

/** Errors: invalidValue for a file that is no plan, or whose lines are not the ones its hash names; conflict for one of a day to come. */
export function openPlan(texts: readonly string[], now: number): PlanFile {
  const file = parse(texts);
  const { head } = file;
  if (Date.parse(head.now) > now)
    throw new RollcallError('conflict', `This is a plan for ${head.now}, which is not yet; nothing of it was done.`, {
      remedy: "Make one for now: 'rollcall plan --out FILE', without --as-of.",
    });
  return file;
}

/** What of the plan still holds. What was read for it is to be read again before. */
export async function acceptPlan({ lines }: PlanFile, context: EngineContext, lookAhead: LookAhead): Promise<AcceptedPlan> {
  const planned = byText(lines);
  const refused = new Set<ObjectId>();
  const listed = new Set<ObjectId>();
  const leaveOut = async (found: readonly Changing[]): Promise<void> => {
    const unlisted = found.filter(({ object }) => !listed.has(object) && listed.add(object));
    const names = context.connections.map(({ name }) => name);
    const known = await knownAs(
      unlisted.map(({ object }) => object),
      names,
      context.store,
    );
    for (const line of unlisted) {
      const object = known.get(line.object) ?? accountIn(line) ?? line.label;
      const what = isMembership(line) ? `some memberships of ${line.kind} ${object} have` : `${line.kind} ${object} has`;
      context.fault({
        kind: 'conflict',
        message: `${what} changed since the plan was made; what differs is left out`,
        where: { object },
        remedy: 'make a new plan for it',
      });
    }
  };
  // Without those who are left out others come out otherwise, too: until nobody is added.
  for (let before = -1; before < refused.size; ) {
    before = refused.size;
    const changed: Changing[] = [];
    for (const line of differences(planned, byText(await lookAhead(refused)))) {
      if (refused.has(line.object)) continue;
      // A group may get the one member and not the other.
      if (!isMembership(line)) refused.add(line.object);
      changed.push(line);
    }
    await leaveOut(changed);
  }
  return {
    refused,
    async scope() {
      const decided = new Set<string>();
      const holds = (line: PlanLine): boolean => {
        if (!isChanging(line) || refused.has(line.object)) return false;
        const text = textOf(line);
        decided.add(text);
        return planned.has(text);
      };
      const only: StagedId[] = [];
      const members = new Set<string>();
      for (const { name, exports } of context.connections) {
        if (exports.size === 0) continue;
        for await (const { row, line } of pendingExports(context.store, name)) if (holds(line)) only.push(row.id);
        for await (const { edge, line } of pendingMembers(context.store, name)) if (holds(line)) members.add(edgeText(edge));
      }
      // Somebody else was faster than this run.
      const faster = [...planned].filter(
        ([text, line]) => line.what === 'export' && !decided.has(text) && !refused.has(line.object),
      );
      await leaveOut(faster.map(([, line]) => line));
      return { only, members: (edge) => members.has(edgeText(edge)) };
    },
  };
}

/** Of somebody who is only to be made. */
function accountIn(line: Changing): string | null {
  if (line.what !== 'export') return null;
  const account = accountName(line);
  return account === null ? null : `${line.connection}:${account}`;
}

function edgeText({ stagedId, attribute, key, state }: EdgePosition & { readonly state: string }): string {
  return `${stagedId}\u001f${attribute}\u001f${key}\u001f${state}`;
}

function* differences(planned: ReadonlyMap<string, Changing>, now: ReadonlyMap<string, Changing>): Iterable<Changing> {
  for (const [text, line] of planned) if (!now.has(text)) yield line;
  for (const [text, line] of now) if (!planned.has(text)) yield line;
}

function byText(lines: readonly PlanLine[]): Map<string, Changing> {
  const out = new Map<string, Changing>();
  for (const line of lines) if (isChanging(line)) out.set(textOf(line), line);
  return out;
}

function isChanging(line: PlanLine): line is Changing {
  return (line.what === 'object' || line.what === 'export') && line.object !== null;
}

/** What of a line has to be the same for it to be the same change. */
function textOf(line: Changing): string {
  const { what, object, kind, operation, before, after } = line;
  if (line.what === 'object') return canonicalJson([what, object, kind, operation, after]);
  const { connection, anchor, name } = line;
  return canonicalJson([
    what,
    connection,
    object,
    kind,
    operation,
    anchor,
    // The name of an account that is there is in `after` where it changes.
    operation === 'create' ? name : null,
    after,
    isMembership(line) ? before : null,
  ]);
}

/** One member more or less; of any other update both sides name the same attributes. */
function isMembership({ what, operation, before, after }: Changing): boolean {
  return what === 'export' && operation === 'update' && Object.keys(before ?? {}).length !== Object.keys(after ?? {}).length;
}

function parse(texts: readonly string[]): PlanFile {
  const bad = (message: string): RollcallError =>
    new RollcallError('invalidValue', message, { remedy: "give a file that 'rollcall plan --out FILE' wrote" });
  if (texts.length === 0 || texts.length > MOST_LINES) throw bad('the plan is empty or far too long');
  let lines: PlanLine[];
  try {
    lines = texts.filter((text) => text !== '').map((text) => JSON.parse(text) as PlanLine);
  } catch (cause) {
    throw new RollcallError('invalidValue', 'the plan is not JSON Lines', {
      cause,
      remedy: "give a file that 'rollcall plan --out FILE' wrote",
    });
  }
  const [head, ...rest] = lines;
  if (head?.what !== 'plan' || head.version !== 1) throw bad('the first line is not the head of a plan');
  if (sha256Hex(rest.map((line) => canonicalJson(line)).join('\n')) !== head.hash)
    throw bad('the lines of the plan are not those its hash names');
  return { head, lines: rest };
}
