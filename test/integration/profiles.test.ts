/** Each profile does what its name says and nothing else; sequences in the file do them one after the other. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';

const yaml = (more = '', protect = ''): string => `store: sqlite:rollcall.db
profiles:
  nightly: [full-import, full-sync, export]
  readings: [delta-import, delta-sync]
  twice: [full-import, full-import]
  unsynced: [delta-import, export]
  sending: [delta-sync, export]
connections:
  hr:
    type: memory
    system: hr
    deltas: true
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } }
  dir:
    type: memory
    system: dir
    mode: on
    ${protect}
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } }
    deprovision: { action: delete }
  book:
    type: memory
    system: book
    mode: on
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } }
${more}`;

let here: Firm;
beforeEach(async () => {
  here = await firm(yaml(), ['hr', 'dir', 'book']);
  for (const n of [1, 2, 3]) here.system('hr').put('person', `${n}`, { id: `${n}`, name: `Person ${n}` });
  await here.run();
  await here.approve('dir');
  await here.approve('book');
  await here.run();
});
afterEach(() => here.close());

const rename = (name: string) => here.system('hr').put('person', '1', { id: '1', name });
const names = () => ['dir', 'book'].map((system) => here.system(system).get('person', '1')?.attributes['cn']);
const agreed = async () => {
  const [row] = await here.store.sync.objects([(await here.account('hr', '1'))!.objectId!]);
  return (JSON.parse(row!.attributes) as { displayName: string }).displayName;
};
const staged = async () => (JSON.parse((await here.account('hr', '1'))!.seen!) as { name: string }).name;
const steps = async () => [await staged(), await agreed(), ...names()];
const seen = async (profile: string, connections: string[] | null = null) =>
  (await here.run({ profile, connections })).connections
    .filter((one) => one.seen > 0)
    .map((one) => `${one.connection} ${one.seen}`);

it('an import only reads, a sync only works out, an export only sends, to whom it was told', async () => {
  rename('Anna');
  expect(await steps()).toEqual(['Person 1', 'Person 1', 'Person 1', 'Person 1']);
  expect(await seen('delta-import', ['hr'])).toEqual(['hr 1']);
  expect(await steps()).toEqual(['Anna', 'Person 1', 'Person 1', 'Person 1']);
  expect(await seen('delta-sync')).toEqual([]);
  expect(await steps()).toEqual(['Anna', 'Anna', 'Person 1', 'Person 1']);
  expect(await seen('export', ['dir'])).toEqual([]);
  expect(await steps()).toEqual(['Anna', 'Anna', 'Anna', 'Person 1']);
  await here.run({ profile: 'export' });
  expect(await steps()).toEqual(['Anna', 'Anna', 'Anna', 'Anna']);
});

it('a full import reads all of it, a delta what changed, and none of them anything else', async () => {
  expect(await seen('full-import', ['hr'])).toEqual(['hr 3']);
  expect(await seen('delta-import', ['hr'])).toEqual([]);
  here.now += 30 * 86_400_000;
  expect(await seen('delta-import', ['hr'])).toEqual([]);
  expect((await here.run()).connections.find((one) => one.connection === 'hr')?.seen).toBe(3);
});

it('who is read twice in a run is counted once', async () => {
  expect(await seen('twice', ['hr'])).toEqual(['hr 3']);
});

it('a sequence does its profiles in order, in one run', async () => {
  rename('Anna');
  const report = await here.run({ profile: 'readings' });
  expect(report.profile).toBe('readings');
  expect(await steps()).toEqual(['Anna', 'Anna', 'Person 1', 'Person 1']);
  rename('Bea');
  await here.run({ profile: 'nightly' });
  expect(await steps()).toEqual(['Bea', 'Bea', 'Bea', 'Bea']);
  expect((await here.store.runs.list({ limit: 2 })).map((run) => run.profile)).toEqual(['nightly', 'readings']);
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
});

it('an export sends nothing while something read or configured since is not worked out', async () => {
  rename('Anna');
  await here.run({ profile: 'delta-import' });
  await here.run({ profile: 'delta-sync' });
  here.system('dir').put('person', '1', { number: '1', cn: 'Person 1', admin: 'yes' });
  await here.run({ profile: 'full-import', connections: ['dir'] });
  const report = await here.run({ profile: 'export' });
  expect(report.notices.map((one) => `${one.kind} ${one.connection}`)).toEqual(['notSynced dir', 'notSynced book']);
  await here.restart(yaml('', `protect: 'row.admin == "yes"'`));
  await here.run({ profile: 'export' });
  expect(names()).toEqual(['Person 1', 'Person 1']);
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
  expect(names()).toEqual(['Person 1', 'Anna']);
});

it('an export says that nothing was worked out also where nothing waits', async () => {
  rename('Anna');
  const report = await here.run({ profile: 'unsynced' });
  expect(report.status).toBe('warnings');
  expect(report.notices.map((one) => `${one.kind} ${one.connection}`)).toEqual(['notSynced dir', 'notSynced book']);
  expect(names()).toEqual(['Person 1', 'Person 1']);
});

/** The account of 3 is to be deleted, and is not as it was when that was decided. */
async function changedBeforeDelete(): Promise<void> {
  here.system('hr').remove('person', '3');
  await here.run({ profile: 'delta-import' });
  await here.run({ profile: 'delta-sync' });
  // No stop so long that the time would be doubted.
  for (let n = 0; n < 6; n++) {
    here.now += 6 * 86_400_000;
    await here.run({ profile: 'delta-sync' });
  }
  await here.run({ profile: 'full-import' });
  await here.run({ profile: 'delta-sync' });
  here.system('dir').edit('person', '3', { note: 'new since' });
}

it('an export looks at an account again before it deletes it', async () => {
  await changedBeforeDelete();
  const report = await here.run({ profile: 'export', connections: ['dir'] });
  expect(report.connections.find((one) => one.connection === 'dir')).toMatchObject({ seen: 1, deleted: 0 });
  expect(report.notices.map((one) => one.kind)).toEqual(['notSynced']);
  expect(here.system('dir').get('person', '3')).not.toBeNull();
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
  expect(here.system('dir').get('person', '3')).toBeNull();
});

it('what comes in between the sync and the export of a run is worked out before anything is sent', async () => {
  await changedBeforeDelete();
  const report = await here.run({ profile: 'sending' });
  expect(report.connections.find((one) => one.connection === 'dir')).toMatchObject({ deleted: 1 });
  expect(report).toMatchObject({ status: 'done', notices: [] });
  expect(here.system('dir').get('person', '3')).toBeNull();
});
