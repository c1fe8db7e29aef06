/** SEMANTICS 6 and 16: a push while a full read goes on. What the read empties may be an outage, which only its end shows. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { push } from '#runs/index';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'attribute', 'empty')} }`,
  read: 'phone: { value: phone, empty: clears }',
  others: `badge:
  type: memory
  system: badge
  import: { person: { join: employeeId, attributes: { employeeId: id, room: room } } }`,
  written: 'phone: phone, room: room',
});
const PEOPLE = 80;
const idOf = (i: number) => `E${i + 100}`;

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML, ['hr', 'badge', 'dir']);
  for (let i = 0; i < PEOPLE; i++) {
    here.system('hr').put('person', idOf(i), { id: idOf(i), phone: `${i}` });
    here.system('badge').put('person', idOf(i), { id: idOf(i), room: 'old' });
  }
  await here.run();
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
  await here.run();
});
afterEach(() => here.close());

const at = (i: number) => here.system('dir').get('person', idOf(i))?.attributes;
const services = () => ({ config: here.config, store: here.store, wall: () => here.now });

/** A full read of HR; when all of it is staged, and nothing judged, this is pushed and worked out. */
async function readWith(connection: string, i: number, set: { [name: string]: string | null }): Promise<void> {
  const { saveState } = here.store.spaces;
  Object.assign(here.store.spaces, {
    saveState: async (...saved: Parameters<typeof saveState>) => {
      Object.assign(here.store.spaces, { saveState });
      const change = { op: 'patch', kind: 'person', anchor: idOf(i), set } as const;
      await (await push({ connection, change, by: 'webhook' }, services())).settled;
      return await saveState(...saved);
    },
  });
  await here.run({ profile: 'full-import', connections: ['hr'] });
}

it('sees the last values of what the read empties, until that is judged', async () => {
  for (let i = 0; i < PEOPLE; i++) here.system('hr').put('person', idOf(i), { id: idOf(i), phone: null });
  await readWith('badge', 3, { room: 'new' });
  expect(at(3)).toMatchObject({ room: 'new', phone: '3' });
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
  // An outage: nobody loses a number.
  for (let i = 0; i < PEOPLE; i++) expect(at(i)).toMatchObject({ phone: `${i}` });
});

it('what was emptied on purpose is cleared once the read is judged', async () => {
  here.system('hr').put('person', idOf(3), { id: idOf(3), phone: null });
  await readWith('badge', 3, { room: 'new' });
  expect(at(3)).toMatchObject({ room: 'new', phone: '3' });
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
  expect(at(3)).toMatchObject({ room: 'new' });
  expect(at(3)!['phone'] ?? null).toBe(null);
});

it('an object that was pushed since the read began is left as the push says', async () => {
  const { importIndex } = here.store.spaces;
  Object.assign(here.store.spaces, {
    importIndex: async (connection: string) => {
      Object.assign(here.store.spaces, { importIndex });
      const change = { op: 'patch', kind: 'person', anchor: idOf(3), set: { phone: '333' } } as const;
      await (await push({ connection: 'hr', change, by: 'webhook' }, services())).settled;
      return await importIndex(connection);
    },
  });
  here.system('hr').put('person', idOf(4), { id: idOf(4), phone: '444' });
  await here.run({ profile: 'full-import', connections: ['hr'] });
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
  expect(at(3)).toMatchObject({ phone: '333' });
  expect(at(4)).toMatchObject({ phone: '444' });
});

it.each([
  ['came', 'E999'],
  ['was changed', idOf(3)],
])('a person who %s with a push since the read began is there, though the read does not show her', async (_, anchor) => {
  const { importIndex } = here.store.spaces;
  Object.assign(here.store.spaces, {
    importIndex: async (connection: string) => {
      const index = await importIndex(connection);
      Object.assign(here.store.spaces, { importIndex });
      const change = { kind: 'person', anchor, attributes: { id: anchor, phone: '999' } } as const;
      await (await push({ connection: 'hr', change, by: 'webhook' }, services())).settled;
      return index;
    },
  });
  here.system('hr').remove('person', idOf(3));
  await here.run({ profile: 'full-import', connections: ['hr'] });
  expect(await here.account('hr', anchor)).toMatchObject({ presence: 'present' });
});
