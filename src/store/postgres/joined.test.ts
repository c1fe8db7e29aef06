import { expect, test } from 'vitest';
import { joined } from './joined.ts';

test('slices of a batch as one: their lists in order, all else as the last says it', () => {
  const [first, second, last] = [
    { run: 7, more: true, items: [1, 2], keys: { add: ['a'], remove: [] }, settled: [5], done: null },
    { run: 7, more: true, items: [], keys: { add: [], remove: ['b'] }, done: null },
    { run: 7, more: false, items: [3], keys: { add: ['c'], remove: ['d'] }, done: null },
  ];
  expect(joined([first, second, last])).toEqual({
    run: 7,
    more: false,
    items: [1, 2, 3],
    keys: { add: ['a', 'c'], remove: ['b', 'd'] },
    settled: [5],
    done: null,
  });
  expect(joined([first])).toBe(first);
});
