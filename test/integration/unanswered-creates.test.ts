/**
 * SEMANTICS 9 and 13: a create that nobody answered, beside accounts of the same person. Nobody is given a second one, whoever made
 * the one that is there; and what Rollcall wrote stays known as its own.
 */
import { afterEach, describe, expect, it } from 'vitest';
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
async function unanswered(creates: Ways, die: 'before' | 'after'): Promise<void> {
  const dir = [
    'mode: on',
    `creates: ${creates}`,
    ...(creates === 'callerKey' ? [] : ['anchors: system']),
    ...(creates === 'lookup' ? ['lookupAttribute: number'] : []),
    'deprovision: { action: disable }',
    `faults: [{ on: create, after: 8, times: 1, do: { die: ${die}, how: unknown } }]`,
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
    await goesOn();
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
    await goesOn();
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
