/** SEMANTICS 10: what a reference means, and what is owed. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetMemorySystem, type MemorySystem, memorySystem } from '#connectors/memory/index';
import { type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
connections:
  hr:
    type: memory
    system: references hr
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, displayName: name, badge: badge, manager: { reference: boss, by: badge } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members, by: badge } } }
  doors:
    type: memory
    system: references doors
    import: { person: { join: badge, attributes: { badge: badge } } }
  dir:
    type: memory
    system: references dir
    import: { person: { join: employeeId, attributes: { employeeId: number } }, group: { join: name, attributes: { name: name } } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName, manager: { value: manager, by: anchor } } }
      group: { provision: true, anchor: name, attributes: { name: name, member: member } }
`;

let here: Place;
let hr: MemorySystem;
let dir: MemorySystem;
const person = (id: string, badge: string, boss?: string) =>
  hr.put('person', id, { id, name: `Person ${id}`, badge, ...(boss === undefined ? {} : { boss }) });

beforeEach(async () => {
  here = await place(YAML);
  hr = memorySystem('references hr');
  dir = memorySystem('references dir');
  person('1', 'B1');
  person('2', 'B2');
  person('3', 'B3', 'B1');
  hr.put('group', 'sales', { name: 'sales', members: ['B1', 'B3'] });
  await here.run();
  await here.call('approve', 'dir', '--as', 'Ada', '--reason', 'looked at it');
  await here.run();
});
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'doors', 'dir']) forgetMemorySystem(`references ${name}`);
});

it('a key that names two people is owed: both are named, the target keeps its value, and it resolves by itself', async () => {
  expect(dir.get('person', '3')?.attributes['manager']).toBe('1');
  person('2', 'B1');
  await here.run();
  expect(dir.get('person', '3')?.attributes['manager']).toBe('1');
  const parked = JSON.parse((await here.call('parked', '--kind', 'debt', '--json')).out);
  expect(parked.parked).toMatchObject([{ label: 'Person 3', detail: { attribute: 'manager', key: 'b1', candidates: [2, 3] } }]);
  const explained = (await here.call('explain', 'Person 3', 'manager')).out;
  expect(explained).toContain('b1 (names several: Person 1 (#2), Person 2 (#3))');
  person('1', 'B9');
  await here.run();
  expect(dir.get('person', '3')?.attributes['manager']).toBe('2');
  expect(JSON.parse((await here.call('parked', '--kind', 'debt', '--json')).out).parked).toEqual([]);
});

it('a membership by a value of the person comes and goes alone', async () => {
  expect(dir.get('group', 'sales')?.attributes['member']).toEqual(['1', '3']);
  hr.put('group', 'sales', { name: 'sales', members: ['B2', 'B3'] });
  await here.run();
  expect(dir.get('group', 'sales')?.attributes['member']).toEqual(['3', '2']);
});
