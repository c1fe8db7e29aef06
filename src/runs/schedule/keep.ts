/** The schedules of a process that goes on: what is due is a run like any other, one after the other with all runs of the store. */
import type { RunReport, Services } from '../model.ts';
import { run } from '../run.ts';
import { pause } from './pause.ts';
import { keepAll, type ScheduleEvent } from './scheduler.ts';

export type KeptEvent = ScheduleEvent | { readonly what: 'ran'; readonly schedule: string; readonly report: RunReport };

export interface KeepRequest {
  readonly by: string;
  readonly tell: (event: KeptEvent) => void;
}

/** Ends when `services.signal` is aborted, after the run at hand. */
export async function keepSchedules(
  { by, tell }: KeepRequest,
  services: Services & { readonly signal: AbortSignal },
): Promise<void> {
  const { config, store, wall, signal } = services;
  await keepAll({
    schedules: config.schedule,
    claims: store.claims,
    wall,
    pause,
    signal,
    tell,
    async start(name, { profile }, onBegun) {
      const connections = name === '*' ? null : [name];
      const report = await run({ profile, connections, by, onBegun }, services);
      tell({ what: 'ran', schedule: name, report });
      return report.status;
    },
  });
}
