/** SEMANTICS 8: a new name that the gate for updates holds stays, whatever else of the account may go. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create')}, update: { percent: 1, count: 5 } }`,
  dir: 'deltas: false\ndeprovision: { action: disable }',
  account: `name: '\${"cn=" + person.displayName + ",ou=people"}'\n${ENABLED}`,
  written: '',
});
let here: Firm;
afterEach(() => here.close());

it('goes to nobody with an enable, and to everybody once it is approved', async () => {
  here = await firm(YAML);
  const hr = (n: number, name: string) => here.system('hr').put('person', `p${n}`, { id: `p${n}`, name: `${name} ${n}` });
  const account = (n: number) => here.system('dir').get('person', `p${n}`)!;
  for (let n = 1; n <= 20; n++) hr(n, 'Person');
  here.system('dir').put('person', 'root', { number: 'root' }, { name: 'cn=root,ou=people' });
  await here.first();
  here.now += 24 * HOUR;
  here.system('hr').remove('person', 'p1');
  await here.run();
  expect(account(1).attributes['active']).toBe('no');
  here.now += 48 * HOUR;
  for (let n = 1; n <= 12; n++) hr(n, 'New');
  for (const profile of ['cycle', 'cycle', 'export'] as const) {
    await here.run({ profile });
    expect([account(1).attributes['active'], account(1).name]).toEqual(['yes', 'cn=Person 1,ou=people']);
    expect(account(2).name).toBe('cn=Person 2,ou=people');
  }
  await here.approve('dir');
  await here.run();
  expect([account(1).name, account(12).name]).toEqual(['cn=New 1,ou=people', 'cn=New 12,ou=people']);
});
