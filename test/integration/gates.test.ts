/** SEMANTICS 8: however small the steps and whichever way they come, no more than the limit reaches the target. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const yaml = (action: 'disable' | 'delete') =>
  hrAndDirectory({
    read: 'displayName: name, mail: mail, title: title',
    dir: `deprovision: { action: ${action} }\ngates: { 'empty:mail': { percent: 5 } }`,
    account: ENABLED,
    written: 'cn: displayName, mail: mail, title: title',
  });
const COUNT = 500;
/** 5 % of 500. */
const LIMIT = 25;
const idOf = (i: number) => `p${String(i).padStart(3, '0')}`;
const valuesOf = (i: number, more: object = {}) => ({
  id: idOf(i),
  name: `Person ${i}`,
  mail: `${i}@old.org`,
  title: 'Clerk',
  ...more,
});

let here: Firm;
async function begin(action: 'disable' | 'delete'): Promise<void> {
  here = await firm(yaml(action));
  for (let i = 0; i < COUNT; i++) {
    here.system('hr').put('person', idOf(i), valuesOf(i));
    const { id, name, mail, title } = valuesOf(i);
    here.system('dir').put('person', idOf(i), { number: id, cn: name, mail, title, active: 'yes' });
  }
  await here.first();
  expect(off()).toBe(0);
}
afterEach(() => here.close());

const edit = (i: number, more: object) => here.system('hr').put('person', idOf(i), valuesOf(i, more));
const leave = (from: number, to: number) => {
  for (let i = from; i < to; i++) here.system('hr').remove('person', idOf(i));
};
const at = (i: number) => here.system('dir').get('person', idOf(i))?.attributes;
/** Accounts that are disabled or not there any more. */
const off = () =>
  COUNT -
  here
    .system('dir')
    .objects()
    .filter((one) => one.attributes['active'] === 'yes').length;
const holds = async () => (await here.store.exports.holds('dir')).filter((one) => one.closedAt === null).map((one) => one.part);

describe.each(['disable', 'delete'] as const)('%s', (action) => {
  beforeEach(() => begin(action));

  it('30 runs of 1 % each stop at the limit, and nothing held leaks while other changes go on', async () => {
    let most = 0;
    for (let n = 0; n < 30; n++) {
      leave(n * 5, n * 5 + 5);
      edit(499 - n, { mail: `new${n}@new.org` });
      await here.run();
      expect(at(499 - n)).toMatchObject({ mail: `new${n}@new.org` });
      most = Math.max(most, off());
    }
    // Deleted accounts are not in the target any more; the limit is of those there were.
    expect(most).toBe(LIMIT);
    expect(await holds()).toEqual([action]);
    for (const profile of ['cycle', 'export', 'full-sync', 'export', 'full-import', 'delta-sync', 'export'] as const) {
      await here.run({ profile });
      await here.restart();
      await here.run({ profile });
    }
    const row = (await here.account('dir', idOf(100)))!;
    await here.run({ object: row.objectId! });
    expect(off()).toBe(most);
  });

  it('an approval covers what was shown, and no more', async () => {
    leave(0, 40);
    await here.run();
    expect(off()).toBe(0);
    const shown = await here.pending('dir');
    expect(shown.rows).toHaveLength(40);
    leave(40, 45);
    await here.run();
    await expect(here.approve('dir', [], shown.digest)).rejects.toMatchObject({ kind: 'conflict' });
    await here.approve('dir', [idOf(3), idOf(7)]);
    await here.run();
    expect([off(), await holds()]).toEqual([2, [action]]);
    await here.approve('dir');
    await here.run();
    expect([off(), await holds()]).toEqual([45, []]);
    // What was approved does not count: the allowance of the day is still whole.
    leave(45, 45 + LIMIT - 5);
    await here.run();
    expect(off()).toBe(45 + LIMIT - 5);
  });

  it('a new day has a new allowance', async () => {
    leave(0, 20);
    await here.run();
    expect(off()).toBe(20);
    here.now += 23 * HOUR;
    leave(20, 40);
    await here.run();
    expect(off()).toBe(20);
    await here.approve('dir');
    await here.run();
    expect(off()).toBe(40);
    here.now += 2 * HOUR;
    leave(40, 60);
    await here.run();
    expect([off(), await holds()]).toEqual([60, []]);
  });

  it('the day is that of the clock that sends, whatever `now` a run is given', async () => {
    leave(0, 20);
    await here.run();
    leave(20, 40);
    await here.run({ now: here.now + 48 * HOUR });
    expect([off(), await holds()]).toEqual([20, [action]]);
  });

  it('and a day later there is a new allowance, though `now` stands still', async () => {
    leave(0, 20);
    await here.run();
    const { now } = here;
    here.now += 25 * HOUR;
    leave(20, 40);
    await here.run({ now });
    expect([off(), await holds()]).toEqual([40, []]);
  });

  it('a discarded change is barred until its cause changes', async () => {
    leave(0, 40);
    await here.run();
    await here.discard('dir');
    here.now += 48 * HOUR;
    await here.run();
    await here.run({ profile: 'full-sync' });
    await here.restart();
    await here.run();
    expect([off(), await holds()]).toEqual([0, []]);
    // She comes back and leaves again: that is another reason.
    edit(0, {});
    await here.run();
    leave(0, 1);
    await here.run();
    expect(off()).toBe(1);
  });
});

describe('an attribute', () => {
  beforeEach(() => begin('disable'));

  it('that is held stays, while others of the same account go', async () => {
    for (let i = 0; i < 40; i++) edit(i, { mail: null });
    edit(0, { mail: null, title: 'Boss' });
    await here.run();
    expect(await holds()).toEqual(['empty:mail']);
    for (let n = 0; n < 3; n++) {
      await here.run();
      await here.run({ profile: 'export' });
      await here.restart();
    }
    expect(at(0)).toMatchObject({ mail: '0@old.org', title: 'Boss' });
    expect(at(39)).toMatchObject({ mail: '39@old.org' });
    edit(7, { mail: null, title: 'Chief' });
    await here.run();
    expect(at(7)).toMatchObject({ mail: '7@old.org', title: 'Chief' });
    await here.approve('dir');
    await here.run();
    expect([at(0)!['mail'] ?? null, at(39)!['mail'] ?? null]).toEqual([null, null]);
    expect(at(40)).toMatchObject({ mail: '40@old.org' });
  });

  it('of an account that changed after the approval is held again', async () => {
    for (let i = 0; i < 120; i++) edit(i, { title: 'Boss' });
    await here.run();
    expect(at(0)).toMatchObject({ title: 'Clerk' });
    await here.approve('dir');
    for (let i = 0; i < 110; i++) edit(i, { title: 'Chief' });
    await here.run();
    expect([at(0), at(119)]).toMatchObject([{ title: 'Clerk' }, { title: 'Boss' }]);
    expect(await holds()).toContain('attribute:title');
  });
});
