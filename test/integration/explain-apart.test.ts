/** SEMANTICS 7, 11 and 18: explain of accounts that are not written, or are to end: protected, excluded, held for a delete. */
import { afterEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { ENABLED, hrAndDirectory, unlimited } from './hr-and-directory.ts';
import { DAY, type Place, place } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'looked at it'];
let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'dir']) forgetMemorySystem(name);
});

async function begin(deprovision: string, account: string = ENABLED): Promise<void> {
  here = await place(
    hrAndDirectory({
      top: `gates: { ${unlimited('create', 'update', 'attribute', 'disable')}, delete: { percent: 1, count: 1 } }`,
      dir: `mode: on\nprotect: row.type == "service"\ndeprovision: ${deprovision}`,
      account,
    }),
  );
  for (let i = 0; i < 60; i++) memorySystem('hr').put('person', `p${i}`, { id: `p${i}`, name: `Person ${i}` });
  memorySystem('dir').put('person', 'p0', { number: 'p0', cn: 'Backup', type: 'service', active: 'yes' });
  await here.run();
  await here.call('approve', 'dir', ...ME);
  await cycles();
}
const cycles = async (): Promise<void> => {
  for (let i = 0; i < 2; i++) await here.run();
};
const target = async (id: string) => JSON.parse((await here.call('explain', `hr:${id}`, '--json')).out).targets[0];
const text = async (id: string) => (await here.call('explain', `hr:${id}`)).out;

it('a protected account is said to be, with what it has and what the rules say', async () => {
  await begin('{ action: delete }');
  expect(await target('p0')).toMatchObject({
    state: 'protected',
    attributes: [
      { attribute: 'number', state: 'inStep', wanted: null },
      { attribute: 'cn', state: 'protected', seen: 'Backup', wanted: 'Person 0' },
    ],
  });
  expect(await text('p0')).toContain('dir p0  protected, never written');
  expect(await text('p0')).toContain('cn      Backup (the rules say Person 0)  protected, never written');
  expect(await target('p1')).toMatchObject({ state: 'inStep' });
});

it('of a protected account for which the rules want nothing, they are not said to say anything', async () => {
  await begin('{ action: disable }', `when: person.displayName != 'Old'\n${ENABLED}`);
  memorySystem('hr').put('person', 'p0', { id: 'p0', name: 'New' });
  await cycles();
  expect(await text('p0')).toContain('(the rules say New)');
  const unsaid = async (): Promise<void> => {
    await cycles();
    expect(await target('p0')).toMatchObject({
      state: 'protected',
      attributes: [{}, { attribute: 'cn', seen: 'Backup', wanted: null }],
    });
    expect(await text('p0')).not.toContain('the rules say');
  };
  memorySystem('hr').put('person', 'p0', { id: 'p0', name: 'Old' });
  await unsaid();
  memorySystem('hr').put('person', 'p0', { id: 'p0', name: 'New' });
  await cycles();
  memorySystem('hr').remove('person', 'p0');
  await unsaid();
});

it('a delete that is held is said to be one', async () => {
  await begin('{ action: delete }');
  for (let i = 3; i < 23; i++) memorySystem('hr').remove('person', `p${i}`);
  await cycles();
  expect(await text('p4')).toContain('dir p4  to be deleted: held, waits for an approval (created by Rollcall)\n');
  expect(await text('p4')).not.toContain('number  ');
});

it('who was enabled by hand and excluded, and is back, is not said to be deleted', async () => {
  await begin('{ action: disable, then: delete, after: 30d }');
  const back = { id: 'p2', name: 'Person 2' };
  memorySystem('hr').remove('person', 'p2');
  await cycles();
  expect((await target('p2')).disabled).toEqual({ since: expect.any(String), deleteAt: expect.any(String) });
  here.now += DAY;
  memorySystem('dir').put('person', 'p2', { number: 'p2', cn: 'By hand', active: 'yes' });
  await cycles();
  expect(await target('p2')).toMatchObject({ disabled: null });
  const [item] = JSON.parse((await here.call('parked', '--kind', 'enabledByHand', '--json')).out).parked;
  expect(await here.call('parked', 'decide', String(item.id), 'exclude', ...ME)).toMatchObject({ code: 0 });
  memorySystem('hr').put('person', 'p2', back);
  await cycles();
  expect(await target('p2')).toMatchObject({ state: 'excluded', disabled: null });
  expect(await text('p2')).toContain('dir p2  excluded by a person, never written');
  expect(await text('p2')).toContain('cn      By hand (the rules say Person 2)  excluded by a person, never written');
});
