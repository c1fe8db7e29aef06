import { expect, it } from 'vitest';
import { backOff, restMs } from './back-off.ts';

it('doubles from a second to a minute, and waits for what the system asks', () => {
  expect([0, 1, 5, 6, 1000].map((failures) => backOff(failures))).toEqual([1_000, 2_000, 32_000, 60_000, 60_000]);
  expect(backOff(0, ['unavailable'], 90_000)).toBe(90_000);
});

it('locks no account, and asks a person no more often than that', () => {
  for (const kind of ['authentication', 'configuration'] as const)
    expect([0, 20].map((failures) => backOff(failures, ['unavailable', kind]))).toEqual([900_000, 900_000]);
});

it('leaves alone for ten times as long as it took in vain, no less than it backs off, and a quarter of an hour at most', () => {
  expect([0, 3, 1000].map((failures) => restMs(failures, 20))).toEqual([1_000, 8_000, 60_000]);
  expect([0, 1000].map((failures) => restMs(failures, 30_000.4))).toEqual([300_004, 300_004]);
  expect([restMs(0, 600_000), restMs(1000, 86_400_000)]).toEqual([900_000, 900_000]);
  expect(restMs(0, 0, ['authentication'])).toBe(900_000);
});
