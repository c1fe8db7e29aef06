/** How often somebody may ask: a bucket for each that fills at its rate and holds two seconds of it, at least ten. */

export interface RateLimit {
  /**
   * Takes one from the bucket of `key`, which fills at `rate` a second. 0 = taken; otherwise the whole seconds, at least 1, after which
   * there is one again: Retry-After of RFC 9110 10.2.3.
   */
  take(key: string, rate: number): number;
}

interface Bucket {
  left: number;
  at: number;
}

/** Whoever has not been seen for longest starts with a full one again. */
const MOST = 10_000;

/** `now`: ms, from a clock that is never set back. */
export function createRateLimit(now: () => number): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(key, rate) {
      const at = now();
      const holds = Math.max(10, rate * 2);
      const before = buckets.get(key) ?? { left: holds, at };
      const left = Math.min(holds, before.left + (Math.max(0, at - before.at) * rate) / 1_000);
      buckets.delete(key);
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at });
      if (buckets.size > MOST) buckets.delete(buckets.keys().next().value!);
      return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / rate));
    },
  };
}
