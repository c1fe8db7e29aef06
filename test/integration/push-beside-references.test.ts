/**
 * SEMANTICS 4 and 16: a push works out somebody whom the generation beside it has worked out already. What the push cannot see, since
 * it is not committed yet, is told to it when it is.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { push } from '#runs/index';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute')} }`,
  read: 'displayName: name, title: title, manager: { reference: boss, by: employeeId }',
  written: `cn: displayName, title: title, boss: '\${person.manager.displayName}'`,
});
/** In the order in which they are worked out, one at a time: while the last is, the first is committed. */
const OTHERS = ['b', 'c', 'd', 'e'];
let here: Firm;
beforeEach(async () => {
  here = await firm(YAML);
  here.batch = 1;
});
afterEach(() => here.close());

const hr = (id: string, attributes: { [name: string]: string | null }): void =>
  here.system('hr').put('person', id, { id, ...attributes });
const account = (id: string) => here.system('dir').get('person', id)?.attributes;

async function settle(): Promise<void> {
  await here.run();
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
  await here.run();
}

/** A run; `a` is pushed as soon as the run has committed it. */
async function runAndPush(): Promise<void> {
  const services = { config: here.config, store: here.store, wall: () => here.now };
  const [row] = await here.store.spaces.byAnchors('hr', 'person', ['a']);
  const { commit } = here.store.sync;
  let settled: Promise<unknown> | undefined;
  Object.assign(here.store.sync, {
    commit: async (...batch: Parameters<typeof commit>) => {
      const result = await commit(...batch);
      if (!batch[0].objects.some(({ object }) => object === row!.objectId)) return result;
      Object.assign(here.store.sync, { commit });
      const change = { op: 'patch' as const, kind: 'person', anchor: 'a', set: { title: 'Pushed' } };
      ({ settled } = await push({ connection: 'hr', change, by: 'webhook' }, services));
      return result;
    },
  });
  await here.run();
  expect(await settled).toMatchObject({ status: 'done' });
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
  expect(account('a')).toMatchObject({ title: 'Pushed' });
}

it('a manager who is made by the run is the manager of whoever was pushed meanwhile', async () => {
  for (const id of ['a', ...OTHERS]) hr(id, { name: id, title: 'Clerk', boss: null });
  await settle();
  hr('z', { name: 'Zed', title: 'Boss', boss: null });
  for (const id of ['a', ...OTHERS]) hr(id, { name: id, title: 'Clerk', boss: 'z' });
  await runAndPush();
  for (const id of ['a', ...OTHERS]) expect(account(id)).toMatchObject({ boss: 'Zed' });
  expect(await here.parked('debt')).toEqual([]);
});

it('a manager who gets another name in the run is called so for whoever was pushed meanwhile', async () => {
  for (const id of ['a', ...OTHERS]) hr(id, { name: id, title: 'Clerk', boss: 'z' });
  hr('z', { name: 'Zed', title: 'Boss', boss: null });
  await settle();
  expect(account('a')).toMatchObject({ boss: 'Zed' });
  hr('z', { name: 'Zoe', title: 'Boss', boss: null });
  for (const id of ['a', ...OTHERS]) hr(id, { name: id, title: 'Chief', boss: 'z' });
  await runAndPush();
  for (const id of ['a', ...OTHERS]) expect(account(id)).toMatchObject({ boss: 'Zoe' });
});
