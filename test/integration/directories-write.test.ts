/** A directory that accounts are written to, and what happens to it: each account once, none lost, and then it goes on by itself. */
import { afterEach, describe, expect } from 'vitest';
import { FrameReader } from '#protocols/ldap/frames';
import { readResponse } from '#protocols/ldap/responses';
import type { RunReport } from '#runs/model';
import type { SlapdServer } from '../../scripts/servers/slapd.ts';
import { ldap as program } from '../servers/ldap-programs.ts';
import { changedIn } from '../servers/ldap-system.ts';
import { type Between, proxyTo } from '../servers/proxy.ts';
import { slapdOfFile, testOnSlapd } from '../servers/slapd.ts';
import { directoryYaml, entriesBelow, NO_GATES, newUnit, stagedNames } from './directories.ts';
import { type Firm, firm, HOUR } from './firm.ts';

const PEOPLE = 40;
const shared = slapdOfFile();

let here: Firm;
let proxy: Between;
afterEach(async () => {
  await here.close();
  await proxy[Symbol.asyncDispose]();
});

interface House {
  readonly server: SlapdServer;
  readonly unit: string;
  readonly uids: readonly string[];
  /** Another hour begins, and a run with it. */
  run(profile?: string): Promise<RunReport>;
  /** HR says this of everybody. */
  everybody(more: (at: number) => { readonly [attribute: string]: string | readonly string[] }): void;
  person(at: number): string;
  /** What stands in the directory, as another program reads it, without what the server itself adds. */
  entries(): Promise<ReadonlyMap<string, string>>;
  /** After some more hours everything is as HR has it: each account once, and known by its name; and then nothing is written any more. */
  expectSettled(expected: (at: number) => string): Promise<void>;
}

async function house(more: object = {}, people = PEOPLE): Promise<House> {
  const server = await shared();
  const unit = await newUnit(server);
  // The server keeps them unique over all units.
  const uids = Array.from({ length: people }, (_, at) => `${unit.slice(3, unit.indexOf(','))}-${String(at).padStart(3, '0')}`);
  proxy = await proxyTo(server.ldap);
  const settings = { url: proxy.url, base: unit, pageSize: 30, ...more };
  here = await firm(`store: sqlite:rollcall.db
${NO_GATES}
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, familyName: name, title: title, mail: mail, manager: { reference: boss } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  dir:
    type: ldap
${await directoryYaml(server, settings)}    import:
      person: { join: employeeId, attributes: { employeeId: employeeNumber } }
      group: { join: name, attributes: { name: cn } }
    export:
      person:
        provision: true
        dn: \${"cn=" + person.familyName + ",ou=people,${unit}"}
        enabled: { attribute: enabled, on: true, off: false }
        attributes:
          uid: employeeId
          employeeNumber: employeeId
          cn: familyName
          sn: familyName
          title: title
          mail: mail
          manager: { value: manager, by: name }
      group:
        provision: true
        dn: \${"cn=" + group.name + ",ou=groups,${unit}"}
        attributes: { cn: name, member: { value: member, by: name } }
    deprovision: { action: disable, then: delete, after: 30d }
`);
  const hr = here.system('hr');
  const everybody: House['everybody'] = (given) => {
    for (const [at, uid] of uids.entries())
      hr.put('person', uid, { id: uid, name: `Name ${at}`, ...(at === 0 ? {} : { boss: uids[0]! }), ...given(at) });
  };
  everybody(() => ({}));
  hr.put('group', 'team', { name: 'team', members: uids.slice(0, 20) });
  const run = (profile = 'cycle'): Promise<RunReport> => {
    here.now += HOUR;
    return here.run({ profile });
  };
  const person = (number: number): string => `cn=Name ${number},ou=people,${unit}`;
  const entries = (): Promise<ReadonlyMap<string, string>> => entriesBelow(server, unit, '(|(uid=*)(cn=team))');
  return {
    server,
    unit,
    uids,
    run,
    everybody,
    person,
    entries,
    async expectSettled(expected) {
      for (let i = 0; i < 5; i++) if ((await run()).rowsWritten === 0) break;
      const now = await entries();
      expect(now.size).toBe(people + 1);
      for (let at = 0; at < people; at++) {
        const entry = now.get(person(at));
        expect(entry).toContain(`cn: Name ${at}`);
        expect(entry).toContain(expected(at));
        if (at > 0) expect(entry).toContain(`manager: ${person(0)}`);
      }
      expect(now.get(`cn=team,ou=groups,${unit}`)!.match(/^member: cn=Name/gm)).toHaveLength(20);
      const staged = await stagedNames(here, 'dir', new Map([...now].filter(([dn]) => dn !== `cn=team,ou=groups,${unit}`)));
      expect([...staged.values()]).toEqual([...staged.keys()]);
      const quiet = await run();
      expect(quiet).toMatchObject({ status: 'done', faults: [], rowsWritten: 0 });
      await run('full-import');
      expect(await run()).toMatchObject({ status: 'done', faults: [] });
      expect(await entries()).toEqual(now);
    },
  };
}

async function settled(more: object = {}, people = PEOPLE): Promise<House> {
  const at = await house(more, people);
  await here.first();
  await at.expectSettled(() => 'cn: ');
  return at;
}

/** Requests that make or change an entry (RFC 4511 4.6, 4.7, 4.9); several come in one piece. */
function writesIn(chunk: Buffer): number {
  const messages = new FrameReader(16_777_216).push(chunk);
  return messages.filter((message) => [0x66, 0x68, 0x6c].includes(readResponse(message).tag)).length;
}

/** After so many writes have gone out, `happens`, once. */
function afterWrites(count: number, happens: () => unknown): void {
  let seen = 0;
  proxy.asked = (chunk) => {
    const before = seen;
    seen += writesIn(chunk);
    if (before < count && seen >= count) happens();
  };
}
function healthy(): void {
  proxy.asked = () => undefined;
  proxy.answers = () => true;
  proxy.silent = false;
}

describe('each account is made once, and all of them, when', () => {
  testOnSlapd('the server is killed in the middle of the creates', async () => {
    const at = await house();
    await here.run();
    await here.approve('dir');
    let killed: Promise<void> | undefined;
    afterWrites(20, () => {
      killed = at.server.kill();
    });
    const report = await at.run();
    await killed!;
    expect(report.faultCount).toBeGreaterThan(0);
    await at.server.start();
    healthy();
    await at.expectSettled(() => 'cn: ');
  });

  testOnSlapd('the answers to creates are lost with the connection', async () => {
    const at = await house();
    await here.run();
    await here.approve('dir');
    for (const count of [1, 25]) {
      afterWrites(count, () => {
        proxy.answers = () => {
          proxy.cut();
          return false;
        };
      });
      await at.run();
      healthy();
    }
    await at.expectSettled(() => 'cn: ');
  });
});

describe('each account gets what HR says, when', () => {
  testOnSlapd('the answers to changes are lost, or nothing is heard any more', async () => {
    const at = await settled({ timeoutSeconds: 0.5 });
    at.everybody(() => ({ title: 'First' }));
    afterWrites(20, () => {
      proxy.answers = () => {
        proxy.cut();
        return false;
      };
    });
    await at.run();
    healthy();
    at.everybody((number) => ({ title: number % 2 === 0 ? 'Second' : 'First' }));
    afterWrites(5, () => {
      proxy.silent = true;
    });
    await at.run();
    healthy();
    await at.expectSettled((number) => `title: ${number % 2 === 0 ? 'Second' : 'First'}`);
  });

  testOnSlapd('the password is another one for a while', async () => {
    const at = await settled();
    const password = (text: string) =>
      changedIn(at.server, `dn: ${at.server.sync.dn}\nchangetype: modify\nreplace: userPassword\nuserPassword: ${text}\n`);
    await password('another');
    proxy.cut();
    at.everybody(() => ({ title: 'Later' }));
    const before = await at.entries();
    expect((await at.run()).faults.map(({ kind }) => kind)).toContain('authentication');
    expect(await at.entries()).toEqual(before);
    await password(at.server.sync.password);
    await at.expectSettled(() => 'title: Later');
  });

  testOnSlapd('the schema forbids it of one of them', async () => {
    const at = await settled({}, 100);
    at.everybody((number) => ({ title: 'Fits', mail: number === 7 ? 'zoë@example.org' : `m${number}@example.org` }));
    const report = await at.run();
    expect(report.faults).toMatchObject([{ kind: 'invalidValue', where: { connection: 'dir' } }]);
    const now = await at.entries();
    expect([...now.values()].filter((entry) => entry.includes('title: Fits'))).toHaveLength(99);
    at.everybody((number) => ({ title: 'Fits', mail: `m${number}@example.org` }));
    await at.expectSettled((number) => `mail: m${number}@example.org`);
  });

  testOnSlapd('an older state of the directory is put back', async () => {
    const at = await settled();
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
    const at = await settled({ timeoutSeconds: 5 });
    proxy.delayMs = 60;
    at.everybody(() => ({ title: 'Far away' }));
    const before = proxy.turns;
    await at.run();
    expect(proxy.turns - before).toBeLessThan(PEOPLE);
    proxy.delayMs = 0;
    await at.expectSettled(() => 'title: Far away');
  });

  testOnSlapd('somebody changes it in the directory between the read and the write', async () => {
    const at = await settled();
    at.everybody(() => ({ title: 'By HR' }));
    for (const profile of ['delta-import', 'delta-sync']) await at.run(profile);
    await changedIn(at.server, `dn: ${at.person(5)}\nchangetype: modify\nadd: title\ntitle: By hand\n`);
    await at.run('export');
    await at.expectSettled(() => 'title: By HR');
  });
});

testOnSlapd('who is renamed is renamed there, and everybody who refers to them says so', async () => {
  const at = await settled({}, 30);
  const before = anchorsIn(await at.entries());
  const renamed = (number: number): string => at.person(number).replace('Name', 'Other');
  for (const number of [0, 1]) {
    const { attributes } = here.system('hr').get('person', at.uids[number]!)!;
    here.system('hr').put('person', at.uids[number]!, { ...attributes, name: `Other ${number}` });
  }
  for (let i = 0; i < 3; i++) expect((await at.run()).faults).toEqual([]);
  const now = await at.entries();
  expect(anchorsIn(now)).toEqual(before);
  expect(now.get(renamed(1))).toContain(`manager: ${renamed(0)}`);
  expect([...now.values()].filter((entry) => entry.includes(`manager: ${renamed(0)}`))).toHaveLength(29);
  const members = now.get(`cn=team,ou=groups,${at.unit}`)!.match(/^member: (cn=.*)$/gm)!;
  expect(members).toHaveLength(20);
  expect(members).toEqual(expect.arrayContaining([`member: ${renamed(0)}`, `member: ${renamed(1)}`]));
  expect(await at.run()).toMatchObject({ status: 'done', faults: [], rowsWritten: 0 });
  await at.run('full-import');
  await at.run();
  expect(await at.entries()).toEqual(now);
});

testOnSlapd('a unit that somebody renames keeps its people, and groups keep their members', async () => {
  const at = await settled();
  const before = anchorsIn(await at.entries());
  await program('ldapmodrdn', { url: at.server.ldap, ...at.server.admin }, ['-r', `ou=people,${at.unit}`, 'ou=humans']);
  for (let i = 0; i < 3; i++) expect((await at.run()).faults).toEqual([]);
  const now = await at.entries();
  expect(anchorsIn(now)).toEqual(before);
  const members = now.get(`cn=team,ou=groups,${at.unit}`)!.match(/^member: cn=.*$/gm)!;
  expect(members.filter((one) => one.endsWith(`,ou=humans,${at.unit}`))).toHaveLength(20);
  expect(members).toHaveLength(20);
  const staged = await stagedNames(here, 'dir', new Map([...now].filter(([dn]) => dn.includes('ou=humans'))));
  expect([...staged.values()]).toEqual([...staged.keys()]);
  await at.run('full-import');
  await at.run();
  expect(await at.entries()).toEqual(now);
});

testOnSlapd('who leaves is disabled, deleted later, and comes back as the same while there is time', async () => {
  const at = await settled({}, 30);
  const hr = here.system('hr');
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
    here.now += 5 * 24 * HOUR;
    await at.run();
  }
  const left = await at.entries();
  expect(left.has(at.person(3))).toBe(false);
  expect(left.size).toBe(30);
});

const anchorsIn = (entries: ReadonlyMap<string, string>): readonly string[] =>
  [...entries.values()].map((entry) => /^entryUUID: (.*)$/m.exec(entry)![1]!).sort();

async function locked({ server, unit }: House): Promise<readonly string[]> {
  return [...(await entriesBelow(server, unit, '(pwdAccountLockedTime=*)')).keys()].sort();
}
