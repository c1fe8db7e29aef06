/** Runs a cycle, or one phase of it. */
import { z } from 'zod';
import { run as runNow } from '#runs/index';
import { type Operation, versioned } from './operation.ts';
import { connectionsOf, personOf } from './scope.ts';
import { type ReportOutput, reportOutput, reportShape } from './shapes.ts';

export const PROFILES = ['cycle', 'full-import', 'delta-import', 'full-sync', 'delta-sync', 'export'] as const;

export interface RunInput {
  readonly connections: readonly string[];
  readonly profile: (typeof PROFILES)[number];
  readonly person?: string | undefined;
  /** The canonical lines of a plan: carry out exactly these. */
  readonly planLines?: readonly string[] | undefined;
  /** Who asked for it; kept with the run. */
  readonly by: string;
}

export const run: Operation<RunInput, ReportOutput> = {
  name: 'run',
  permission: 'runs.start',
  input: z.object({
    connections: z.array(z.string().min(1)).default([]),
    profile: z.enum(PROFILES).default('cycle'),
    person: z.string().min(1).optional(),
    planLines: z.array(z.string()).optional(),
    by: z.string().min(1),
  }),
  output: versioned<ReportOutput>('run', reportShape),
  async run(input, session) {
    const services = await session.services('write');
    const report = await runNow(
      {
        profile: input.profile,
        connections: connectionsOf(input.connections, services),
        by: input.by,
        ...(await personOf(input.person, services)),
        ...(input.planLines === undefined ? {} : { planLines: input.planLines }),
      },
      services,
    );
    return reportOutput(report);
  },
};
