/**
 * What a process that goes on starts by itself: schedules, and what waits for a target that may be written to again. Each is a run like any
 * other, one after the other with all runs of the store.
 */
import type { Configuration } from '#config/model';
import { nextTime } from '#core/cron';
import { HOUR_MS } from '#core/pace';
import { nextOpening } from '#core/window';
import type { RunReport, RunRequest, Services } from '../model.ts';
import { run } from '../run.ts';
import { pause } from './pause.ts';
import { keepAll, type ScheduleEvent, type Timetable } from './scheduler.ts';

export type KeptEvent = ScheduleEvent | { readonly what: 'ran'; readonly schedule: string; readonly report: RunReport };

/** Something else than a run that is done at its times, over all processes once each time. No connection is called so. */
export interface Chore {
  readonly name: string;
  readonly timetable: Timetable;
  readonly do: () => Promise<void>;
}

export interface KeepRequest {
  readonly by: string;
  readonly chores?: readonly Chore[];
  readonly tell: (event: KeptEvent) => void;
}

interface Started extends Pick<RunRequest, 'profile' | 'connections'> {
  /** Then there is nothing to run for. */
  readonly unless?: (services: Services) => Promise<boolean>;
}

/** Ends when `services.signal` is aborted, after the run at hand. */
export async function keepSchedules(
  { by, chores = [], tell }: KeepRequest,
  services: Services & { readonly signal: AbortSignal },
): Promise<void> {
  const { config, store, wall, signal } = services;
  const all = new Map([...schedules(config), ...openings(config), ...quotas(config)]);
  const others = new Map(chores.map((chore) => [chore.name, chore]));
  await keepAll({
    timetables: new Map([
      ...[...all].map(([name, [timetable]]) => [name, timetable] as const),
      ...chores.map(({ name, timetable }) => [name, timetable] as const),
    ]),
    claims: store.claims,
    wall,
    pause,
    signal,
    tell,
    async start(name, onBegun) {
      const chore = others.get(name);
      if (chore !== undefined) {
        await chore.do();
        return signal.aborted ? 'interrupted' : 'done';
      }
      const [, { unless, ...request }] = all.get(name)!;
      if (await unless?.(services)) return 'done';
      const report = await run({ ...request, by, onBegun }, services);
      tell({ what: 'ran', schedule: name, report });
      return report.status;
    },
  });
}

function schedules({ schedule }: Configuration): [string, [Timetable, Started]][] {
  return [...schedule].map(([name, { cron, zone, missed, profile }]) => [
    name,
    [
      { missed, detail: `${cron} ${zone}`, next: (after) => nextTime(cron, zone, after) },
      { profile, connections: name === '*' ? null : [name] },
    ],
  ]);
}

/** Where one opens, nothing is read: what is decided goes. No connection is called so. */
function openings({ connections }: Configuration): [string, [Timetable, Started]][] {
  return connections.flatMap(({ name, openings }): [string, [Timetable, Started]][] => {
    if (openings === null) return [];
    const detail = JSON.stringify(openings, (_, one: unknown) => (one instanceof Set ? [...one] : one));
    const timetable: Timetable = { missed: 'once', detail, next: (after) => nextOpening(openings, after) };
    return [[`opening of ${name}`, [timetable, { profile: 'cycle', connections: [] }]]];
  });
}

/** With each hour there may be room for more. */
function quotas({ connections }: Configuration): [string, [Timetable, Started]][] {
  return connections.flatMap(({ name, pace }): [string, [Timetable, Started]][] => {
    if (pace === null || (pace.perHour === null && pace.perDay === null)) return [];
    const unless = async ({ store: { exports } }: Services): Promise<boolean> =>
      ((await exports.counts(name)).waiting ?? 0) === 0 &&
      (await exports.pendingEdges(name, { after: null, limit: 1 })).length === 0;
    const timetable: Timetable = {
      missed: 'once',
      detail: 'quota',
      next: (after) => (Math.floor(after / HOUR_MS) + 1) * HOUR_MS,
    };
    return [[`quota of ${name}`, [timetable, { profile: 'cycle', connections: [], unless }]]];
  });
}
