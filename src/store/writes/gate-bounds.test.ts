import { expect, test } from 'vitest';
import { gateBounds } from './gate-bounds.ts';
import type { Writer } from './writer.ts';

/** Does nothing, at once. */
const writer = { interactive: async () => undefined } as unknown as Writer;

test('a count that something changed under is not what the next one begins with', async () => {
  const counts: PromiseWithResolvers<ReadonlyMap<string, number>>[] = [];
  const gates = gateBounds(writer, () => {
    const count = Promise.withResolvers<ReadonlyMap<string, number>>();
    counts.push(count);
    return count.promise;
  });
  const first = gates.counted('ad');
  // A hold is lifted: what waited behind it is pending now.
  await gates.writer.interactive('closeHold', {} as never);
  counts[0]!.resolve(new Map());
  expect(await first).toEqual(new Map());
  const next = gates.atMost('ad');
  expect(counts).toHaveLength(2);
  counts[1]!.resolve(new Map([['delete', 7]]));
  expect((await next)('delete')).toBe(7);
  expect((await gates.atMost('ad'))('delete')).toBe(7);
  expect(counts).toHaveLength(2);
});
