/**
 * SEMANTICS 9 and 11: a disable, or an enable, that was done and never answered is Rollcall's own once it is seen: what was taken
 * is given back to who returned meanwhile, and taken again from who left again.
 */
import { afterEach, expect, it } from 'vitest';
import { disableThenDelete, source, target } from '../simulation/case.ts';
import { type EngineHouse, engineHouse } from '../simulation/engine-house.ts';
import { canonicalObject } from '../simulation/house.ts';

const DAY = 86_400_000;
const IDS = ['1', '2', '3', '4'];
const ONCE = { after: 0, times: 1 } as const;

let house: EngineHouse;
afterEach(() => house.close());

async function start(): Promise<void> {
  const person = (anchor: string, attributes: { [name: string]: string }) => ({ kind: 'person', anchor, attributes });
  const dir = target(
    { cn: 'displayName' },
    { enabled: { attribute: 'active', on: 'yes', off: 'no' } },
    { deprovision: disableThenDelete(30) },
  );
  house = await engineHouse({
    yaml: JSON.stringify({
      connections: {
        hr: { ...source({ displayName: 'name' }), type: 'memory', system: 'hr' },
        dir: { ...dir, type: 'memory', system: 'dir', deltas: false },
      },
    }),
    targets: ['dir'],
    systems: {
      hr: { objects: IDS.map((id) => person(id, { id, name: 'Somebody' })) },
      dir: { objects: [person('root', { number: 'root' })] },
    },
  });
  await later();
  expect(account()).toEqual({ number: '1', cn: 'Somebody', active: 'yes' });
}

function account(): object | undefined {
  return [...house.contents('dir').values()].find(({ attributes }) => attributes['number'] === '1')?.attributes;
}
function returns(name = 'Somebody'): void {
  house.put('hr', canonicalObject({ kind: 'person', anchor: '1', attributes: { id: '1', name } }));
}
function leaves(): void {
  house.remove('hr', canonicalObject({ kind: 'person', anchor: '1', attributes: {} }));
}
/** The next update is not answered; whether it is done is for the test to say. */
function unanswered(die: 'before' | 'after' = 'after'): void {
  house.script('dir', { ...ONCE, on: 'update', do: { die, how: 'unknown' } });
}
function unread(): void {
  house.script('dir', { ...ONCE, on: 'read', do: { refuse: 'unavailable' } });
}
/** A cycle after so many days, and one more to see what it did. */
async function later(days = 1, cycles = 2): Promise<void> {
  house.now += days * DAY;
  for (let i = 0; i < cycles; i++) await house.once('cycle');
}
async function parked(): Promise<string[]> {
  const rows = await house.store.decisions.parked({}, { after: 0, limit: 10 });
  return rows.map((one) => one.kind).filter((kind) => kind !== 'unjoined');
}

it('a disable that nobody answered is undone for who returned before it was seen', async () => {
  await start();
  leaves();
  unanswered();
  await later(1, 1);
  expect(account()).toMatchObject({ active: 'no' });
  returns();
  unread();
  await later(1, 1);
  await later();
  expect({ account: account(), parked: await parked() }).toMatchObject({ account: { active: 'yes' }, parked: [] });
});

it('the same where the answer to another change is the first to show it', async () => {
  await start();
  leaves();
  unanswered();
  await later(1, 1);
  returns('Another name');
  unread();
  await later(1, 1);
  await later();
  expect(account()).toEqual({ number: '1', cn: 'Another name', active: 'yes' });
});

it('an enable that nobody answered is nobody else’s: who leaves again is disabled again', async () => {
  await start();
  leaves();
  await later();
  returns();
  unanswered();
  await later(1, 1);
  expect(account()).toMatchObject({ active: 'yes' });
  leaves();
  await later();
  expect({ account: account(), parked: await parked() }).toMatchObject({ account: { active: 'no' }, parked: [] });
});

it('a return ends the grace, also where its enable was not done before the person left again', async () => {
  await start();
  leaves();
  await later();
  returns();
  unanswered('before');
  await later(29, 1);
  leaves();
  await later();
  await later(29);
  expect(account()).toMatchObject({ active: 'no' });
  await later();
  expect(account()).toBeUndefined();
});
