/** The domain controllers of tests are what samba.ts says of them. */
import { expect } from 'vitest';
import type { SambaTold } from '../../scripts/servers/samba.ts';
import { ldap } from './ldap-programs.ts';
import { expectNothingLeft } from './orphaned.ts';
import { freshUnit, sharedSamba, startSamba, testOnSamba } from './samba.ts';
import { refusal } from './tls.ts';

const at = (server: SambaTold) => ({
  url: server.ldaps,
  dn: server.admin.upn,
  password: server.admin.password,
  caFile: server.caFile,
});
const search = (server: SambaTold, base: string, ...args: string[]): Promise<string> =>
  ldap('ldapsearch', at(server), ['-b', base, ...args]);
const user = (name: string, unit: string): string =>
  `dn: CN=${name},${unit}\nobjectClass: user\nsAMAccountName: ${name}\nuserAccountControl: 512\nunicodePwd:: ${Buffer.from('"Long-enough-1"', 'utf16le').toString('base64')}\n`;
const users = async (server: SambaTold, base: string): Promise<readonly string[]> =>
  [...(await search(server, base, '(&(objectClass=user)(cn=t-*))', 'cn')).matchAll(/^cn: (.*)$/gm)].map(([, cn]) => cn!).sort();

testOnSamba('TLS holds with the right authority and the right name alone, and passwords need it', async () => {
  const server = await sharedSamba();
  expect(await refusal(server.ldaps, server.ca, server.serverName)).toBeUndefined();
  expect(await refusal(server.ldaps, server.otherCa, server.serverName)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  expect(await refusal(server.ldaps, server.ca, 'elsewhere.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  const plain = ldap('ldapsearch', { ...at(server), url: server.ldap }, ['-b', server.base, '-s', 'base', 'dn']);
  await expect(plain).rejects.toMatchObject({ code: 8 });
});

testOnSamba('a test has a unit of its own, removed with all that is in it', async () => {
  const server = await sharedSamba();
  const [one, other] = [await freshUnit(server), await freshUnit(server)];
  await ldap(
    'ldapadd',
    at(server),
    [],
    `dn: OU=in,${one.dn}\nobjectClass: organizationalUnit\n\n${user('t-ada', `OU=in,${one.dn}`)}`,
  );
  expect(await users(server, one.dn)).toEqual(['t-ada']);
  expect(await users(server, other.dn)).toEqual([]);
  await Promise.all([one.remove(), other.remove()]);
  await expect(users(server, one.dn)).rejects.toMatchObject({ code: 32 });
});

testOnSamba(
  'a copy has what the shared one had when it was new; killed it has what it had, restored what it had then',
  async () => {
    const shared = await sharedSamba();
    await using unit = await freshUnit(shared);
    await using server = await startSamba();
    expect(server.address).not.toBe(shared.address);
    await expect(search(server, unit.dn)).rejects.toMatchObject({ code: 32 });
    const identity = async (of: SambaTold): Promise<string> => search(of, of.base, '-s', 'base', 'objectGUID');
    const then = await identity(server);
    expect(then).toBe(await identity(shared));
    await ldap('ldapadd', at(server), [], user('t-ada', server.base));
    await server.save();
    await ldap('ldapadd', at(server), [], user('t-bob', server.base));
    const { pid } = server;
    await server.kill();
    await expect(users(server, server.base)).rejects.toMatchObject({ code: 255 });
    await server.start();
    expect(server.pid).not.toBe(pid);
    expect(await users(server, server.base)).toEqual(['t-ada', 't-bob']);
    await server.restore();
    expect(await users(server, server.base)).toEqual(['t-ada']);
    await server.replace();
    expect(await users(server, server.base)).toEqual([]);
    expect(await identity(server)).not.toBe(then);
  },
);

testOnSamba('nothing is left of a server whose owner was killed', async () => {
  const { realm, admin, pristine } = await sharedSamba();
  await expectNothingLeft('samba.ts', 'startSamba', { like: { realm, admin, pristine } });
});
