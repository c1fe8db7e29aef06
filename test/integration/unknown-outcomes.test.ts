/**
 * SEMANTICS 9: a target that answers nothing, late, or half. What counts is what is in the target: nobody twice, nobody
 * missing. Time is the test's: back-off and `visibleWithinSeconds` pass when it says so.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '#connectors/fault-injection/index';
import { source, target } from '../simulation/case.ts';
import { type EngineHouse, engineHouse } from '../simulation/engine-house.ts';
import { canonicalObject } from '../simulation/house.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const IDS = ['1', '2', '3', '4', '5', '6'];
const EVERYBODY = IDS.map((id) => `${id} Name ${id}`);
const KEY = { creates: 'idempotencyKey' };

let house: EngineHouse;
async function start(way: object, ...faults: readonly (Pick<FaultRule, 'on' | 'do'> & Partial<FaultRule>)[]): Promise<void> {
  const connections = {
    hr: { ...source({ displayName: 'name' }), type: 'memory', system: 'hr' },
    dir: { ...target({ cn: 'displayName' }), type: 'memory', system: 'dir', visibleWithinSeconds: 60, ...way },
  };
  const person = (anchor: string, attributes: { [name: string]: string }) => ({ kind: 'person', anchor, attributes });
  house = await engineHouse({
    yaml: JSON.stringify({ connections }),
    targets: ['dir'],
    systems: {
      hr: { objects: IDS.map((id) => person(id, { id, name: `Name ${id}` })) },
      dir: { objects: [person('root', { number: 'root', cn: 'Root' })] },
    },
  });
  for (const fault of faults) house.script('dir', { after: 0, ...fault });
}
afterEach(() => house.close());

/** Number and name of each account, sorted: one that is there twice is twice in it. */
function accounts(): string[] {
  return [...house.contents('dir').values()]
    .map(({ attributes }) => `${attributes['number']} ${attributes['cn']}`)
    .filter((one) => one !== 'root Root')
    .sort();
}
function rename(id: string, name: string): void {
  house.put('hr', canonicalObject({ kind: 'person', anchor: id, attributes: { id, name } }));
}
async function cycles(n: number, apart: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    await house.once('cycle');
    house.now += apart;
  }
}
/** Kind and connection of what waits for a person, but for the account that nobody has. */
async function parked(): Promise<string[]> {
  const rows = await house.store.decisions.parked({}, { after: 0, limit: 100 });
  return rows.map((one) => one.kind).filter((kind) => kind !== 'unjoined');
}
const states = () => house.store.exports.counts('dir');
/** Everybody once, nothing on its way, nothing left to do. */
async function settled(expected: readonly string[] = EVERYBODY): Promise<void> {
  expect({ accounts: accounts(), parked: await parked() }).toEqual({ accounts: expected, parked: [] });
  await house.settle();
  expect({ accounts: accounts(), states: await states() }).toEqual({ accounts: expected, states: {} });
}

const LOST: readonly (readonly [string, FaultRule['do']])[] = [
  ['does it and does not answer', { die: 'after', how: 'unknown' }],
  ['does not do it and does not answer', { die: 'before', how: 'unknown' }],
  ['does one more of a batch and is gone', { die: 'after', how: 'rest' }],
  ['is gone in the middle of a batch', { die: 'before', how: 'rest' }],
  ['does one more of a batch, which fails as a whole', { die: 'after', how: 'throw' }],
  ['stops in the middle of a batch, which fails as a whole', { die: 'before', how: 'throw' }],
  ['does one more of a batch and claims that it did none', { die: 'after', how: 'unavailable' }],
  ['cannot be reached any more in the middle of a batch', { die: 'before', how: 'unavailable' }],
];

describe('creates with a key that makes a repeated one the same', () => {
  it.each(LOST)('a target that %s', async (_, fault) => {
    await start(KEY, { on: 'create', after: 2, times: 1, do: fault });
    await cycles(5, 2 * MINUTE);
    await settled();
  });

  it.each(LOST)('a target that %s, and then again', async (_, fault) => {
    await start(KEY, { on: 'create', after: 1, times: 2, do: fault });
    await cycles(8, 2 * MINUTE);
    await settled();
  });

  it('a target that shows late what it was told, answering or not', async () => {
    await start(
      KEY,
      { on: 'create', times: 6, do: { late: 5 } },
      { on: 'create', after: 2, times: 2, do: { die: 'after', how: 'unknown' } },
    );
    // So many looks are all within the 60 seconds in which it says that it shows everything.
    await cycles(6, 5 * SECOND);
    await cycles(3, 2 * MINUTE);
    await settled();
  });
});

it('nothing is repeated before the target has had its time to show it, nor without a complete read', async () => {
  await start(KEY, { on: 'create', times: 1, do: { die: 'before', how: 'unknown' } });
  await cycles(1, 0);
  expect({ accounts: accounts().length, states: await states() }).toEqual({ accounts: 5, states: { unknown: 1 } });
  await cycles(3, 10 * SECOND);
  expect(accounts()).toHaveLength(5);
  // Its time has passed, but the read that would show it breaks off.
  house.now += MINUTE;
  house.script('dir', { on: 'read', after: 0, times: 1, do: { breakAfter: 1 } });
  await cycles(1, 0);
  expect({ accounts: accounts().length, states: await states() }).toEqual({ accounts: 5, states: { unknown: 1 } });
  await cycles(1, 0);
  await settled();
});

it('an update of unknown outcome converges, done or not', async () => {
  await start(KEY);
  await cycles(2, MINUTE);
  for (const [, fault] of LOST) house.script('dir', { on: 'update', after: 0, times: 1, do: fault });
  const expected = IDS.map((id) => `${id} New ${id}`);
  for (const id of IDS) rename(id, `New ${id}`);
  await cycles(20, 2 * MINUTE);
  await settled(expected);
});

it('a later change goes before one of unknown outcome', async () => {
  await start(KEY);
  await cycles(2, MINUTE);
  house.script('dir', { on: 'update', after: 0, times: 1, do: { die: 'after', how: 'unknown' } });
  rename('3', 'First');
  await cycles(1, SECOND);
  rename('3', 'Second');
  await cycles(4, 2 * MINUTE);
  await settled(EVERYBODY.with(2, '3 Second'));
});

it('what is refused waits for a person, and is tried again when its person changes', async () => {
  await start(KEY, { on: 'create', after: 4, times: 1, do: { refuse: 'invalidValue', message: 'no such name here' } });
  await cycles(4, 2 * MINUTE);
  expect({ accounts: accounts().length, states: await states(), parked: await parked() }).toEqual({
    accounts: 5,
    states: { failed: 1 },
    parked: ['refused'],
  });
  for (const id of IDS) rename(id, `New ${id}`);
  await cycles(4, 2 * MINUTE);
  await settled(IDS.map((id) => `${id} New ${id}`));
});

it('a target that has no time is asked again after the time that it names', async () => {
  const wait = 10 * MINUTE;
  await start(KEY, { on: 'create', after: 3, times: 3, do: { refuse: 'rateLimited', retryAfterMs: wait } });
  await cycles(1, 9 * MINUTE);
  await cycles(1, 2 * MINUTE);
  expect(accounts()).toHaveLength(3);
  await cycles(2, MINUTE);
  await settled();
});

it('a target that is not there is asked again, longer apart each time', async () => {
  const asked: number[] = [];
  await start(KEY, { on: 'create', times: 6 * 4, do: { refuse: 'unavailable' } });
  for (let second = 0; second < 40; second++) {
    const before = house.reports.length;
    await cycles(1, SECOND);
    if (house.reports.slice(before).some(({ faults }) => faults.some(({ message }) => message.includes('refuses'))))
      asked.push(second);
  }
  expect(asked).toEqual([0, 1, 3, 7]);
  await settled();
});

describe('a target that can only be asked for what was written', () => {
  const ways = [
    { die: 'after', how: 'unknown' },
    { die: 'after', how: 'rest' },
    { die: 'after', how: 'throw' },
    { die: 'after', how: 'unavailable' },
  ] as const;
  it.each(ways)('nobody is made twice after %o', async (fault) => {
    await start({ creates: 'lookup', lookupAttribute: 'number' }, { on: 'create', after: 2, times: 1, do: fault });
    await cycles(5, 2 * MINUTE);
    await settled();
  });
});
