import { expect, test } from 'vitest';
import { addedTo, configOf, systemOn } from '../../../test/servers/ldap-system.ts';
import { slapdOfFile, testOnSlapd } from '../../../test/servers/slapd.ts';
import { ldapConfig } from './config.ts';
import { protectedAccounts } from './own-account.ts';

const shared = slapdOfFile();
const PERSON = { set: { displayName: 'changed' } } as const;

test('who signs in is named by what the directory calls such a name', () => {
  const by = (dn: string): string =>
    protectedAccounts(ldapConfig.parse({ url: 'ldaps://x', bind: { dn, password: 'p' }, base: 'dc=x' }));
  expect(by('svc@corp.example')).toContain('row.userPrincipalName == "svc@corp.example"');
  expect(by('CN=a"b,DC=x')).toContain('row.distinguishedName == "CN=a\\"b,DC=x"');
});

testOnSlapd('the account that signs in is never written, however its name is spelled', async () => {
  const server = await shared();
  const own = `uid=own,${server.suffix}`;
  await addedTo(server, `dn: ${own}\nobjectClass: inetOrgPerson\nuid: own\ncn: own\nsn: own\nuserPassword: first-of-its-own\n`);
  const bind = { dn: `UID=OWN, ${server.suffix.toUpperCase()}`, password: 'first-of-its-own' };
  await using system = systemOn(server.folder, { ...(await configOf(server)), bind });
  const [{ anchor } = { anchor: '' }] = await system.connection.lookup!({ attribute: 'uid', value: 'own' }, 'person');
  const results = await system.write({ operation: 'update', anchor, ...PERSON }, { operation: 'delete', anchor });
  for (const result of results)
    expect(result).toMatchObject({ ok: false, fault: { kind: 'permission', message: expect.stringContaining('signs in with') } });
});
