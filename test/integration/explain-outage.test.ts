/** SEMANTICS 6 and 18: an attribute that its target does not show now is not in step: explain says that it waits, since when and why. */
import { afterEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';
import { DAY, type Place, place } from './place.ts';

let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'dir']) forgetMemorySystem(name);
});

it('says what is held by an outage of a target, since when and why, until it is shown again', async () => {
  here = await place(
    hrAndDirectory({
      top: `gates: { ${unlimited('create', 'update', 'attribute')} }`,
      read: 'displayName: name, phone: phone',
      dir: 'deltas: false\nmode: on\nfaults: [{ on: read, after: 2, times: 2, do: { hide: [tel] } }]',
      written: 'cn: displayName, tel: phone, note: { value: phone, strength: observe }',
    }),
  );
  const put = (phone: string): void => {
    for (let i = 0; i < 60; i++) memorySystem('hr').put('person', `p${i}`, { id: `p${i}`, name: `Person ${i}`, phone });
  };
  put('1');
  await here.run();
  await here.call('approve', 'dir', '--as', 'Ada', '--reason', 'looked at it');
  await here.run();
  here.now += DAY;
  const since = new Date(here.now).toISOString();
  put('2');
  await here.run();
  here.now += DAY;
  await here.run();

  const { targets } = JSON.parse((await here.call('explain', 'hr:p1', '--json')).out);
  expect(targets[0]).toMatchObject({ connection: 'dir', state: 'out' });
  expect(targets[0].attributes).toMatchObject([
    { attribute: 'number', state: 'inStep', outage: null },
    { attribute: 'cn', state: 'inStep', outage: null },
    { attribute: 'tel', state: 'out', seen: '1', outage: { since, filledBefore: 60, filledNow: 0 } },
    { attribute: 'note', state: 'inStep', outage: null },
  ]);
  const { out } = await here.call('explain', 'hr:p1');
  expect(out).toContain('dir p1  in step, but for what it does not show now');
  expect(out).toMatch(
    /tel {2}1 {2}held since 2026-01-13 \S+: it was filled in 60 accounts there and is now in 0; the last value stays/,
  );
  expect(out).toContain('rollcall approve dir --attribute person.tel');

  for (let i = 0; i < 2; i++) {
    here.now += DAY;
    await here.run();
  }
  const [after] = JSON.parse((await here.call('explain', 'hr:p1', '--json')).out).targets;
  expect(after.state).toBe('inStep');
  expect(after.attributes).toContainEqual(
    expect.objectContaining({ attribute: 'tel', state: 'inStep', seen: '2', outage: null }),
  );
});
