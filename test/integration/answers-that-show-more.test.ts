/** SEMANTICS 5 and 9: what the answer of a write shows beside the values that were sent is somebody's edit, and lost to nobody. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';

const yaml = (reads: string, precedence = '') => `store: sqlite:rollcall.db
${precedence}
attributes: { group: { member: { type: reference, multi: true } } }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, mail: mail, phone: phone } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: member } } }
  dir:
    type: memory
    system: dir
    mode: on
    deltas: false
    import: { person: { join: employeeId, attributes: { employeeId: id${reads} } } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { id: employeeId, mail: mail, phone: phone } }
      group: { provision: true, anchor: name, attributes: { name: name, member: member } }
`;

let here: Firm;
afterEach(() => here.close());

async function begun(text: string): Promise<void> {
  here = await firm(text);
  for (const id of ['p1', 'p2']) here.system('hr').put('person', id, { id, mail: `${id}@example.org`, phone: '1' });
  here.system('hr').put('group', 'g', { name: 'g', member: ['p1', 'p2'] });
  await here.run();
  await here.approve('dir');
  for (let i = 0; i < 3; i++) await here.run();
}

/** HR changes the mail address; while it is on its way somebody edits another attribute of the account. */
async function editedOnTheWay(kind: string, anchor: string, edit: { [name: string]: string | string[] }): Promise<void> {
  for (const profile of ['delta-import', 'delta-sync'] as const) await here.run({ profile });
  here.system('dir').edit(kind, anchor, edit);
  await here.run({ profile: 'export' });
}

const account = () =>
  here
    .system('dir')
    .objects()
    .find(({ anchor }) => anchor === 'p1')!.attributes;

it('an edit in a two-way attribute is taken over by the next read', async () => {
  await begun(yaml(', phone: phone', 'precedence: { person: { phone: [dir, hr] } }'));
  here.system('hr').put('person', 'p1', { id: 'p1', mail: 'new@example.org', phone: '1' });
  await editedOnTheWay('person', 'p1', { phone: '2' });
  await here.run();
  expect(account()).toMatchObject({ mail: 'new@example.org', phone: '2' });
  const [person] = await here.store.sync.objects([(await here.account('dir', 'p1'))!.objectId!]);
  expect(JSON.parse(person!.attributes)).toMatchObject({ phone: '2' });
});

it('drift in an attribute that is only written is repaired by the next run', async () => {
  await begun(yaml(''));
  here.system('hr').put('person', 'p1', { id: 'p1', mail: 'new@example.org', phone: '1' });
  await editedOnTheWay('person', 'p1', { phone: '2' });
  expect(account()).toMatchObject({ mail: 'new@example.org', phone: '2' });
  await here.run();
  expect(account()).toMatchObject({ mail: 'new@example.org', phone: '1' });
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
});

it('a member that somebody took out while the group was written comes back', async () => {
  await begun(
    yaml('')
      .replace('attributes: { name: name, member: member }', 'attributes: { name: name, note: text, member: member }')
      .replace('{ name: name, member: { reference: member } }', '{ name: name, text: text, member: { reference: member } }'),
  );
  here.system('hr').put('group', 'g', { name: 'g', text: 'new', member: ['p1', 'p2'] });
  await editedOnTheWay('group', 'g', { member: ['p1'] });
  await here.run();
  expect(
    here
      .system('dir')
      .objects()
      .find(({ anchor }) => anchor === 'g')!.attributes,
  ).toMatchObject({ note: 'new', member: ['p1', 'p2'] });
});

it('what no rule names is taken as it is, and the next run is quiet', async () => {
  here = await firm(
    yaml('').replace('    deltas: false', '    deltas: false\n    faults: [{ on: update, do: { rewrite: { stamp: upper } } }]'),
  );
  here.system('hr').put('person', 'p1', { id: 'p1', mail: 'p1@example.org' });
  here.system('dir').put('person', 'p1', { id: 'p1', mail: 'old@example.org', stamp: 'first' });
  await here.run();
  await here.approve('dir');
  await here.run();
  expect(account()).toMatchObject({ mail: 'p1@example.org', stamp: 'FIRST' });
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
});
