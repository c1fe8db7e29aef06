/** Runs a cycle, a part of it, or a sequence of such parts. */
import { z } from 'zod';
import { auditEvent } from '#audit/event';
import { toFault } from '#core/errors';
import { catchUpSearch, searchSlice } from '#people/searchable';
import { once, run as runNow } from '#runs/index';
import { type Operation, versioned } from './operation.ts';
import { connectionsOf, personOf, profileOf } from './scope.ts';
import { type ReportOutput, reportOutput, reportShape } from './shapes.ts';
import { type Asker, whoShape } from './who.ts';

export { PROFILES } from '#config/profiles';

export interface RunInput {
  readonly connections: readonly string[];
  /** A profile, or a sequence that the file names. */
  readonly profile: string;
  readonly person?: string | undefined;
  /** The canonical lines of a plan: carry out exactly these. */
  readonly planLines?: readonly string[] | undefined;
  /** Who asked for it; kept with the run. */
  readonly by: string;
  /** Asked for again with this id, it is not run again: what came of it is answered. */
  readonly request?: string | undefined;
  readonly who: Asker;
}

export interface RunOutput extends ReportOutput {
  /** It was asked for before with this request id: what came of it then, and nothing was run. */
  readonly replayed: boolean;
}

export const run: Operation<RunInput, RunOutput> = {
  name: 'run',
  permission: 'runs.start',
  input: z.object({
    connections: z.array(z.string().min(1)).default([]),
    profile: z.string().default('cycle'),
    person: z.string().min(1).optional(),
    planLines: z.array(z.string()).optional(),
    by: z.string().min(1),
    request: z.string().min(1).max(200).optional(),
    who: whoShape.default(null),
  }),
  output: versioned<RunOutput>('run', { ...reportShape, replayed: z.boolean() }),
  async run(input, session) {
    const services = await session.services('write');
    const profile = profileOf(input.profile, input, services);
    const connections = connectionsOf(input.connections, services);
    const person = await personOf(input.person, input.who, services);
    const started = auditEvent({
      at: services.wall(),
      action: 'run.start',
      actor: { ...session.caller, name: input.by },
      ...(person.object === undefined ? {} : { subject: { objectId: person.object } }),
      after: { profile, connections, planned: input.planLines !== undefined },
    });
    // Of a new store that is all: what the run makes is as it is to be.
    await searchSlice(services);
    const request = {
      profile,
      connections,
      atOnce: input.connections.length > 0,
      by: input.by,
      ...person,
      ...(input.planLines === undefined ? {} : { planLines: input.planLines }),
    };
    const work = async (begun?: Begun): Promise<ReportOutput> => {
      const report = await runNow({ ...request, audit: [started], ...(begun === undefined ? {} : { onBegun: begun }) }, services);
      try {
        await catchUpSearch(services, services.signal);
      } catch (error) {
        // The run is done; whoever comes next goes on with the index.
        services.onFault?.(toFault(error));
      }
      return reportOutput(report);
    };
    if (input.request === undefined) return { ...(await work()), replayed: false };
    const { answer, again } = await once({ key: input.request, caller: 'run', what: request }, services, work);
    return { ...answer, replayed: again };
  },
};

type Begun = Parameters<Parameters<typeof once>[2]>[0];
