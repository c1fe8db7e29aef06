import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { SlapdServer } from '../../../scripts/servers/slapd.ts';
import { addedTo, configOf, faultOf, namesOf, personLdif, systemOn } from '../../../test/servers/ldap-system.ts';
import { slapdOfFile, startSlapd, testOnSlapd } from '../../../test/servers/slapd.ts';

const shared = slapdOfFile({ serverLines: ['loglevel none'] });
const secured = slapdOfFile({ lines: ['security ssf=64'], overlays: [] });

/** What `test` says of a connection with these settings, or what is refused: never with a secret in it. */
async function said(server: SlapdServer, more: object): Promise<unknown> {
  const config = { ...(await configOf(server)), ...more };
  await using system = systemOn(server.folder, config);
  try {
    return await system.connection.test();
  } catch {
    const { kind, message, remedy } = await faultOf(system.connection.test());
    expect(remedy).toBeTruthy();
    for (const secret of [server.sync.password, 'wrong password']) expect(`${message} ${remedy}`).not.toContain(secret);
    return [kind, message.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')];
  }
}

async function files(server: SlapdServer): Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> {
  await writeFile(join(server.folder, 'own.cert'), server.client.cert);
  await writeFile(join(server.folder, 'own.key'), server.client.key);
  await writeFile(join(server.folder, 'other.pem'), server.otherCa);
  return { ca: 'ca.pem', cert: 'own.cert', key: 'own.key' };
}

describe('TLS', () => {
  testOnSlapd('is on from the beginning, or by STARTTLS', async () => {
    const server = await shared();
    expect(await said(server, {})).toMatch(/^ldaps:.* OpenLDAP, encrypted/);
    expect(await said(server, { url: server.ldap, startTls: true })).toMatch(/^ldap:.* OpenLDAP, encrypted/);
    expect(await said(server, { url: server.ldap })).toMatch(/^ldap:.* OpenLDAP, not encrypted/);
  });

  testOnSlapd('is refused where the authority or the name is another one', async () => {
    const server = await shared();
    await files(server);
    for (const way of [{}, { url: server.ldap, startTls: true }]) {
      const scheme = way.url === undefined ? 'ldaps' : 'ldap';
      expect(await said(server, { ...way, tls: { ca: 'other.pem' } })).toMatchObject([
        'configuration',
        expect.stringMatching(new RegExp(`${scheme}://HOST is not trusted: .* not signed by the authority in other\\.pem$`)),
      ]);
      expect(await said(server, { ...way, tls: {} })).toMatchObject(['configuration', expect.stringContaining('certificate')]);
      expect(await said(server, { ...way, tls: { ca: 'ca.pem', serverName: 'elsewhere.example' } })).toMatchObject([
        'configuration',
        expect.stringContaining('elsewhere.example'),
      ]);
      expect(await said(server, { ...way, tls: { ca: 'ca.pem', serverName: 'localhost' } })).toMatch(/encrypted/);
    }
    expect(await said(server, { tls: { ca: 'nowhere.pem' } })).toMatchObject([
      'configuration',
      expect.stringContaining('nowhere.pem'),
    ]);
  });

  testOnSlapd('is asked for by a server that wants it', async () => {
    const server = await secured();
    expect(await said(server, { url: server.ldap })).toMatchObject(['configuration', expect.stringContaining('(13)')]);
    expect(await said(server, { url: server.ldap, startTls: true })).toMatch(/encrypted/);
  });

  testOnSlapd('is told as such where a port speaks something else', async () => {
    const server = await shared();
    const [plain, tls] = [server.ldap.replace('ldap:', 'ldaps:'), server.ldaps.replace('ldaps:', 'ldap:')];
    expect(await said(server, { url: plain, timeoutSeconds: 1 })).toMatchObject(['unavailable', expect.any(String)]);
    expect(await said(server, { url: tls, timeoutSeconds: 1 })).toMatchObject(['unavailable', expect.any(String)]);
  });
});

describe('who signs in', () => {
  testOnSlapd('is told when it is refused', async () => {
    const server = await shared();
    const bind = { ...server.sync, password: 'wrong password' };
    expect(await said(server, { bind })).toEqual([
      'authentication',
      'ldaps://HOST refuses to let Rollcall sign in: invalidCredentials (49)',
    ]);
    expect(await said(server, { bind: { ...server.sync, dn: 'no dn' } })).toMatchObject(['invalidValue', expect.any(String)]);
  });

  testOnSlapd('may be the owner of a certificate', async () => {
    const server = await shared();
    const tls = await files(server);
    await addedTo(server, personLdif(server.suffix, 'external'));
    await using system = systemOn(server.folder, { ...(await configOf(server)), bind: 'external', tls });
    expect(namesOf(await system.full())).toEqual([`uid=external,${server.suffix}`]);
    const startTls = { bind: 'external', url: server.ldap, startTls: true, tls };
    expect(await said(server, startTls)).toMatch(/encrypted/);
    expect(await said(server, { bind: 'external', tls: { ...tls, cert: 'own.key' } })).toMatchObject([
      'configuration',
      expect.any(String),
    ]);
  });
});

describe('several servers', () => {
  testOnSlapd('are asked in their order, until one answers', async () => {
    const server = await shared();
    await using other = await startSlapd({ overlays: [] });
    await other.stop();
    expect(await said(server, { url: [other.ldap, server.ldap] })).toContain(server.ldap);
    const [kind, message] = (await said(server, { url: [other.ldap, other.ldaps] })) as [string, string];
    expect(kind).toBe('unavailable');
    expect(message).toBe('no server answers: nothing listens at ldap://HOST; nothing listens at ldaps://HOST');
  });

  testOnSlapd('are not tried one by one with a password that is refused', async () => {
    const server = await shared();
    await using other = await startSlapd({ overlays: [] });
    const bind = { ...server.sync, password: 'wrong password' };
    expect(await said(server, { url: [other.ldap, server.ldap], bind })).toMatchObject([
      'authentication',
      expect.stringContaining('ldap://HOST refuses'),
    ]);
  });
});

testOnSlapd('a server that was killed is connected to anew once it runs', async () => {
  await using server = await startSlapd({ overlays: ['syncprov'], ldif: personLdif('dc=example,dc=org', 'ada') });
  await using system = systemOn(server.folder, await configOf(server));
  expect(namesOf(await system.full())).toHaveLength(1);
  await server.kill();
  expect(await faultOf(system.full())).toMatchObject({ kind: 'unavailable', remedy: expect.any(String) });
  await server.start();
  expect(namesOf(await system.full())).toHaveLength(1);
});
