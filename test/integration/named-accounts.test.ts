/** An account of a directory is called by its name wherever a person reads of it: its id there tells nobody whose it is. */
import { afterEach, expect } from 'vitest';
import { ldap as program } from '../servers/ldap-programs.ts';
import { addedTo } from '../servers/ldap-system.ts';
import { startSlapd, testOnSlapd } from '../servers/slapd.ts';
import { directoryYaml, NO_GATES } from './directories.ts';
import { type Place, place } from './place.ts';

const ID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/;

let here: Place | undefined;
afterEach(() => here?.remove());

testOnSlapd('reports show the DN of an account, in JSON beside its id, and commands find it by either', async () => {
  await using server = await startSlapd();
  const dn = (uid: string): string => `uid=${uid},${server.suffix}`;
  const entry = (uid: string): string => `dn: ${dn(uid)}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\n`;
  await addedTo(server, ...['ada', 'bo', 'dee'].map(entry));
  here = await place(`store: sqlite:rollcall.db
${NO_GATES}
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import: { person: { join: login, project: true, attributes: { login: id, displayName: name } } }
  dir:
    type: ldap
${await directoryYaml(server, { base: server.suffix, filter: '(uid=*)' })}    mode: on
    import: { person: { join: login, attributes: { login: uid, phone: telephoneNumber } } }
    export:
      person:
        provision: true
        dn: \${"uid=" + person.login + ",${server.suffix}"}
        attributes: { uid: login, cn: displayName, sn: displayName }
    deprovision: { action: delete }
`);
  const call = async (...argv: readonly string[]): Promise<string> => {
    const { out, err } = await here!.call(...argv);
    return `${out}${err}`;
  };
  await here.write('hr.csv', 'id,name\nada,Ada\nbo,Bo\n');
  await here.run();
  const shown = await call('approve', 'dir', '--as', 'Ada', '--reason', 'looked at it');
  expect(shown).toContain(`~ Bo ${dn('bo')}\n`);
  expect(shown).not.toMatch(ID);
  await here.run();
  const parked = await call('parked');
  expect(parked).toContain(`dir:${dn('dee')}  since`);
  expect(parked).not.toMatch(ID);
  expect(JSON.parse(await call('parked', '--json'))).toMatchObject({
    parked: [{ account: expect.stringMatching(ID), name: dn('dee') }],
  });

  await here.write('hr.csv', 'id,name\nada,Ada Lovelace\n');
  const plan = await call('plan', '--read');
  expect(plan).toContain(`- Bo ${dn('bo')}: gone from hr since 2026-01-12\n`);
  expect(plan).toContain(`~ Ada Lovelace ${dn('ada')}\n`);
  expect(plan).not.toMatch(ID);
  const { lines } = JSON.parse(await call('plan', '--read', '--json')) as {
    lines: readonly { what: string; operation?: string }[];
  };
  expect(lines.find(({ what, operation }) => what === 'export' && operation === 'delete')).toMatchObject({
    anchor: expect.stringMatching(ID),
    name: dn('bo'),
  });
  await here.run();
  const run = await call('run', 'show', '3');
  expect(run).toContain(`dir ${dn('bo')} deleted`);

  const changes = `dn: ${dn('ada')}\nchangetype: modify\nadd: telephoneNumber\ntelephoneNumber: +49 30 1\n`;
  await program('ldapmodify', { url: server.ldap, ...server.admin }, [], changes);
  await here.run();
  // Spelt as people spell it.
  const explained = await call('explain', `dir:UID=ada, ${server.suffix}`, 'phone');
  expect(explained).toContain(`✓ dir ${dn('ada')}  +49 30 1`);
  expect(explained).not.toMatch(ID);
  const [, id] = /"anchor":"([\da-f-]{36})"/.exec(await call('explain', 'ada', 'phone', '--json'))!;
  expect(await call('explain', `dir:${id}`, 'phone')).toBe(explained);
  expect(await call('history', 'ada')).toContain(`dir ${dn('ada')}: changed`);
  expect(await call('preview', 'dir', dn('ada'))).toMatch(new RegExp(`^dir ${dn('ada')} {2}person`));
  const linked = await call('link', 'dir', dn('dee'), 'ada', '--as', 'Ada', '--reason', 'hers');
  expect(linked).toContain(`already has the account '${dn('ada')}' in dir`);
});
