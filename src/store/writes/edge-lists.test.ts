import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Columns, differences, inKeyOrder } from './edge-lists.ts';

/** Few keys, so that lists share many, with some that UTF-8 and UTF-16 order otherwise. */
const key = fc.constantFrom('a', 'A', 'b', 'ab', '10', '9', '\u{10000}', '\u{ffff}', 'é');
const text = fc.constantFrom('a', 'A', 'b', null);
const list: fc.Arbitrary<Columns> = fc
  .array(fc.tuple(key, text), { maxLength: 12 })
  .chain((pairs) =>
    fc.boolean().map((plain) => ({ keys: pairs.map(([one]) => one), texts: plain ? null : pairs.map(([, written]) => written) })),
  );

/** By key; of two the last. A text that is the key is none. */
function table({ keys, texts }: Columns): Map<string, string | null> {
  return new Map(keys.map((one, i) => [one, texts?.[i] === one ? null : (texts?.[i] ?? null)]));
}

describe('two lists of references compared as streams', () => {
  it('differ in what looking up each of them finds', () => {
    fc.assert(
      fc.property(list, list, (known, shown) => {
        const [before, after] = [table(known), table(shown)];
        const expected = [...new Set([...before.keys(), ...after.keys()])]
          .filter((one) => before.get(one) !== after.get(one) || before.has(one) !== after.has(one))
          .sort()
          .map((one) => ({ key: one, text: after.get(one), known: before.has(one) }));
        expect([...differences(inKeyOrder(known), inKeyOrder(shown))]).toEqual(expected);
      }),
    );
  });

  it('leave a list as it is that is in order already', () => {
    const sorted: Columns = { keys: ['a', 'b'], texts: null };
    expect(inKeyOrder(sorted)).toBe(sorted);
  });
});
