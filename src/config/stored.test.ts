import { expect, it } from 'vitest';
import { FAKES } from './fakes.ts';
import { loadConfiguration } from './load.ts';

async function stored(text: string) {
  const readFile = async () => text;
  const loaded = await loadConfiguration({
    file: '/etc/roll/rollcall.yaml',
    definitions: FAKES,
    env: { DB: 'own.db' },
    readFile,
  });
  expect(loaded.ok).toBe(false);
  return loaded.ok ? undefined : loaded.stored;
}
const BROKEN = 'connections:\n  hr:\n    type: csv\n   path: x\n';
const FAULTY = 'connections: { hr: { type: csv, pth: hr.csv } }\n';

it.each([
  ['none is named', '', '/etc/roll/rollcall.db'],
  ['one is named', 'store: sqlite:a.db # here\n', '/etc/roll/a.db'],
  ['in quotes, absolute', 'store: "sqlite:/var/a.db"\n', '/var/a.db'],
  ['by a reference', "store: 'sqlite:${env:DB}'\n", '/etc/roll/own.db'],
])('the store of a file with faults: %s', async (_, line, path) => {
  for (const text of [`${line}${BROKEN}`, `${BROKEN}${line}`, `${line}${FAULTY}`])
    expect((await stored(text))?.store, text).toEqual({ kind: 'sqlite', path });
});

it.each([
  ['two lines name one', `store: sqlite:a.db\nstore: sqlite:b.db\n${BROKEN}`],
  ['a reference that holds nothing', `store: sqlite:\${env:NONE}\n${BROKEN}`],
  ['no store', `store: 12\n${FAULTY}`],
  ['the line itself is broken', `store: "sqlite:a.db\n${BROKEN}`],
  ['not a map of lines', '{ store: sqlite:a.db, connections: [\n'],
  ['no map', '[1, 2]\n'],
])('is in doubt: %s', async (_, text) => {
  expect(await stored(text)).toBeUndefined();
});

it('no connection and no rule of such a file is known; kinds are, as far as they could be read', async () => {
  const broken = await stored(BROKEN);
  expect(broken).toMatchObject({ connections: [], hooks: [] });
  expect(broken?.kinds.get('person')?.attributes.get('manager')?.type).toBe('reference');
  const faulty = await stored(`attributes: { person: { buddy: reference } }\n${FAULTY}`);
  expect(faulty?.connections).toEqual([]);
  expect(faulty?.kinds.get('person')?.attributes.get('buddy')?.type).toBe('reference');
});
