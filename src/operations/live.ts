/** Listens to connections and passes on every change at once, until it is stopped. */
import { z } from 'zod';
import { auditEvent } from '#audit/event';
import { toFault } from '#core/errors';
import { parseDuration } from '#core/time';
import { catchUpSearch } from '#people/searchable';
import { live as listen } from '#runs/index';
import { type Operation, versioned } from './operation.ts';
import { connectionsOf } from './scope.ts';

export interface LiveInput {
  readonly connections: readonly string[];
  /** Between two cycles over all connections. */
  readonly every: string;
  /** Who asked for it; kept with its runs. */
  readonly by: string;
}

export interface LiveOutput {
  /** Runs in which something that was heard was passed on, and cycles. */
  readonly runs: number;
  readonly cycles: number;
  readonly written: number;
  readonly faultCount: number;
}

export const live: Operation<LiveInput, LiveOutput> = {
  name: 'live',
  permission: 'runs.start',
  input: z.object({
    connections: z.array(z.string().min(1)).default([]),
    every: z.string().default('1h'),
    by: z.string().min(1),
  }),
  output: versioned<LiveOutput>('live', {
    runs: z.number(),
    cycles: z.number(),
    written: z.number(),
    faultCount: z.number(),
  }),
  async run({ connections, every, by }, session) {
    const cycleEveryMs = parseDuration(every);
    const services = await session.services('write');
    const sum = { runs: 0, cycles: 0, written: 0, faultCount: 0 };
    let searchable: Promise<void> | null = null;
    const catchUp = (): void => {
      searchable ??= catchUpSearch(services, services.signal)
        .catch((error: unknown) => services.onFault?.(toFault(error)))
        .finally(() => {
          searchable = null;
        });
    };
    const request = { connections: connectionsOf(connections, services), by, cycleEveryMs };
    const after = { connections: request.connections, every };
    const actor = { ...session.caller, name: by };
    await services.store.audit.append([auditEvent({ at: services.wall(), action: 'live.start', actor, after })]);
    await listen(request, {
      ...services,
      onLive(event) {
        if (event.what === 'cycle') sum.cycles++;
        else if (event.what === 'changes') sum.runs++;
        if (event.what === 'cycle' || event.what === 'changes') {
          for (const { written } of event.report.connections) sum.written += written;
          sum.faultCount += event.what === 'cycle' ? event.report.faultCount : event.report.faults.length;
        }
        catchUp();
        services.onLive?.(event);
      },
    });
    await searchable;
    return sum;
  },
};
