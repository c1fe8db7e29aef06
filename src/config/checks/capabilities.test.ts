/** The shipped connectors say what they need for a new account, and a rule without it is refused before anything runs. */
import { expect, test } from 'vitest';
import { CONNECTORS } from '#registry';
import { loadConfiguration } from '../load.ts';

async function faultsOf(connection: string): Promise<string[]> {
  const text = `connections:\n  hr: ${connection}\n`;
  const loaded = await loadConfiguration({
    file: '/x/rollcall.yaml',
    definitions: CONNECTORS,
    env: {},
    readFile: () => Promise.resolve(text),
  });
  return loaded.ok ? [] : loaded.faults.map((fault) => `${fault.message} | ${fault.remedy}`);
}
const rule = (more: string): string => `export: { person: { provision: true, ${more} } }`;
const NOTHING = 'connections.hr.export.person.provision: nothing says what a new account is called';

test.each([
  [
    'a row without its column',
    `{ type: csv, path: x, anchor: id, ${rule('attributes: { m: mail }')} }`,
    'add id to the attributes',
  ],
  [
    'a row without one of two',
    `{ type: csv, path: x, anchor: [id, no], ${rule('attributes: { id: mail }')} }`,
    'add no to the attributes',
  ],
  ['an object without its field', `{ type: jsonl, path: x, ${rule('attributes: { m: mail }')} }`, 'add id to the attributes'],
  ['an entry without a DN', `{ type: ldif, path: x, ${rule('attributes: { mail: mail }')} }`, 'add dn'],
  [
    'an entry with its anchor, still without a DN',
    `{ type: ldif, path: x, anchor: uid, ${rule('anchor: login, attributes: { uid: login }')} }`,
    'add dn',
  ],
])('%s', async (_, connection, remedy) => {
  expect(await faultsOf(connection)).toEqual([`${NOTHING} | ${remedy}`]);
});

test.each([
  `{ type: csv, path: x, anchor: [id, no], ${rule('attributes: { id: mail, no: login }')} }`,
  `{ type: jsonl, path: x, ${rule('anchor: login, attributes: { m: mail }')} }`,
  `{ type: ldif, path: x, anchor: uid, ${rule('dn: \'${"uid=" + person.login}\', attributes: { uid: login }')} }`,
  '{ type: ldif, path: x, export: { person: { attributes: { mail: mail } } } }',
])('enough: %s', async (connection) => {
  expect(await faultsOf(connection)).toEqual([]);
});
