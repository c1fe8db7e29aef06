/** The OpenLDAP servers of tests are what slapd.ts says of them. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { Account, SlapdServer } from '../../scripts/servers/slapd.ts';
import { ldap } from './ldap-programs.ts';
import { expectNothingLeft } from './orphaned.ts';
import { slapdOfFile, startSlapd, testOnSlapd } from './slapd.ts';
import { refusal } from './tls.ts';

const shared = slapdOfFile();

const search = (server: SlapdServer, by: Account, ...args: string[]): Promise<string> =>
  ldap('ldapsearch', { url: server.ldap, ...by }, ['-b', server.suffix, ...args]);
const add = (server: SlapdServer, ldif: string): Promise<string> =>
  ldap('ldapadd', { url: server.ldap, ...server.sync }, [], ldif);

const person = (suffix: string, uid: string): string =>
  `dn: uid=${uid},${suffix}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\nmail: ${uid}@example.org\n`;
const people = async (server: SlapdServer): Promise<readonly string[]> =>
  [...(await search(server, server.sync, '(uid=*)', 'uid')).matchAll(/^uid: (.*)$/gm)].map(([, uid]) => uid!).sort();

testOnSlapd('TLS holds with the right authority and the right name alone', async () => {
  const server = await shared();
  expect(await refusal(server.ldaps, server.ca, 'localhost')).toBeUndefined();
  expect(await refusal(server.ldaps, server.otherCa, 'localhost')).toBe('SELF_SIGNED_CERT_IN_CHAIN');
  expect(await refusal(server.ldaps, server.ca, 'elsewhere.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

testOnSlapd('a certificate of a client is the account sync', async () => {
  const server = await shared();
  const [cert, key] = (['cert', 'key'] as const).map((name) => {
    const file = join(server.folder, `given.${name}`);
    writeFileSync(file, server.client[name]);
    return file;
  });
  const env = { ...process.env, LDAPTLS_CACERT: server.caFile, LDAPTLS_CERT: cert, LDAPTLS_KEY: key };
  const { stdout } = await promisify(execFile)('ldapwhoami', ['-Y', 'EXTERNAL', '-H', server.ldaps], { env });
  expect(stdout).toBe(`dn:${server.sync.dn}\n`);
});

testOnSlapd('overlays do their work, and limits hold for the accounts they are of', async () => {
  await using server = await startSlapd({ sizeLimit: 3 });
  const { suffix } = server;
  const all = Array.from({ length: 12 }, (_, at) => person(suffix, `p${at}`));
  await add(server, all.join('\n'));
  const group = `dn: cn=g,${suffix}\nobjectClass: groupOfNames\ncn: g\nmember: uid=p1,${suffix}\nmember: uid=p2,${suffix}\n`;
  await add(server, group);
  expect(await search(server, server.sync, '(uid=p1)', 'memberOf')).toContain(`memberOf: cn=g,${suffix}\n`);
  await ldap('ldapdelete', { url: server.ldap, ...server.sync }, [`uid=p1,${suffix}`]);
  expect(await search(server, server.sync, '(cn=g)', 'member')).not.toContain('uid=p1');
  const twin = person(suffix, 'twin').replace('twin@', 'p2@');
  await expect(add(server, twin)).rejects.toMatchObject({ code: 19, stderr: expect.stringContaining('non-unique') });
  expect(await people(server)).toHaveLength(11);
  await expect(search(server, server.pager, '(uid=*)', 'dn')).rejects.toMatchObject({
    code: 4,
    stdout: expect.stringMatching(/^(dn: .*\n\n){10}$/),
  });
  await expect(search(server, server.pager, '-E', 'pr=100/noprompt', '(uid=*)')).rejects.toMatchObject({ code: 11 });
  expect(await search(server, server.pager, '-E', 'pr=7/noprompt', '(uid=*)', 'dn')).toMatch(/uid=p11/);
  const lock = `dn: uid=p3,${suffix}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n`;
  await ldap('ldapmodify', { url: server.ldap, ...server.sync }, ['-e', 'relax'], lock);
  const log = ['ldapsearch', { url: server.ldap, ...server.sync }, ['-b', 'cn=accesslog', '(reqType=delete)', 'reqDN']] as const;
  expect(await ldap(...log)).toContain(`reqDN: uid=p1,${suffix}\n`);
  expect(await search(server, server.sync, '-E', '!sync=ro', '-s', 'base', 'dn')).toContain('dn: dc=example');
});

testOnSlapd('a killed server has what it had, a restored one what it had then, a replaced one nothing', async () => {
  await using server = await startSlapd({ overlays: ['syncprov'] });
  const context = async (): Promise<string> => search(server, server.sync, '-s', 'base', 'contextCSN', 'entryUUID');
  await add(server, person(server.suffix, 'ada'));
  await server.save();
  const then = await context();
  await add(server, person(server.suffix, 'bob'));
  const { pid } = server;
  expect(await context()).not.toBe(then);
  await server.kill();
  await expect(people(server)).rejects.toMatchObject({ code: 255 });
  await server.start();
  expect(server.pid).not.toBe(pid);
  expect(await people(server)).toEqual(['ada', 'bob']);
  await server.restore();
  expect(await people(server)).toEqual(['ada']);
  expect(await context()).toBe(then);
  await server.replace();
  expect(await people(server)).toEqual([]);
  const [entryUuid] = /^entryUUID: .*$/m.exec(then)!;
  expect(await context()).not.toContain(entryUuid);
});

testOnSlapd('entries are there from the beginning, in each suffix, and what is wrong with them is told', async () => {
  const suffixes = ['dc=one,dc=example', 'o=Two'];
  await using server = await startSlapd({ suffixes, ldif: person(suffixes[0]!, 'ada') });
  expect(await people(server)).toEqual(['ada']);
  await server.slapadd(person('o=Two', 'zoe'), 'o=Two');
  const two = await ldap('ldapsearch', { url: server.ldap, ...server.admin }, ['-b', 'o=Two', 'dn']);
  expect(two).toBe('dn: o=Two\n\ndn: uid=zoe,o=Two\n\n');
  await expect(server.slapadd(person(suffixes[0]!, 'ada'))).rejects.toThrow('could not add entry');
  expect(await people(server)).toEqual(['ada']);
});

testOnSlapd('nothing is left of a server whose owner was killed', () => expectNothingLeft('slapd.ts', 'startSlapd', {}));
