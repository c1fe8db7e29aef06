import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRateLimit } from './rate.ts';

test('in the long run nobody gets more than the rate and what a bucket holds, and whoever waits as told gets one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(fc.nat(3_000), { maxLength: 200 }), (rate, pauses) => {
      let now = 0;
      const limit = createRateLimit(() => now);
      let taken = 0;
      for (const pause of pauses) {
        now += pause;
        const wait = limit.take('a', rate);
        if (wait === 0) taken++;
        else {
          expect(Number.isInteger(wait) && wait >= 1).toBe(true);
          now += wait * 1_000;
          expect(limit.take('a', rate)).toBe(0);
          taken++;
        }
      }
      expect(taken).toBeLessThanOrEqual(Math.max(10, rate * 2) + (now * rate) / 1_000 + 1e-6);
    }),
    { numRuns: 30 },
  );
});

test('buckets are apart', () => {
  const limit = createRateLimit(() => 0);
  const taken = (key: string): number => Array.from({ length: 30 }, () => limit.take(key, 1)).filter((wait) => wait === 0).length;
  expect([taken('a'), taken('b'), taken('a')]).toEqual([10, 10, 0]);
});
