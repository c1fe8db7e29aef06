/** The schedules of a process that goes on: what is due is a run like any other, one after the other with all runs of the store. */
import type { Services } from '../model.ts';
import { run } from '../run.ts';
import { pause } from './pause.ts';
import { keepSchedules, type ScheduleEvent } from './scheduler.ts';

export interface KeepRequest {
  readonly by: string;
  readonly tell: (event: ScheduleEvent) => void;
}

/** Ends when `services.signal` is aborted, after the run at hand. */
export async function keep({ by, tell }: KeepRequest, services: Services & { readonly signal: AbortSignal }): Promise<void> {
  const { config, store, wall, signal } = services;
  await keepSchedules({
    schedules: config.schedule,
    claims: store.claims,
    wall,
    pause,
    signal,
    tell,
    async start(name, { profile }, onBegun) {
      const connections = name === '*' ? null : [name];
      return (await run({ profile, connections, by, onBegun }, services)).status;
    },
  });
}
