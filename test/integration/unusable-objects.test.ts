/** SEMANTICS 7: what keeps a target from being read completely keeps everybody from an account there, so every run says it. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const YAML = hrAndDirectory({ dir: 'deprovision: { action: disable }', account: ENABLED });
const DAY = 24 * HOUR;
const BAD = 'ba\u0000d';
let here: Firm;
afterEach(() => here.close());

async function begin(): Promise<void> {
  here = await firm(YAML);
  for (const id of ['p1', 'p2']) here.system('hr').put('person', id, { id, name: `Person ${id}` });
  here.system('dir').put('person', 'root', { number: 'root' });
}
const told = async (request?: Parameters<Firm['run']>[0]) =>
  (await here.run(request)).notices.map(({ kind, connection, message, remedy }) => [kind, connection, message, remedy]);

it('one in a target keeps accounts from being made, and every run says so until it is mended', async () => {
  await begin();
  here.system('dir').put('person', BAD, { number: 'bad' });
  const read = [
    'incompleteRead',
    'dir',
    'dir: 1 object cannot be used; nobody is taken as gone, and nobody is given an account there',
    "'rollcall run dir --profile full-import' names them: mend them there, and run again",
  ];
  for (let n = 0; n < 2; n++) {
    expect(await told()).toEqual([read]);
    here.now += DAY;
  }
  expect(await told({ profile: 'delta-sync' })).toEqual([
    [
      'staleRead',
      'dir',
      'dir was never read completely: nobody is taken as gone there, and nobody is given an account',
      'rollcall run dir --profile full-import',
    ],
  ]);
  here.system('dir').remove('person', BAD);
  await here.run();
  await here.approve('dir');
  await here.run();
  expect(here.system('dir').get('person', 'p1')?.attributes['cn']).toBe('Person p1');
});

it('one in a source keeps those who are missed, and every read says so', async () => {
  await begin();
  await here.run();
  await here.approve('dir');
  await here.run();
  here.now += 8 * DAY;
  here.system('hr').remove('person', 'p1');
  here.system('hr').put('person', BAD, { id: 'bad', name: 'Bad' });
  expect(await told({ profile: 'full-import' })).toContainEqual([
    'incompleteRead',
    'hr',
    'hr: 1 object cannot be used; nobody is taken as gone',
    "'rollcall run hr --profile full-import' names them: mend them there, and run again",
  ]);
  expect((await here.account('hr', 'p1'))?.presence).toBe('present');
});
