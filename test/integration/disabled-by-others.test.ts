/** An account that an administrator disabled: a return gives back what leaving took, and that was not taken (SEMANTICS 11). */
import { afterEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { DAY, type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 1000 } }
connections:
  hr:
    type: memory
    system: disabled hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id } }
  dir:
    type: memory
    system: disabled dir
    mode: on
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person: { provision: true, anchor: employeeId, enabled: { attribute: status, on: active, off: inactive }, attributes: { number: employeeId } }
    deprovision: { action: disable, then: delete, after: 30d }
`;
const ME = ['--as', 'Ada', '--reason', 'looked at it'];

let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['disabled hr', 'disabled dir']) forgetMemorySystem(name);
});

it('stays disabled when its person returns, and is deleted after the grace like any other when not', async () => {
  here = await place(YAML);
  const [hr, dir] = [memorySystem('disabled hr'), memorySystem('disabled dir')];
  const status = () => Object.fromEntries(dir.objects().map((one) => [one.anchor, one.attributes['status']]));
  const cycles = async () => {
    for (let i = 0; i < 2; i++) await here.run();
  };
  const ids = Array.from({ length: 12 }, (_, i) => `p${10 + i}`);
  for (const id of ids) hr.put('person', id, { id });
  await here.run();
  await here.call('approve', 'dir', ...ME);
  await cycles();
  dir.put('person', 'p10', { number: 'p10', status: 'inactive' });
  await cycles();
  for (const id of ['p10', 'p11']) hr.remove('person', id);
  await cycles();
  expect(status()).toMatchObject({ p10: 'inactive', p11: 'inactive', p12: 'active' });

  for (const id of ['p10', 'p11']) hr.put('person', id, { id });
  await cycles();
  expect(status()).toMatchObject({ p10: 'inactive', p11: 'active' });

  for (const id of ['p10', 'p11']) hr.remove('person', id);
  await cycles();
  for (let day = 0; day < 36; day += 6) {
    here.now += 6 * DAY;
    await here.run();
  }
  expect(Object.keys(status()).sort()).toEqual(ids.slice(2));
});
