import { expect, test } from 'vitest';
import { bytes, duration, size } from './quantity.ts';
import { scheduleFault } from './schedule.ts';

test.each(['* * * * *', '*/15 * * * *', '0 2 * * *', '0,30 8-18 * * mon-fri', '5 4 1 jan,jul *', '0 0 * * 7', '0 22 * * 1-5/2'])(
  '%s is a schedule',
  (text) => {
    expect(scheduleFault(text)).toBe(null);
  },
);

test.each([
  '',
  '* * * *',
  '* * * * * *',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * * 13 *',
  '* * * * 8',
  '*/0 * * * *',
  '5-1 * * * *',
  '@daily',
  'a b c d e',
  '* * * mon *',
  '1,,2 * * * *',
])('%j is none', (text) => {
  expect(scheduleFault(text)).not.toBe(null);
});

test('durations and sizes', () => {
  for (const text of ['30d', '1h30m', '0s']) expect(duration.safeParse(text).success).toBe(true);
  for (const text of ['30', 'd', '1y', '-1d', '1.5h', '999999999w', 30]) expect(duration.safeParse(text).success).toBe(false);
  for (const text of ['16 MB', '0MB', '1TB', '16mb', 16]) expect(size.safeParse(text).success).toBe(false);
  expect(['512B', '16KB', '16MB', '2GB'].map(bytes)).toEqual([512, 16_384, 16_777_216, 2_147_483_648]);
});
