/** Members that cannot be written are said, with since when and which key, until they can (SEMANTICS 10, debt). */
import { afterEach, expect, it } from 'vitest';
import { forgetMemorySystem } from '#connectors/memory/index';
import { type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, department: team } } }
  teams:
    type: memory
    system: owed teams
    objects: [{ kind: group, anchor: g1, attributes: { name: Sales, members: [E1, E2, E9] } }]
    import: { group: { join: name, project: true, attributes: { name: name, member: { reference: members, by: employeeId } } } }
  out:
    type: memory
    system: owed out
    mode: on
    export:
      person: { provision: true, when: person.department == "Sales", anchor: employeeId, attributes: { id: employeeId } }
      group: { provision: true, anchor: name, attributes: { name: name, member: member } }
`;
let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['owed teams', 'owed out']) forgetMemorySystem(name);
});

async function listed(...more: string[]): Promise<{ readonly owed: readonly object[]; readonly nextOwed: string | null }> {
  return JSON.parse((await here.call('parked', '--json', ...more)).out);
}
const owed = async (): Promise<readonly object[]> => (await listed()).owed;

it('is listed until they can be written', async () => {
  here = await place(YAML);
  await here.write('hr.csv', 'id,team\nE1,Sales\nE2,Lab\n');
  await here.run();
  await here.call('approve', 'out', '--as', 'Ada', '--reason', 'looked at it');
  await here.run();
  const of = (member: string) => ({ connection: 'teams', group: 'g1', attribute: 'members', member });
  expect(await owed()).toMatchObject([of('E2'), of('E9')]);
  const first = await listed('--limit', '1');
  expect(first.owed).toMatchObject([of('E2')]);
  const rest = await listed('--limit', '1', '--after-owed', first.nextOwed!);
  expect([rest.owed, rest.nextOwed]).toMatchObject([[of('E9')], null]);
  expect(await listed('--after-owed', 'nowhere')).toMatchObject({ error: { kind: 'invalidValue' } });
  expect((await here.call('parked')).out).toMatch(/Members that wait.*teams:g1 {2}members: E2/s);
  expect((await here.call('parked', '--kind', 'unjoined')).out).toBe('Nothing is parked.\n');
  await here.write('hr.csv', 'id,team\nE1,Sales\nE2,Sales\n');
  await here.run();
  expect(await owed()).toMatchObject([of('E9')]);
});
