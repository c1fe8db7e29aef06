/** `pace`: a target is given only so much in a time; leavers go first, and the rest goes with the next hours. */
import { afterEach, expect, it } from 'vitest';
import { BOOK, book, HR, type Place, place, rows } from './place.ts';

const HOUR = 3_600_000;
let here: Place;
afterEach(() => here.remove());

it('of what has no room the leavers go first, and the rest waits, over restarts, for the next hour', async () => {
  const target = BOOK.replace('{ action: delete }', '{ action: disable }').replace(
    '        attributes:',
    '        enabled: { attribute: on, on: "1", off: "0" }\n        attributes:',
  );
  here = await place(`${HR}${target}`);
  await here.write('hr.csv', ['id,name,phone', ...rows(), ''].join('\n'));
  await here.first();
  await here.write('rollcall.yaml', `${HR}${target}    pace: { perHour: 3 }\n`);
  // The last one leaves, and four have another phone.
  const moved = rows()
    .slice(0, -1)
    .map((row, i) => (i < 4 ? `${row}0` : row));
  await here.write('hr.csv', ['id,name,phone', ...moved, ''].join('\n'));
  const plan = await here.call('plan', '--read');
  expect(plan.out).toContain('book: 5 changes at 3 an hour: until 2026-01-12 09:00:00');
  const done = async (): Promise<readonly string[]> =>
    Object.values(await book(here)).filter((one) => one.endsWith(',0') || /,10.0,/.test(one));
  const first = await here.run();
  expect(first.notices.map(({ kind, message }) => [kind, message])).toEqual([
    ['waitsForQuota', 'book: 2 changes wait, since it is given no more than 3 an hour; sent by about 2026-01-12 09:00Z'],
  ]);
  expect(first.status).toBe('done');
  expect(await done()).toEqual(['Person 1,1000,1', 'Person 2,1010,1', 'Person 12,111,0']);
  await here.run();
  expect(await done()).toHaveLength(3);
  here.now += HOUR;
  expect((await here.run()).notices).toEqual([]);
  expect(await done()).toHaveLength(5);
});
