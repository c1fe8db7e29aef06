/** SEMANTICS 7: a protected account is read and never written by any path; one that is linked to nobody is never touched. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';

const yaml = (protect: string, more = '') => `store: sqlite:rollcall.db
life: { person: { grace: 1d } }
gates: { create: { percent: 100, count: 100 }, member: { percent: 100, count: 100 } }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, mail: mail } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  dir:
    type: memory
    system: dir
    mode: on
    ${protect}
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
      group: { join: name, attributes: { name: cn } }
    export:
      person:
        provision: true
        anchor: employeeId
        name: '\${"cn=" + person.displayName}'
        ${more}
        attributes: { number: employeeId, cn: displayName, mail: mail }
      group: { provision: true, anchor: name, attributes: { cn: name, member: member } }
    deprovision: { action: delete }
`;
const ENABLED = `enabled: { attribute: active, on: 'yes', off: 'no' }`;

let here: Firm;
const hr = (id: string, more: object = {}) =>
  here.system('hr').put('person', id, { id, name: `Person ${id}`, mail: `${id}@new.org`, ...more });
const inDir = (kind: string, anchor: string) => here.system('dir').get(kind, anchor);

async function begin(protect: string, more = ''): Promise<void> {
  here = await firm(yaml(protect, more));
  for (const id of ['1', '2', '3']) hr(id);
  here.system('hr').put('group', 'staff', { name: 'staff', members: ['1', '2', '3'] });
  here.system('hr').put('group', 'admins', { name: 'admins', members: ['1'] });
  const dir = here.system('dir');
  dir.put(
    'person',
    'root',
    { number: '1', cn: 'Root', mail: 'root@old.org', adminCount: '1', active: 'yes' },
    { name: 'cn=Root' },
  );
  dir.put('person', 'usual', { number: '2', cn: 'Usual', mail: 'usual@old.org', active: 'yes' }, { name: 'cn=Person 2' });
  dir.put('person', 'nobody', { number: '77', cn: 'Nobody', mail: 'nobody@old.org', active: 'yes' }, { name: 'cn=Nobody' });
  dir.put('group', 'gadm', { cn: 'admins', adminCount: '1', member: ['usual', 'nobody'] });
  dir.put('group', 'gnobody', { cn: 'unknown', member: ['usual', 'root'] });
}
afterEach(() => here.close());

const untouched = () => [inDir('person', 'root'), inDir('group', 'gadm'), inDir('person', 'nobody'), inDir('group', 'gnobody')];

describe.each([
  ['an expression', `protect: 'row.adminCount == "1"'`],
  ['a list of anchors', 'protect: [root, gadm]'],
])('protected by %s', (_, protect) => {
  let before: ReturnType<typeof untouched>;
  beforeEach(async () => {
    await begin(protect);
    before = untouched();
    await here.run();
    expect((await here.pending('dir')).rows.map((row) => row.anchor)).not.toContain('root');
    await here.approve('dir');
    await here.run();
    expect(inDir('person', 'usual')?.attributes).toMatchObject({ cn: 'Person 2', mail: '2@new.org' });
    expect(inDir('person', '3')?.name).toBe('cn=Person 3');
  });
  afterEach(() => expect(untouched()).toEqual(before));

  it('is linked, and not written by the approval of the first plan, a full sync, or a run of its own', async () => {
    const root = (await here.account('dir', 'root'))!;
    expect(root).toMatchObject({ linkHow: 'joined', export: null });
    expect(root.objectId).not.toBeNull();
    for (const profile of ['full-sync', 'export', 'full-import', 'delta-sync', 'export'] as const) await here.run({ profile });
    await here.restart();
    await here.run({ object: root.objectId! });
  });

  it('is not renamed, changed, or given what it lost', async () => {
    hr('1', { name: 'Renamed', mail: null });
    hr('2', { name: 'Renamed too' });
    const { lines } = await here.plan();
    const planned = lines.flatMap((line) => (line.what === 'export' ? [line.anchor] : []));
    expect([planned.includes('usual'), planned.includes('root')]).toEqual([true, false]);
    await here.run();
    expect(inDir('person', 'usual')).toMatchObject({ name: 'cn=Renamed too', attributes: { cn: 'Renamed too' } });
  });

  it('is not written by a plan that is carried out', async () => {
    hr('1', { name: 'Renamed' });
    hr('2', { name: 'Renamed too' });
    await here.run({ profile: 'full-import' });
    const { lines } = await here.plan({ profile: 'delta-sync', read: false });
    await here.run({ planLines: lines.map((line) => JSON.stringify(line)) });
    expect(inDir('person', 'usual')?.attributes).toMatchObject({ cn: 'Renamed too' });
  });

  it('keeps its members, and is taken out of other groups as anybody is', async () => {
    expect(inDir('group', 'staff')?.attributes['member']).toEqual(['cn=Person 2', 'cn=Person 3', 'cn=Root']);
    here.system('hr').put('group', 'admins', { name: 'admins', members: ['3'] });
    here.system('hr').put('group', 'staff', { name: 'staff', members: ['3'] });
    await here.run();
    expect(inDir('group', 'staff')?.attributes['member']).toEqual(['cn=Person 3']);
    here.system('hr').remove('group', 'admins');
    await here.run();
    here.now += 48 * HOUR;
    await here.run();
  });

  it('is not deleted when its person leaves, and is gone', async () => {
    here.system('hr').remove('person', '1');
    here.system('hr').remove('person', '2');
    await here.run();
    here.now += 48 * HOUR;
    await here.run();
    await here.run();
    expect(inDir('person', 'usual')).toBeNull();
  });
});

it('whom nothing protects any more is written again, as are its memberships', async () => {
  await begin(`protect: 'row.adminCount == "1"'`);
  await here.first();
  hr('1', { mail: 'other@new.org' });
  await here.run();
  expect(inDir('person', 'root')).toMatchObject({ name: 'cn=Root', attributes: { cn: 'Root', mail: 'root@old.org' } });
  expect(inDir('group', 'gadm')?.attributes['member']).toEqual(['usual', 'nobody']);
  here.system('dir').edit('person', 'root', { adminCount: '0' });
  here.system('dir').edit('group', 'gadm', { adminCount: '0' });
  await here.run();
  expect(inDir('person', 'root')).toMatchObject({ name: 'cn=Person 1', attributes: { cn: 'Person 1', mail: 'other@new.org' } });
  expect(inDir('group', 'gadm')?.attributes['member']).toHaveLength(3);
  expect((await here.account('dir', 'root'))!.protected).toBe(false);
  here.system('hr').remove('person', '1');
  await here.run();
  here.now += 48 * HOUR;
  await here.run();
  expect(inDir('person', 'root')).toBeNull();
});

it('a change that was decided before the account was protected is not sent, a decision to retry included', async () => {
  await begin('faults: [{ on: update, anchor: root, after: 0, do: { refuse: permission } }]');
  await here.first();
  const before = inDir('person', 'root');
  const [refused] = await here.parked('refused');
  expect(refused).toMatchObject({ connection: 'dir' });
  await here.decide(refused!, 'retry');
  await here.restart(yaml(`protect: 'row.adminCount == "1"'`));
  for (const profile of ['export', 'cycle', 'full-sync', 'export'] as const) {
    await here.run({ profile });
    expect(inDir('person', 'root')).toEqual(before);
  }
});

it('a protected account that would be disabled is not', async () => {
  await begin('protect: [root]', ENABLED);
  await here.restart(yaml('protect: [root]', ENABLED).replace('action: delete', 'action: disable'));
  await here.run();
  await here.approve('dir');
  const before = inDir('person', 'root');
  for (const id of ['1', '2']) here.system('hr').remove('person', id);
  await here.run();
  expect([inDir('person', 'root'), inDir('person', 'usual')?.attributes['active']]).toEqual([before, 'no']);
});
