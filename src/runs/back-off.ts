/** How long a process that listens waits before it tries again (docs/decisions/0015). */
import type { ErrorKind } from '#core/errors';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Many systems lock an account after a few wrong passwords in half an hour. */
const PATIENT_WAIT_MS = 15 * 60_000;
/** What only a person mends. */
const PATIENT: ReadonlySet<ErrorKind> = new Set(['authentication', 'configuration']);

/** By which a system says that it is not there, or has too much to do; others are about what was asked. */
export const OWN_KINDS: ReadonlySet<ErrorKind> = new Set(['unavailable', 'rateLimited']);

/** In ms: doubles from one second to one minute, and is never less than `askedMs`. */
export function backOff(failures: number, kinds: readonly ErrorKind[] = [], askedMs = 0): number {
  const longest = kinds.some((kind) => PATIENT.has(kind)) ? PATIENT_WAIT_MS : 0;
  return Math.max(askedMs, longest, Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, 10), LONGEST_WAIT_MS));
}

/** A connection of which nothing new is to be had is left alone for so many times as long as asking it took. */
const RESTS_TIMES = 10;

/** In ms, at most a quarter of an hour: how long a connection is left alone, `tookMs` being what the attempt took that was in vain. */
export function restMs(failures: number, tookMs: number, kinds: readonly ErrorKind[] = []): number {
  return Math.min(PATIENT_WAIT_MS, Math.max(backOff(failures, kinds), Math.ceil(RESTS_TIMES * tookMs)));
}
