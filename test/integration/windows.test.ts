/** `window`, `blackout` and `leavers`: what is decided outside of it waits, whoever leaves is disabled at once, and it goes when it opens. */
import { afterEach, expect, it } from 'vitest';
import { BOOK, book, HR, type Place, place, rows } from './place.ts';

/** Accounts say whether they are on; who leaves is disabled. */
const SWITCHED = BOOK.replace(
  '        attributes: { id: employeeId, name: displayName, phone: phone }\n',
  '$&        enabled: { attribute: on, on: "1", off: "0" }\n',
).replace('{ action: delete }', '{ action: disable }');
/** A Monday, 08:00 UTC; where nights begin an hour earlier. */
const NIGHTS = '    window: "Mon-Fri 20:00-06:00 Europe/Berlin"\n';
const HOUR = 3_600_000;

let here: Place;
afterEach(() => here.remove());

const opened = async (more: string): Promise<void> => {
  here = await place(`${HR}${SWITCHED}`);
  await here.write('hr.csv', ['id,name,phone', ...rows(), ''].join('\n'));
  await here.first();
  await here.write('rollcall.yaml', `${HR}${SWITCHED}${more}`);
};
/** E01 leaves with another phone, E02 gets another one, E99 comes. */
const change = (): Promise<void> =>
  here.write(
    'hr.csv',
    [
      'id,name,phone',
      ...rows()
        .slice(1)
        .map((row) => row.replace('Person 2,101', 'Person 2,999')),
      'E99,New,1',
      '',
    ].join('\n'),
  );
const shown = async (): Promise<readonly string[]> => {
  const all = await book(here);
  return ['E01', 'E02', 'E99'].map((id) => all[id] ?? 'none');
};

it('outside of its window who leaves is disabled at once, and all else waits without an attempt until it opens', async () => {
  await opened(NIGHTS);
  await change();
  expect((await here.call('plan', '--read')).out).toContain(
    'book, not to be written to now: 3 changes: until 2026-01-12 19:00:00Z',
  );
  const day = await here.run();
  expect(await shown()).toEqual(['Person 1,100,0', 'Person 2,101,1', 'none']);
  expect([day.status, day.notices.map(({ kind, message }) => [kind, message])]).toEqual([
    'done',
    [['outsideWindow', 'book: 2 changes wait for its window, until 2026-01-12 19:00Z']],
  ]);
  expect((await here.call('run')).code).toBe(0);
  here.now += 11 * HOUR;
  expect((await here.run()).notices).toEqual([]);
  expect(await shown()).toEqual(['Person 1,100,0', 'Person 2,999,1', 'New,1,1']);
});

it('in a blackout, where leavers wait as well, nothing goes', async () => {
  await opened('    blackout: [{ from: 2026-01-10, to: 2026-01-12, reason: stocktaking }]\n    leavers: wait\n');
  await change();
  expect((await here.run()).notices).toMatchObject([
    { message: 'book: 3 changes wait for stocktaking, until 2026-01-13 00:00Z' },
  ]);
  expect(await shown()).toEqual(['Person 1,100,1', 'Person 2,101,1', 'none']);
  here.now += 16 * HOUR;
  await here.run();
  expect(await shown()).toEqual(['Person 1,100,0', 'Person 2,999,1', 'New,1,1']);
});
