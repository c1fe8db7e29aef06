/**
 * Work that one process at a time does, over all that share the store: it keeps its lease while it works, and another process goes on
 * where it is gone. Whoever stood still meanwhile finds out before anything is done (SEMANTICS 16).
 */
import { Superseded } from '#core/errors';
import type { Claim, ClaimKind, ClaimOperations, RunId } from '#store/contract';
import type { Pause } from './pause.ts';

export const LEASE_MS = 60_000;
const RENEW_MS = 20_000;

/** Whether somebody works on it. An end that lies further ahead than leases do was said by a clock that was ahead. */
export function isHeldBySomebody({ until }: Pick<Claim, 'until'>, now: number): boolean {
  return until !== null && until > now && until <= now + 2 * LEASE_MS;
}

export interface Clock {
  readonly wall: () => number;
  readonly pause: Pause;
}

interface Wanted {
  readonly kind: ClaimKind;
  readonly name: string;
  /** What was found there: 0 where there was nothing. */
  readonly seen: number;
  readonly at: number;
  readonly detail: string;
  readonly forgetBefore?: number;
}

/** Fulfilled with what `work` answers, once that is noted; null: somebody else was quicker, and nothing was done. */
export async function withLease<T>(
  wanted: Wanted,
  claims: ClaimOperations,
  { wall, pause }: Clock,
  work: (begun: (run: RunId) => Promise<void>) => Promise<{ readonly outcome: string; readonly answer: T }>,
): Promise<{ readonly answer: T } | null> {
  const { kind, name } = wanted;
  const number = await claims.take({ ...wanted, until: wall() + LEASE_MS });
  if (number === null) return null;
  const mine = { kind, name, number };
  const keep = (run: RunId | null): Promise<boolean> => claims.keep({ ...mine, until: wall() + LEASE_MS, run });
  const done = new AbortController();
  const renew = async (): Promise<void> => {
    // An outage of the store passes, or the lease does.
    while (await pause(RENEW_MS, done.signal)) await keep(null).catch(() => undefined);
  };
  const renewing = renew();
  try {
    const { outcome, answer } = await work(async (run) => {
      if (!(await keep(run)))
        throw new Superseded(
          `another process works on ${kind === 'schedule' ? `the schedule of ${name}` : 'this request'} by now`,
          {
            remedy: 'nothing was done here: look there what came of it, in `rollcall runs`',
          },
        );
    });
    await claims.end({ ...mine, outcome, endedAt: wall() });
    return { answer };
  } finally {
    done.abort();
    await renewing;
  }
}
