/** A plan of a day to come: what is due by then, and that it is not for now (SEMANTICS 5 and 15). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const DAY = 24 * HOUR;
const YAML = hrAndDirectory({
  read: '',
  dir: 'mode: on\ndeprovision: { action: disable, then: delete, after: 30d }',
  account: ENABLED,
  written: '',
});

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML);
  for (const id of ['p1', 'p2', 'p3']) here.system('hr').put('person', id, { id });
  await here.first();
  here.system('hr').remove('person', 'p1');
  await here.run();
});
afterEach(() => here.close());

const deletes = async (days: number, from = here.now) =>
  (await here.plan({ read: false, asOf: from + days * DAY })).lines.filter(
    (line) => line.what === 'export' && line.operation === 'delete',
  );

it('the delete at the end of the grace stands in it, however long after the last read that is', async () => {
  expect(await deletes(29)).toEqual([]);
  for (const days of [30, 31, 365]) expect(await deletes(days)).toMatchObject([{ connection: 'dir', anchor: 'p1' }]);
  // Also of what waits by now because nobody read the owners.
  here.now += 31 * DAY;
  await here.run({ profile: 'delta-sync' });
  expect(await here.parked('staleOwners')).toHaveLength(1);
  expect(await deletes(0)).toHaveLength(1);
  await here.run({ profile: 'delta-sync' });
  expect(await here.parked('staleOwners')).toHaveLength(1);
});

it('is not carried out before that day, and why is said', async () => {
  const { lines } = await here.plan({ read: false, asOf: here.now + 30 * DAY });
  const carried = here.run({ planLines: lines.map((line) => JSON.stringify(line)) });
  await expect(carried).rejects.toThrow(
    /This is a plan for 2026-02-11T08:00:00[.0-9]*Z, which is not yet; nothing of it was done/,
  );
  expect(here.system('dir').get('person', 'p1')).toBeDefined();
});
