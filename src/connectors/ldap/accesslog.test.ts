/** OpenLDAP's log of writes tells what changed: values of lists as they came and went, everything else by reading again. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Change, ReadObject, SetEdits } from '#connectors/contract';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
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
const shared = slapdOfFile();
const LOG = { deltas: 'accesslog' };

const unitLdif = (dn: string): string => `dn: ${dn}\nobjectClass: organizationalUnit\n`;
const modify = (dn: string, ...lines: readonly string[]): string => `dn: ${dn}\nchangetype: modify\n${lines.join('\n')}\n`;

/** Changes in a few words, with names instead of ids. */
function words(objects: readonly (ReadObject | Change)[], known: ReadonlyMap<string, string>): string[] {
  return objects.flatMap((one) => {
    const name = known.get(one.anchor);
    if (one.op === 'delete') return name === undefined ? [] : [`- ${one.kind} ${name}`];
    if (one.op !== 'patch') return [`= ${one.name}`];
    const values = (edits: SetEdits['add'] = {}): string =>
      Object.entries(edits)
        .map(([attribute, list]) => `${attribute} ${list.join(' ')}`)
        .join();
    return [`~ ${one.name}: +${values(one.add)} -${values(one.remove)}`];
  });
}

async function namesIn(system: System): Promise<Map<string, string>> {
  const { objects } = await system.full();
  return new Map((objects as readonly ReadObject[]).map(({ anchor, name }) => [anchor, name!]));
}

testOnSlapd('members come and go as values; any other change is the entry as it is now', async () => {
  const server = await shared();
  const unit = `ou=members,${SUFFIX}`;
  const dn = (uid: string): string => `uid=${uid},${unit}`;
  const team = `cn=team,${unit}`;
  const uids = ['ada', 'bo', 'cy', 'dé'];
  await addedTo(
    server,
    unitLdif(unit),
    ...uids.slice(0, 3).map((uid) => personLdif(unit, uid)),
    `dn: ${team}\nobjectClass: groupOfNames\nmember: ${dn('ada')}\nmember: ${dn('bo')}\n`,
  );
  await using system = systemOn(server.folder, { ...(await configOf(server)), base: unit, ...LOG });
  const known = await namesIn(system);
  let cursor = await system.connection.read!.cursor!();
  const news = async (): Promise<string[]> => {
    const { objects, end } = await system.since(cursor);
    expect(end?.complete).toBe(true);
    cursor = end!.next!;
    return words(objects, known);
  };
  expect(await news()).toEqual([]);
  await changedIn(server, modify(team, 'add: member', `member: ${dn('cy')}`, '-', 'delete: member', `member: ${dn('ada')}`));
  await changedIn(server, modify(team, 'add: member', `member: ${dn('ada')}`, '-', 'delete: member', `member: ${dn('bo')}`));
  expect(await news()).toEqual([`~ ${team}: +member ${dn('cy')} ${dn('ada')} -member ${dn('bo')}`]);
  await changedIn(server, modify(team, 'add: member', `member: ${dn('bo')}`));
  await changedIn(server, modify(team, 'replace: description', 'description: all of them'));
  await changedIn(server, modify(dn('bo'), 'replace: sn', 'sn: Bo 2', '-', 'replace: displayName', 'displayName: two'));
  expect((await news()).sort()).toEqual([`= ${dn('bo')}`, `= ${team}`].sort());
  // Outside of what is read, and what nobody reads.
  await addedTo(server, personLdif(SUFFIX, 'elsewhere'));
  await changedIn(server, modify(dn('cy'), 'replace: userPassword', 'userPassword: not to be seen'));
  expect(await news()).toEqual([]);
});

testOnSlapd('a renamed unit is followed, with all that stands below it; what is deleted is gone', async () => {
  const server = await shared();
  const unit = `ou=names,${SUFFIX}`;
  const inner = `ou=in,${unit}`;
  await addedTo(server, unitLdif(unit), unitLdif(inner), ...['ada', 'bo'].map((uid) => personLdif(inner, uid)));
  await using system = systemOn(server.folder, { ...(await configOf(server)), base: unit, ...LOG });
  const known = await namesIn(system);
  const cursor = await system.connection.read!.cursor!();
  await changedIn(server, `dn: ${inner}\nchangetype: modrdn\nnewrdn: ou=out\ndeleteoldrdn: 1\n`);
  await changedIn(server, `dn: uid=bo,ou=out,${unit}\nchangetype: delete\n`);
  const { objects } = await system.since(cursor);
  expect(words(objects, known).sort()).toEqual([
    `- group uid=bo,${inner}`,
    `- person uid=bo,${inner}`,
    `= uid=ada,ou=out,${unit}`,
  ]);
});

testOnSlapd('a member that was renamed, and goes by its new name, is gone from the group', async () => {
  const server = await shared();
  const unit = `ou=both,${SUFFIX}`;
  const team = `cn=both,${unit}`;
  const dn = (uid: string): string => `uid=${uid},${unit}`;
  await addedTo(
    server,
    unitLdif(unit),
    ...['ada', 'bo'].map((uid) => personLdif(unit, uid)),
    `dn: ${team}\nobjectClass: groupOfNames\nmember: ${dn('ada')}\nmember: ${dn('bo')}\n`,
  );
  await using system = systemOn(server.folder, { ...(await configOf(server)), base: unit, ...LOG });
  const cursor = await system.connection.read!.cursor!();
  await changedIn(server, `dn: ${dn('bo')}\nchangetype: modrdn\nnewrdn: uid=eve\ndeleteoldrdn: 1\n`);
  await changedIn(server, modify(team, 'delete: member', `member: ${dn('eve')}`));
  const read = await system.since(cursor);
  expect(new Set(namesOf(read))).toEqual(new Set([dn('eve'), team]));
  expect(objectNamed(read, team).attributes['member']).toEqual(dn('ada'));
});

testOnSlapd('what was deleted and put back under the id that it had is what it is now', async () => {
  const server = await shared();
  const unit = `ou=back,${SUFFIX}`;
  const ada = personLdif(unit, 'ada', 'entryUUID: 6f1d2c3a-7b5e-4c8d-9a01-23456789abcd\n');
  await addedTo(server, unitLdif(unit), ada);
  await using system = systemOn(server.folder, { ...(await configOf(server)), base: unit, ...LOG });
  const known = await namesIn(system);
  const cursor = await system.connection.read!.cursor!();
  const remove = `dn: uid=ada,${unit}\nchangetype: delete\n`;
  await changedIn(server, remove);
  await addedTo(server, `${ada}title: back\n`);
  const read = await system.since(cursor);
  expect(new Set(words(read.objects, known))).toEqual(new Set([`= uid=ada,${unit}`]));
  expect(objectNamed(read, `uid=ada,${unit}`).attributes).toMatchObject({ title: 'back' });
  await changedIn(server, remove);
  expect(words((await system.since(read.end!.next!)).objects, known)).toContain(`- person uid=ada,${unit}`);
});

testOnSlapd('a log that has forgotten some of what changed is told apart from one that has not', async () => {
  await using server = await startSlapd();
  // So a server forgets in silence.
  await server.stop();
  const conf = join(server.folder, 'slapd.conf');
  await writeFile(conf, (await readFile(conf, 'utf8')).replace('syncprov-reloadhint TRUE\n', ''));
  await server.start();
  const records = async (): Promise<string[]> => {
    const args = ['-b', 'cn=accesslog', '-s', 'one', 'reqStart'];
    const text = await program('ldapsearch', { url: server.ldap, ...server.admin }, args);
    return [...text.matchAll(/^dn: (.*)$/gm)].map(([, dn]) => dn!).sort();
  };
  const forget = async (dns: readonly string[]): Promise<void> =>
    void (await program('ldapdelete', { url: server.ldap, ...server.admin }, [...dns]));
  await using system = systemOn(server.folder, { ...(await configOf(server)), ...LOG });
  // Of a log without records.
  const first = await system.connection.read!.cursor!();
  await addedTo(server, ...['a', 'b'].map((uid) => personLdif(SUFFIX, uid)));
  const read = await system.since(first);
  expect(namesOf(read)).toEqual(['a', 'b'].map((uid) => `uid=${uid},${SUFFIX}`));
  const cursors = [read.end!.next!, await system.connection.read!.cursor!()];
  const known = await records();
  await addedTo(server, ...['c', 'd', 'e'].map((uid) => personLdif(SUFFIX, uid)));
  // What the place is behind already is not missed.
  await forget(known.slice(0, -1));
  for (const cursor of cursors) expect(namesOf(await system.since(cursor))).toHaveLength(3);
  await forget((await records()).slice(0, 2));
  for (const cursor of cursors)
    expect(await faultOf(system.since(cursor))).toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('no longer reaches back'),
    });
  const again = await system.connection.read!.cursor!();
  expect((await system.since(again)).end).toMatchObject({ complete: true });
});

testOnSlapd('a server that was set up anew, and a log that nobody may read, are told apart from nothing new', async () => {
  await using server = await startSlapd();
  const config = await configOf(server);
  await using system = systemOn(server.folder, { ...config, ...LOG });
  const cursor = await system.connection.read!.cursor!();
  await server.replace();
  await using anew = systemOn(server.folder, { ...config, ...LOG });
  expect(await faultOf(anew.since(cursor))).toMatchObject({ kind: 'conflict', remedy: 'it is read in full' });
  await using blind = systemOn(server.folder, { ...config, bind: server.pager, ...LOG });
  expect(await faultOf(blind.connection.read!.cursor!())).toMatchObject({ kind: 'notFound' });
});
