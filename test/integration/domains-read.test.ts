/** Active Directory that people come from, and what happens to it: as of OpenLDAP in directories-read. */
import { expect } from 'vitest';
import type { SambaServer } from '../../scripts/servers/samba.ts';
import { startLimited } from '../servers/limited.ts';
import { proxyTo } from '../servers/proxy.ts';
import { sambaOfFile, testOnSamba } from '../servers/samba.ts';
import { entriesBelow, rename } from './directories.ts';
import { domain } from './domains.ts';
import { killedInPages, kindsOf, outage, renamesItsUnit, type Source, sourceOf } from './source-directory.ts';

const shared = sambaOfFile();

interface House extends Source {
  readonly server: SambaServer;
}

async function house(more: object = {}, people = 30): Promise<House> {
  const server = await shared();
  return { ...(await sourceOf(await domain(server), people, more)), server };
}

const conflict = (words: string) => [{ kind: 'conflict', message: expect.stringContaining(words) }];

testOnSamba(
  'another password, a server that stops in the middle of the pages or goes, silence: nobody is lost, and it goes on by itself',
  async () => {
    await using at = await house({ timeoutSeconds: 2 });
    const { proxy, server, directory } = at;
    proxy.cut();
    const refused = await outage(
      at,
      () => directory.password('Some-other-2'),
      () => directory.password(null),
    );
    expect(kindsOf(refused)).toEqual(['authentication']);
    let pieces = 0;
    const cut = await outage(
      at,
      () => {
        proxy.answers = (chunk) => {
          const ends = chunk.includes(directory.people) && ++pieces % 2 === 0;
          if (ends) proxy.cut();
          return !ends;
        };
      },
      () => {
        proxy.answers = () => true;
      },
    );
    expect(kindsOf(cut)).toEqual(['unavailable']);
    const stopped = await outage(
      at,
      () => server.kill(),
      () => server.start(),
    );
    expect(kindsOf(stopped)).toEqual(['unavailable']);
    let isKilled = (): boolean => false;
    const killed = await outage(
      at,
      () => {
        isKilled = killedInPages(at, server, 2);
      },
      async () => {
        expect(isKilled()).toBe(true);
        proxy.answers = () => true;
        await server.start();
      },
    );
    expect(kindsOf(killed)).toEqual(['unavailable']);
    const silent = await outage(
      at,
      () => {
        proxy.silent = true;
      },
      () => {
        proxy.silent = false;
      },
    );
    expect(kindsOf(silent)).toEqual(['unavailable']);
  },
);

testOnSamba(
  'pages of seven, lists in parts, and no time for a whole page: nobody is lost, and it goes on by itself',
  async () => {
    const server = await shared();
    await using limited = await startLimited(server, { list: 'member', values: 1, page: 7 });
    const behind = { ...(await domain(server)), proxy: () => proxyTo(limited.url) };
    await using at = await sourceOf(behind, 30);
    const faults = await outage(
      at,
      () => {
        limited.late = true;
      },
      () => {
        limited.late = false;
      },
    );
    expect(faults).toMatchObject([{ kind: 'unavailable', message: expect.stringContaining('timeLimitExceeded (3)') }]);
  },
);

testOnSamba('a base that is moved away and back takes nobody with it', async () => {
  await using at = await house();
  const { admin, unit } = at.directory;
  const [rdn] = unit.split(',');
  const faults = await outage(
    at,
    () => rename(admin, unit, 'OU=away'),
    () => rename(admin, unit.replace(rdn!, 'OU=away'), rdn!),
  );
  expect(faults.length).toBeGreaterThan(0);
});

testOnSamba('an older state is believed once it was read completely; so is another controller of the same domain', async () => {
  await using at = await house();
  const { server, directory } = at;
  await server.save();
  const before = at.accounts();
  await directory.change(`dn: ${directory.person('new')}\nobjectClass: user\nemployeeNumber: new\n`);
  await at.run();
  const newer = at.accounts();
  expect(newer).toHaveLength(before.length + 1);
  await server.restore();
  expect((await at.run()).faults).toMatchObject(conflict('older'));
  expect(at.accounts()).toEqual(newer);
  expect((await at.run()).faults).toEqual([]);
  expect(at.accounts()).toEqual(before);
  await at.expectAgreed();
  // What a controller calls itself anew when its own backup is put back as Microsoft says.
  const [[settings]] = [
    ...(await entriesBelow(directory.admin, `CN=Sites,CN=Configuration,${server.base}`, '(objectClass=nTDSDSA)')),
  ] as [[string, string]];
  await server.ldbmodify(
    `dn: ${settings}\nchangetype: modify\nreplace: invocationId\ninvocationId:: ${Buffer.alloc(16, 'another').toString('base64')}\n`,
  );
  expect((await at.run()).faults).toMatchObject(conflict('another domain controller'));
  expect((await at.run()).faults).toEqual([]);
  expect(at.accounts()).toEqual(before);
  await at.expectAgreed();
});

testOnSamba('a unit with everybody in it is renamed: every name is right, and nothing else changes', async () => {
  await using at = await house({ pageSize: 500 }, 1000);
  await renamesItsUnit(at, 'OU=humans', 200);
});

testOnSamba('another server in its place takes nobody away before somebody has looked', async () => {
  await using at = await house();
  const before = at.accounts();
  await at.server.replace();
  for (const profile of ['cycle', 'full-import', 'cycle']) {
    const { faultCount, notices } = await at.run(profile);
    expect(faultCount + notices.length).toBeGreaterThan(0);
    expect(at.accounts()).toEqual(before);
  }
});
