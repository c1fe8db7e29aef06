/** SEMANTICS 5: after a long stop the time is believed if a connected system says the same; in doubt disables and deletes wait. */
import { afterEach, expect, it } from 'vitest';
import { type StoreOperation, withStoreFaults } from '#store/fault-injection';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const DAY = 24 * HOUR;
const yaml = (clock: string) =>
  hrAndDirectory({
    top: 'life: { person: { ends: endDate } }',
    hr: clock,
    read: 'displayName: name, endDate: end',
    account: ENABLED,
    dir: 'deprovision: { action: disable }',
  });

let here: Firm;
afterEach(() => here.close());

/** Nine days go by without a run; on the third of them p1 leaves. */
async function begin(clock: string): Promise<void> {
  here = await firm(yaml(clock));
  here.system('hr').time = () => here.now;
  for (const id of ['p1', 'p2']) {
    here.system('hr').put('person', id, { id, name: `Person ${id}`, end: id === 'p1' ? '2026-01-15' : '2026-12-31' });
    here.system('dir').put('person', id, { number: id, cn: `Person ${id}`, active: 'yes' });
  }
  await here.first();
  here.now += 9 * DAY;
}
const active = (id: string) => here.system('dir').get('person', id)?.attributes['active'];
const WAITS = {
  kind: 'gate',
  message:
    'dir: 1 change of kind "disable" waits for a person: the time leapt by a week or more, and no connected system says that it is right; other changes go on',
};

const script = (does: string) => `clock: true\nfaults: [{ on: clock, do: { ${does} } }]`;

it.each([
  ['says the same', 'clock: true'],
  ['is ten minutes ahead', script('ahead: 10')],
  ['is ten minutes behind', script('ahead: -10')],
])('a system that %s settles it', async (_, clock) => {
  await begin(clock);
  expect((await here.run()).notices).toEqual([]);
  expect([active('p1'), active('p2')]).toEqual(['no', 'yes']);
});

it.each([
  ['no system has a clock', ''],
  ['it is eleven minutes ahead', script('ahead: 11')],
  ['it is eleven minutes behind', script('ahead: -11')],
  ['it does not answer', script('refuse: unavailable')],
])('a person does where %s', async (_, clock) => {
  await begin(clock);
  expect((await here.run()).notices).toMatchObject([WAITS]);
  expect([active('p1'), active('p2')]).toEqual(['yes', 'yes']);
  // Later runs do not let it out, whatever the clock says then.
  here.now += HOUR;
  expect((await here.run()).notices).toMatchObject([WAITS]);
  expect(active('p1')).toBe('yes');
  await here.approve('dir');
  await here.run();
  expect([active('p1'), active('p2')]).toEqual(['no', 'yes']);
});

it('a run that only reads settles nothing', async () => {
  await begin('');
  await here.run({ profile: 'full-import' });
  here.now += HOUR;
  await here.run({ profile: 'full-import' });
  here.now += HOUR;
  expect((await here.run()).notices).toMatchObject([WAITS]);
  expect(active('p1')).toBe('yes');
});

it('a run about one person settles nothing, also for the next process', async () => {
  await begin('');
  const { objectId } = (await here.account('hr', 'p2'))!;
  await here.run({ object: objectId! });
  await here.restart();
  here.now += HOUR;
  expect((await here.run()).notices).toMatchObject([WAITS]);
  expect(active('p1')).toBe('yes');
});

it('a run that carries out a plan settles nothing, also for the next process', async () => {
  await begin('');
  here.now -= 9 * DAY;
  here.system('hr').edit('person', 'p2', { name: 'Somebody' });
  await here.run({ profile: 'full-import' });
  const { lines } = await here.plan({ read: false });
  here.now += 9 * DAY;
  await here.run({ planLines: lines.map((line) => JSON.stringify(line)) });
  expect(here.system('dir').get('person', 'p2')?.attributes).toMatchObject({ cn: 'Somebody' });
  await here.restart();
  here.now += HOUR;
  expect((await here.run()).notices).toMatchObject([WAITS]);
  expect(active('p1')).toBe('yes');
});

it.each([
  ['syncs', ['sync.dirty']],
  ['sends', ['exports.gateCounts', 'exports.take']],
] as const)('nor does one that a crash ends before it %s', async (_, lost) => {
  await begin('');
  const died: readonly StoreOperation[] = [...lost, 'runs.finish'];
  here.store = withStoreFaults(here.store, { script: died.map((on) => ({ on, do: { die: 'before', how: 'lost' } })) });
  await expect(here.run()).rejects.toThrow('was lost');
  await here.restart();
  here.now += HOUR;
  expect((await here.run()).notices).toMatchObject([WAITS]);
  expect(active('p1')).toBe('yes');
});

it('nobody is asked after a short stop, nor for a day in the future that is only planned', async () => {
  await begin(script('ahead: 60'));
  await here.run();
  const asked = () => here.system('hr').fitted.get(0);
  expect(asked()).toBe(1);
  here.now += 6 * 24 * HOUR;
  await here.run();
  await here.plan({ asOf: here.now + 365 * DAY });
  expect(asked()).toBe(1);
});

it('a system that is held is not asked', async () => {
  await begin('clock: true');
  await here.store.spaces.saveState('hr', { held: { reason: 'moved', by: 'Ada', at: here.now } }, null);
  await here.run();
  expect(active('p1')).toBe('yes');
});
