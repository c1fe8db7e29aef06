/** SEMANTICS 9 and 10: a file of a directory keeps its members by name, and a new name is theirs there too, in the same run. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Place, place } from './place.ts';

const yaml = (values: string) => `connections:
  hr:
    type: csv
    path: people.csv
    anchor: id
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, familyName: name, manager: { reference: boss } }
  teams:
    type: jsonl
    path: teams.jsonl
    anchor: id
    kindField: kind
    owner: true
    import:
      group:
        join: code
        project: true
        attributes: { code: id, member: { reference: members, connection: hr } }
  book:
    type: ldif
    path: book.ldif
    anchor: employeeNumber
    import:
      person: { join: employeeId, attributes: { employeeId: employeeNumber } }
      group: { join: code, attributes: { code: employeeNumber } }
    export:
      person:
        provision: true
        name: \${"uid=" + person.familyName.lower() + ",dc=x"}
        attributes: { employeeNumber: employeeId, uid: '\${person.familyName.lower()}', cn: familyName, sn: familyName, manager: manager }
      group:
        provision: true
        name: \${"cn=" + group.code + ",dc=x"}
        attributes: { employeeNumber: code, cn: code, member: { value: member${values} } }
    gates: { create: { percent: 100, count: 1000 }, update: { percent: 100, count: 1000 }, attribute: { percent: 100, count: 1000 }, member: { percent: 100, count: 1000 } }
`;
const NAMES = ['Ash', 'Birch', 'Cedar', 'Elm', 'Fir', 'Gum', 'Hazel', 'Ivy', 'Juniper', 'Kauri', 'Larch', 'Maple'];

let here: Place;
async function people(names: readonly string[]): Promise<void> {
  const rows = names.map((name, i) => `${i + 1},${name},${i === 0 ? '' : 1}`);
  await here.write('people.csv', ['id,name,boss', ...rows, ''].join('\n'));
}
async function team(members: readonly number[]): Promise<void> {
  await here.write('teams.jsonl', `${JSON.stringify({ kind: 'group', id: 'trees', members: members.map(String) })}\n`);
}
/** Who is in the group by its file, and who manages. */
async function inFile(): Promise<{ members: string[]; managers: string[] }> {
  const text = await here.read('book.ldif');
  const all = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}: (?:uid|cn)=(\\w+),dc=x$`, 'gm'))].map(([, found]) => found!);
  return { members: all('member').sort(), managers: [...new Set(all('manager'))] };
}
const low = (names: readonly string[]) => names.map((name) => name.toLowerCase()).sort();

async function start(values = ''): Promise<void> {
  here = await place(yaml(values));
  await people(NAMES);
  await team(NAMES.map((_, i) => i + 1));
  await here.first();
}
afterEach(() => here.remove());

describe('a member renamed in the same export', () => {
  beforeEach(() => start());

  it('stands in the group, and as a manager, under the new name after one run; the next one writes nothing', async () => {
    expect(await inFile()).toEqual({ members: low(NAMES), managers: ['ash'] });
    const renamed = ['Acacia', ...NAMES.slice(1)];
    await people(renamed);
    expect(await here.run()).toMatchObject({ status: 'done', notices: [] });
    expect(await inFile()).toEqual({ members: low(renamed), managers: ['acacia'] });
    const before = await here.read('book.ldif');
    expect(await here.run()).toMatchObject({ status: 'done', connections: [{}, {}, { written: 0 }] });
    expect(await here.read('book.ldif')).toBe(before);
    expect((await here.run()).rowsWritten).toBe(0);
  });

  it('is no loss that a gate counts: all of a group may be renamed', async () => {
    const renamed = NAMES.map((name) => `New${name}`);
    await people(renamed);
    expect(await here.run()).toMatchObject({ notices: [] });
    expect(await inFile()).toEqual({ members: low(renamed), managers: ['newash'] });
  });

  it('and leaving the group leaves it', async () => {
    await people(['Acacia', ...NAMES.slice(1)]);
    await team(NAMES.map((_, i) => i + 1).slice(1));
    await here.run();
    expect((await inFile()).members).toEqual(low(NAMES.slice(1)));
    await here.run();
    expect((await inFile()).members).toEqual(low(NAMES.slice(1)));
  });

  it('and joining a group in the same run joins it under the new name', async () => {
    await people([...NAMES, 'Nutmeg']);
    await here.run();
    await people([...NAMES, 'Oak']);
    await team([...NAMES, 'Oak'].map((_, i) => i + 1));
    await here.run();
    expect((await inFile()).members).toEqual(low([...NAMES, 'Oak']));
  });
});

it('a member that somebody else put there is followed too, where only ours are decided', async () => {
  await start(', values: ours');
  await team(NAMES.map((_, i) => i + 1).slice(0, -1));
  await here.run();
  const text = await here.read('book.ldif');
  expect(text).not.toContain('member: uid=maple');
  await here.write('book.ldif', text.replace('member: uid=ash,dc=x\n', 'member: uid=ash,dc=x\nmember: uid=maple,dc=x\n'));
  await here.run();
  const renamed = NAMES.with(11, 'Mango');
  await people(renamed);
  await here.run();
  expect((await inFile()).members).toEqual(low(renamed));
  await here.run();
  expect((await inFile()).members).toEqual(low(renamed));
});
