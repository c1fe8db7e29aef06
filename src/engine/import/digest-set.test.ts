import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDigestSet } from './digest-set.ts';

describe('anchors met in one read', () => {
  it('are told apart however many there are', () => {
    const met = createDigestSet();
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }), { maxLength: 2_000 }), (digests) => {
        for (const one of digests) {
          const key = Buffer.from([...one.subarray(0, 7), one[7]! | 1]).toString('hex');
          expect(met.add(one)).toBe(!seen.has(key));
          seen.add(key);
        }
      }),
      { numRuns: 30 },
    );
  });
});
