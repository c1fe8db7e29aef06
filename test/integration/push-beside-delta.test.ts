/** SEMANTICS 16: a push while a delta of the same objects goes on. The older one never replaces the newer, and nothing is lost. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Change } from '#connectors/contract';
import { push } from '#runs/index';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute', 'disable')} }`,
  hr: 'pageSize: 1',
  read: 'displayName: name, mail: mail',
  written: 'cn: displayName, mail: mail',
});

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML);
  for (const id of ['1', '2']) here.system('hr').put('person', id, { id, name: 'Old', mail: 'old@x' });
  await here.run();
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
  await here.run();
});
afterEach(() => here.close());

const edit = (id: string, set: { [name: string]: string }) => here.system('hr').edit('person', id, set);
const at = (id: string) => here.system('dir').get('person', id)?.attributes;
const cursor = async () => (await here.store.spaces.states()).find(({ name }) => name === 'hr')!.cursor;

async function pushed(set: { [name: string]: string }): Promise<void> {
  const change: Change = { op: 'patch', kind: 'person', anchor: '1', set };
  const services = { config: here.config, store: here.store, wall: () => here.now };
  await (await push({ connection: 'hr', change, by: 'webhook' }, services)).settled;
}

/** Once, when the store is next asked this: after it answered, and before whoever asked goes on. */
function between(operation: 'byAnchors' | 'mark', done: () => Promise<void>): void {
  const { spaces } = here.store;
  const asked = spaces[operation] as (...input: never[]) => Promise<unknown>;
  Object.assign(spaces, {
    [operation]: async (...input: never[]) => {
      Object.assign(spaces, { [operation]: asked });
      const answer = await asked(...input);
      await done();
      return answer;
    },
  });
}

it.each(['mark', 'byAnchors'] as const)('an older page leaves what was pushed as it is (pushed after %s)', async (operation) => {
  edit('1', { name: 'First' });
  between(operation, async () => {
    edit('1', { name: 'Second' });
    await pushed({ name: 'Second' });
  });
  await here.run();
  expect(at('1')).toMatchObject({ cn: 'Second' });
  await here.run();
  expect(at('1')).toMatchObject({ cn: 'Second' });
});

it('what the page said besides comes with the next read', async () => {
  edit('1', { mail: 'new@x' });
  edit('2', { mail: 'two@x' });
  between('byAnchors', async () => {
    edit('1', { name: 'Second' });
    await pushed({ name: 'Second' });
  });
  await here.run();
  expect(at('1')).toMatchObject({ cn: 'Second', mail: 'old@x' });
  expect(at('2')).toMatchObject({ mail: 'two@x' });
  await here.run();
  expect(at('1')).toMatchObject({ cn: 'Second', mail: 'new@x' });
});

it('an object that was deleted in the page and pushed since is there', async () => {
  here.system('hr').remove('person', '1');
  between('byAnchors', async () => {
    here.system('hr').put('person', '1', { id: '1', name: 'Back' });
    await pushed({ name: 'Back' });
  });
  await here.run();
  expect((await here.account('hr', '1'))!.presence).toBe('present');
  await here.run();
  expect(at('1')).toMatchObject({ cn: 'Back' });
});

it('several pages of one object are all its own', async () => {
  for (const name of ['First', 'Second', 'Third']) edit('1', { name });
  await here.run();
  expect(at('1')).toMatchObject({ cn: 'Third' });
  expect(await cursor()).toBe(`1:${here.system('hr').feedEnd}`);
});

it('what was pushed and is shown in the end is not asked again', async () => {
  edit('1', { name: 'First' });
  edit('1', { name: 'Second' });
  between('mark', () => pushed({ name: 'Second' }));
  await here.run();
  expect(at('1')).toMatchObject({ cn: 'Second' });
  expect(await cursor()).toBe(`1:${here.system('hr').feedEnd}`);
});

it('a push is worked out anew when a page was staged meanwhile', async () => {
  edit('1', { mail: 'new@x' });
  between('byAnchors', async () => void (await here.run({ profile: 'delta-import' })));
  await pushed({ name: 'Second' });
  await here.run();
  expect(at('1')).toMatchObject({ cn: 'Second', mail: 'new@x' });
});
