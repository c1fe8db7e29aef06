/** A full read that broke off is gone on with, over deltas and a restart: nobody who exists is gone, and nobody who left stays (SEMANTICS 6). */
import { afterEach, expect, it, vi } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const DAY = 86_400_000;
const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'delete')} }`,
  hr: `snapshots: true
deltas: true
pageSize: 5
faults: [{ on: read, after: 1, times: 1, do: { breakAfter: 17 } }]`,
  dir: 'deprovision: { action: delete }',
});

let here: Firm;
afterEach(async () => {
  vi.restoreAllMocks();
  await here.close();
});
const id = (n: number) => `p${String(n).padStart(2, '0')}`;
const put = (n: number, name = `Person ${n}`) => here.system('hr').put('person', id(n), { id: id(n), name });

it('ends as if it had never broken off', async () => {
  here = await firm(YAML);
  const hr = here.system('hr');
  for (let n = 1; n <= 30; n++) put(n);
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.run();
  await here.approve('dir');
  hr.remove('person', id(3));
  hr.remove('person', id(28));
  put(31);
  here.now += DAY;
  // Each look at the clock is later than the longest time between two checkpoints.
  let elapsed = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    elapsed += 40_000;
    return elapsed;
  });
  await here.run({ profile: 'full-import' });
  expect(await here.store.spaces.loadBitmap('hr')).not.toBeNull();
  // Before and behind the place where it broke off: one changed, two left, one is new.
  put(2, 'Renamed');
  hr.remove('person', id(4));
  hr.remove('person', id(29));
  put(32);
  await here.restart();
  here.now += DAY;
  await here.run({ profile: 'delta-import' });
  here.now += DAY;
  await here.run({ profile: 'full-import' });
  vi.restoreAllMocks();
  expect(await here.store.spaces.loadBitmap('hr')).toBeNull();
  for (let cycle = 0; cycle < 2; cycle++) {
    here.now += 1_000;
    expect((await here.run()).faults).toEqual([]);
  }
  const gone = [3, 28, 4, 29].map(id);
  expect(
    here
      .system('dir')
      .objects()
      .map((one) => one.anchor)
      .filter((anchor) => anchor !== 'root')
      .sort(),
  ).toEqual(Array.from({ length: 32 }, (_, i) => id(i + 1)).filter((anchor) => !gone.includes(anchor)));
  expect(here.system('dir').get('person', id(2))?.attributes['cn']).toBe('Renamed');
});

it('begins anew with other settings', async () => {
  here = await firm(YAML);
  for (let n = 1; n <= 30; n++) put(n);
  await here.run();
  let elapsed = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    elapsed += 40_000;
    return elapsed;
  });
  await here.run({ profile: 'full-import' });
  vi.restoreAllMocks();
  expect(await here.store.spaces.loadBitmap('hr')).not.toBeNull();
  await here.restart(YAML.replace('pageSize: 5', 'pageSize: 6'));
  const { connections } = await here.run({ profile: 'full-import' });
  expect(connections.find(({ connection }) => connection === 'hr')).toMatchObject({ seen: 30, gone: 0 });
  expect(await here.store.spaces.loadBitmap('hr')).toBeNull();
});
