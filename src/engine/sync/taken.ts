/**
 * Generated values that a target answered are taken (SEMANTICS 12): the next candidate takes their place, what derives from
 * them is made again, and the taken value is remembered. Which values an answer speaks of is read from the wish that it
 * refused; the wish stays in the store until then, so that a crash in between loses nothing.
 */
import { parseImage } from '#core/canonical';
import type { Fault } from '#core/errors';
import type { ExportRule, KindRules } from '#rules/model';
import type { StagedKey, StagedRow } from '#store/contract';
import { connectionNamed, type EngineContext } from '../context.ts';
import { parseSteps, stepsText } from '../lifecycle/steps.ts';

/** So many candidates in a row for one account; then it is parked, with what the target said. */
export const MOST_TAKEN = 10;

type Wish = Pick<NonNullable<StagedRow['export']>, 'wanted' | 'wantedAnchor' | 'wantedName'>;

/**
 * Unique attributes of the object that the refused wish carries. A fault that names an attribute speaks of it alone; one that
 * names something that no flow writes speaks of the account's name or anchor, and so does one that names nothing where those
 * carry a unique value.
 */
export function takenBy(rule: ExportRule, rules: KindRules, wish: Wish, fault: Pick<Fault, 'kind' | 'where'>): string[] {
  if (fault.kind !== 'conflict') return [];
  const named = fault.where.attribute;
  const wanted = wish.wanted === null ? {} : parseImage(wish.wanted);
  const flows = rule.flows.filter((flow) => flow.attribute in wanted);
  const uniques = (reads: readonly string[]): string[] =>
    reads.filter((read, i) => rules.attributes.get(read)?.unique != null && reads.indexOf(read) === i);
  const own = flows.filter((flow) => flow.attribute === named);
  if (own.length > 0) return uniques(own.flatMap((flow) => flow.reads));
  const naming = wish.wantedName === null && wish.wantedAnchor === null ? [] : uniques(rule.namedBy);
  return named !== undefined || naming.length > 0 ? naming : uniques(flows.flatMap((flow) => flow.reads));
}

/** What targets answered of one object's generated values, and what became of them. */
export interface Taken {
  readonly attributes: ReadonlySet<string>;
  /** Those that got another value. */
  readonly replaced: Set<string>;
  /** The values given up, to be remembered. */
  readonly reserved: StagedKey[];
  readonly refused: readonly { readonly row: StagedRow; readonly fault: Fault }[];
}

export function takenOf(context: EngineContext, rules: KindRules, rows: readonly StagedRow[]): Taken | null {
  let attributes: Set<string> | null = null;
  const refused: { row: StagedRow; fault: Fault }[] = [];
  for (const row of rows) {
    if (row.export?.state !== 'failed' || row.export.fault === null || !replaceable(row)) continue;
    const rule = connectionNamed(context, row.connection)?.exports.get(rules.kind);
    if (rule?.to !== row.kind) continue;
    const fault = JSON.parse(row.export.fault) as Fault;
    const taken = takenBy(rule, rules, row.export, fault);
    if (taken.length === 0) continue;
    attributes ??= new Set();
    for (const attribute of taken) attributes.add(attribute);
    refused.push({ row, fault });
  }
  return attributes && { attributes, replaced: new Set(), reserved: [], refused };
}

/** Nothing could take their place: what the target said is told, and the account stays parked with it. */
export function tellTaken(context: EngineContext, { refused }: Taken): void {
  for (const { row, fault } of refused) {
    const object = row.export!.wantedAnchor ?? row.export!.wantedName ?? row.anchor ?? String(row.id);
    context.fault({ ...fault, where: { connection: row.connection, object, ...fault.where } }, { subject: 'staged', id: row.id });
  }
}

/** An account that was found keeps what it has; and there is an end to trying. */
export function replaceable(row: Pick<StagedRow, 'origin' | 'steps' | 'objectId'>): boolean {
  return row.objectId !== null && row.origin !== 'adopted' && (parseSteps(row.steps).conflicts ?? 0) < MOST_TAKEN;
}

/** The steps of an account whose wish is made anew: how many candidates in a row the target refused. */
export function countedSteps(row: StagedRow, steps: string | null): string | null {
  const { conflicts = 0, ...others } = parseSteps(steps);
  const refused = row.export?.state === 'failed' && row.export.fault !== null && isConflict(row.export.fault);
  return stepsText(refused ? { ...others, conflicts: conflicts + 1 } : others);
}

function isConflict(fault: string): boolean {
  return (JSON.parse(fault) as Fault).kind === 'conflict';
}
