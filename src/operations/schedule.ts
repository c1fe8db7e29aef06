/** When runs start by themselves: each schedule with its next times, and its last run. */
import { z } from 'zod';
import { nextTimes } from '#core/cron';
import { formatInstant } from '#core/time';
import { lastOf, type ScheduleRun } from '#runs/index';
import { type Operation, versioned } from './operation.ts';
import { instant } from './shapes.ts';

export interface ScheduleItem {
  /** A connection; `*` is all. */
  readonly name: string;
  readonly cron: string;
  readonly zone: string;
  readonly missed: 'once' | 'skip';
  readonly profile: string;
  /** The next times, three at most. */
  readonly next: readonly string[];
  /** Null before its first run. */
  readonly last: {
    /** Null where it did not come to that. */
    readonly run: number | null;
    readonly startedAt: string;
    /** Null while it works. */
    readonly endedAt: string | null;
    /** `lost`: whoever began it is gone. */
    readonly status: ScheduleRun['status'];
  } | null;
}
export interface ScheduleOutput {
  readonly schedules: readonly ScheduleItem[];
}

const SHOWN = 3;

export const schedule: Operation<object, ScheduleOutput> = {
  name: 'schedule',
  permission: 'runs.read',
  input: z.object({}),
  output: versioned<ScheduleOutput>('schedule', {
    schedules: z.array(
      z.object({
        name: z.string(),
        cron: z.string(),
        zone: z.string(),
        missed: z.enum(['once', 'skip']),
        profile: z.string(),
        next: z.array(instant),
        last: z
          .object({
            run: z.number().nullable(),
            startedAt: instant,
            endedAt: instant.nullable(),
            status: z.enum(['running', 'done', 'warnings', 'failed', 'interrupted', 'lost']),
          })
          .nullable(),
      }),
    ),
  }),
  async run(_, session) {
    const { config, store, wall } = await session.services('readOrEmpty');
    const schedules: ScheduleItem[] = [];
    for (const [name, one] of config.schedule) {
      const last = await lastOf(name, store, wall());
      schedules.push({
        name,
        ...one,
        next: nextTimes(one.cron, one.zone, wall(), SHOWN).map(formatInstant),
        last: last && {
          ...last,
          startedAt: formatInstant(last.startedAt),
          endedAt: last.endedAt === null ? null : formatInstant(last.endedAt),
        },
      });
    }
    return { schedules };
  },
};
