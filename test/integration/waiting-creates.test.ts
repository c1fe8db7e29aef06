/** SEMANTICS 7, 8, 13: an account that waits to be made is not made any more once its person has one that is there. */
import { afterEach, expect, it } from 'vitest';
import { link } from '#decisions/links';
import { push } from '#runs/index';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory, unlimited } from './hr-and-directory.ts';

const ANCHOR = { anchor: `'\${"a" + person.employeeId}'` };
const once = (answer: string) =>
  `mode: on\ndeprovision: { action: disable }\nfaults: [{ on: create, anchor: a9, times: 1, do: ${answer} }]`;

let here: Firm;
afterEach(() => here.close());

const hire = (...ids: readonly number[]) => {
  for (const id of ids) here.system('hr').put('person', `${id}`, { id: `${id}`, name: `Person ${id}` });
};
/** An account that somebody makes in the target, under a name of its own. */
const byHand = (number: string) => here.system('dir').put('person', 'hand', { number, cn: 'by hand', active: 'yes' });
const seconds = () => here.parked('duplicateAccount');
const accounts = () =>
  here
    .system('dir')
    .objects()
    .map(({ anchor }) => anchor)
    .sort();
const waiting = async () => (await here.pending('dir')).rows.map(({ export: wish }) => wish!.wantedAnchor);

/** Eight people with accounts, and a ninth whose create was answered so. */
async function refused(answer: string): Promise<void> {
  here = await firm(hrAndDirectory({ ...ANCHOR, dir: once(answer), account: ENABLED }));
  hire(1, 2, 3, 4, 5, 6, 7, 8);
  await here.first();
  hire(9);
  await here.run();
  expect(accounts()).toHaveLength(8);
}

it('one that is to be tried again later', async () => {
  await refused('{ refuse: unavailable }');
  byHand('9');
  here.now += 2 * HOUR;
  await here.run({ profile: 'full-import' });
  await here.run();
  here.now += 2 * HOUR;
  await here.run();
  expect(accounts()).not.toContain('a9');
  expect(here.system('dir').get('person', 'hand')?.attributes).toMatchObject({ cn: 'Person 9' });
  expect(await seconds()).toEqual([]);
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
});

it.each(['unavailable', 'rateLimited'])(
  'one that was refused as %s, beside an account that has all it was to have',
  async (kind) => {
    await refused(`{ refuse: ${kind} }`);
    here.system('dir').put('person', 'hand', { number: '9', cn: 'Person 9', active: 'yes' });
    for (let i = 0; i < 2; i++) {
      here.now += 2 * HOUR;
      await here.run();
    }
    expect(accounts()).not.toContain('a9');
    expect(await here.account('dir', 'a9')).toMatchObject({ presence: 'gone', export: null });
    await here.run({ profile: 'full-sync' });
    expect(await seconds()).toEqual([]);
    here.system('hr').remove('person', '9');
    await here.run();
    expect(here.system('dir').get('person', 'hand')?.attributes).toMatchObject({ active: 'no' });
  },
);

it('one of somebody who left meanwhile: the account that is there ends', async () => {
  await refused('{ refuse: unavailable }');
  byHand('9');
  here.system('hr').remove('person', '9');
  here.now += 2 * HOUR;
  await here.run();
  await here.run();
  expect(accounts()).not.toContain('a9');
  expect(here.system('dir').get('person', 'hand')?.attributes).toMatchObject({ active: 'no' });
});

it('one of which nobody knows whether it was made: it stays known until a read shows that it was not', async () => {
  await refused('{ die: before, how: unknown }');
  expect(await here.account('dir', 'a9')).toMatchObject({ presence: 'pending', export: { state: 'unknown' } });
  byHand('9');
  await here.run({ profile: 'delta-import' });
  await here.run({ profile: 'delta-sync' });
  expect(await here.account('dir', 'a9')).toMatchObject({ presence: 'pending', export: { state: 'unknown' } });
  for (let i = 0; i < 3; i++) {
    here.now += 2 * HOUR;
    await here.run({ profile: 'full-import' });
    await here.run();
  }
  expect(accounts()).not.toContain('a9');
  expect(await here.account('dir', 'a9')).toMatchObject({ presence: 'gone', export: null });
});

it('one that was made and is seen late: both are there, and the second is listed', async () => {
  here = await firm(hrAndDirectory({ ...ANCHOR, dir: `${once('{ late: 3 }')}\nlookup: false`, account: ENABLED }));
  hire(1, 2, 3, 4, 5, 6, 7, 8);
  await here.first();
  hire(9);
  await here.run();
  byHand('9');
  for (let i = 0; i < 4; i++) await here.run({ profile: i % 2 === 0 ? 'full-import' : 'cycle' });
  expect(accounts()).toEqual(expect.arrayContaining(['a9', 'hand']));
  expect((await seconds()).map((one) => JSON.parse(one.detail).anchor)).toEqual(['hand']);
  expect(here.system('dir').get('person', 'a9')?.attributes).toMatchObject({ cn: 'Person 9' });
});

it('one that a gate holds: its approval makes the others, and the hold counts it no more', async () => {
  here = await firm(hrAndDirectory({ ...ANCHOR, top: `gates: { ${unlimited('update', 'attribute')} }` }));
  hire(1, 2, 3, 4, 5, 6, 7, 8);
  here.system('dir').put('person', 'nobody', { number: 'x', cn: 'nobody' });
  await here.first();
  hire(20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  await here.run();
  expect(await waiting()).toHaveLength(10);
  const object = (await here.account('hr', '20'))!.objectId!;
  await link({ connection: 'dir', anchor: 'nobody', object }, { by: 'Ada', reason: 'theirs', at: here.now }, here);
  await here.run();
  expect(await waiting()).toHaveLength(9);
  expect(await waiting()).not.toContain('a20');
  await here.approve('dir');
  await here.run();
  expect(accounts()).toContain('a21');
  expect(accounts()).not.toContain('a20');
  await here.run({ profile: 'full-sync' });
  expect(await seconds()).toEqual([]);
});

it('one in a first plan that is looked at again: the plan lists it no more', async () => {
  here = await firm(hrAndDirectory({ ...ANCHOR, account: ENABLED }));
  hire(1, 2, 3, 4, 5, 6, 7, 8);
  await here.run();
  expect(await waiting()).toContain('a5');
  byHand('5');
  await here.run();
  expect(await waiting()).toEqual(expect.arrayContaining(['a1', 'a8']));
  expect(await waiting()).not.toContain('a5');
  await here.approve('dir');
  await here.run();
  expect(accounts()).toEqual(['a1', 'a2', 'a3', 'a4', 'a6', 'a7', 'a8', 'hand']);
  expect(await seconds()).toEqual([]);
});

it.each(['read', 'linked'])(
  'one of somebody whose account was %s, which no run has worked out yet: a push makes no second',
  async (what) => {
    await refused('{ refuse: unavailable }');
    const object = (await here.account('hr', '9'))!.objectId!;
    const who = { by: 'Ada', reason: 'theirs', at: here.now };
    byHand(what === 'read' ? '9' : 'x');
    await here.run({ profile: 'full-import' });
    if (what === 'linked') {
      await here.run({ profile: 'delta-sync' });
      await link({ connection: 'dir', anchor: 'hand', object }, who, here);
    }
    here.now += 2 * HOUR;
    const change = { op: 'patch', kind: 'person', anchor: '9', set: { name: 'Zoe' } } as const;
    const services = { config: here.config, store: here.store, wall: () => here.now };
    await (await push({ connection: 'hr', change, by: 'webhook' }, services)).settled;
    here.system('hr').put('person', '9', { id: '9', name: 'Zoe' });
    expect(accounts()).not.toContain('a9');
    await here.run();
    expect(accounts()).not.toContain('a9');
    expect(here.system('dir').get('person', 'hand')?.attributes).toMatchObject({ cn: 'Zoe' });
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  },
);
