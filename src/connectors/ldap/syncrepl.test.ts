/** What a delta shows, and when it says that it cannot. */
import { describe, expect } from 'vitest';
import type { Change, ReadObject } from '#connectors/contract';
import type { SlapdServer } from '../../../scripts/servers/slapd.ts';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import {
  addedTo,
  changedIn,
  configOf,
  faultOf,
  personLdif,
  type Read,
  type System,
  systemOn,
} from '../../../test/servers/ldap-system.ts';
import { slapdOfFile, startSlapd, testOnSlapd } from '../../../test/servers/slapd.ts';

const SUFFIX = 'dc=example,dc=org';
const shared = slapdOfFile();

interface Here {
  readonly server: SlapdServer;
  readonly system: System;
  readonly unit: string;
  /** What changed since it was asked last. */
  news(): Promise<readonly string[]>;
  change(ldif: string): Promise<void>;
  rename(dn: string, rdn: string, parent?: string): Promise<void>;
  remove(dn: string): Promise<void>;
}

let units = 0;
/** Below an organizationalUnit of its own, with `ada`, `bo` and `cy` in `ou=in` of it, and a group of the first two. */
type Work = (here: Here) => Promise<void>;
async function onServer(work: Work, more: (unit: string) => object = () => ({})): Promise<void> {
  const server = await shared();
  const unit = `ou=u${++units},${SUFFIX}`;
  const inner = `ou=in,${unit}`;
  const ou = (dn: string): string => `dn: ${dn}\nobjectClass: organizationalUnit\n`;
  await addedTo(
    server,
    ...[unit, inner, `ou=out,${unit}`].map(ou),
    ...['ada', 'bo', 'cy'].map((uid) => personLdif(inner, `${uid}${units}`)),
    `dn: cn=team,${unit}\nobjectClass: groupOfNames\ncn: team\nmember: uid=ada${units},${inner}\nmember: uid=bo${units},${inner}\n`,
  );
  await using system = systemOn(server.folder, { ...(await configOf(server)), base: unit, ...more(unit) });
  let cursor = await system.connection.read!.cursor!();
  const called = new Map<string, string>();
  for (const one of (await system.full()).objects as readonly ReadObject[]) called.set(one.anchor, one.name!);
  const said = (read: Read): readonly string[] =>
    read.objects
      .flatMap((one: ReadObject | Change) => {
        if (one.op === 'delete') return called.has(one.anchor) ? [`- ${called.get(one.anchor)}`] : [`- ${one.kind} of nobody`];
        const before = called.get(one.anchor);
        called.set(one.anchor, one.name!);
        return [before === undefined ? `+ ${one.name}` : before === one.name ? `= ${one.name}` : `${before} > ${one.name}`];
      })
      .map((line) => line.replaceAll(unit, '*').replaceAll(/(ada|bo|cy)\d+/g, '$1'));
  const by = { url: server.ldap, ...server.admin };
  await work({
    server,
    system,
    unit,
    async news() {
      const read = await system.since(cursor);
      expect(read.end?.complete).toBe(true);
      cursor = read.end!.next!;
      return [...new Set(said(read))].sort();
    },
    change: async (ldif) => void (await changedIn(server, ldif)),
    rename: async (dn, rdn, parent) =>
      void (await program('ldapmodrdn', by, ['-r', ...(parent === undefined ? [] : ['-s', parent]), dn, rdn])),
    remove: async (dn) => void (await program('ldapdelete', by, [dn])),
  });
}

const uid = (name: string, unit: string, inner = 'ou=in'): string => `uid=${name}${units},${inner},${unit}`;

describe.each(['syncrepl', 'accesslog'])('a delta by %s shows', (deltas) => {
  const onThis = (work: Work, more: object = {}): Promise<void> => onServer(work, () => ({ deltas, ...more }));

  testOnSlapd('what was added, changed and deleted, and nothing where nothing was', async () => {
    await onThis(async ({ server, unit, news, change, remove }) => {
      expect(await news()).toEqual([]);
      await addedTo(server, personLdif(`ou=in,${unit}`, `dee${units}`));
      await change(`dn: ${uid('cy', unit)}\nchangetype: modify\nreplace: title\ntitle: Doctor\n`);
      expect(await news()).toEqual([`+ uid=dee${units},ou=in,*`, '= uid=cy,ou=in,*']);
      await remove(uid('cy', unit));
      expect(await news()).toEqual(['- uid=cy,ou=in,*']);
      expect(await news()).toEqual([]);
    });
  });

  testOnSlapd('a membership by its group alone', async () => {
    await onThis(async ({ unit, news, change }) => {
      await change(`dn: cn=team,${unit}\nchangetype: modify\nadd: member\nmember: ${uid('cy', unit)}\n`);
      expect(await news()).toEqual(['= cn=team,*']);
    });
  });

  testOnSlapd('a rename and a move under the same id', async () => {
    await onThis(async ({ unit, news, rename }) => {
      await rename(uid('cy', unit), `uid=cy2${units}`);
      await rename(uid('bo', unit), `uid=bo${units}`, `ou=out,${unit}`);
      expect(await news()).toEqual(
        expect.arrayContaining(['uid=bo,ou=in,* > uid=bo,ou=out,*', 'uid=cy,ou=in,* > uid=cy,ou=in,*']),
      );
    });
  });

  testOnSlapd('groups that the server mends after a rename or a delete of a member', async () => {
    await onThis(async ({ system, unit, news, rename, remove }) => {
      await rename(uid('ada', unit), `cn=ada${units}`);
      expect(await news()).toContain('uid=ada,ou=in,* > cn=ada,ou=in,*');
      await remove(uid('bo', unit));
      expect(await news()).toContain('- uid=bo,ou=in,*');
      const [team] = await system.connection.lookup!({ attribute: 'cn', value: 'team' }, 'group');
      expect(team).toBeDefined();
    });
  });

  testOnSlapd('all names below an entry that was renamed or moved', async () => {
    await onThis(async ({ unit, news, rename }) => {
      await rename(`ou=in,${unit}`, 'ou=new');
      const all = await news();
      for (const name of ['ada', 'bo', 'cy']) expect(all).toContain(`uid=${name},ou=in,* > uid=${name},ou=new,*`);
      await rename(`ou=new,${unit}`, 'ou=new', `ou=out,${unit}`);
      const moved = await news();
      for (const name of ['ada', 'bo', 'cy']) expect(moved).toContain(`uid=${name},ou=new,* > uid=${name},ou=new,ou=out,*`);
    });
  });

  testOnSlapd('an entry that leaves the filter, or its class, as gone, and one that comes', async () => {
    const filtered = { filter: '(!(employeeType=external))' };
    await onThis(async ({ unit, news, change }) => {
      const type = (value: string): string => `dn: ${uid('cy', unit)}\nchangetype: modify\nreplace: employeeType\n${value}`;
      await change(type('employeeType: external\n'));
      expect(await news()).toEqual(['- uid=cy,ou=in,*']);
      await change(type(''));
      expect(await news()).toEqual(['= uid=cy,ou=in,*']);
    }, filtered);
  });

  testOnSlapd('of several bases what changed below each, and nothing of one as gone below another', async () => {
    await onServer(
      async ({ unit, news, change, rename, remove }) => {
        await change(`dn: ${uid('cy', unit)}\nchangetype: modify\nreplace: title\ntitle: Doctor\n`);
        expect(await news()).toEqual(['= uid=cy,ou=in,*']);
        await rename(uid('cy', unit), `uid=cy${units}`, `ou=out,${unit}`);
        const out = await news();
        expect(out).toContain('uid=cy,ou=in,* > uid=cy,ou=out,*');
        await rename(uid('cy', unit, 'ou=out'), `uid=cy${units}`, `ou=in,${unit}`);
        const back = await news();
        expect(back).toContain('uid=cy,ou=out,* > uid=cy,ou=in,*');
        expect([...out, ...back].filter((line) => line.startsWith('-'))).toEqual([]);
        await remove(uid('cy', unit));
        await change(`dn: ${uid('bo', unit)}\nchangetype: modify\nreplace: title\ntitle: Doctor\n`);
        expect((await news()).filter((line) => !line.endsWith('of nobody'))).toEqual(['- uid=cy,ou=in,*', '= uid=bo,ou=in,*']);
      },
      (unit) => ({ deltas, base: [`ou=in,${unit}`, `ou=out,${unit}`] }),
    );
  });

  testOnSlapd('nothing of ids that were never shown', async () => {
    const filtered = { filter: '(objectClass=inetOrgPerson)' };
    await onThis(async ({ unit, news, change, remove }) => {
      await change(`dn: cn=team,${unit}\nchangetype: modify\nadd: member\nmember: ${uid('cy', unit)}\n`);
      await remove(`cn=team,${unit}`);
      for (const line of await news()) expect(line).toMatch(/^- (person|group) of nobody$/);
    }, filtered);
  });
});

testOnSlapd('of several bases nobody is gone whom the session log names in the search of another one', async () => {
  const bases = ['ou=People', 'ou=Groups'].map((rdn) => `${rdn},${SUFFIX}`);
  const units = bases.map((dn) => `dn: ${dn}\nobjectClass: organizationalUnit\n`);
  const ldif = [...units, personLdif(bases[0]!, 'ada')].join('\n');
  await using server = await startSlapd({ overlays: ['syncprov'], sessionLog: 100, ldif });
  await using system = systemOn(server.folder, { ...(await configOf(server)), base: bases });
  const cursor = await system.connection.read!.cursor!();
  await changedIn(server, `dn: uid=ada,${bases[0]}\nchangetype: modify\nreplace: title\ntitle: Doctor\n`);
  const { objects } = await system.since(cursor);
  expect(objects.filter(({ op }) => op === 'delete')).toEqual([]);
  expect(objects).toContainEqual(expect.objectContaining({ name: `uid=ada,${bases[0]}` }));
});

testOnSlapd('an entry that grew above the limit of size is shown neither as changed nor as gone', async () => {
  const server = await shared();
  await addedTo(server, personLdif(SUFFIX, 'grows'));
  await using system = systemOn(server.folder, await configOf(server), { maxObjectBytes: 10_000 });
  const cursor = await system.connection.read!.cursor!();
  await changedIn(server, `dn: uid=grows,${SUFFIX}\nchangetype: modify\nadd: description\ndescription: ${'x'.repeat(20_000)}\n`);
  const { objects, end } = await system.since(cursor);
  expect(objects).toEqual([]);
  expect(end).toMatchObject({ complete: false, reason: { where: { object: `uid=grows,${SUFFIX}` } } });
});

describe('what was moved across the border of a base', () => {
  testOnSlapd('is read whole when it comes in', async () => {
    const inside = (unit: string) => ({ base: `ou=out,${unit}` });
    await onServer(async ({ unit, news, rename }) => {
      await rename(`ou=in,${unit}`, 'ou=in', `ou=out,${unit}`);
      const come = (await news()).filter((line) => !line.endsWith('of nobody'));
      expect(come).toEqual(['ada', 'bo', 'cy'].map((name) => `+ uid=${name},ou=in,ou=out,*`));
    }, inside);
  });

  testOnSlapd('is not said, where it stood above others, and all is read anew', async () => {
    const inside = (unit: string) => ({ base: `ou=in,${unit}` });
    await onServer(async ({ server, system, unit, rename }) => {
      await addedTo(
        server,
        `dn: ou=low,ou=in,${unit}\nobjectClass: organizationalUnit\n`,
        personLdif(`ou=low,ou=in,${unit}`, `low${units}`),
      );
      const cursor = await system.connection.read!.cursor!();
      await rename(`ou=low,ou=in,${unit}`, 'ou=low', `ou=out,${unit}`);
      expect(await faultOf(system.since(cursor))).toMatchObject({ kind: 'conflict' });
    }, inside);
  });
});

describe('a place that the server does not know', () => {
  const persons = (from: number, to: number): readonly string[] =>
    Array.from({ length: to - from }, (_, at) => personLdif(SUFFIX, `p${from + at}`));
  const conflict = { kind: 'conflict', remedy: expect.stringMatching(/^it is read in full$|syncprov-sessionlog/) };

  testOnSlapd('is one that it has forgotten', async () => {
    await using server = await startSlapd({ overlays: ['syncprov'], sessionLog: 3, ldif: persons(0, 20).join('\n') });
    await using system = systemOn(server.folder, await configOf(server));
    const cursor = await system.connection.read!.cursor!();
    const by = { url: server.ldap, ...server.sync };
    await program(
      'ldapdelete',
      by,
      Array.from({ length: 12 }, (_, at) => `uid=p${at},${SUFFIX}`),
    );
    expect(await faultOf(system.since(cursor))).toMatchObject(conflict);
    expect((await system.full()).objects).toHaveLength(8);
  });

  testOnSlapd('is one of another program, of another question, or nobody’s', async () => {
    const server = await shared();
    await using system = systemOn(server.folder, await configOf(server));
    const cursor = await system.connection.read!.cursor!();
    const place = JSON.parse(cursor) as { readonly places: readonly string[] };
    const garbage = [Buffer.from('garbage').toString('base64')];
    for (const other of [
      '',
      'x',
      '{}',
      '[]',
      'null',
      '"x"',
      JSON.stringify({ ...place, places: garbage }),
      JSON.stringify({ ...place, places: [] }),
    ])
      expect(await faultOf(system.since(other)), other).toMatchObject(conflict);
    await using narrower = systemOn(server.folder, { ...(await configOf(server)), filter: '(uid=*)' });
    expect(await faultOf(narrower.since(cursor))).toMatchObject(conflict);
  });

  testOnSlapd('is one of a later day, once an older state was put back, or of another server', async () => {
    await using server = await startSlapd({ ldif: persons(0, 5).join('\n') });
    await using system = systemOn(server.folder, await configOf(server));
    await server.save();
    await addedTo(server, ...persons(5, 8));
    const cursor = await system.connection.read!.cursor!();
    await server.restore();
    expect(await faultOf(system.since(cursor))).toMatchObject(conflict);
    expect((await system.full()).objects).toHaveLength(5);
    await server.replace();
    expect(await faultOf(system.since(cursor))).toMatchObject(conflict);
    await addedTo(server, ...persons(0, 2));
    expect(await faultOf(system.since(cursor))).toMatchObject(conflict);
    expect((await system.full()).objects).toHaveLength(2);
  });

  testOnSlapd('is one behind more changes than a limit lets through', async () => {
    await using server = await startSlapd({ ldif: persons(0, 5).join('\n') });
    await using system = systemOn(server.folder, { ...(await configOf(server)), bind: server.pager });
    const cursor = await system.connection.read!.cursor!();
    await addedTo(server, ...persons(5, 30));
    expect(await faultOf(system.since(cursor))).toMatchObject(conflict);
    expect((await system.full()).objects).toHaveLength(30);
  });
});

describe.each(['syncrepl', 'accesslog'])('by %s, where the account may not see the naming context', (deltas) => {
  testOnSlapd('nothing is taken for gone', async () => {
    await using server = await startSlapd({ lines: [`access to dn.base="${SUFFIX}" by dn.exact="cn=sync,${SUFFIX}" none`] });
    const unit = `ou=seen,${SUFFIX}`;
    await addedTo(server, `dn: ${unit}\nobjectClass: organizationalUnit\n`, personLdif(unit, 'ada'), personLdif(unit, 'bo'));
    await using system = systemOn(server.folder, { ...(await configOf(server)), base: unit, deltas });
    const cursor = await system.connection.read!.cursor!();
    await changedIn(server, `dn: uid=ada,${unit}\nchangetype: modify\nreplace: title\ntitle: Doctor\n`);
    await changedIn(server, `dn: uid=bo,${unit}\nchangetype: delete\n`);
    expect(await faultOf(system.since(cursor))).toMatchObject({ kind: 'conflict', remedy: 'it is read in full' });
    expect((await system.full()).end).toMatchObject({ complete: true });
  });
});
