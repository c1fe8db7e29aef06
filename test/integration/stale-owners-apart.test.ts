/** SEMANTICS 5: a delete waits for recent reads of all owners; they need not be of the same day. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const DAY = 24 * HOUR;
const YAML = hrAndDirectory({
  hr: 'fullReadEvery: 7d',
  others: `guests:
  type: memory
  system: guests
  owner: true
  fullReadEvery: 7d
  import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } } }`,
  dir: 'deprovision: { action: disable, then: delete, after: 13d }',
  account: ENABLED,
});

let here: Firm;
afterEach(() => here.close());

it('owners read on different days: the delete is made once each was read lately', async () => {
  here = await firm(YAML, ['hr', 'guests', 'dir']);
  for (const id of ['p1', 'p2', 'p3']) here.system('hr').put('person', id, { id, name: `Person ${id}` });
  here.system('guests').put('person', 'g1', { id: 'g1', name: 'Guest' });
  await here.first();
  const numbers = () =>
    here
      .system('dir')
      .objects()
      .map((one) => one.attributes['number'])
      .sort();
  expect(numbers()).toEqual(['g1', 'p1', 'p2', 'p3']);
  // From here on guests is read in full three days after HR.
  here.now += 3 * DAY;
  await here.run({ profile: 'full-import', connections: ['guests'] });
  here.system('hr').remove('person', 'p1');
  await here.run();
  for (let day = 4; day < 16; day++) {
    here.now += DAY;
    await here.run();
  }
  // The day it is due: HR was read eight days ago.
  here.now += DAY;
  await here.run({ connections: ['guests'] });
  expect(await here.parked('staleOwners')).toHaveLength(1);
  expect(numbers()).toEqual(['g1', 'p1', 'p2', 'p3']);
  here.now += DAY;
  await here.run();
  expect(numbers()).toEqual(['g1', 'p2', 'p3']);
  expect(await here.parked('staleOwners')).toEqual([]);
});
