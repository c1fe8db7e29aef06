/** SEMANTICS 11: what a group had freezes when it leaves; one that is not wanted in a target is not written there. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';

const DAY = 86_400_000;
const yaml = (when: string): string => `store: sqlite:rollcall.db
life: { person: { grace: 10d }, group: { grace: 10d } }
gates: { create: { percent: 100, count: 10000 }, member: { percent: 100, count: 1000 } }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, title: title } }
      group:
        join: name
        project: true
        attributes: { name: name, title: title, owner: { reference: owner }, member: { reference: members } }
  dir:
    type: memory
    system: dir
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
      group: { join: name, attributes: { name: name } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId } }
      group: { provision: true, when: '${when}', anchor: name, attributes: { name: name, member: member } }
    deprovision: { action: none }
`;

let here: Firm;
afterEach(() => here.close());

async function start(when: string): Promise<void> {
  here = await firm(yaml(when));
  for (let i = 1; i <= 6; i++) here.system('hr').put('person', `p${i}`, { id: `p${i}`, title: 'yes' });
  for (const name of ['a', 'b', 'c']) group(name, ['p1', 'p2', 'p3']);
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.first();
  expect(members('a')).toEqual(['p1', 'p2', 'p3']);
  here.now += DAY;
}

function group(name: string, list: readonly string[], title = 'yes'): void {
  here.system('hr').put('group', name, { name, title, owner: 'p6', members: list });
}
function members(name: string): unknown {
  return here.system('dir').get('group', name)?.attributes['member'];
}

it('the members of a group that leaves stay, in its grace and after it', async () => {
  await start('group.title != "no"');
  here.system('hr').remove('group', 'a');
  await here.run();
  expect(members('a')).toEqual(['p1', 'p2', 'p3']);
  here.now += 11 * DAY;
  await here.run();
  expect(members('a')).toEqual(['p1', 'p2', 'p3']);
  group('a', ['p1', 'p4']);
  await here.run();
  expect(members('a')).toEqual(['p1', 'p4']);
});

it('a group that is not wanted in a target keeps its members there until it is', async () => {
  await start('group.title != "no"');
  group('b', ['p1', 'p4'], 'no');
  await here.run();
  expect(members('b')).toEqual(['p1', 'p2', 'p3']);
  group('b', ['p1', 'p4']);
  await here.run();
  expect(members('b')).toEqual(['p1', 'p4']);
});

it('also where that is read through a reference', async () => {
  await start('group.owner.title != "no"');
  group('c', ['p2', 'p3', 'p4']);
  await here.run();
  expect(members('c')).toEqual(['p2', 'p3', 'p4']);
  here.system('hr').put('person', 'p6', { id: 'p6', title: 'no' });
  group('c', ['p1', 'p5']);
  await here.run();
  expect(members('c')).toEqual(['p2', 'p3', 'p4']);
  here.system('hr').put('person', 'p6', { id: 'p6', title: 'yes' });
  await here.run();
  expect(members('c')).toEqual(['p1', 'p5']);
});
