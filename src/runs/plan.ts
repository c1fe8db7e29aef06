/**
 * Plan: the real run on a private copy of the store, with nothing sent (docs/decisions: a plan runs the real code). The store
 * and the targets stay byte-identical; ids and generated values are those the run would give.
 */
import { canonicalJson } from '#core/canonical';
import type { Plan, PlanLine, RunRequest, Services } from './model.ts';
import { onCopy } from './run.ts';

export interface PlanRequest extends RunRequest {
  /** Read the sources first, into the copy. */
  readonly read?: boolean;
  /** A future instant, ms: what would be due by then. */
  readonly asOf?: number;
}

export async function plan(request: PlanRequest, services: Services): Promise<Plan> {
  const { asOf, read, ...rest } = request;
  const { report, lines, endings } = await onCopy({ ...rest, ...(asOf === undefined ? {} : { now: asOf }) }, services, {
    read: read === true,
    whatIf: asOf !== undefined,
  });
  const head = lines[0] as Extract<PlanLine, { what: 'plan' }>;
  return { lines, endings, hash: head.hash, now: report.now, report };
}

/** Canonical JSON Lines, as `plan --out` writes and `run --plan` reads them. */
export function planText(lines: readonly PlanLine[]): string {
  return `${lines.map((line) => canonicalJson(line)).join('\n')}\n`;
}
