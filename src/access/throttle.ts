/**
 * Slows guessing down: after some failures each further attempt for an account, and from an address, waits longer. Nobody is locked out
 * for good, whoever guesses in their name.
 */

export interface Throttle {
  /**
   * Seconds to wait before this attempt may be made, 0 = now; then it counts as failed until `succeeded`. `account` null: of no account,
   * so only the address waits.
   */
  attempt(account: string | null, address: string): number;
  succeeded(account: string | null, address: string): void;
}

interface Failures {
  count: number;
  /** No attempt before then. */
  until: number;
  at: number;
}

interface Limit {
  /** That many cost nothing. */
  readonly free: number;
  /** Of the first that does, doubled each time, up to `longestMs`. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Behind one address may be an office; of one account there is one person. */
const ACCOUNT: Limit = { free: 4, firstMs: 1_000, longestMs: 30_000 };
const ADDRESS: Limit = { free: 20, firstMs: 1_000, longestMs: 300_000 };
const FORGOTTEN_MS = 1_800_000;
const MOST = 10_000;

/** `now`: ms, from a clock that is never set back. */
export function createThrottle(now: () => number): Throttle {
  const accounts = new Map<string, Failures>();
  const addresses = new Map<string, Failures>();

  const of = (all: Map<string, Failures>, key: string): Failures => {
    const found = all.get(key);
    if (found && now() - found.at < FORGOTTEN_MS) return found;
    return { count: 0, until: 0, at: now() };
  };
  const count = (all: Map<string, Failures>, key: string, { free, firstMs, longestMs }: Limit): void => {
    const failures = of(all, key);
    failures.count++;
    failures.at = now();
    const over = failures.count - free;
    failures.until = over < 0 ? 0 : now() + Math.min(longestMs, firstMs * 2 ** Math.min(over, 30));
    all.delete(key);
    all.set(key, failures);
    if (all.size > MOST) all.delete(all.keys().next().value!);
  };

  return {
    attempt(account, address) {
      const wait = Math.max(account === null ? 0 : of(accounts, account).until, of(addresses, address).until) - now();
      if (wait > 0) return Math.max(1, Math.ceil(wait / 1_000));
      // Counted before it is known how it ends: many at once are not all looked at.
      if (account !== null) count(accounts, account, ACCOUNT);
      count(addresses, address, ADDRESS);
      return 0;
    },
    succeeded(account, address) {
      if (account !== null) accounts.delete(account);
      const failures = addresses.get(address);
      // Whoever has one account may not go on guessing others for it.
      if (failures) failures.count = Math.max(0, failures.count - 1);
    },
  };
}
