/** What a run would do, with nothing done. */
import { z } from 'zod';
import { formatInstant } from '#core/time';
import { plan as planNow } from '#runs/index';
import type { Plan, PlanLine, Services } from '#runs/model';
import { type Operation, versioned } from './operation.ts';
import { PROFILES } from './run.ts';
import { connectionsOf, instantOf, personOf } from './scope.ts';
import { type ReportOutput, reportOutput, reportShape } from './shapes.ts';

export interface PlanInput {
  readonly connections: readonly string[];
  readonly profile: (typeof PROFILES)[number];
  readonly person?: string | undefined;
  /** Read the systems first instead of planning from what was last read. */
  readonly read: boolean;
  /** A date or an instant: the plan as it would be then. */
  readonly asOf?: string | undefined;
  readonly by: string;
}
export interface PlanOutput {
  /** False: working it out failed or was stopped, and the lines are not all there is. */
  readonly complete: boolean;
  readonly changes: boolean;
  readonly hash: string;
  readonly now: string;
  /** Connection → when it was last read; null = never. */
  readonly basedOn: { readonly [connection: string]: string | null };
  /** Kind → attributes that refer to others: their values in the lines are ids. */
  readonly references: { readonly [kind: string]: readonly string[] };
  /** The canonical lines, in order, as `--out` writes them. */
  readonly lines: readonly PlanLine[];
  readonly report: ReportOutput;
}

export const planLine: z.ZodType<PlanLine> = z.looseObject({
  what: z.enum(['plan', 'object', 'export', 'parked']),
}) as unknown as z.ZodType<PlanLine>;

const planShape: z.ZodRawShape = {
  complete: z.boolean(),
  changes: z.boolean(),
  hash: z.string(),
  now: z.string(),
  basedOn: z.record(z.string(), z.string().nullable()),
  references: z.record(z.string(), z.array(z.string())),
  lines: z.array(planLine),
  report: z.object(reportShape),
};

function planOutput(plan: Plan, { kinds }: Services['config']): PlanOutput {
  const head = plan.lines.find((one) => one.what === 'plan');
  return {
    complete: plan.report.status !== 'failed' && plan.report.status !== 'interrupted',
    changes: plan.lines.some((one) => one.what === 'object' || one.what === 'export'),
    hash: plan.hash,
    now: formatInstant(plan.now),
    basedOn: head?.what === 'plan' ? head.basedOn : {},
    references: Object.fromEntries([...kinds.values()].map((one) => [one.kind, referencesOf(one)])),
    lines: plan.lines,
    report: reportOutput(plan.report),
  };
}

export const plan: Operation<PlanInput, PlanOutput> = {
  name: 'plan',
  permission: 'runs.read',
  input: z.object({
    connections: z.array(z.string().min(1)).default([]),
    profile: z.enum(PROFILES).default('cycle'),
    person: z.string().min(1).optional(),
    read: z.boolean().default(false),
    asOf: z.string().optional(),
    by: z.string().min(1),
  }),
  output: versioned<PlanOutput>('plan', planShape),
  async run(input, session) {
    const services = await session.services('readOrEmpty');
    const planned = await planNow(
      {
        profile: input.profile,
        connections: connectionsOf(input.connections, services),
        by: input.by,
        read: input.read,
        ...(input.asOf === undefined ? {} : { asOf: instantOf(input.asOf, services) }),
        ...(await personOf(input.person, services)),
      },
      services,
    );
    return planOutput(planned, services.config);
  },
};

type Rules = Services['config']['kinds'] extends ReadonlyMap<string, infer One> ? One : never;

function referencesOf({ attributes }: Rules): string[] {
  return [...attributes.values()].flatMap((one) => (one.type === 'reference' ? [one.name] : []));
}
