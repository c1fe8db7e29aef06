/** Waiting, by a clock that goes on evenly whatever the wall clock is set to. */
import { setTimeout as timer } from 'node:timers/promises';

/** Whether the time, in ms, passed before the signal came. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<boolean>;

export const pause: Pause = async (ms, signal) => await timer(ms, true, { signal }).catch(() => false);
