/** SEMANTICS 11: who is made by a source that is no owner, beside one that is, begins as leaving; nothing of them is frozen, and that is said. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { ENABLED, hrAndDirectory, unlimited } from './hr-and-directory.ts';
import { DAY, type Place, place } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'looked at it'];
const temps = (more: string): string => `temps:
  type: memory
  system: temps
${more}  import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, mobile: tel } } }
`;
const yaml = (others: string): string =>
  hrAndDirectory({
    top: `gates: { ${unlimited('create', 'update', 'attribute', 'disable', 'empty', 'unlink')} }\nlife: { person: { grace: 10d } }`,
    others,
    dir: 'mode: on\ndeprovision: { action: disable }',
    account: ENABLED,
  });

let here: Place;
beforeEach(async () => {
  here = await place(yaml(temps('')));
  memorySystem('hr').put('person', 'p2', { id: 'p2', name: 'Bo' });
  memorySystem('temps').put('person', 't1', { id: 'p1', name: 'Ann', tel: '1' });
  memorySystem('dir').put('person', 'x', { number: 'p1', cn: 'Old Ann', active: 'yes' });
});
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'temps', 'dir']) forgetMemorySystem(name);
});

const explained = async () => JSON.parse((await here.call('explain', 'temps:t1', '--json')).out);
/** State, whether no owner ever had them, and the number: of hr's or of the source that is no owner. */
async function ann(): Promise<readonly unknown[]> {
  const { state, neverOwned, attributes } = await explained();
  const value = (name: string): unknown => attributes.find((one: { attribute: string }) => one.attribute === name)?.value;
  return [state, neverOwned, value('displayName'), value('mobile')];
}
async function says(more: object): Promise<void> {
  memorySystem('temps').put('person', 't1', { id: 'p1', name: 'Ann', tel: '1', ...more });
  expect(await here.run()).toMatchObject({ status: 'done' });
}
async function configured(others: string): Promise<void> {
  await here.write('rollcall.yaml', yaml(others));
  await here.run();
}

it('check names the source and the way out', async () => {
  const { out, code } = await here.call('check', '--offline');
  expect(code).toBe(0);
  expect(out).toContain('temps makes a new person of whom nobody else has and is not marked as owner, as hr is');
  expect(out).toContain('add owner: true to temps, or set project: false so that it only joins');
  await here.write('rollcall.yaml', yaml(temps('  owner: true\n')));
  expect((await here.call('check', '--offline')).out).not.toContain('temps makes');
  await here.write('rollcall.yaml', yaml(temps('').replace('project: true', 'project: false')));
  expect((await here.call('check', '--offline')).out).not.toContain('temps makes');
});

it('explain and what is to be approved say that no owner ever had them; of whom one had, they do not', async () => {
  await here.run();
  expect(await ann()).toEqual(['leaving', true, 'Ann', '1']);
  expect((await here.call('explain', 'temps:t1')).out).toContain('No connection marked `owner: true` has ever had them');
  expect((await here.call('approve', 'dir', ...ME)).err).toContain('x: no owner has ever had them');
  memorySystem('hr').put('person', 'p1', { id: 'p1', name: 'Ann Berg' });
  await here.run();
  expect(await ann()).toEqual(['active', false, 'Ann Berg', '1']);
  memorySystem('hr').remove('person', 'p1');
  await says({ tel: '2' });
  expect(await ann()).toEqual(['leaving', false, 'Ann Berg', '1']);
  expect((await here.call('explain', 'temps:t1')).out).not.toContain('has ever had them');
  expect((await explained()).attributes).toContainEqual(
    expect.objectContaining({ attribute: 'mobile', difference: expect.objectContaining({ reason: 'frozen' }) }),
  );
});

it('their values follow while they leave and when they are gone, and a value fixed by a person is theirs', async () => {
  await here.run();
  await says({ tel: '2' });
  expect(await ann()).toEqual(['leaving', true, 'Ann', '2']);
  await here.run('--profile', 'full-sync');
  await says({ tel: '3' });
  expect(await ann()).toEqual(['leaving', true, 'Ann', '3']);
  here.now += 5 * DAY;
  await here.run();
  here.now += 5 * DAY;
  await here.run();
  await says({ tel: '4' });
  expect(await ann()).toEqual(['gone', true, 'Ann', '4']);
  expect(await here.call('fix', 'temps:t1', 'mobile', '5', ...ME)).toMatchObject({ code: 0 });
  await here.run();
  expect((await explained()).attributes).toContainEqual(
    expect.objectContaining({ attribute: 'mobile', value: '5', difference: null, fixed: expect.objectContaining({ by: 'Ada' }) }),
  );
});

it('a source that becomes an owner holds them, and freezes their values when it is none any more', async () => {
  await here.run();
  await configured(temps('  owner: true\n'));
  expect(await ann()).toEqual(['active', false, 'Ann', '1']);
  await configured(temps(''));
  await says({ tel: '2' });
  expect(await ann()).toEqual(['leaving', false, 'Ann', '1']);
});

it('the source is not configured any more: they stay as they are, and are not taken for held', async () => {
  await here.run();
  await configured('');
  memorySystem('temps').put('person', 't1', { id: 'p1', name: 'Ann', tel: '2' });
  await here.run('--profile', 'full-sync');
  expect(await ann()).toEqual(['leaving', true, 'Ann', '1']);
  await configured(temps(''));
  expect(await ann()).toEqual(['leaving', true, 'Ann', '2']);
});

it("an owner's link that is taken away by hand is one that went", async () => {
  memorySystem('hr').put('person', 'p1', { id: 'p1', name: 'Ann Berg' });
  await here.run();
  expect(await ann()).toEqual(['active', false, 'Ann Berg', '1']);
  expect(await here.call('unlink', 'hr', 'p1', ...ME)).toMatchObject({ code: 0 });
  await here.run();
  await says({ tel: '2' });
  expect(await ann()).toEqual(['leaving', false, 'Ann Berg', '1']);
});
