/** The shipped connectors say what they need for a new account, and a rule without it is refused before anything runs. */
import { expect, test } from 'vitest';
import { CONNECTORS } from '#registry';
import { loadConfiguration } from '../load.ts';

const SOURCE =
  '{ type: csv, path: s, anchor: id, owner: true, import: { person: { project: true, attributes: { login: id, mail: m } } } }';
const load = (connection: string) =>
  loadConfiguration({
    file: '/x/rollcall.yaml',
    definitions: CONNECTORS,
    env: { TOKEN: 'of-a-test' },
    readFile: () => Promise.resolve(`connections:\n  hr: ${connection}\n  source: ${SOURCE}\n`),
  });
async function faultsOf(connection: string): Promise<string[]> {
  const loaded = await load(connection);
  return loaded.ok ? [] : loaded.faults.map((fault) => `${fault.message} | ${fault.remedy}`);
}
async function warningsOf(connection: string): Promise<readonly object[]> {
  const loaded = await load(connection);
  if (!loaded.ok) throw new Error(loaded.faults.map((fault) => fault.message).join());
  return loaded.warnings;
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

const scim = (target: string, more: string): string =>
  `{ type: scim, url: 'https://x.example', target: ${target}, token: '\${env:TOKEN}', export: { person: { enabled: { attribute: active, on: true, off: false } }, group: {} }, deprovision: ${more} }`;
const DELETES = 'it deletes whoever is not active: use delete, or say `inactive: kept` where they stay';
test.each([
  [
    'github',
    '{ action: disable, then: delete }',
    [`connections.hr.deprovision.action: a person there cannot be disabled | ${DELETES}`],
  ],
  ['pagerduty', '{ action: disable }', [`connections.hr.deprovision.action: a person there cannot be disabled | ${DELETES}`]],
  ['github', '{ action: delete }', []],
  ['github, inactive: kept', '{ action: disable, then: delete }', []],
  [
    'salesforce',
    '{ action: disable, then: delete }',
    ['connections.hr.deprovision.then: a person there cannot be deleted | it deletes no users: use action: disable alone'],
  ],
  ['salesforce', '{ action: disable }', []],
  ['aws', '{ action: disable, then: delete }', []],
])('leaving %s by %s', async (target, deprovision, faults) => {
  expect(await faultsOf(scim(target, deprovision))).toEqual(faults);
});

const CLEARS = 'import: { person: { join: employeeId, attributes: { employeeId: a, mobile: { value: b, empty: clears } } } }';
const WRITTEN = 'export: { person: { attributes: { m: mail } } }';
test.each([
  [
    'a CSV file that is written too',
    `{ type: csv, path: x, anchor: a, ${CLEARS}, ${WRITTEN} }`,
    'add empty: empty to the connection',
  ],
  [
    'a CSV file told otherwise',
    `{ type: csv, path: x, anchor: a, empty: absent, ${CLEARS} }`,
    'add empty: empty to the connection',
  ],
  [
    'entries that are written too',
    `{ type: ldif, path: x, ${CLEARS}, ${WRITTEN} }`,
    expect.stringContaining('leave empty: clears out'),
  ],
])('%s never says that something is empty', async (_, connection, remedy) => {
  expect(await warningsOf(connection)).toEqual([
    {
      kind: 'configuration',
      message:
        'connections.hr.import.person.attributes.mobile.empty: nothing read here ever says that it is empty, so it clears nothing',
      where: { file: '/x/rollcall.yaml', line: 2, column: expect.any(Number) },
      remedy,
    },
  ]);
});

test.each([
  `{ type: csv, path: x, anchor: a, ${CLEARS} }`,
  `{ type: csv, path: x, anchor: a, empty: empty, ${CLEARS}, ${WRITTEN} }`,
  `{ type: ldif, path: x, ${CLEARS} }`,
  `{ type: jsonl, path: x, ${CLEARS}, ${WRITTEN} }`,
])('what is empty can be said: %s', async (connection) => {
  expect(await warningsOf(connection)).toEqual([]);
});

const PASSWORD = 'generate: {}, deliver: none';
const MEMORY = 'type: memory, system: x';
const LDAP = "type: ldap, url: 'ldaps://x', bind: anonymous, base: 'dc=x'";
const written = (settings: string, attribute: string): string =>
  `{ ${settings}, export: { person: { attributes: { m: mail, ${attribute} } } } }`;

test.each([
  [
    'a file',
    written('type: csv, path: x, anchor: m', `password: { ${PASSWORD} }`),
    'csv takes no generated values | leave it away',
  ],
  ['another attribute', written(MEMORY, `pin: { ${PASSWORD} }`), 'pin takes no generated value | name the attribute '],
  [
    'a connection that everybody can listen to',
    written(LDAP.replace('ldaps', 'ldap'), `password: { ${PASSWORD} }`),
    'with these settings no generated value can be sent | encrypt the connection: ldaps:// in url, or startTls: true',
  ],
  [
    'one that would be read back',
    written(`${LDAP}, operational: [USERPASSWORD]`, `password: { ${PASSWORD} }`),
    'with these settings no generated value can be sent | take USERPASSWORD out of operational: what is read is kept',
  ],
  [
    'what is written as a whole',
    written(`${MEMORY}, atomic: true`, `password: { ${PASSWORD} }`),
    'with these settings no generated value can be sent | leave atomic: true away',
  ],
  ['an attribute of the rules', written(MEMORY, 'password: login'), ' holds is only ever generated | write '],
])('a generated value is refused: %s', async (_, connection, fault) => {
  expect(await faultsOf(connection)).toEqual([expect.stringContaining(fault)]);
});

test.each([written(MEMORY, `password: { ${PASSWORD} }`), written(LDAP, `password: { ${PASSWORD} }`)])(
  'a generated value is taken: %s',
  async (connection) => {
    expect(await faultsOf(connection)).toEqual([]);
  },
);
