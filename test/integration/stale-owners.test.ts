/** SEMANTICS 5 and 11: at the end of the grace the reason is checked again, against recent, complete reads of the owners. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const DAY = 24 * HOUR;
const YAML = hrAndDirectory({
  hr: 'fullReadEvery: 3d\nfaults: [{ on: read, after: 3, times: 6, do: { refuse: unavailable } }]',
  dir: 'deprovision: { action: disable, then: delete, after: 4d }',
  account: ENABLED,
});

let here: Firm;
const active = (id: string) => here.system('dir').get('person', id)?.attributes['active'];

/** p1 and p2 left; since then nobody could read the source. */
beforeEach(async () => {
  here = await firm(YAML);
  for (const id of ['p1', 'p2', 'p3', 'p4', 'p5']) {
    here.system('hr').put('person', id, { id, name: `Person ${id}` });
    here.system('dir').put('person', id, { number: id, cn: `Person ${id}`, active: 'yes' });
  }
  await here.first();
  for (const id of ['p1', 'p2']) here.system('hr').remove('person', id);
  await here.run();
  expect([active('p1'), active('p2'), active('p3')]).toEqual(['no', 'no', 'yes']);
  for (let n = 0; n < 6; n++) {
    here.now += DAY;
    const report = await here.run();
    expect(report.faults).toMatchObject([{ kind: 'unavailable', where: { connection: 'hr' } }]);
  }
});
afterEach(() => here.close());

it('without one nobody is deleted: it is listed, and the first complete read decides', async () => {
  expect(await here.parked('staleOwners')).toHaveLength(2);
  expect([active('p1'), active('p2')]).toEqual(['no', 'no']);
  // Runs that read something else, or nothing, do not let it out.
  await here.run({ connections: ['dir'] });
  await here.run({ profile: 'export' });
  await here.run({ profile: 'full-sync' });
  expect([active('p1'), active('p2')]).toEqual(['no', 'no']);
  await here.run();
  expect([active('p1'), active('p2'), active('p3')]).toEqual([undefined, undefined, 'yes']);
  expect(await here.parked('staleOwners')).toEqual([]);
});

it('one that shows the person again takes the reason away', async () => {
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Person p1' });
  await here.run();
  expect([active('p1'), active('p2')]).toEqual(['yes', undefined]);
  expect(await here.parked('staleOwners')).toEqual([]);
});
