import { expect, test } from 'vitest';
import { bytes, duration, size } from './quantity.ts';

test('durations and sizes', () => {
  for (const text of ['30d', '1h30m', '0s']) expect(duration.safeParse(text).success).toBe(true);
  for (const text of ['30', 'd', '1y', '-1d', '1.5h', '999999999w', 30]) expect(duration.safeParse(text).success).toBe(false);
  for (const text of ['16 MB', '0MB', '1TB', '16mb', 16]) expect(size.safeParse(text).success).toBe(false);
  expect(['512B', '16KB', '16MB', '2GB'].map(bytes)).toEqual([512, 16_384, 16_777_216, 2_147_483_648]);
});
