/** What the benchmarks say in words. */
import { expect, it } from 'vitest';
import { type Result, table } from '../../bench/result.ts';

const QUIET: Result = {
  ...{ case: 'quiet-cycle', size: 1_000_000, seconds: 40, objectsPerSecond: 75_000, ratioToLimit: 1.5, peakRssMb: 300 },
  ...{ rowsWritten: 0, bytesPerPerson: null, runs: 1, also: { p50Ms: 0.456, members: 100_000 } },
  goals: [
    { text: '≥ 100,000 objects/s', reached: false },
    { text: 'no row written but for cursors', reached: true },
  ],
};
const notes = (one: Result): string[] => table([one]).split('\n').slice(3);

it('only goals that were missed are said to be, and figures have words', () => {
  expect(notes(QUIET)).toEqual([
    'quiet-cycle: half of them within 0.46 ms, 100,000 members in the large group',
    'quiet-cycle: reaches no row written but for cursors; misses ≥ 100,000 objects/s',
  ]);
});

it('with another size than the goals are for, that is said', () => {
  expect(notes({ ...QUIET, size: 10_000 }).at(-1)).toBe(
    'The goals are for 1,000,000 people on two cores; here there are 10,000.',
  );
});
