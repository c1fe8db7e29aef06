/**
 * Starts what is due by `schedule:` in rollcall.yaml, over any number of processes once each time. What each schedule is seen to is in the
 * store, so that times which passed while nothing ran are known: one run is made of them all (`missed: once`), or none (`skip`). The same
 * goes for times that come while the last run still works: runs of one schedule never overlap. A run that was ended in the middle, or whose
 * process died, is missed too.
 *
 * The wall clock may be set meanwhile. It is looked at every half a minute. Set forward, times were missed; set back by up to an hour,
 * times that have been do not come again; by more, it was wrong before, and the schedule begins anew.
 */
import type { Schedule } from '#config/model';
import { type Fault, toFault } from '#core/errors';
import type { Claim, ClaimOperations, RunId, RunStatus } from '#store/contract';
import { backOff } from '../back-off.ts';
import { type Clock, isHeldBySomebody, withLease } from './lease.ts';

/** How long the wall clock is not looked at. */
const LOOK_MS = 30_000;
/** Somebody else works on it: it is over some time. */
const OTHERS_MS = 5_000;
/** Later than that it was missed. */
const LATE_MS = 2 * LOOK_MS;
const SET_BACK_MS = 3_600_000;

export type ScheduleEvent =
  | { readonly what: 'due'; readonly schedule: string }
  /** `status`: null where somebody else was quicker. */
  | { readonly what: 'over'; readonly schedule: string; readonly status: RunStatus | null }
  | { readonly what: 'skipped'; readonly schedule: string }
  /** Of the store, mostly: it is tried again. */
  | { readonly what: 'trouble'; readonly schedule: string; readonly fault: Fault; readonly againInMs: number };

/** Times at which something is due. */
export interface Timetable {
  readonly missed: Schedule['missed'];
  /** What they are worked out from: others begin anew. */
  readonly detail: string;
  /** The first after an instant, in ms; null where none comes. */
  readonly next: (after: number) => number | null;
}

export interface SchedulerOptions extends Clock {
  readonly timetables: ReadonlyMap<string, Timetable>;
  readonly claims: ClaimOperations;
  readonly signal: AbortSignal;
  /** Fulfilled when that run is over. `begun` is called before anything is done, and throws where somebody else has it by now. */
  readonly start: (name: string, begun: (run: RunId) => Promise<void>) => Promise<RunStatus>;
  readonly tell: (event: ScheduleEvent) => void;
}

/** Ends with the signal, once nothing of it runs any more. */
export async function keepAll(options: SchedulerOptions): Promise<void> {
  await Promise.all([...options.timetables].map(([name, timetable]) => keepOne(name, timetable, options)));
}

async function keepOne(name: string, timetable: Timetable, options: SchedulerOptions): Promise<void> {
  const { signal, wall, pause, tell } = options;
  let failures = 0;
  while (!signal.aborted) {
    let waits: number;
    try {
      const next = await look(name, timetable, options);
      waits = next === null ? LOOK_MS : next - wall();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      // branch: retries: what a schedule is seen to could not be looked at
      waits = backOff(failures++);
      tell({ what: 'trouble', schedule: name, fault: toFault(error), againInMs: waits });
    }
    await pause(Math.max(0, Math.min(waits, LOOK_MS)), signal);
  }
}

/** Does what is to be done now. Answers when to look again; null where nothing is known to come. */
async function look(name: string, timetable: Timetable, options: SchedulerOptions): Promise<number | null> {
  const { claims, wall, tell } = options;
  const claim = await claims.get('schedule', name);
  const now = wall();
  const wanted = { kind: 'schedule', name, seen: claim?.number ?? 0, at: now, detail: timetable.detail } as const;
  if (claim !== null && isHeldBySomebody(claim, now)) return now + OTHERS_MS;
  const next = claim === null ? null : nextFor(claim, timetable, now);
  if (next === null) {
    await claims.take({ ...wanted, until: null });
    return timetable.next(now);
  }
  if (next > now) return next;
  if (timetable.missed === 'skip' && !isOnTime(claim!, timetable, now)) {
    if ((await claims.take({ ...wanted, until: null })) !== null) tell({ what: 'skipped', schedule: name });
    return now;
  }
  await fire(wanted, options);
  return wall();
}

/** At once where its last run did not come to its end and is to be made up for; null where it begins anew. */
function nextFor(claim: Claim, { detail, missed, next }: Timetable, now: number): number | null {
  if (claim.detail !== detail || claim.at > now + SET_BACK_MS) return null;
  const isBroken = claim.until !== null || claim.outcome === 'interrupted';
  if (isBroken && missed === 'once') return Math.min(claim.at, now);
  return next(claim.at);
}

function isOnTime({ at }: Claim, { next }: Timetable, now: number): boolean {
  const latest = next(Math.max(at, now - LATE_MS));
  return latest !== null && latest <= now;
}

async function fire(
  wanted: Parameters<typeof withLease>[0],
  { claims, start, tell, signal, ...clock }: SchedulerOptions,
): Promise<void> {
  const { name } = wanted;
  tell({ what: 'due', schedule: name });
  const done = await withLease(wanted, claims, clock, async (begun) => {
    const status = await start(name, begun).catch((error: unknown): RunStatus => {
      if (signal.aborted) return 'interrupted';
      tell({ what: 'trouble', schedule: name, fault: toFault(error), againInMs: 0 });
      return 'failed';
    });
    // What a person stopped is over: it is not made up for.
    return { outcome: status === 'interrupted' && !signal.aborted ? 'stopped' : status, answer: status };
  });
  tell({ what: 'over', schedule: name, status: done?.answer ?? null });
}
