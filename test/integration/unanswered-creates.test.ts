/**
 * SEMANTICS 9 and 13: a create that nobody answered, beside accounts of the same person. Nobody is given a second one, whoever made
 * the one that is there; and what Rollcall wrote stays known as its own.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { link } from '#decisions/links';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

type Ways = 'callerKey' | 'idempotencyKey' | 'lookup';

let here: Firm;
afterEach(() => here.close());

const hire = (...ids: readonly number[]) => {
  for (const id of ids) here.system('hr').put('person', `${id}`, { id: `${id}`, name: `Person ${id}`, phone: `0800 ${id}` });
};
const like = (id: number) => ({ number: `${id}`, cn: `Person ${id}`, phone: `0800 ${id}`, active: 'yes' });
const ofNine = () => {
  const all = here.system('dir').objects('person');
  return all.filter(({ attributes }) => attributes['number'] === '9');
};
const accountOfNine = async () => (await here.account('dir', ofNine()[0]!.anchor))!;
const open = async () =>
  (await here.store.exports.list('dir', ['waiting', 'unknown', 'held', 'failed'], { after: 0, limit: 10 })).length;

/** Eight people with accounts, and a ninth whose create ended so. The phone goes both ways. */
async function unanswered(creates: Ways, die: 'before' | 'after', late = 0): Promise<void> {
  const dir = [
    'mode: on',
    `creates: ${creates}`,
    ...(creates === 'callerKey' ? [] : ['anchors: system']),
    ...(creates === 'lookup' ? ['lookupAttribute: number'] : []),
    'deprovision: { action: disable }',
    `faults: [{ on: create, after: 8, times: 1, do: { late: ${late} } }, { on: create, after: 8, times: 1, do: { die: ${die}, how: unknown } }]`,
  ];
  here = await firm(
    hrAndDirectory({
      read: 'displayName: name, phone: phone',
      known: 'phone: phone',
      written: 'cn: displayName, phone: phone',
      anchor: creates === 'callerKey' ? `'\${"a" + person.employeeId}'` : null,
      dir: dir.join('\n'),
      account: ENABLED,
    }),
  );
  hire(1, 2, 3, 4, 5, 6, 7, 8);
  await here.first();
  hire(9);
  await here.run();
  expect(ofNine()).toHaveLength(die === 'after' ? 1 : 0);
}

async function cycles(n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    here.now += HOUR;
    await here.run();
  }
}

/** Cycles, and the profiles of which they are made, an hour apart; then nothing is left to do. */
async function goesOn(): Promise<void> {
  for (const profile of ['cycle', 'full-import', 'delta-sync', 'export', 'cycle', 'full-import', 'cycle']) {
    here.now += HOUR;
    await here.run({ profile });
  }
  expect(await open()).toBe(0);
  await here.run({ profile: 'full-sync' });
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
}

describe.each<Ways>(['callerKey', 'idempotencyKey', 'lookup'])('a create of unknown outcome, settled by %s', (creates) => {
  it('that was made: it goes on by itself, and all of the account is known as made here', async () => {
    await unanswered(creates, 'after');
    await goesOn();
    expect(ofNine()).toHaveLength(1);
    expect(await here.parked('duplicateAccount')).toEqual([]);
    expect(await accountOfNine()).toMatchObject({ origin: 'created' });
    here.system('hr').put('person', '9', { id: '9', name: 'Person 9' });
    await cycles(2);
    expect(ofNine()[0]!.attributes).not.toHaveProperty('phone');
  });

  it('that was not made, and nobody has an account: it is made once', async () => {
    await unanswered(creates, 'before');
    await goesOn();
    expect(ofNine().map(({ attributes }) => attributes)).toEqual([like(9)]);
  });

  it.each([
    ['looks the same', like(9), []],
    ['looks otherwise', { number: '9', cn: 'by hand', active: 'yes' }, []],
    ['is made to look the same before the outcome is settled', { number: '9', cn: 'by hand', active: 'yes' }, ['cycle']],
  ])('that was not made, beside an account made by hand that %s: there is no second one', async (_, attributes, before) => {
    await unanswered(creates, 'before');
    here.system('dir').put('person', 'hand', attributes);
    for (const profile of before) await here.run({ profile });
    await goesOn();
    expect(ofNine()).toMatchObject([{ anchor: 'hand', attributes: like(9) }]);
    expect(await here.parked('duplicateAccount')).toEqual([]);
    here.system('hr').remove('person', '9');
    await cycles(2);
    expect(ofNine()).toMatchObject([{ anchor: 'hand', attributes: { active: 'no' } }]);
  });
});

it.each(['cn', 'phone'])('what it left in an account of which somebody changed the %s since is known as ours', async (edited) => {
  await unanswered('idempotencyKey', 'after');
  const [{ anchor, attributes }] = ofNine() as [ReturnType<typeof ofNine>[number]];
  here.system('dir').put('person', anchor, { ...attributes, [edited]: 'theirs' });
  here.system('hr').put('person', '9', { id: '9', name: 'Person 9' });
  await goesOn();
  expect(ofNine()).toHaveLength(1);
  const { cn, phone } = ofNine()[0]!.attributes;
  expect({ cn, phone }).toEqual({ cn: 'Person 9', phone: edited === 'phone' ? 'theirs' : undefined });
});

it('one whose person is known by another number since is repeated as it was sent: there is no second account', async () => {
  await unanswered('idempotencyKey', 'after');
  here.system('hr').put('person', '9', { id: '99', name: 'Person 9' });
  await goesOn();
  const all = here.system('dir').objects('person');
  expect(all).toHaveLength(9);
  expect(all.find(({ attributes }) => attributes['number'] === '99')?.attributes).not.toHaveProperty('phone');
  expect(await here.parked('unjoined')).toEqual([]);
});

describe("somebody else's account that is linked to a person", () => {
  const SECOND = 1000;
  const BEING_MADE = { kind: 'conflict', message: expect.stringContaining('is being made for Person 9') };
  const linkHand = async () => {
    const object = (await here.account('hr', '9'))!.objectId!;
    return await link({ connection: 'dir', anchor: 'hand', object }, { by: 'Ada', reason: 'theirs', at: here.now }, here);
  };
  const seconds = () => here.parked('duplicateAccount');
  /** An account of nobody, which is read. */
  async function hand(): Promise<void> {
    here.system('dir').put('person', 'hand', { number: 'x', cn: 'by hand', active: 'yes' });
    for (const profile of ['full-import', 'delta-sync']) await here.run({ profile });
  }

  it.each<Ways>(['callerKey', 'idempotencyKey', 'lookup'])(
    'whose create was lost waits for the end of the attempt, and no other is made then (%s)',
    async (creates) => {
      await unanswered(creates, 'before', 0);
      here.system('dir').put('person', 'hand', { number: 'x', cn: 'by hand', active: 'yes' });
      await here.run({ profile: 'delta-import' });
      await here.run({ profile: 'delta-sync' });
      await expect(linkHand()).rejects.toMatchObject(BEING_MADE);
      here.now += 31 * SECOND;
      await linkHand();
      await goesOn();
      expect(ofNine()).toMatchObject([{ anchor: 'hand', attributes: like(9) }]);
      expect(await seconds()).toEqual([]);
    },
  );

  it.each<Ways>(['callerKey', 'idempotencyKey'])(
    'whose create turns out to be made: it is listed with a way out (%s)',
    async (creates) => {
      await unanswered(creates, 'after', 4);
      await hand();
      here.now += 31 * SECOND;
      await linkHand();
      await goesOn();
      expect(ofNine()).toHaveLength(2);
      const [second, ...more] = await seconds();
      expect([JSON.parse(second!.detail).anchor, more]).toEqual([expect.not.stringMatching(/^hand$/), []]);
      await here.decide(second!, 'unlink');
      await cycles(2);
      expect(await seconds()).toEqual([]);
      here.system('hr').remove('person', '9');
      await cycles(2);
      const active = ofNine().map(({ anchor, attributes }) => [anchor === 'hand', attributes['active']]);
      expect(active.sort()).toEqual([
        [false, 'yes'],
        [true, 'no'],
      ]);
    },
  );

  it('while a create is on its way waits; behind its deadline it counts, and what is answered then is the second', async () => {
    here = await firm(hrAndDirectory({ dir: 'mode: on', read: 'displayName: name', account: ENABLED }));
    hire(1, 2, 3, 4, 5, 6, 7, 8);
    here.system('dir').put('person', 'hand', { number: 'x', cn: 'by hand', active: 'yes' });
    await here.first();
    hire(9);
    const { answer } = here.store.exports;
    let refused: unknown = null;
    Object.assign(here.store.exports, {
      answer: async (batch: Parameters<typeof answer>[0]) => {
        Object.assign(here.store.exports, { answer });
        refused = await linkHand().catch((error: unknown) => error);
        here.now += 31 * SECOND;
        await linkHand();
        return await answer(batch);
      },
    });
    await here.run();
    expect(refused).toMatchObject(BEING_MADE);
    await here.run();
    expect(
      ofNine()
        .map(({ anchor }) => anchor)
        .sort(),
    ).toEqual(['9', 'hand']);
    const [second, ...more] = await seconds();
    expect([JSON.parse(second!.detail).anchor, more]).toEqual(['9', []]);
    await here.decide(second!, 'unlink');
    await cycles(2);
    expect(await seconds()).toEqual([]);
    expect(await here.account('dir', 'hand')).toMatchObject({ linkHow: 'decided' });
    expect(await here.account('dir', '9')).toMatchObject({ objectId: null });
  });
});
