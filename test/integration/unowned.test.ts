/** What is nobody's in a target that only is written: it stays as it is, and `parked` counts it, once, however many runs there are. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BOOK, book, HR, type Place, place, rows } from './place.ts';

let here: Place;
beforeEach(async () => {
  here = await place(`store: sqlite:rollcall.db\n${HR}${BOOK}`);
  await here.write('hr.csv', `id,name,phone\n${rows().join('\n')}\n`);
  await here.first();
});
afterEach(() => here.remove());

it('a row that somebody wrote there by hand, until it is gone again', async () => {
  expect((await here.call('parked')).out).toBe('Nothing is parked.\n');
  const before = await here.read('book.csv');
  await here.write('book.csv', `${before}X1,Lift,112\n`);
  await here.run();
  await here.run();
  expect(await book(here)).toMatchObject({ X1: 'Lift,112' });
  const { out, code } = await here.call('parked');
  expect([code, out]).toEqual([0, expect.stringMatching(/^book: 1 account belongs to nobody here; it is left alone\./)]);
  expect(JSON.parse((await here.call('parked', '--json')).out).unowned).toEqual([
    { connection: 'book', kind: 'person', count: 1 },
  ]);
  expect((await here.call('parked', '--connection', 'hr')).out).not.toContain('nobody');
  // Those of people who leave are deleted: they are somebody's to the end.
  await here.write('hr.csv', `id,name,phone\n${rows().slice(1).join('\n')}\n`);
  await here.run();
  expect((await here.call('parked')).out).toContain('book: 1 account belongs to nobody here');
  await here.write('book.csv', before);
  await here.run();
  expect((await here.call('parked')).out).not.toContain('nobody');
});
