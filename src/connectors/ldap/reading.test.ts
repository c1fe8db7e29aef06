/** What is read, and what a limit of the server makes of it. */
import { describe, expect } from 'vitest';
import type { ReadObject } from '#connectors/contract';
import type { SlapdServer } from '../../../scripts/servers/slapd.ts';
import { addedTo, changedIn, configOf, namesOf, objectNamed, personLdif, systemOn } from '../../../test/servers/ldap-system.ts';
import { slapdOfFile, startSlapd, testOnSlapd } from '../../../test/servers/slapd.ts';

const SUFFIX = 'dc=example,dc=org';
const PEOPLE = 60;
const unit = (name: string): string => `dn: ou=${name},${SUFFIX}\nobjectClass: organizationalUnit\nou: ${name}\n`;
const ldif = [
  unit('people'),
  ...Array.from({ length: PEOPLE }, (_, at) => personLdif(`ou=people,${SUFFIX}`, `p${at + 10}`)),
  unit('odd'),
  `dn: cn=Amy Wong+sn=Kroker,ou=odd,${SUFFIX}\nobjectClass: inetOrgPerson\ncn: Amy Wong\nsn: Kroker\nmanager: uid=nobody,dc=nowhere\n`,
].join('\n');
const shared = slapdOfFile({ ldif });

async function read(server: SlapdServer, more: object): Promise<{ names: number; end: unknown }> {
  await using system = systemOn(server.folder, { ...(await configOf(server)), base: `ou=people,${SUFFIX}`, ...more });
  const all = await system.full();
  const anchors = new Set(all.objects.map((one) => one.anchor));
  expect(anchors.size).toBe(all.objects.length);
  return { names: namesOf(all).length, end: all.end!.complete ? 'complete' : all.end!.reason };
}

describe('pages', () => {
  testOnSlapd('are as small as the server wants them, and each entry comes once', async () => {
    const server = await shared();
    for (const pageSize of [1, 7, 60, 61, 1000]) {
      expect(await read(server, { pageSize })).toEqual({ names: PEOPLE, end: 'complete' });
    }
    // Refused above seven, without a word of how many there may be.
    expect(await read(server, { bind: server.pager, pageSize: 100 })).toEqual({ names: PEOPLE, end: 'complete' });
  });

  testOnSlapd('come to an end where a limit is on all of them, and nothing counts as gone', async () => {
    await using server = await started(['limits users size.soft=20 size.hard=20 size.pr=7 size.prtotal=20']);
    const { names, end } = await read(server, { bind: READER, pageSize: 100 });
    expect(names).toBeGreaterThan(0);
    expect(names).toBeLessThanOrEqual(20);
    expect(end).toMatchObject({ kind: 'permission', remedy: expect.stringContaining('limit') });
  });

  testOnSlapd('that may not be had at all leave what one answer holds, and nothing counts as gone', async () => {
    await using server = await started(['limits users size.soft=20 size.hard=20 size.prtotal=disabled']);
    const { names, end } = await read(server, { bind: READER });
    expect(names).toBeLessThanOrEqual(20);
    expect(end).toMatchObject({ kind: 'permission' });
  });

  testOnSlapd('come to an end by the limit of time, and nothing counts as gone', async () => {
    const people = Array.from({ length: 6000 }, (_, at) => personLdif(`ou=people,${SUFFIX}`, `q${at}`)).join('\n');
    await using server = await started(['limits users time.soft=1 time.hard=1 size=unlimited'], people);
    // Each time twice the work, until the server takes longer than its limit, however quick it is.
    let end: unknown = 'complete';
    for (let parts = 1500; end === 'complete' && parts <= 100_000; parts *= 2) {
      const slow = `(|${Array.from({ length: parts }, (_, at) => `(description=*${at}x*y*)`).join('')}(uid=p10))`;
      ({ end } = await read(server, { bind: READER, filter: slow, pageSize: 100_000, timeoutSeconds: 60 }));
    }
    expect(end).toMatchObject({ kind: 'unavailable', remedy: expect.stringContaining('time limit') });
  });
});

const READER = { dn: `cn=reader,${SUFFIX}`, password: 'reader' };
async function started(lines: readonly string[], more = ''): ReturnType<typeof startSlapd> {
  const reader = `dn: ${READER.dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nuserPassword: ${READER.password}\n`;
  return startSlapd({ ldif: [ldif, reader, more].join('\n'), overlays: ['syncprov'], lines });
}

describe('entries', () => {
  testOnSlapd('have names of several parts, and managers that are nowhere', async () => {
    const server = await shared();
    await using system = systemOn(server.folder, await configOf(server));
    const name = `cn=Amy Wong+sn=Kroker,ou=odd,${SUFFIX}`;
    expect(objectNamed(await system.full(), name).attributes).toMatchObject({ sn: 'Kroker', manager: 'uid=nobody,dc=nowhere' });
    const [amy] = await system.connection.lookup!({ attribute: 'cn', value: 'amy wong' }, 'person');
    expect(amy!.name).toBe(name);
  });

  testOnSlapd('have what the server keeps of them only where it is asked for, in every way to read them', async () => {
    const server = await shared();
    const unit = `ou=kept,${SUFFIX}`;
    const dn = `uid=ada,${unit}`;
    const lists = `dn: cn=team,${unit}\nobjectClass: groupOfNames\ncn: team\nmember: ${dn}\n`;
    await addedTo(server, `dn: ${unit}\nobjectClass: organizationalUnit\n`, personLdif(unit, 'ada'), lists);
    const change = (lines: string) => changedIn(server, `dn: ${dn}\nchangetype: modify\n${lines}`);
    await change('replace: userPassword\nuserPassword: first\n');
    const names = ['pwdChangedTime', 'modifyTimestamp', 'memberOf', 'creatorsName'];
    const config = { ...(await configOf(server)), base: unit };
    for (const deltas of ['syncrepl', 'accesslog', 'timestamps'] as const) {
      await using plain = systemOn(server.folder, { ...config, deltas });
      await using asking = systemOn(server.folder, { ...config, deltas, operational: names.map((name) => name.toLowerCase()) });
      const cursors = [await plain.connection.read!.cursor!(), await asking.connection.read!.cursor!()] as const;
      const time = /^\d{14}Z$/;
      const kept = {
        pwdChangedTime: expect.stringMatching(time),
        modifyTimestamp: expect.stringMatching(time),
        memberOf: `cn=team,${unit}`,
        creatorsName: server.admin.dn,
      };
      await change(`replace: title\ntitle: ${deltas}\n`);
      const reads = [
        [objectNamed(await plain.full(), dn), objectNamed(await asking.full(), dn)],
        [objectNamed(await plain.since(cursors[0]), dn), objectNamed(await asking.since(cursors[1]), dn)],
      ] as const;
      for (const [without, having] of reads) {
        expect(Object.keys(without.attributes).filter((name) => names.includes(name))).toEqual([]);
        expect(having.attributes).toMatchObject({ title: deltas, ...kept });
      }
      const [found] = await asking.connection.lookup!({ attribute: 'uid', value: 'ada' }, 'person');
      expect(found!.attributes).toMatchObject(kept);
    }
    // A new password shows as that, and as nothing where it is not asked for.
    await using asking = systemOn(server.folder, { ...config, deltas: 'accesslog', operational: ['pwdchangedtime'] });
    await using plain = systemOn(server.folder, { ...config, deltas: 'accesslog' });
    const cursors = [await plain.connection.read!.cursor!(), await asking.connection.read!.cursor!()] as const;
    await change('replace: userPassword\nuserPassword: second\n');
    expect(namesOf(await plain.since(cursors[0]))).toEqual([]);
    expect(namesOf(await asking.since(cursors[1]))).toEqual([dn]);
  });

  testOnSlapd('that may not be seen are not there, and a base that may not be is told', async () => {
    const server = await shared();
    const hidden = { bind: 'anonymous' };
    await using system = systemOn(server.folder, { ...(await configOf(server)), ...hidden });
    await expect(system.full()).rejects.toMatchObject({ kind: 'notFound' });
  });

  testOnSlapd('above the limit of size are left out with their names, and nothing counts as gone', async () => {
    const server = await shared();
    await addedTo(server, personLdif(`ou=odd,${SUFFIX}`, 'heavy', `description: ${'x'.repeat(20_000)}\n`));
    const config = { ...(await configOf(server)), base: `ou=odd,${SUFFIX}` };
    await using system = systemOn(server.folder, config, { maxObjectBytes: 10_000 });
    const { objects, end } = await system.full();
    expect(namesOf({ objects: objects as readonly ReadObject[] })).toHaveLength(1);
    expect(end).toMatchObject({ complete: false, reason: { where: { object: `uid=heavy,ou=odd,${SUFFIX}` } } });
    // Of many times the limit, too: the connection goes on.
    const audio = Buffer.alloc(20 * 1_048_576).toString('base64');
    await server.slapadd(personLdif(`ou=odd,${SUFFIX}`, 'heaviest', `audio:: ${audio}\n`));
    await using other = systemOn(server.folder, { ...config, filter: '(!(uid=heavy))' }, { maxObjectBytes: 10_000 });
    const read = await other.full();
    expect(namesOf({ objects: read.objects as readonly ReadObject[] })).toHaveLength(1);
    expect(read.end).toMatchObject({ complete: false, reason: { where: { object: `uid=heaviest,ou=odd,${SUFFIX}` } } });
  });
});
