/** SEMANTICS 3 and 9: a reference that a killed process had written is no word of the target's own. */
import { afterEach, expect, it } from 'vitest';
import { withStoreFaults } from '#store/fault-injection';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute', 'empty')} }\nprecedence: { person: { manager: [dir, hr] } }`,
  read: 'manager: { reference: boss, by: employeeId }',
  known: 'manager: { reference: boss }',
  anchor: `'\${"a" + person.employeeId}'`,
  written: 'boss: manager',
});

let here: Firm;
afterEach(() => here.close());

const boss = (id: string) => here.system('hr').put('person', '1', { id: '1', boss: id });
const written = () => here.system('dir').get('person', 'a1')?.attributes['boss'];

async function cycles(n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    here.now += 60_000;
    await here.run();
  }
}

it.each([
  ['a process that was killed', false],
  ['one that was killed, and another wish meanwhile', true],
])('written by %s', async (_, meanwhile) => {
  here = await firm(YAML);
  for (const id of ['1', '2', '3', '4']) here.system('hr').put('person', id, { id });
  await here.run();
  await here.approve('dir');
  await cycles(2);
  boss('2');
  here.store = withStoreFaults(here.store, { script: [{ on: 'exports.answer', do: { die: 'before', how: 'lost' } }] });
  await expect(here.run()).rejects.toThrow('the connection to the store was lost');
  expect(written()).toBe('a2');
  await here.restart();
  if (meanwhile) {
    boss('4');
    await here.run({ profile: 'delta-import', connections: ['hr'] });
    await here.run({ profile: 'delta-sync' });
  }
  await cycles(2);
  boss('3');
  await cycles(3);
  expect(written()).toBe('a3');
  boss('');
  here.system('hr').put('person', '1', { id: '1' });
  await cycles(3);
  expect(written() ?? null).toBe(null);
});
