/** OpenLDAP that people come from, and what happens to it: nothing is wrongly deleted, nothing is lost, and then it goes on by itself. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { SlapdServer } from '../../scripts/servers/slapd.ts';
import { ldap as program } from '../servers/ldap-programs.ts';
import { addedTo, personLdif } from '../servers/ldap-system.ts';
import { slapdOfFile, startSlapd, testOnSlapd } from '../servers/slapd.ts';
import { openldap, rename } from './directories.ts';
import { killedInPages, kindsOf, outage, renamesItsUnit, type Source, sourceOf } from './source-directory.ts';

const PEOPLE = 40;
const shared = slapdOfFile({
  lines: ['limits dn.exact="cn=pager,dc=example,dc=org" size.soft=12 size.hard=12 size.pr=7 size.prtotal=12'],
});

interface House extends Source {
  readonly server: SlapdServer;
}

async function house(more: object = {}, people = PEOPLE): Promise<House> {
  const server = await shared();
  return { ...(await sourceOf(await openldap(server), people, more)), server };
}

describe('nobody is lost, and it goes on by itself, when', () => {
  testOnSlapd('the password is another one for a while', async () => {
    await using at = await house();
    // A connection that there is goes on: it signed in before.
    at.proxy.cut();
    const faults = await outage(
      at,
      () => at.directory.password('another'),
      () => at.directory.password(null),
    );
    expect(kindsOf(faults)).toEqual(['authentication']);
  });

  testOnSlapd('the server stops in the middle of the pages, and comes again', async () => {
    await using at = await house();
    let answers = 0;
    const faults = await outage(
      at,
      () => {
        at.proxy.answers = () => {
          if (++answers % 5 === 0) at.proxy.cut();
          return answers % 5 !== 0;
        };
      },
      () => {
        at.proxy.answers = () => true;
      },
    );
    expect(kindsOf(faults)).toEqual(['unavailable']);
    const stopped = await outage(
      at,
      () => at.server.kill(),
      () => at.server.start(),
    );
    expect(kindsOf(stopped)).toEqual(['unavailable']);
  });

  testOnSlapd('the server itself is killed in the middle of the pages, and comes again', async () => {
    await using at = await house({ timeoutSeconds: 10 });
    let isKilled = (): boolean => false;
    const faults = await outage(
      at,
      () => {
        isKilled = killedInPages(at, at.server, 3);
      },
      async () => {
        expect(isKilled()).toBe(true);
        at.proxy.answers = () => true;
        await at.server.start();
      },
    );
    expect(kindsOf(faults)).toEqual(['unavailable']);
  });

  testOnSlapd('nothing of what is sent arrives', async () => {
    await using at = await house({ timeoutSeconds: 0.3 });
    const faults = await outage(
      at,
      () => {
        at.proxy.silent = true;
      },
      () => {
        at.proxy.silent = false;
      },
    );
    expect(kindsOf(faults)).toEqual(['unavailable']);
  });

  testOnSlapd('everything takes long', async () => {
    await using at = await house({ timeoutSeconds: 5 });
    at.proxy.delayMs = 100;
    await at.directory.change(`dn: ${at.directory.person('u4')}\nchangetype: modify\nreplace: title\ntitle: Late\n`);
    const before = at.proxy.turns;
    await at.run();
    expect(at.proxy.turns - before).toBeLessThan(12);
    expect(at.accounts().filter((one) => one.includes('Late'))).toHaveLength(1);
    const full = at.proxy.turns;
    await at.run('full-import');
    expect(at.proxy.turns - full).toBeLessThan(20);
    await at.expectAgreed();
  });

  testOnSlapd('the server shows no more than a few', async () => {
    await using at = await house();
    const { pager, folder } = at.server;
    const before = at.accounts();
    await writeFile(join(folder, 'pager.password'), pager.password);
    const file = join(at.firm.folder, 'rollcall.yaml');
    const yaml = await readFile(file, 'utf8');
    await at.firm.restart(yaml.replaceAll(at.server.sync.dn, pager.dn).replaceAll('sync.password', 'pager.password'));
    for (const profile of ['cycle', 'full-import', 'cycle']) {
      const { faults } = await at.run(profile);
      if (profile === 'full-import')
        expect(faults).toMatchObject([{ kind: 'permission', message: expect.stringContaining('(4)') }]);
      expect(at.accounts()).toEqual(before);
    }
  });

  testOnSlapd('the server takes too long for all of them, by its own limit', async () => {
    await using server = await startSlapd({
      serverLines: ['moduleload retcode'],
      lines: [
        'limits dn.exact="cn=sync,dc=example,dc=org" time=1 size=unlimited',
        'overlay retcode',
        'retcode-parent "ou=nowhere,dc=example,dc=org"',
        'retcode-indir',
      ],
    });
    await using at = await sourceOf(await openldap(server), PEOPLE, { timeoutSeconds: 10 });
    // One entry over which it is busy for two seconds (slapo-retcode(5)).
    const busy = `errAuxObject\n-\nadd: errOp\nerrOp: search\n-\nadd: errCode\nerrCode: 0\n-\nadd: errSleepTime\nerrSleepTime: 2\n`;
    const idle = `errAuxObject\n-\ndelete: errOp\n-\ndelete: errCode\n-\ndelete: errSleepTime\n`;
    const change = (how: string, classes: string) =>
      at.directory.change(`dn: ${at.directory.person('u7')}\nchangetype: modify\n${how}: objectClass\nobjectClass: ${classes}`);
    const faults = await outage(
      at,
      () => change('add', busy),
      () => change('delete', idle),
    );
    expect(kindsOf(faults)).toEqual(['conflict', 'unavailable']);
    const complete = faults.filter(({ kind }) => kind === 'unavailable').map(({ message }) => message);
    expect(complete).toEqual(complete.map(() => expect.stringContaining('timeLimitExceeded (3)')));
  });

  testOnSlapd('its base is moved away and back', async () => {
    await using at = await house();
    const [rdn] = at.directory.unit.split(',');
    const faults = await outage(
      at,
      () => rename(at.directory.admin, at.directory.unit, 'ou=away'),
      () => rename(at.directory.admin, `ou=away,${at.server.suffix}`, rdn!),
    );
    expect(faults.length).toBeGreaterThan(0);
  });

  testOnSlapd('an older state is put back', async () => {
    await using at = await house();
    await at.server.save();
    const before = at.accounts();
    await addedTo(at.server, personLdif(at.directory.people, 'new', 'employeeNumber: new\n'));
    await at.run();
    const newer = at.accounts();
    expect(newer).toHaveLength(PEOPLE + 2);
    await at.server.restore();
    const report = await at.run();
    expect(report.faults).toMatchObject([{ kind: 'conflict', message: expect.stringContaining('older') }]);
    // A server that is behind shows the same: only the next complete read is believed.
    expect(at.accounts()).toEqual(newer);
    expect((await at.run()).faults).toEqual([]);
    expect(at.accounts()).toEqual(before);
    await at.expectAgreed();
  });

  testOnSlapd('a unit with everybody in it is renamed: every name is right, and nothing else changes', async () => {
    await using at = await house({ pageSize: 500 }, 1000);
    await renamesItsUnit(at, 'ou=humans', 200);
  });

  testOnSlapd('somebody is renamed: what refers to them still does', async () => {
    await using at = await house();
    const before = at.accounts();
    for (const uid of ['u0', 'u1']) {
      await program('ldapmodrdn', at.directory.admin, [at.directory.person(uid), `uid=renamed-${uid}`]);
      await at.run();
      expect(at.accounts()).toEqual(before);
    }
    await at.run('full-import');
    await at.run();
    expect(at.accounts()).toEqual(before);
    await at.expectAgreed();
  });
});

testOnSlapd('a name that somebody else gets later brings her no memberships, and no reports', async () => {
  await using at = await house();
  const { server } = at;
  const { people, admin: by } = at.directory;
  const team = (): string | undefined => at.accounts().find((one) => one.startsWith('["team"'));
  const membersOf = async (dn: string): Promise<string> => await program('ldapsearch', by, ['-b', dn, '-s', 'base', '*']);
  const group = at.directory.group('team');
  await rename(by, at.directory.person('u1'), 'uid=ada');
  // The server mends what refers to her a little later, by itself.
  await expect.poll(() => membersOf(group), { timeout: 30_000 }).toContain('uid=ada');
  await expect.poll(() => membersOf(at.directory.person('u0')), { timeout: 30_000 }).toContain('uid=ada');
  await at.run();
  await addedTo(server, personLdif(people, 'u1', 'employeeNumber: new\n'));
  await at.run();
  expect(team()).toBe('["team",["member",["u1","u2"]],["name","team"]]');
  expect(at.accounts()).toContain('["u0",["boss","u1"],["cn","u0"],["number","u0"]]');
  // Whoever goes leaves no place either.
  await program('ldapdelete', by, [at.directory.person('u2')]);
  await expect.poll(() => membersOf(group), { timeout: 30_000 }).not.toContain('uid=u2');
  await at.run();
  await addedTo(server, personLdif(people, 'u2', 'employeeNumber: newer\n'));
  await at.run();
  expect(team()).toBe('["team",["member",["u1"]],["name","team"]]');
  // She is in it by her new name.
  await at.directory.change(
    `dn: ${group}\nchangetype: modify\nadd: member\nmember: ${at.directory.person('u3')}\n-\ndelete: member\nmember: ${at.directory.person('ada')}\n`,
  );
  await at.run();
  expect(team()).toBe('["team",["member",["u3"]],["name","team"]]');
});

testOnSlapd('another server in its place takes nobody away before somebody has looked', async () => {
  await using at = await house();
  const before = at.accounts();
  await at.server.replace();
  for (const profile of ['cycle', 'full-import', 'cycle']) {
    const { faultCount, notices } = await at.run(profile);
    expect(faultCount + notices.length).toBeGreaterThan(0);
    expect(at.accounts()).toEqual(before);
  }
});

testOnSlapd(
  'another filter is read in full: who is left out is gone in the plan and in the first run, and comes back',
  async () => {
    await using at = await house();
    const yaml = await readFile(join(at.firm.folder, 'rollcall.yaml'), 'utf8');
    await at.firm.restart(yaml.replace('    type: ldap\n', '    type: ldap\n    filter: (!(uid=u3*))\n'));
    const { lines } = await at.firm.plan({ read: true });
    expect(lines.filter((one) => one.what === 'export' && one.operation === 'delete')).toHaveLength(11);
    const { faults, notices } = await at.run();
    expect(faults).toEqual([]);
    expect(notices).toContainEqual(
      expect.objectContaining({
        message: 'the settings of staff changed; it is read in full, and what is not shown any more is gone from it',
      }),
    );
    expect(at.accounts()).toHaveLength(PEOPLE + 1 - 11);
    // From then on changes are read again.
    expect((await at.run()).connections.find(({ connection }) => connection === 'staff')).toMatchObject({ seen: 0 });
    await at.firm.restart(yaml);
    await at.run();
    await at.run();
    await at.expectAgreed();
  },
);
