/** The 389 Directory Servers of tests are what ds389.ts says of them. */
import { expect } from 'vitest';
import type { Ds389Server } from '../../scripts/servers/ds389.ts';
import { startDs389, testOnDs389 } from './ds389.ts';
import { ldap } from './ldap-programs.ts';
import { expectNothingLeft } from './orphaned.ts';
import { refusal } from './tls.ts';

const search = (server: Ds389Server, ...args: string[]): Promise<string> =>
  ldap('ldapsearch', { url: server.ldap, ...server.sync }, ['-b', server.suffix, ...args]);
const add = (server: Ds389Server, ldif: string): Promise<string> =>
  ldap('ldapadd', { url: server.ldap, ...server.sync }, [], ldif);
const person = (suffix: string, uid: string): string =>
  `dn: uid=${uid},${suffix}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\n`;
const people = async (server: Ds389Server): Promise<readonly string[]> =>
  [...(await search(server, '(uid=*)', 'uid')).matchAll(/^uid: (.*)$/gm)].map(([, uid]) => uid!).sort();

testOnDs389('TLS, plugins and accounts are there; killed it has what it had, restored what it had then', async () => {
  await using server = await startDs389();
  const { suffix } = server;
  expect(await refusal(server.ldaps, server.ca, 'localhost')).toBeUndefined();
  expect(await refusal(server.ldaps, server.otherCa, 'localhost')).toBe('SELF_SIGNED_CERT_IN_CHAIN');
  expect(await refusal(server.ldaps, server.ca, 'elsewhere.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');

  await add(server, person(suffix, 'ada'));
  await add(server, `dn: cn=g,${suffix}\nobjectClass: groupOfNames\ncn: g\nmember: uid=ada,${suffix}\n`);
  expect(await search(server, '(uid=ada)', 'memberOf')).toContain(`memberOf: cn=g,${suffix}\n`);
  expect(await search(server, '-E', '!sync=ro', '(uid=*)', 'uid')).toContain('uid: ada\n');
  await ldap('ldapmodrdn', { url: server.ldap, ...server.sync }, ['-r', `uid=ada,${suffix}`, 'uid=eve']);
  expect(await search(server, '(cn=g)', 'member')).toContain('member: uid=eve,');

  await server.save();
  await add(server, person(suffix, 'bob'));
  const { pid } = server;
  await server.kill();
  await expect(people(server)).rejects.toMatchObject({ code: 255 });
  await server.start();
  expect(server.pid).not.toBe(pid);
  expect(await people(server)).toEqual(['bob', 'eve']);
  await server.restore();
  expect(await people(server)).toEqual(['eve']);
  await server.replace();
  expect(await people(server)).toEqual([]);
});

testOnDs389('nothing is left of a server whose owner was killed', () => expectNothingLeft('ds389.ts', 'startDs389', {}));
