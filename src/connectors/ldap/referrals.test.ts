/** Entries that another server holds. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addedTo, configOf, faultOf, namesOf, personLdif, systemOn } from '../../../test/servers/ldap-system.ts';
import { startSlapd, testOnSlapd } from '../../../test/servers/slapd.ts';
import { placeOf, unfollowed } from './referrals.ts';

const SUFFIX = 'dc=example,dc=org';

test('a URL names a server, an entry and how far to search below it', () => {
  const address = { host: 'b.example', port: 389, tls: 'none' };
  expect(placeOf('ldap://b.example/ou=a%20b,dc=x??one', false)).toEqual({ address, dn: 'ou=a b,dc=x', scope: 'one' });
  expect(placeOf('ldaps://b.example:7/dc=x', false)).toEqual({
    address: { ...address, port: 7, tls: 'ldaps' },
    dn: 'dc=x',
    scope: 'sub',
  });
  for (const none of ['http://b/dc=x', 'ldap://b.example', 'ldap://b.example/', 'ldap://b.example/%zz', 'ldap://u@b/dc=x', ''])
    expect(placeOf(none, false)).toBeNull();
  fc.assert(fc.property(fc.string(), (url) => void placeOf(url, true)));
});

test('what a server itself has is no other place: Active Directory names its own configuration', () => {
  const live = { address: 'ldap://dc1', directory: { namingContexts: ['DC=x', 'CN=Configuration,DC=x', ''] } };
  const unread = (...urls: string[]): readonly string[] =>
    unfollowed(
      urls.map((url) => [url]),
      live as unknown as Parameters<typeof unfollowed>[1],
    ).map(({ message }) => message);
  expect(unread('ldap://x/CN=configuration,dc=x', 'ldaps://x/CN=Configuration,DC=x')).toEqual([]);
  expect(unread('ldap://x/CN=Configuration,DC=x', 'ldap://y/DC=y,DC=x', 'no URL')).toEqual([
    'ldap://dc1 names 2 other places, such as ldap://y/DC=y,DC=x, which were not read',
  ]);
});

testOnSlapd(
  'is left to the other server, and told; read there where that is asked for; and not gone while that one is away',
  async () => {
    const lines = ['access to * by * read'];
    const [other, server] = [await startSlapd({ suffixes: [`ou=other,${SUFFIX}`], lines }), await startSlapd({ lines })];
    await using _ = other;
    await using __ = server;
    await addedTo(other, personLdif(`ou=other,${SUFFIX}`, 'bo'));
    await addedTo(server, personLdif(SUFFIX, 'ada'));
    const reference = `dn: ou=other,${SUFFIX}\nobjectClass: referral\nobjectClass: extensibleObject\nou: other\nref: ${other.ldap}/ou=other,${SUFFIX}\n`;
    await addedTo(server, reference);
    const ada = `uid=ada,${SUFFIX}`;
    const config = { ...(await configOf(server)), url: server.ldap, tls: {}, bind: 'anonymous', deltas: 'none' };
    await using here = systemOn(server.folder, config);
    expect(namesOf(await here.full())).toEqual([ada]);
    expect(here.warned).toMatchObject([
      { message: expect.stringContaining(other.ldap), remedy: expect.stringContaining('follow') },
    ]);
    await using both = systemOn(server.folder, { ...config, referrals: 'follow' });
    expect(namesOf(await both.full())).toEqual([ada, `uid=bo,ou=other,${SUFFIX}`].sort());
    expect(both.connection.write).toBeUndefined();
    await other.stop();
    expect(await faultOf(both.full())).toMatchObject({ kind: 'unavailable' });
    // What is said to the first server encrypted is not said to the other in the clear.
    await using sealed = systemOn(server.folder, { ...(await configOf(server)), deltas: 'none', referrals: 'follow' });
    expect(await faultOf(sealed.full())).toMatchObject({
      kind: 'configuration',
      message: expect.stringContaining('without encryption'),
    });
  },
);
