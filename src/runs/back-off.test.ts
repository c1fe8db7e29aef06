import { expect, it } from 'vitest';
import { backOff } from './back-off.ts';

it('doubles from a second to a minute, and waits for what the system asks', () => {
  expect([0, 1, 5, 6, 1000].map((failures) => backOff(failures))).toEqual([1_000, 2_000, 32_000, 60_000, 60_000]);
  expect(backOff(0, ['unavailable'], 90_000)).toBe(90_000);
});

it('locks no account, and asks a person no more often than that', () => {
  for (const kind of ['authentication', 'configuration'] as const)
    expect([0, 20].map((failures) => backOff(failures, ['unavailable', kind]))).toEqual([900_000, 900_000]);
});
