/** What is known of the last run of a schedule. */
import type { RunId, RunStatus, Store } from '#store/contract';
import { isHeldBySomebody } from './lease.ts';

export interface ScheduleRun {
  /** Null where it did not come to that. */
  readonly run: RunId | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** `lost`: whoever began it is gone. */
  readonly status: RunStatus | 'lost';
}

/** Null before its first one. */
export async function lastOf(
  schedule: string,
  { claims, runs }: Pick<Store, 'claims' | 'runs'>,
  now: number,
): Promise<ScheduleRun | null> {
  const claim = await claims.get('schedule', schedule);
  if (claim === null || (claim.until === null && claim.outcome === null)) return null;
  const row = claim.run === null ? null : await runs.get(claim.run);
  const startedAt = row?.startedAt ?? claim.at;
  if (claim.outcome === null) {
    const status = isHeldBySomebody(claim, now) ? 'running' : 'lost';
    return { run: claim.run, startedAt, endedAt: null, status };
  }
  // What a person stopped was interrupted.
  const status = row?.status ?? (claim.outcome === 'failed' ? 'failed' : 'interrupted');
  return { run: claim.run, startedAt, endedAt: row?.endedAt ?? claim.endedAt, status };
}
