/** What init writes of directories passes check as it is, and brings people: from OpenLDAP and from Active Directory, by questions and without. */
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect } from 'vitest';
import type { SlapdServer } from '../../scripts/servers/slapd.ts';
import { newUnit } from '../integration/directories.ts';
import { type Place, place } from '../integration/place.ts';
import { addedTo } from '../servers/ldap-system.ts';
import { edit, freshUnit, sharedSamba, testOnSamba } from '../servers/samba.ts';
import { slapdOfFile, testOnSlapd } from '../servers/slapd.ts';
import { asked } from './asked.ts';

const shared = slapdOfFile();

let here: Place;
beforeEach(async () => {
  here = await place('');
});
afterEach(() => here.remove());

const sets = (settings: { readonly [key: string]: string }, option = '--set'): string[] =>
  Object.entries(settings).flatMap(([key, value]) => [option, `${key}=${value}`]);

/** How to sign in; the password is in a file of the place, and never on the command line. */
async function signingIn(caFile: string, { dn, password }: { readonly dn: string; readonly password: string }) {
  await writeFile(here.path('password'), password);
  return { 'tls.ca': caFile, 'bind.dn': dn, 'bind.password': '${file:password}' };
}

/** Three people below a unit of their own, one of them the manager of the others, and a group of two. */
async function people(server: SlapdServer): Promise<string> {
  const unit = await newUnit(server);
  const dn = (uid: string): string => `uid=${uid},ou=people,${unit}`;
  const person = (uid: string, number: string, more = ''): string =>
    `dn: ${dn(uid)}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid} Jones\nsn: Jones\ngivenName: ${uid}\nemployeeNumber: ${number}\nmail: ${uid}@example.org\n${more}`;
  await addedTo(
    server,
    person('ada', '1'),
    person('bea', '2', `manager: ${dn('ada')}\nmail: b@example.org\n`),
    person('cy', '3', `manager: ${dn('ada')}\n`),
    `dn: cn=team,ou=groups,${unit}\nobjectClass: groupOfNames\ncn: team\nmember: ${dn('ada')}\nmember: ${dn('cy')}\n`,
  );
  return unit;
}

async function expectInOrder(): Promise<void> {
  const checked = JSON.parse((await here.call('check', '--json')).out) as unknown;
  expect(checked).toMatchObject({ ok: true, faults: [], warnings: [] });
}

testOnSlapd('from OpenLDAP, without a question: its people, their managers, its groups', async () => {
  const server = await shared();
  const unit = await people(server);
  const argv = sets({ ...(await signingIn(server.caFile, server.sync)), base: unit });
  const made = await here.call('init', '--force', '--source', `ldap:${server.ldaps}`, ...argv, '--target', 'csv:book.csv');
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toContain("people known by 'entryUUID'");
  const yaml = await here.read('rollcall.yaml');
  expect(yaml).not.toContain(server.sync.password);
  for (const line of [
    'password: ${file:password}',
    'login: uid',
    'manager: { reference: manager, by: name }',
    '# some have several',
  ])
    expect(yaml).toContain(line);
  expect(yaml).not.toMatch(/entryUUID|anchor: auto/);
  await expectInOrder();
  expect((await here.call('plan', '--read')).out).toContain('manager      ada Jones');
  const { faults } = await here.run();
  expect(faults.map(({ message }) => message)).toEqual([expect.stringContaining('2 values where one is allowed')]);
  expect((await here.call('explain', 'team', '--json')).out).toContain('ada');
});

testOnSlapd('asked, a base that nobody named is the one of the server, and a wrong password is asked for again', async () => {
  const server = await shared();
  const unit = await people(server);
  const answers: readonly (readonly [about: string, answer: string])[] = [
    ['Number or name', 'ldap'],
    ['Where is the directory?', server.ldaps],
    ['Which file has the certificate', server.caFile],
    ['Which account signs in', server.sync.dn],
    ['which environment variable', 'hunter2hunter2'],
    ['which environment variable', 'WRONG'],
    ['Where is the directory?', ''],
    ['Which file has the certificate', ''],
    ['Which account signs in', ''],
    ['which environment variable', 'RIGHT'],
    [`[${server.suffix}]`, unit],
    ['What shall it be called', ''],
    ['Add a target', 'no'],
  ];
  const env = { WRONG: 'not this one', RIGHT: server.sync.password };
  const { code, answered, shown } = await asked(here, ['init', '--force'], answers, env);
  expect([code, answered]).toEqual([0, answers.length]);
  expect(shown).toContain('invalidCredentials');
  expect(shown).not.toContain(server.sync.password);
  const yaml = await here.read('rollcall.yaml');
  expect(yaml).toMatch(/^ {2}directory:\n {4}type: ldap$/m);
  expect(yaml).toContain('password: ${env:RIGHT}');
  expect(yaml).not.toMatch(/hunter2|not this one/);
});

testOnSlapd('what is in the way is told as check tells it, and nothing is written', async () => {
  const server = await shared();
  const signing = await signingIn(server.caFile, server.sync);
  const refused = async (settings: object, url = server.ldaps): Promise<string> => {
    const made = await here.call('init', '--force', '--source', `ldap:${url}`, ...sets({ ...signing, ...settings }));
    expect([made.code, await here.read('rollcall.yaml')]).toEqual([1, '']);
    return made.err;
  };
  await writeFile(here.path('other.pem'), server.otherCa);
  expect(await refused({ 'bind.dn': `cn=nobody,${server.suffix}` })).toContain('invalidCredentials');
  expect(await refused({ 'tls.ca': 'other.pem' })).toContain('is not trusted');
  expect(await refused({}, 'ldap://127.0.0.1:1')).toContain('nothing listens');
  expect(await refused({ base: `ou=nowhere,${server.suffix}` })).toContain('noSuchObject');
  expect(await refused({ filter: '(uid=nobody)' })).toContain('there are no people');
  const literal = await refused({ 'bind.password': 'hunter2hunter2' });
  expect(literal).toContain('${env:NAME}');
  expect(literal).not.toContain('hunter2');
});

testOnSlapd('to OpenLDAP: accounts as its people are, one made there', async () => {
  const server = await shared();
  const unit = await people(server);
  await here.write(
    'hr.csv',
    'id,first name,last name,mail,manager id\n1,ada,Jones,ada@example.org,\n9,Zoë,Weiß,zoe@example.org,1\n',
  );
  const argv = sets({ ...(await signingIn(server.caFile, server.sync)), base: unit }, '--target-set');
  const made = await here.call('init', '--force', '--source', 'csv:hr.csv', '--target', `ldap:${server.ldaps}`, ...argv);
  expect([made.code, made.err]).toEqual([0, '']);
  await expectInOrder();
  await here.run();
  await here.call('approve', 'directory', '--as', 'Ada', '--reason', 'looked at it');
  expect(await here.run()).toMatchObject({ faults: [], status: 'done' });
  expect((await here.call('explain', '9', '--json')).out).toContain(`uid=zweiss,ou=people,${unit}`);
});

testOnSamba('from Active Directory and back: what its people have, and not what its schema knows', async () => {
  const lab = await sharedSamba();
  await using unit = await freshUnit(lab);
  const own = unit.dn.slice(4, 10);
  const user = (name: string, more = ''): string =>
    `dn: CN=${name} Jones,${unit.dn}\nobjectClass: user\nsAMAccountName: ${own}-${name}\ndisplayName: ${name} Jones\ngivenName: ${name}\nsn: Jones\nmail: ${own}.${name}@example.org\n${more}\n`;
  await edit(lab, user('ada', 'employeeID: 1\n'));
  await edit(lab, user('bea', `uid: other\nmanager: CN=ada Jones,${unit.dn}\n`));
  await edit(lab, user('cy'));
  await edit(lab, `dn: CN=dee Jones,${unit.dn}\nobjectClass: contact\ndisplayName: dee Jones\nmail: dee@example.com\n`);
  const signing = { ...(await signingIn(lab.caFile, { dn: lab.admin.upn, password: lab.admin.password })), base: unit.dn };
  const from = await here.call('init', '--force', '--source', `ldap:${lab.ldaps}`, ...sets(signing), '--target', 'csv:book.csv');
  expect([from.code, from.err]).toEqual([0, '']);
  const source = await here.read('rollcall.yaml');
  for (const line of [
    'login: sAMAccountName',
    'employeeId: employeeID',
    'filter: row.isCriticalSystemObject != "TRUE" && has(row.sAMAccountName) ',
    '# filter: row.isCriticalSystemObject != "TRUE" && has(row.sAMAccountName) && row.enabled ',
    'manager: { reference: manager, by: name }',
    // Not everybody has a number.
    'anchor: login',
  ])
    expect(source).toContain(line);
  await expectInOrder();
  const planned = await here.call('plan', '--read');
  expect(planned.out).toContain(`login        ${own}-bea`);
  expect(planned.out).not.toMatch(/✗|dee/);

  await here.write(
    'hr.csv',
    `id,first name,last name,mail\n1,ada,Jones,${own}.ada@example.org\n9,Zoë,Weiß,${own}.z@example.org\n`,
  );
  const to = await here.call(
    'init',
    '--force',
    '--source',
    'csv:hr.csv',
    '--target',
    `ldap:${lab.ldaps}`,
    ...sets(signing, '--target-set'),
  );
  expect([to.code, to.err]).toEqual([0, '']);
  const target = await here.read('rollcall.yaml');
  for (const line of [
    `dn: \${"CN=" + person.displayName.dnValue() + ",${unit.dn}"}`,
    'enabled: { attribute: enabled, on: true, off: false }',
    'sAMAccountName: login',
    `userPrincipalName: \${person.login + "@${lab.realm.toLowerCase()}"}`,
    'uniqueIn: [directory.sAMAccountName]',
  ])
    expect(target).toContain(line);
  await expectInOrder();
});
