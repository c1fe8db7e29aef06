/** A server that keeps no account of changes: what was modified is asked for, and what is gone is noticed. */
import { expect } from 'vitest';
import {
  addedTo,
  changedIn,
  configOf,
  faultOf,
  namesOf,
  objectNamed,
  personLdif,
  type System,
  systemOn,
} from '../../../test/servers/ldap-system.ts';
import { slapdOfFile, startSlapd, testOnSlapd } from '../../../test/servers/slapd.ts';

const SUFFIX = 'dc=example,dc=org';
const shared = slapdOfFile({ overlays: [] });
let units = 0;

async function withUnit(work: (unit: string, system: System) => Promise<void>, more: object = {}): Promise<void> {
  const server = await shared();
  const unit = `ou=m${++units},${SUFFIX}`;
  await addedTo(
    server,
    `dn: ${unit}\nobjectClass: organizationalUnit\n`,
    ...['ada', 'bo', 'cy'].map((uid) => personLdif(unit, uid)),
  );
  await using system = systemOn(server.folder, { ...(await configOf(server)), base: unit, ...more });
  await work(unit, system);
}

testOnSlapd('what was modified and what is new is shown, and read after read nothing is missed', async () => {
  await withUnit(async (unit, system) => {
    expect(await system.connection.test()).toContain('deltas by timestamps');
    let cursor = await system.connection.read!.cursor!();
    const server = await shared();
    for (const round of [1, 2]) {
      await changedIn(server, `dn: uid=ada,${unit}\nchangetype: modify\nreplace: title\ntitle: ${round}\n`);
      await addedTo(server, personLdif(unit, `new${round}`));
      const read = await system.since(cursor);
      expect(read.end).toMatchObject({ complete: true });
      const ada = read.objects.find((one) => 'name' in one && one.name === `uid=ada,${unit}`);
      expect(ada).toMatchObject({ attributes: { title: `${round}` } });
      expect(ada).toEqual(objectNamed(await system.full(), `uid=ada,${unit}`));
      expect(namesOf(read)).toContain(`uid=new${round},${unit}`);
      cursor = read.end!.next!;
    }
    expect((await system.since(cursor)).end).toMatchObject({ complete: true });
  });
});

testOnSlapd('where an entry went, or left the filter, everything is to be read again, also when another one came', async () => {
  const conflict = { kind: 'conflict', message: expect.stringContaining('entries went') };
  const edits = {
    went: (unit: string) => `dn: uid=bo,${unit}\nchangetype: delete\n`,
    left: (unit: string) => `dn: uid=bo,${unit}\nchangetype: modify\nreplace: title\ntitle: guest\n`,
  };
  for (const edit of Object.values(edits))
    await withUnit(
      async (unit, system) => {
        const cursor = await system.connection.read!.cursor!();
        await changedIn(await shared(), edit(unit));
        await addedTo(await shared(), personLdif(unit, 'other'));
        expect(await faultOf(system.since(cursor))).toMatchObject(conflict);
        const again = await system.connection.read!.cursor!();
        expect((await system.since(again)).end).toMatchObject({ complete: true });
      },
      { filter: '(!(title=guest))' },
    );
});

testOnSlapd('where an older state was put back, everything is to be read again, also what was changed long before', async () => {
  await using server = await startSlapd({ overlays: [] });
  const long = 'modifyTimestamp: 20200101000000Z\n';
  await server.slapadd(['ada', 'bo', 'cy'].map((uid) => personLdif(SUFFIX, uid, long)).join('\n'));
  await using system = systemOn(server.folder, await configOf(server));
  const title = (uid: string, text: string) =>
    changedIn(server, `dn: uid=${uid},${SUFFIX}\nchangetype: modify\nreplace: title\ntitle: ${text}\n`);
  await server.save();
  await title('ada', 'Doctor');
  await title('bo', 'Doctor');
  const { end } = await system.since(await system.connection.read!.cursor!());
  await server.restore();
  // Somebody goes on with it before it is noticed.
  await title('bo', 'Clerk');
  const older = { kind: 'conflict', message: expect.stringContaining('an older state') };
  expect(await faultOf(system.since(end!.next!))).toMatchObject(older);
  const again = await system.connection.read!.cursor!();
  expect((await system.since(again)).end).toMatchObject({ complete: true });
});

testOnSlapd('below a renamed unit all names are read again', async () => {
  await withUnit(async (unit, system) => {
    const server = await shared();
    await addedTo(server, `dn: ou=in,${unit}\nobjectClass: organizationalUnit\n`, personLdif(`ou=in,${unit}`, 'deep'));
    const cursor = await system.connection.read!.cursor!();
    await changedIn(server, `dn: ou=in,${unit}\nchangetype: modrdn\nnewrdn: ou=out\ndeleteoldrdn: 1\n`);
    expect(namesOf(await system.since(cursor))).toContain(`uid=deep,ou=out,${unit}`);
  });
});

testOnSlapd('pages that are larger than the server lets through are asked for again, smaller', async () => {
  await using server = await startSlapd({ overlays: [], pagerLimits: 'size=10 size.pr=7 size.prtotal=unlimited' });
  const unit = `ou=many,${SUFFIX}`;
  const people = Array.from({ length: 20 }, (_, i) => personLdif(`ou=in,${unit}`, `p${i}`));
  const units = [unit, `ou=in,${unit}`].map((dn) => `dn: ${dn}\nobjectClass: organizationalUnit\n`);
  await addedTo(server, ...units, ...people);
  await using system = systemOn(server.folder, { ...(await configOf(server)), base: unit, bind: server.pager, pageSize: 1_000 });
  const cursor = await system.connection.read!.cursor!();
  await addedTo(server, personLdif(unit, 'new'));
  const read = await system.since(cursor);
  expect([new Set(namesOf(read)).size, read.end]).toEqual([21, expect.objectContaining({ complete: true })]);
  await changedIn(server, `dn: ou=in,${unit}\nchangetype: modrdn\nnewrdn: ou=out\ndeleteoldrdn: 1\n`);
  const below = namesOf(await system.since(read.end!.next!)).filter((name) => name.includes(',ou=out,'));
  expect(new Set(below).size).toBe(20);
});

testOnSlapd(
  'of an account with limits the changes come in pages, and where it may not read all, it is read as far as that goes',
  async () => {
    await using server = await startSlapd({ overlays: [], pagerLimits: 'size=10 size.pr=7 size.prtotal=20' });
    const unit = `ou=few,${SUFFIX}`;
    const people = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, i) => personLdif(unit, `p${from + i}`));
    await addedTo(server, `dn: ${unit}\nobjectClass: organizationalUnit\n`, ...people(0, 12));
    const config = { ...(await configOf(server)), base: unit, bind: server.pager, pageSize: 5 };
    await using system = systemOn(server.folder, config);
    const cursor = await system.connection.read!.cursor!();
    await addedTo(server, ...people(12, 15));
    const read = await system.since(cursor);
    expect(namesOf(read)).toHaveLength(15);
    await addedTo(server, ...people(15, 30));
    expect(await faultOf(system.since(read.end!.next!))).toMatchObject({ kind: 'conflict' });
    const uncounted = await system.connection.read!.cursor!();
    expect((await system.full()).end).toMatchObject({ complete: false, reason: { remedy: expect.stringContaining('limit') } });
    expect(await faultOf(system.since(uncounted))).toMatchObject({ kind: 'conflict' });
  },
);
