import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Fault } from '#core/errors';
import { createRests, type Rest, type Rests } from './rests.ts';

const unusable: Fault = {
  kind: 'invalidValue',
  message: '1 object cannot be used',
  where: { connection: 'hr' },
  remedy: 'mend it',
};
const wrong: Fault = { kind: 'authentication', message: 'refused', where: { connection: 'hr' }, remedy: 'set it right' };

let rests: Rests;
let told: Rest[];
let over: string[];
/** Of the small request. */
let answer: Fault | null;
beforeEach(() => {
  vi.useFakeTimers();
  [told, over] = [[], []];
  answer = null;
  rests = createRests({ wall: Date.now, probe: async () => answer });
  rests.listen({ tell: (rest) => told.push(rest), over: (name, why) => over.push(`${name} ${why}`) });
});
afterEach(() => {
  rests.close();
  vi.useRealTimers();
});

it('what would show the same again is left alone for a while, and longer each time, and told once', () => {
  for (const [took, length] of [
    [20, 1_000],
    [20, 2_000],
    [20_000, 200_000],
  ] as const) {
    rests.incomplete('hr', took, unusable);
    // Another read that was under way makes it no longer.
    rests.incomplete('hr', took, unusable);
    expect([rests.has('hr'), rests.refuses('hr'), rests.has('dir')]).toEqual([true, false, false]);
    vi.advanceTimersByTime(length - 1);
    expect(over).toEqual([]);
    vi.advanceTimersByTime(1);
    expect([over.splice(0), rests.has('hr')]).toEqual([['hr incomplete'], false]);
  }
  expect(told).toEqual([{ connection: 'hr', why: 'incomplete', fault: unusable, forMs: 1_000 }]);
  rests.well('hr');
  rests.incomplete('hr', 20, unusable);
  expect(told).toHaveLength(2);
});

it('another reason is told as well, and none where there is nothing to mend', () => {
  rests.incomplete('hr', 0, null);
  vi.advanceTimersByTime(1_000);
  rests.incomplete('hr', 0, unusable);
  vi.advanceTimersByTime(2_000);
  rests.incomplete('hr', 0, { ...unusable, message: '2 objects cannot be used' });
  expect(told.map(({ fault }) => fault.message)).toEqual(['1 object cannot be used', '2 objects cannot be used']);
});

it('a refused password takes the place of an unfinished read, and rests for a quarter of an hour from the last attempt', () => {
  rests.incomplete('hr', 20, unusable);
  rests.refused('hr', wrong);
  vi.advanceTimersByTime(60_000);
  rests.refused('hr', wrong);
  rests.incomplete('hr', 20, unusable);
  vi.advanceTimersByTime(899_999);
  expect([over, rests.refuses('hr')]).toEqual([[], true]);
  vi.advanceTimersByTime(1);
  expect([over, rests.refuses('hr')]).toEqual([['hr refused'], false]);
  expect(told.map(({ why, forMs }) => [why, forMs])).toEqual([
    ['incomplete', 1_000],
    ['refused', 900_000],
  ]);
});

it('whoever listens tries it first, and it rests for others until that is answered', async () => {
  await expect(rests.elapsed('hr')).resolves.toBe(false);
  rests.refused('hr', wrong);
  const first = rests.elapsed('hr');
  await vi.advanceTimersByTimeAsync(600_000);
  rests.refused('hr', wrong);
  await vi.advanceTimersByTimeAsync(900_000);
  await expect(first).resolves.toBe(true);
  expect([over, rests.refuses('hr')]).toEqual([[], true]);
  rests.ends('hr');
  expect([over, rests.refuses('hr')]).toEqual([['hr refused'], false]);
});

it('nothing comes of it after the end', async () => {
  rests.refused('hr', wrong);
  const waits = rests.elapsed('hr');
  rests.close();
  await expect(waits).resolves.toBe(false);
  await vi.advanceTimersByTimeAsync(900_000);
  expect(over).toEqual([]);
});

it('what fails several times in a row is left alone, and tried until it answers', async () => {
  const gone: Fault = { kind: 'unavailable', message: 'gone', where: { connection: 'dir' } };
  const fails = (times: number): void => {
    for (let n = 0; n < times; n++) rests.failed('dir', gone);
  };
  fails(4);
  rests.answers('dir');
  fails(4);
  expect([rests.refuses('dir'), rests.why('dir')]).toEqual([false, null]);
  fails(1);
  expect([rests.refuses('dir'), rests.has('hr'), rests.why('dir')]).toEqual([
    true,
    false,
    { fault: gone, until: Date.now() + 16_000 },
  ]);
  answer = gone;
  await vi.advanceTimersByTimeAsync(16_000);
  expect([over, rests.why('dir')?.until]).toEqual([[], Date.now() + 32_000]);
  answer = null;
  await vi.advanceTimersByTimeAsync(32_000);
  expect([over, rests.has('dir')]).toEqual([['dir failing'], false]);
  expect(told).toEqual([{ connection: 'dir', why: 'failing', fault: gone, forMs: 16_000 }]);
  // Once more is enough, until it went well.
  fails(1);
  expect(rests.refuses('dir')).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  rests.answers('dir');
  fails(4);
  expect(rests.refuses('dir')).toBe(false);
  fails(1);
  expect([rests.refuses('dir'), told.length]).toEqual([true, 2]);
});
