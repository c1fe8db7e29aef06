/** SEMANTICS 1, 6 and 16: what a change feed says gets in, whatever happens while it is read, and the next full read agrees. */
import { afterEach, expect, it } from 'vitest';
import { push, run } from '#runs/index';
import type { Progress } from '#runs/model';
import { withStoreFaults } from '#store/fault-injection';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute', 'empty')} }`,
  read: 'displayName: name, mail: mail',
  written: 'cn: displayName, mail: mail',
});

let here: Firm;
afterEach(() => here.close());

const services = () => ({ config: here.config, store: here.store, wall: () => here.now });

async function begin(people = 3, more = {}): Promise<void> {
  here = await firm(YAML);
  for (let i = 1; i <= people; i++) here.system('hr').put('person', `${i}`, { id: `${i}`, name: 'Old', ...more });
  await here.first();
}

const account = (id: string) => here.system('dir').get('person', id)?.attributes;

it('a store that fails while changes are staged ends the run, as the store: they are read again', async () => {
  await begin();
  const hr = here.system('hr');
  for (const change of [{ name: 'A' }, { name: 'B' }, { name: 'C', mail: 'c@x' }]) hr.put('person', '1', { id: '1', ...change });
  here.store = withStoreFaults(here.store, { script: [{ on: 'spaces.stage', after: 1, times: 1, do: { refuse: 'full' } }] });
  const report = await run({ profile: 'cycle', connections: null, by: 'test', now: here.now }, services());
  expect(report).toMatchObject({ status: 'failed', failed: [] });
  expect(report.faults).toEqual([
    {
      kind: 'unavailable',
      message: 'the disk of the store is full',
      where: {},
      remedy: expect.stringMatching(
        /^free space .*; what was not worked out or not sent waits, and the next run goes on with it$/,
      ),
    },
  ]);
  await here.run();
  expect(account('1')).toMatchObject({ cn: 'C', mail: 'c@x' });
});

it('what changes behind a full read while it goes on is told by the next changes', async () => {
  await begin();
  let seen = 0;
  const onProgress = ({ phase, connection, done }: Progress): void => {
    if (phase === 'import' && connection === 'hr' && done > 0 && seen++ === 0)
      here.system('hr').put('person', '1', { id: '1', name: 'New' });
  };
  const request = { profile: 'full-import', connections: ['hr'], by: 'test', now: here.now } as const;
  expect(await run(request, { ...services(), onProgress })).toMatchObject({ status: 'done', faults: [] });
  expect(seen).toBeGreaterThan(0);
  expect(await here.account('hr', '1')).toMatchObject({ seen: expect.stringContaining('Old') });
  await here.run();
  expect(account('1')).toMatchObject({ cn: 'New' });
});

it('what changes cleared one by one is no outage to the next full read', async () => {
  const PEOPLE = 60;
  await begin(PEOPLE, { mail: 'm@x' });
  const mails = () =>
    here
      .system('dir')
      .objects()
      .filter((one) => one.attributes['mail'] === 'm@x').length;
  expect(mails()).toBe(PEOPLE);
  for (let day = 0; day < 5; day++) {
    for (let i = 1; i <= 8; i++) here.system('hr').put('person', `${day * 8 + i}`, { id: `${day * 8 + i}`, name: 'Old' });
    here.now += 24 * HOUR;
    await here.run();
  }
  expect(mails()).toBe(20);
  here.now += 4 * 24 * HOUR;
  expect(await here.run()).toMatchObject({ status: 'done', notices: [] });
  expect((await here.store.spaces.states()).find(({ name }) => name === 'hr')!.lastCompleteRead).toBe(here.now);
});

it('people whom changes deleted are not missed by the next full read; a push says so as well', async () => {
  await begin(60);
  for (let i = 1; i <= 40; i++) {
    if (i <= 30) here.system('hr').remove('person', `${i}`);
    else {
      const change = { op: 'delete', kind: 'person', anchor: `${i}` } as const;
      await (await push({ connection: 'hr', change, by: 'webhook' }, services())).settled;
    }
    if (i % 10 === 0) await here.run();
  }
  for (let i = 31; i <= 40; i++) here.system('hr').remove('person', `${i}`);
  here.now += 8 * 24 * HOUR;
  expect(await here.run()).toMatchObject({ status: 'done', notices: [] });
});
