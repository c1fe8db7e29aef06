/** SEMANTICS 7: a target is read before anything is written to it, and what it has is taken over, not doubled. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const yaml = (more = '', faults = '[]') =>
  hrAndDirectory({
    read: 'displayName: name, login: login',
    dir: `faults: ${faults}\n${more}\ndeprovision: { action: delete }`,
    anchor: 'login',
  });

let here: Firm;
const hr = (id: string, login: string, name = `Person ${id}`) => here.system('hr').put('person', id, { id, name, login });
const account = (anchor: string) => here.system('dir').get('person', anchor)?.attributes;
const anchors = () =>
  here
    .system('dir')
    .objects()
    .map((one) => one.anchor)
    .sort();

async function begin(more = '', faults = '[]'): Promise<void> {
  here = await firm(yaml(more, faults));
  hr('1', 'ann');
  hr('2', 'bob');
  hr('3', 'cay');
  // Ann has an account under another name; Cay's login belongs to somebody unknown; one account is nobody's.
  here.system('dir').put('person', 'aold', { number: '1', cn: 'Ann of old' });
  here.system('dir').put('person', 'cay', { cn: 'A stranger' });
  here.system('dir').put('person', 'zed', { number: '99', cn: 'Nobody' });
}
afterEach(() => here.close());

describe('a target that is only watched', () => {
  beforeEach(() => begin('mode: on'));

  it('gets nothing by any way until its first plan is approved', async () => {
    const before = here.system('dir').objects();
    const report = await here.run();
    expect(report.notices).toMatchObject([{ kind: 'firstPlan', connection: 'dir' }]);
    const ann = (await here.account('dir', 'aold'))!;
    expect(ann).toMatchObject({ linkHow: 'joined', origin: 'adopted' });
    for (const profile of ['export', 'full-sync', 'export', 'full-import', 'delta-import', 'delta-sync', 'cycle'] as const)
      await here.run({ profile });
    await here.run({ object: ann.objectId! });
    await here.run({ profile: 'export', object: ann.objectId! });
    await here.restart();
    await here.run({ profile: 'export' });
    const { lines } = await here.plan();
    await here.run({ planLines: lines.map((line) => JSON.stringify(line)) });
    expect(here.system('dir').objects()).toEqual(before);

    await here.approve('dir');
    await here.run();
    expect(anchors()).toEqual(['aold', 'bob', 'cay', 'zed']);
    expect([account('aold'), account('bob')]).toMatchObject([{ cn: 'Person 1' }, { number: '2', cn: 'Person 2' }]);
    expect([account('cay'), account('zed')]).toEqual([{ cn: 'A stranger' }, { number: '99', cn: 'Nobody' }]);
    expect(await here.account('dir', 'bob')).toMatchObject({ linkHow: 'provisioned', origin: 'created' });
  });

  it('gets only what was chosen, and the rest later', async () => {
    await here.run();
    await here.approve('dir', ['bob']);
    expect((await here.account('dir', 'aold'))?.export).toMatchObject({ operation: 'update' });
    await here.run();
    expect(anchors()).toContain('bob');
    const waiting = await here.pending('dir');
    expect(waiting.holds).toMatchObject([{ part: 'firstPlan' }]);
    await here.approve('dir', [], waiting.digest);
    expect((await here.run()).notices).toEqual([]);
    expect(account('aold')).toMatchObject({ cn: 'Person 1' });
  });

  it('gets nothing that was not chosen by any way, whatever becomes of it, while other changes go on', async () => {
    hr('4', 'dan');
    await here.run();
    await here.approve('dir', ['bob']);
    await here.restart();
    const dan = (await here.account('dir', 'dan'))!;
    for (const profile of ['cycle', 'export', 'full-sync', 'export', 'full-import', 'delta-sync', 'cycle'] as const)
      await here.run({ profile });
    hr('4', 'dan', 'Daniel');
    hr('1', 'ann', 'Anna');
    hr('5', 'eve');
    await here.run({ object: dan.objectId! });
    const report = await here.run();
    expect(anchors()).toEqual(['aold', 'bob', 'cay', 'eve', 'zed']);
    expect(account('aold')).toEqual({ number: '1', cn: 'Ann of old' });
    expect(report.notices).toMatchObject([{ kind: 'gate', message: expect.stringContaining('of the first plan') }]);
    await here.approve('dir', ['dan']);
    await here.discard('dir');
    expect((await here.run()).notices).toEqual([]);
    expect([anchors(), account('aold')!['cn']]).toEqual([['aold', 'bob', 'cay', 'dan', 'eve', 'zed'], 'Ann of old']);
  });

  it("parks a name that exists, and an adoption takes it over with the person's values", async () => {
    await here.run();
    await here.approve('dir');
    await here.run();
    const parked = await here.parked('accountExists');
    expect(parked.map((item) => JSON.parse(item.detail))).toMatchObject([{ anchor: 'cay' }]);
    await here.run({ profile: 'full-sync' });
    await here.run();
    expect(account('cay')).toEqual({ cn: 'A stranger' });
    await here.decide(parked[0]!, 'adopt');
    await here.run();
    expect(account('cay')).toEqual({ number: '3', cn: 'Person 3' });
    expect(await here.account('dir', 'cay')).toMatchObject({ origin: 'adopted' });
    expect(await here.parked('accountExists')).toEqual([]);
  });
});

it('mode: observe in the file outranks an approval', async () => {
  await begin('mode: observe');
  const before = here.system('dir').objects();
  await here.run();
  await here.approve('dir');
  await here.run();
  await here.run({ profile: 'export' });
  expect(here.system('dir').objects()).toEqual(before);
});

it('mode: hold keeps what is decided, and sends it when it is on', async () => {
  await begin('mode: hold');
  const before = here.system('dir').objects();
  await here.run();
  await here.approve('dir');
  for (const profile of ['cycle', 'export', 'full-sync', 'export'] as const) await here.run({ profile });
  expect(here.system('dir').objects()).toEqual(before);
  await here.restart(yaml('mode: on'));
  await here.run();
  expect(anchors()).toContain('bob');
});

it('nothing is provisioned before one complete read', async () => {
  await begin('mode: on', '[{ on: read, after: 0, do: { refuse: unavailable } }]');
  const before = here.system('dir').objects();
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
  for (const profile of ['cycle', 'cycle', 'export', 'full-sync', 'export'] as const) {
    await here.run({ profile });
    expect(here.system('dir').objects()).toEqual(before);
  }
  await expect(here.approve('hr')).rejects.toMatchObject({ kind: 'notFound' });
  await here.restart(yaml('mode: on'));
  await here.run();
  expect(anchors()).toEqual(['aold', 'bob', 'cay', 'zed']);
});
