/** SEMANTICS 8: what belongs to an approved create and could not go with it is neither held by the gates nor counted; a limit that is raised frees what it held. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';

const COUNT = 40;
const yaml = (gates = '') => `store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 1000 }${gates} }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, title: title, manager: { reference: boss } } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  dir:
    type: memory
    system: dir
    anchors: system
    creates: idempotencyKey
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
      group: { join: name, attributes: { name: name } }
    export:
      person: { provision: true, attributes: { number: employeeId, title: title, manager: { value: manager, by: anchor } } }
      group: { provision: true, attributes: { name: name, member: member } }
`;
const idOf = (n: number) => `p${String(n).padStart(2, '0')}`;
let here: Firm;
const person = (n: number, title = 'Clerk', boss = 0) =>
  here.system('hr').put('person', idOf(n), { id: idOf(n), title, ...(n === boss ? {} : { boss: idOf(boss) }) });
const team = (name: string, size: number) =>
  here.system('hr').put('group', name, { name, members: Array.from({ length: size }, (_, n) => idOf(n)) });
const there = () => here.system('dir').objects();
const managed = () => there().filter((one) => one.attributes['manager'] != null).length;
const members = (name: string) =>
  [there().find((one) => one.attributes['name'] === name)?.attributes['member'] ?? []].flat().length;
const holds = async () => (await here.store.exports.holds('dir')).filter((one) => one.closedAt === null).map((one) => one.part);

beforeEach(async () => {
  here = await firm(yaml());
  for (let n = 0; n < COUNT; n++) person(n);
  team('all', COUNT);
});
afterEach(() => here.close());

it('members of groups and managers that are made with the first plan go in its run, and the day is still whole', async () => {
  expect(await here.first()).toMatchObject({ notices: [] });
  expect([managed(), members('all'), await holds()]).toEqual([COUNT - 1, COUNT, []]);
  const sent = (await here.store.exports.gateCounts('dir', 0)).filter((one) => one.sent > 0).map((one) => one.part);
  expect(sent).toEqual([]);
  // 20 % of the accounts and groups.
  for (let n = 1; n < 8; n++) person(n, 'Head');
  expect(await here.run()).toMatchObject({ notices: [] });
});

it('what comes to such a group later, and another manager, counts', async () => {
  await here.first();
  team('all', 5);
  await here.run();
  expect(await holds()).toEqual(['member']);
  for (let n = 10; n < 30; n++) person(n, 'Clerk', 1);
  await here.run();
  expect(await holds()).toContain('attribute:manager');
});

it('who comes into a new group beyond the members that were shown with it counts, and is held', async () => {
  team('vpn', 0);
  expect(await here.first()).toMatchObject({ notices: [] });
  here.now += 3 * 3_600_000;
  team('vpn', COUNT);
  await here.run();
  expect([members('vpn'), await holds()]).toEqual([0, ['member']]);
});

it('also where they come between the approval and the run that makes it; those that were shown go', async () => {
  team('vpn', 3);
  await here.run();
  const { digest } = await here.pending('dir');
  team('vpn', COUNT);
  await here.run();
  await expect(here.approve('dir', [], digest)).rejects.toMatchObject({ kind: 'conflict' });
  team('vpn', 3);
  await here.run();
  await here.approve('dir', [], digest);
  team('vpn', COUNT);
  await here.run();
  expect([members('vpn'), members('all'), await holds()]).toEqual([3, COUNT, ['member']]);
});

it('a plan says how many members a new group is to have', async () => {
  const plan = await here.plan();
  expect(plan.lines.filter((line) => line.what === 'export' && line.kind === 'group')).toMatchObject([
    { operation: 'create', members: COUNT },
  ]);
});

it('a limit that is raised in the file frees what the old one held, as far as the new one goes', async () => {
  await here.first();
  for (let n = 1; n < 21; n++) person(n, 'Head');
  await here.run();
  expect(await holds()).toEqual(['attribute:title', 'update']);
  await here.restart(yaml(', attribute: { percent: 50 }, update: { percent: 40 }'));
  await here.run();
  expect(await holds()).toEqual(['update']);
  await here.restart(yaml(', attribute: { percent: 50 }, update: { percent: 50 }'));
  expect(await here.run()).toMatchObject({ notices: [] });
  expect(there().filter((one) => one.attributes['title'] === 'Head')).toHaveLength(20);
});
