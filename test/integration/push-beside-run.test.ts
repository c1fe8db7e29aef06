/**
 * SEMANTICS 16: a push that comes in the middle of a run's generation, after it has decided in memory who belongs to whom and
 * before it has committed anything. What the run keeps in memory is not so any more; it ends as if one had waited for the other.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseImage } from '#core/canonical';
import { type Pushed, push } from '#runs/index';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute')} }`,
  read: 'displayName: name, manager: { reference: boss, by: employeeId }',
  others: `guests:
  type: memory
  system: guests
  owner: true
  import: { person: { join: employeeId, project: true, attributes: { employeeId: id, room: room } } }
badge:
  type: memory
  system: badge
  import: { person: { join: employeeId, attributes: { employeeId: employee, phone: phone } } }`,
  written: 'cn: displayName, phone: phone, room: room, boss: { value: manager, by: anchor }',
});
let here: Firm;
beforeEach(async () => {
  here = await firm(YAML, ['hr', 'guests', 'badge', 'dir']);
  here.system('hr').put('person', 'old', { id: 'old', name: 'Old' });
  await here.run();
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
  await here.run();
});
afterEach(() => here.close());

type Sent = readonly [connection: string, anchor: string, attributes: { [name: string]: string }];

/** A run in whose first generation these are pushed: when all links but the last connection's are decided, and nothing is committed. */
async function runWith(...pushes: readonly Sent[]): Promise<void> {
  const services = { config: here.config, store: here.store, wall: () => here.now };
  const { orderedIds } = here.store.sync;
  let pushed: Pushed[] | undefined;
  Object.assign(here.store.sync, {
    orderedIds: async (...asked: Parameters<typeof orderedIds>) => {
      if (asked[0] === 'dir') {
        Object.assign(here.store.sync, { orderedIds });
        // Staged, and waiting for its turn: the run gives it before it goes on.
        pushed = await Promise.all(
          pushes.map(([connection, anchor, attributes]) =>
            push({ connection, change: { kind: 'person', anchor, attributes }, by: 'webhook' }, services),
          ),
        );
      }
      return await orderedIds(...asked);
    },
  });
  const report = await here.run();
  for (const one of pushed!) {
    expect(one.faults).toEqual([]);
    expect(await one.settled).toMatchObject({ status: 'done' });
    const both = await Promise.all([one.run, report.run].map((id) => here.store.runs.get(id)));
    expect(both[0]!.id).toBeGreaterThan(both[1]!.id);
  }
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
}

/** Employee number → whose staged objects these are. */
async function people(): Promise<{ [id: string]: readonly string[] }> {
  const out: { [id: string]: readonly string[] } = {};
  const rows = await here.store.sync.scanObjects({ after: 0, limit: 100 });
  const linked = await here.store.sync.linked(rows.map((row) => row.id));
  for (const { id, attributes } of rows) {
    const number = String(parseImage(attributes)['employeeId']);
    expect(out).not.toHaveProperty(number);
    out[number] = linked.filter((row) => row.objectId === id).map((row) => `${row.connection}:${row.anchor}`);
  }
  return out;
}

const dir = (anchor: string) => here.system('dir').get('person', anchor)?.attributes;

it('both make the same new person: the second joins', async () => {
  here.system('hr').put('person', 'new', { id: 'new', name: 'New' });
  here.system('badge').put('person', 'b', { employee: 'new', phone: '7' });
  await runWith(['guests', 'g', { id: 'new', room: '12' }]);
  expect(await people()).toEqual({ old: ['hr:old', 'dir:old'], new: ['hr:new', 'guests:g', 'badge:b', 'dir:new'] });
  expect(dir('new')).toMatchObject({ cn: 'New', room: '12', phone: '7' });
  expect(here.system('dir').objects()).toHaveLength(2);
});

it('who refers to somebody that both make finds the one there is', async () => {
  here.system('hr').put('person', 'aide', { id: 'aide', name: 'Aide', boss: 'new' });
  here.system('hr').put('person', 'new', { id: 'new', name: 'New' });
  await runWith(['guests', 'g', { id: 'new', room: '12' }], ['hr', 'late', { id: 'late', name: 'Late', boss: 'new' }]);
  expect(Object.keys(await people()).sort()).toEqual(['aide', 'late', 'new', 'old']);
  for (const one of ['aide', 'late']) expect(dir(one)).toMatchObject({ boss: 'new' });
  expect(await here.parked('debt')).toEqual([]);
});

it('who found nobody, and waits, joins whom the push makes', async () => {
  here.system('hr').put('person', 'old', { id: 'old', name: 'Older' });
  here.system('badge').put('person', 'b', { employee: 'new', phone: '7' });
  await runWith(['guests', 'g', { id: 'new', room: '12' }]);
  expect(await people()).toMatchObject({ new: ['guests:g', 'badge:b', 'dir:new'] });
  expect(dir('new')).toMatchObject({ room: '12', phone: '7' });
  expect(await here.parked('unjoined')).toEqual([]);
});

it('the push finds nobody, and waits, and joins whom the run makes', async () => {
  here.system('hr').put('person', 'new', { id: 'new', name: 'New' });
  await runWith(['badge', 'b', { employee: 'new', phone: '7' }]);
  expect(await people()).toMatchObject({ new: ['hr:new', 'badge:b', 'dir:new'] });
  expect(dir('new')).toMatchObject({ cn: 'New', phone: '7' });
});

it('what the run linked is pushed with another key: it belongs to whom it names now', async () => {
  here.system('hr').put('person', 'new', { id: 'new', name: 'New' });
  here.system('guests').put('person', 'g', { id: 'new', room: '12' });
  here.system('badge').put('person', 'b', { employee: 'new', phone: '7' });
  await runWith(['badge', 'b', { employee: 'old', phone: '8' }], ['guests', 'g', { id: 'guest', room: '13' }]);
  expect(await people()).toEqual({
    old: ['hr:old', 'badge:b', 'dir:old'],
    new: ['hr:new', 'dir:new'],
    guest: ['guests:g', 'dir:guest'],
  });
});

it('who was to be made is pushed as somebody else: nobody is made of what it was', async () => {
  here.system('hr').put('person', 'new', { id: 'new', name: 'New' });
  here.system('badge').put('person', 'b', { employee: 'new', phone: '7' });
  await runWith(['hr', 'new', { id: 'other', name: 'Other' }]);
  expect(await people()).toEqual({ old: ['hr:old', 'dir:old'], other: ['hr:new', 'dir:other'] });
  expect(await here.parked('unjoined')).toHaveLength(1);
});

it('both find the same person for a connection that has one of each: the second is parked', async () => {
  here.system('badge').put('person', 'b', { employee: 'old', phone: '7' });
  await runWith(['badge', 'c', { employee: 'old', phone: '8' }]);
  expect(await people()).toEqual({ old: ['hr:old', 'badge:c', 'dir:old'] });
  expect(await here.parked('second')).toHaveLength(1);
  expect(dir('old')).toMatchObject({ phone: '8' });
});
