/** A clock that was a year ahead for one run, and is set right: nothing is waited for until that year is over. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const yaml = (fault: string) =>
  hrAndDirectory({
    top: `gates: { ${unlimited('create')} }`,
    dir: `deltas: false\nfaults: [{ on: update, anchor: p1, times: 1, do: ${fault} }]`,
  });
let here: Firm;
afterEach(() => here.close());

it.each([
  ['was refused for now', '{ refuse: unavailable }'],
  ['was to be tried again a year later', '{ refuse: rateLimited, retryAfterMs: 31536000000 }'],
  ['got no answer', '{ die: before, how: unknown }'],
])('an update that %s is sent', async (_, fault) => {
  here = await firm(yaml(fault));
  for (const id of ['p0', 'p1', 'p2']) here.system('hr').put('person', id, { id, name: `Person ${id}` });
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.first();
  const right = here.now;
  here.now += 365 * 24 * HOUR;
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Renamed' });
  await here.run();
  expect(here.system('dir').get('person', 'p1')?.attributes['cn']).toBe('Person p1');
  here.now = right + HOUR;
  await here.run();
  here.now += 25 * HOUR;
  await here.run();
  expect(here.system('dir').get('person', 'p1')?.attributes['cn']).toBe('Renamed');
});

it('an update waits a day at the longest, whatever the target asks for', async () => {
  here = await firm(yaml('{ refuse: rateLimited, retryAfterMs: 31536000000 }'));
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Person p1' });
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.first();
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Renamed' });
  await here.run();
  here.now += 23 * HOUR;
  await here.run();
  expect(here.system('dir').get('person', 'p1')?.attributes['cn']).toBe('Person p1');
  here.now += 2 * HOUR;
  await here.run();
  expect(here.system('dir').get('person', 'p1')?.attributes['cn']).toBe('Renamed');
});
