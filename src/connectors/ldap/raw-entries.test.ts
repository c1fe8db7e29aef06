import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BerReader } from '#protocols/ldap/ber';
import { RawEntries } from './raw-entries.ts';

test('entries of any size come out as they went in, whatever became of what they came in', () => {
  const size = fc.oneof(fc.nat({ max: 2000 }), fc.integer({ min: 100_000, max: 300_000 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(size, fc.nat({ max: 255 }))), (sizes) => {
      const raw = new RawEntries();
      for (const [length, byte] of sizes) {
        const chunk = Buffer.alloc(length + 10, byte);
        raw.add({ body: new BerReader(chunk, 5, length + 5) });
        // The next read from the network may overwrite it.
        chunk.fill(byte ^ 0xff);
      }
      expect(raw.length).toBe(sizes.length);
      for (const [i, [length, byte]] of sizes.entries()) {
        const { bytes, at, end } = raw.at(i);
        expect(bytes.subarray(at, end).equals(Buffer.alloc(length, byte))).toBe(true);
      }
    }),
    { numRuns: 30, examples: [[[[0, 0]]]] },
  );
});
