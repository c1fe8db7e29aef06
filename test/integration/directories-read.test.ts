/** A directory that people come from, and what happens to it: nothing is wrongly deleted, nothing is lost, and then it goes on by itself. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect } from 'vitest';
import type { RunReport } from '#runs/model';
import type { SlapdServer } from '../../scripts/servers/slapd.ts';
import { ldap as program } from '../servers/ldap-programs.ts';
import { addedTo, changedIn, personLdif } from '../servers/ldap-system.ts';
import { type Between, proxyTo } from '../servers/proxy.ts';
import { slapdOfFile, testOnSlapd } from '../servers/slapd.ts';
import { directoryYaml, entriesBelow, NO_GATES, newUnit, stagedNames } from './directories.ts';
import { type Firm, firm, HOUR } from './firm.ts';

const PEOPLE = 40;
const shared = slapdOfFile({
  lines: ['limits dn.exact="cn=pager,dc=example,dc=org" size.soft=12 size.hard=12 size.pr=7 size.prtotal=12'],
});

let here: Firm;
let proxy: Between;
afterEach(async () => {
  await here.close();
  await proxy[Symbol.asyncDispose]();
});

interface House {
  readonly server: SlapdServer;
  readonly unit: string;
  /** Who has an account in the target, and what stands there of them. */
  accounts(): readonly string[];
  /** Another hour begins, and a run with it. */
  run(profile?: string): Promise<RunReport>;
  person(uid: string): string;
  /** Everything is as the directory has it. */
  expectAgreed(): Promise<void>;
}

async function house(more: object = {}, people = PEOPLE): Promise<House> {
  const server = await shared();
  const unit = await newUnit(server);
  const uids = Array.from({ length: people }, (_, at) => `u${at}`);
  const entry = (uid: string, at: number): string =>
    personLdif(`ou=people,${unit}`, uid, `employeeNumber: ${uid}\nmanager: uid=u${at === 0 ? 1 : 0},ou=people,${unit}\n`);
  await server.slapadd(uids.map(entry).join('\n'));
  await addedTo(
    server,
    `dn: cn=team,ou=groups,${unit}\nobjectClass: groupOfNames\ncn: team\nmember: uid=u1,ou=people,${unit}\nmember: uid=u2,ou=people,${unit}\n`,
  );
  proxy = await proxyTo(server.ldap);
  here = await firm(
    `store: sqlite:rollcall.db
${NO_GATES}
connections:
  staff:
    type: ldap
    owner: true
${await directoryYaml(server, { url: proxy.url, base: unit, pageSize: 10, ...more })}    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: employeeNumber, displayName: cn, title: title, manager: { reference: manager, by: name } }
      group: { join: name, project: true, attributes: { name: cn, member: { reference: member, by: name, kind: person } } }
  dir:
    type: memory
    system: dir
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
      group: { join: name, attributes: { name: name } }
    export:
      person:
        provision: true
        anchor: employeeId
        attributes: { number: employeeId, cn: displayName, title: title, boss: manager }
      group: { provision: true, anchor: name, attributes: { name: name, member: member } }
    deprovision: { action: delete }
`,
    ['dir'],
  );
  const accounts = (): readonly string[] =>
    here
      .system('dir')
      .objects()
      .map((one) => JSON.stringify([one.anchor, ...Object.entries(one.attributes).sort()]))
      .sort();
  const run = (profile = 'cycle'): Promise<RunReport> => {
    here.now += HOUR;
    return here.run({ profile });
  };
  await here.first();
  await run();
  expect(accounts()).toHaveLength(people + 1);
  expect(accounts().slice(0, 2)).toEqual([
    '["team",["member",["u1","u2"]],["name","team"]]',
    '["u0",["boss","u1"],["cn","u0"],["number","u0"]]',
  ]);
  return {
    server,
    unit,
    accounts,
    run,
    person: (uid) => `uid=${uid},ou=people,${unit}`,
    async expectAgreed() {
      const entries = await entriesBelow(server, unit, '(objectClass=inetOrgPerson)');
      const names = await stagedNames(here, 'staff', entries);
      expect([...names.values()]).toEqual([...names.keys()]);
      expect(accounts()).toHaveLength(entries.size + 1);
    },
  };
}

/** While it lasts nothing changes in the target, a full read included; afterwards what was changed meanwhile gets there by itself. */
async function outage(at: House, begin: () => unknown, end: () => unknown): Promise<readonly RunReport[]> {
  const before = at.accounts();
  await begin();
  const reports = [await at.run(), await at.run('full-import'), await at.run()];
  expect(at.accounts()).toEqual(before);
  await end();
  await changedIn(at.server, `dn: ${at.person('u3')}\nchangetype: modify\nreplace: title\ntitle: Doctor\n`);
  await at.run();
  await at.run('full-import');
  await at.run();
  expect(at.accounts().filter((one) => one.includes('Doctor'))).toHaveLength(1);
  await at.expectAgreed();
  return reports;
}

const faultsOf = (reports: readonly RunReport[]): readonly string[] => [
  ...new Set(reports.flatMap(({ faults }) => faults.map(({ kind }) => kind))),
];

describe('nobody is lost, and it goes on by itself, when', () => {
  testOnSlapd('the password is another one for a while', async () => {
    const at = await house();
    const { server } = at;
    const password = (text: string) =>
      changedIn(server, `dn: ${server.sync.dn}\nchangetype: modify\nreplace: userPassword\nuserPassword: ${text}\n`);
    // A connection that there is goes on: it signed in before.
    proxy.cut();
    const reports = await outage(
      at,
      () => password('another'),
      () => password(server.sync.password),
    );
    expect(faultsOf(reports)).toEqual(['authentication']);
  });

  testOnSlapd('the server stops in the middle of the pages, and comes again', async () => {
    const at = await house();
    let answers = 0;
    const reports = await outage(
      at,
      () => {
        proxy.answers = () => {
          if (++answers % 5 === 0) proxy.cut();
          return answers % 5 !== 0;
        };
      },
      () => {
        proxy.answers = () => true;
      },
    );
    expect(faultsOf(reports)).toEqual(['unavailable']);
    const stopped = await outage(
      at,
      () => at.server.kill(),
      () => at.server.start(),
    );
    expect(faultsOf(stopped)).toEqual(['unavailable']);
  });

  testOnSlapd('nothing of what is sent arrives', async () => {
    const at = await house({ timeoutSeconds: 0.3 });
    const reports = await outage(
      at,
      () => {
        proxy.silent = true;
      },
      () => {
        proxy.silent = false;
      },
    );
    expect(faultsOf(reports)).toEqual(['unavailable']);
  });

  testOnSlapd('everything takes long', async () => {
    const at = await house({ timeoutSeconds: 5 });
    proxy.delayMs = 100;
    await changedIn(at.server, `dn: ${at.person('u4')}\nchangetype: modify\nreplace: title\ntitle: Late\n`);
    const before = proxy.turns;
    await at.run();
    expect(proxy.turns - before).toBeLessThan(12);
    expect(at.accounts().filter((one) => one.includes('Late'))).toHaveLength(1);
    const full = proxy.turns;
    await at.run('full-import');
    expect(proxy.turns - full).toBeLessThan(20);
    await at.expectAgreed();
  });

  testOnSlapd('the server shows no more than a few', async () => {
    const at = await house();
    const { pager, folder } = at.server;
    const before = at.accounts();
    await writeFile(join(folder, 'pager.password'), pager.password);
    const file = join(here.folder, 'rollcall.yaml');
    const yaml = await readFile(file, 'utf8');
    await here.restart(yaml.replaceAll(at.server.sync.dn, pager.dn).replaceAll('sync.password', 'pager.password'));
    for (const profile of ['cycle', 'full-import', 'cycle']) {
      const { faults } = await at.run(profile);
      if (profile === 'full-import')
        expect(faults).toMatchObject([{ kind: 'permission', message: expect.stringContaining('(4)') }]);
      expect(at.accounts()).toEqual(before);
    }
  });

  testOnSlapd('its base is moved away and back', async () => {
    const at = await house();
    const by = { url: at.server.ldap, ...at.server.admin };
    const [rdn] = at.unit.split(',');
    const reports = await outage(
      at,
      () => program('ldapmodrdn', by, ['-r', at.unit, 'ou=away']),
      () => program('ldapmodrdn', by, ['-r', `ou=away,${at.server.suffix}`, rdn!]),
    );
    expect(faultsOf(reports).length).toBeGreaterThan(0);
  });

  testOnSlapd('an older state is put back', async () => {
    const at = await house();
    await at.server.save();
    const before = at.accounts();
    await addedTo(at.server, personLdif(`ou=people,${at.unit}`, 'new', 'employeeNumber: new\n'));
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
    const at = await house({ pageSize: 500 }, 1000);
    const before = at.accounts();
    const by = { url: at.server.ldap, ...at.server.admin };
    await program('ldapmodrdn', by, ['-r', `ou=people,${at.unit}`, 'ou=humans']);
    const report = await at.run();
    expect(report.faults).toEqual([]);
    await at.expectAgreed();
    expect(at.accounts()).toEqual(before);
    expect((await at.run('full-import')).faults).toEqual([]);
    await at.run();
    await at.expectAgreed();
    expect(at.accounts()).toEqual(before);
  });

  testOnSlapd('somebody is renamed: what refers to them still does', async () => {
    const at = await house();
    const before = at.accounts();
    const by = { url: at.server.ldap, ...at.server.admin };
    for (const uid of ['u0', 'u1']) {
      await program('ldapmodrdn', by, [at.person(uid), `uid=renamed-${uid}`]);
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
  const at = await house();
  const { server, unit } = at;
  const by = { url: server.ldap, ...server.admin };
  const team = (): string | undefined => at.accounts().find((one) => one.startsWith('["team"'));
  const membersOf = async (dn: string): Promise<string> => await program('ldapsearch', by, ['-b', dn, '-s', 'base', '*']);
  const group = `cn=team,ou=groups,${unit}`;
  await program('ldapmodrdn', by, ['-r', at.person('u1'), 'uid=ada']);
  // The server mends what refers to her a little later, by itself.
  await expect.poll(() => membersOf(group)).toContain('uid=ada');
  await expect.poll(() => membersOf(at.person('u0'))).toContain('uid=ada');
  await at.run();
  await addedTo(server, personLdif(`ou=people,${unit}`, 'u1', 'employeeNumber: new\n'));
  await at.run();
  expect(team()).toBe('["team",["member",["u1","u2"]],["name","team"]]');
  expect(at.accounts()).toContain('["u0",["boss","u1"],["cn","u0"],["number","u0"]]');
  // Whoever goes leaves no place either.
  await program('ldapdelete', by, [at.person('u2')]);
  await expect.poll(() => membersOf(group)).not.toContain('uid=u2');
  await at.run();
  await addedTo(server, personLdif(`ou=people,${unit}`, 'u2', 'employeeNumber: newer\n'));
  await at.run();
  expect(team()).toBe('["team",["member",["u1"]],["name","team"]]');
  // She is in it by her new name.
  await changedIn(
    server,
    `dn: ${group}\nchangetype: modify\nadd: member\nmember: ${at.person('u3')}\n-\ndelete: member\nmember: ${at.person('ada')}\n`,
  );
  await at.run();
  expect(team()).toBe('["team",["member",["u3"]],["name","team"]]');
});

testOnSlapd('another server in its place takes nobody away before somebody has looked', async () => {
  const at = await house();
  const before = at.accounts();
  await at.server.replace();
  for (const profile of ['cycle', 'full-import', 'cycle']) {
    const { faultCount, notices } = await at.run(profile);
    expect(faultCount + notices.length).toBeGreaterThan(0);
    expect(at.accounts()).toEqual(before);
  }
});
