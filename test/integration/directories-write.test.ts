/** OpenLDAP that accounts are written to, and what happens to it: each account once, none lost, and then it goes on by itself. */
import { describe, expect } from 'vitest';
import { parseDn } from '#core/dn';
import { acceptRead } from '#decisions/reads';
import { asksSomebody } from '#runs/model';
import type { SlapdServer } from '../../scripts/servers/slapd.ts';
import { addedTo } from '../servers/ldap-system.ts';
import { slapdOfFile, testOnSlapd } from '../servers/slapd.ts';
import { anchorOf, entriesBelow, openldap, rename, stagedNames } from './directories.ts';
import { HOUR } from './firm.ts';
import { afterWrites, answersLostAfter, heal, type Target, targetOf } from './target-directory.ts';

const PEOPLE = 40;
const shared = slapdOfFile();

interface House extends Target {
  readonly server: SlapdServer;
}

async function house(more: object = {}, people = PEOPLE): Promise<House> {
  const server = await shared();
  return { ...(await targetOf(await openldap(server), people, more)), server };
}

async function settled(more: object = {}, people = PEOPLE): Promise<House> {
  const at = await house(more, people);
  await at.firm.first();
  await at.expectSettled(() => 'cn: ');
  return at;
}

describe('each account is made once, and all of them, when', () => {
  testOnSlapd('the server is killed in the middle of the creates', async () => {
    await using at = await house();
    await at.firm.run();
    await at.firm.approve('dir');
    let killed: Promise<void> | undefined;
    afterWrites(at, 20, () => {
      killed = at.server.kill();
    });
    const report = await at.run();
    await killed!;
    expect(report.faultCount).toBeGreaterThan(0);
    await at.server.start();
    heal(at);
    await at.expectSettled(() => 'cn: ');
  });

  testOnSlapd('the answers to creates are lost with the connection', async () => {
    await using at = await house();
    await at.firm.run();
    await at.firm.approve('dir');
    for (const count of [1, 25]) {
      answersLostAfter(at, count);
      await at.run();
      heal(at);
    }
    await at.expectSettled(() => 'cn: ');
  });

  testOnSlapd('the unit that they are to stand in is missing at first', async () => {
    await using at = await house({}, 20);
    await at.firm.run();
    await at.firm.approve('dir');
    const unit = `dn: ${at.directory.people}\n`;
    await at.directory.change(`${unit}changetype: delete\n`);
    const report = await at.run();
    expect(report.faults[0]).toMatchObject({ kind: 'notFound', message: expect.stringContaining('noSuchObject (32)') });
    expect(report.notices).toMatchObject([
      { kind: 'refused', message: expect.stringContaining('dir: 20 changes were refused (') },
    ]);
    await at.directory.change(`${unit}changetype: add\nobjectClass: organizationalUnit\n`);
    await at.expectSettled(() => 'cn: ');
    expect(await at.firm.parked('refused')).toEqual([]);
  });
});

describe('each account gets what HR says, when', () => {
  testOnSlapd('the answers to changes are lost, or nothing is heard any more', async () => {
    await using at = await settled({ timeoutSeconds: 0.5 });
    at.everybody(() => ({ title: 'First' }));
    answersLostAfter(at, 20);
    await at.run();
    heal(at);
    at.everybody((number) => ({ title: number % 2 === 0 ? 'Second' : 'First' }));
    afterWrites(at, 5, () => {
      at.proxy.silent = true;
    });
    await at.run();
    heal(at);
    await at.expectSettled((number) => `title: ${number % 2 === 0 ? 'Second' : 'First'}`);
  });

  testOnSlapd('the password is another one for a while', async () => {
    await using at = await settled();
    await at.directory.password('another');
    at.proxy.cut();
    at.everybody(() => ({ title: 'Later' }));
    const before = await at.entries();
    expect((await at.run()).faults.map(({ kind }) => kind)).toContain('authentication');
    expect(await at.entries()).toEqual(before);
    await at.directory.password(null);
    await at.expectSettled(() => 'title: Later');
  });

  testOnSlapd('the base is moved away and back', async () => {
    await using at = await settled();
    const { admin, unit } = at.directory;
    const [rdn, ...parent] = unit.split(',');
    at.everybody(() => ({ title: 'Wherever' }));
    await rename(admin, unit, 'ou=away');
    for (let i = 0; i < 2; i++) expect((await at.run()).faultCount).toBeGreaterThan(0);
    await rename(admin, ['ou=away', ...parent].join(), rdn!);
    await at.expectSettled(() => 'title: Wherever');
  });

  testOnSlapd('the schema forbids it of one of a thousand', async () => {
    await using at = await house({}, 1000);
    const mail = (number: number): string => `${number}@${at.uids[0]}.example`;
    at.everybody((number) => ({ title: 'Fits', mail: number === 7 ? 'zoë@example.org' : mail(number) }));
    expect((await at.firm.first()).faults).toMatchObject([
      { kind: 'invalidValue', where: { connection: 'dir', object: at.person(7), attribute: 'mail' } },
    ]);
    const made = [...(await at.entries()).values()];
    expect(made.filter((entry) => entry.includes('title: Fits'))).toHaveLength(1000);
    expect(made.filter((entry) => entry.includes('mail: '))).toHaveLength(999);
    at.everybody((number) => ({ title: 'Fits', mail: mail(number) }));
    await at.expectSettled((number) => `mail: ${mail(number)}`);
  });

  testOnSlapd('an older state of the directory is put back', async () => {
    await using at = await settled();
    at.everybody(() => ({ title: 'First' }));
    await at.run();
    await at.server.save();
    at.everybody(() => ({ title: 'Written before' }));
    await at.run();
    // A read that saw the writes: it knows a later day than the server has then.
    await at.run();
    await at.server.restore();
    expect((await at.run()).faults).toMatchObject([{ kind: 'conflict', message: expect.stringContaining('older') }]);
    await at.expectSettled(() => 'title: Written before');
  });

  testOnSlapd('everything takes long', async () => {
    await using at = await settled({ timeoutSeconds: 5 });
    at.proxy.delayMs = 60;
    at.everybody(() => ({ title: 'Far away' }));
    const before = at.proxy.turns;
    await at.run();
    expect(at.proxy.turns - before).toBeLessThan(PEOPLE);
    at.proxy.delayMs = 0;
    await at.expectSettled(() => 'title: Far away');
  });

  testOnSlapd('somebody changes it in the directory between the read and the write', async () => {
    await using at = await settled();
    at.everybody(() => ({ title: 'By HR' }));
    for (const profile of ['delta-import', 'delta-sync']) await at.run(profile);
    await at.directory.change(`dn: ${at.person(5)}\nchangetype: modify\nadd: title\ntitle: By hand\n`);
    await at.run('export');
    await at.expectSettled(() => 'title: By HR');
  });
});

testOnSlapd('another server in its place is given nobody before somebody has looked, and then everybody', async () => {
  await using at = await settled();
  const { unit } = at.directory;
  await at.server.replace();
  for (const profile of ['cycle', 'full-import', 'cycle']) expect((await at.run(profile)).faultCount).toBeGreaterThan(0);
  const units = [unit, `ou=people,${unit}`, `ou=groups,${unit}`].map((dn) => `dn: ${dn}\nobjectClass: organizationalUnit\n`);
  await addedTo(at.server, ...units);
  for (let i = 0; i < 2; i++) {
    const { notices } = await at.run();
    expect(notices.filter(asksSomebody)).toMatchObject([{ kind: 'incompleteRead', connection: 'dir' }]);
    expect(await at.entries()).toEqual(new Map());
  }
  const looked = { by: 'Ada', reason: 'it is a new one', at: at.firm.now };
  await acceptRead({ connection: 'dir', accept: 'read' }, looked, at.firm);
  await at.expectSettled(() => 'cn: ');
});

testOnSlapd('who is renamed is renamed there, and everybody who refers to them says so', async () => {
  await using at = await settled({}, 30);
  const before = anchorsIn(await at.entries());
  const renamed = (number: number): string => at.person(number).replace('Name', 'Other');
  for (const number of [0, 1]) {
    const { attributes } = at.firm.system('hr').get('person', at.uids[number]!)!;
    at.firm.system('hr').put('person', at.uids[number]!, { ...attributes, name: `Other ${number}` });
  }
  for (let i = 0; i < 3; i++) expect((await at.run()).faults).toEqual([]);
  const now = await at.entries();
  expect(anchorsIn(now)).toEqual(before);
  expect(now.get(renamed(1))).toContain(`manager: ${renamed(0)}`);
  expect([...now.values()].filter((entry) => entry.includes(`manager: ${renamed(0)}`))).toHaveLength(29);
  const members = now.get(at.directory.group('team'))!.match(/^member: (cn=.*)$/gm)!;
  expect(members).toHaveLength(20);
  expect(members).toEqual(expect.arrayContaining([`member: ${renamed(0)}`, `member: ${renamed(1)}`]));
  expect(await at.run()).toMatchObject({ status: 'done', faults: [], rowsWritten: 0 });
  await at.run('full-import');
  await at.run();
  expect(await at.entries()).toEqual(now);
});

testOnSlapd('a unit that somebody renames keeps its people, and groups keep their members', async () => {
  await using at = await settled();
  const before = anchorsIn(await at.entries());
  await rename(at.directory.admin, at.directory.people, 'ou=humans');
  for (let i = 0; i < 3; i++) expect((await at.run()).faults).toEqual([]);
  const now = await at.entries();
  expect(anchorsIn(now)).toEqual(before);
  const members = now.get(at.directory.group('team'))!.match(/^member: cn=.*$/gm)!;
  expect(members.filter((one) => one.endsWith(`,ou=humans,${at.directory.unit}`))).toHaveLength(20);
  expect(members).toHaveLength(20);
  const staged = await stagedNames(at.firm, 'dir', new Map([...now].filter(([dn]) => dn.includes('ou=humans'))));
  expect([...staged.values()]).toEqual([...staged.keys()]);
  await at.run('full-import');
  await at.run();
  expect(await at.entries()).toEqual(now);
});

testOnSlapd('who leaves is disabled, deleted later, and comes back as the same while there is time', async () => {
  await using at = await settled({}, 30);
  const hr = at.firm.system('hr');
  const accounts = async (): Promise<string> => [...(await at.entries()).values()].join('\n');
  hr.remove('person', at.uids[3]!);
  hr.remove('person', at.uids[4]!);
  await at.run();
  const lock = /^pwdAccountLockedTime: 000001010000Z$/gm;
  expect(await locked(at)).toEqual([at.person(3), at.person(4)]);
  expect(await accounts()).not.toMatch(lock);
  hr.put('person', at.uids[4]!, { id: at.uids[4]!, name: 'Name 4', boss: at.uids[0]! });
  await at.run();
  expect(await locked(at)).toEqual([at.person(3)]);
  for (let days = 0; days <= 31; days += 5) {
    at.firm.now += 5 * 24 * HOUR;
    await at.run();
  }
  const left = await at.entries();
  expect(left.has(at.person(3))).toBe(false);
  expect(left.size).toBe(30);
});

testOnSlapd(
  'whom the server took out of groups and reports, as her account went, stands there again when she comes back',
  async () => {
    await using at = await settled({}, 30);
    const hr = at.firm.system('hr');
    const { attributes } = hr.get('person', at.uids[0]!)!;
    hr.remove('person', at.uids[0]!);
    for (let i = 0; i < 20 && (await at.entries()).has(at.person(0)); i++) {
      at.firm.now += 5 * 24 * HOUR;
      await at.run();
    }
    const members = async (): Promise<readonly string[]> =>
      (await at.entries()).get(at.directory.group('team'))!.match(/^member: cn=Name.*$/gm) ?? [];
    const led = async (): Promise<number> =>
      [...(await at.entries()).values()].filter((entry) => entry.includes(`manager: ${at.person(0)}`)).length;
    expect([(await members()).length, await led()]).toEqual([19, 0]);
    hr.put('person', at.uids[0]!, attributes);
    for (let i = 0; i < 3; i++) await at.run();
    expect([(await members()).length, await led()]).toEqual([20, 29]);
  },
);

const anchorsIn = (entries: ReadonlyMap<string, string>): readonly string[] => [...entries.values()].map(anchorOf).sort();

async function locked({ directory: { admin, unit } }: House): Promise<readonly string[]> {
  return [...(await entriesBelow(admin, unit, '(pwdAccountLockedTime=*)')).keys()].sort();
}

testOnSlapd('a name that looks like a place is a name', async () => {
  await using at = await house({}, 25);
  const called = (number: number): string =>
    ['Braun, Karl', `X,ou=people,${at.directory.unit}`, 'a+cn=b', '#"\\<>;= '][number] ?? `Name ${number}`;
  at.everybody((number) => ({ name: called(number) }));
  expect((await at.firm.first()).faults).toEqual([]);
  await at.run();
  const names = [...(await at.entries()).keys()].filter((dn) => dn !== at.directory.group('team'));
  expect(names.map((dn) => parseDn(dn)!.length)).toEqual(names.map(() => parseDn(at.person(9))!.length));
  expect(names.flatMap((dn) => parseDn(dn)![0]!.map(({ value }) => value)).sort()).toEqual(
    at.uids.map((_, number) => called(number)).sort(),
  );
  expect(await at.run()).toMatchObject({ status: 'done', faults: [], rowsWritten: 0 });
});
