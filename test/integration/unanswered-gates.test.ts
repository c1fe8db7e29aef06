/** SEMANTICS 8 and 9: what a target may have done without an answer counts as sent; what it never shows is told and given up. */
import { afterEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { type Place, place } from './place.ts';

const PEOPLE = 20;
const GATE = { percent: 100, count: 1000 };
const ME = ['--as', 'Ada', '--reason', 'looked at it'];
const PERSON = { join: 'employeeId', attributes: { employeeId: 'number' } };

let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'dir']) forgetMemorySystem(name);
});

async function start(fault: object): Promise<void> {
  const flows = { employeeId: 'id', mail: 'mail' };
  const hr = { type: 'memory', owner: true, import: { person: { join: 'employeeId', project: true, attributes: flows } } };
  const enabled = { attribute: 'status', on: 'active', off: 'inactive' };
  const dir = {
    type: 'memory',
    mode: 'on',
    visibleWithinSeconds: 1,
    faults: [{ on: 'update', after: 0, ...fault }],
    import: { person: PERSON },
    export: {
      person: { provision: true, anchor: 'employeeId', enabled, attributes: { number: 'employeeId', mail: 'mail' } },
    },
    deprovision: { action: 'disable' },
  };
  here = await place(
    JSON.stringify({
      store: 'sqlite:rollcall.db',
      gates: { create: GATE },
      connections: { hr: { ...hr, system: 'hr' }, dir: { ...dir, system: 'dir' } },
    }),
  );
  for (let i = 0; i < PEOPLE; i++) memorySystem('hr').put('person', `${i}`, { id: `${i}` });
  await here.run();
  await here.call('approve', 'dir', ...ME);
  await here.run();
}

async function cycles(n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    here.now += 300_000;
    await here.run();
  }
}

const leave = (...ids: readonly number[]): void => ids.forEach((id) => void memorySystem('hr').remove('person', `${id}`));
const disabled = (): number =>
  memorySystem('dir')
    .objects()
    .filter(({ attributes }) => attributes['status'] === 'inactive').length;

it('leavers of whom no answer comes are held at the limit like others', async () => {
  await start({ do: { die: 'after', how: 'unknown' } });
  for (let round = 0; round < 4; round++) {
    leave(3 * round, 3 * round + 1, 3 * round + 2);
    await cycles(2);
  }
  expect(disabled()).toBe(3);
});

it('what a complete read proves not to be done is not counted, and counts when it is sent again', async () => {
  await start({ times: 3, do: { die: 'before', how: 'unknown' } });
  leave(1, 2, 3);
  await cycles(4);
  expect(disabled()).toBe(3);
  leave(4, 5);
  await cycles(2);
  expect(disabled()).toBe(5);
  leave(6);
  await cycles(2);
  expect(disabled()).toBe(5);
});

it('a change that is answered and never shown is parked when it is given up', async () => {
  await start({ do: { late: 1_000_000 } });
  memorySystem('hr').put('person', '1', { id: '1', mail: 'a@x' });
  await cycles(8);
  const { out } = await here.call('parked', '--json');
  expect(out).toContain('"kind":"refused"');
  expect(out).toContain('answered 3 times that this was done');
});
