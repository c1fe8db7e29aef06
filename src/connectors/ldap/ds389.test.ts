/** What is otherwise on a 389 Directory Server. */
import { expect } from 'vitest';
import type { Ds389Server } from '../../../scripts/servers/ds389.ts';
import { ds389OfFile, testOnDs389 } from '../../../test/servers/ds389.ts';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import { faultOf, objectNamed, personLdif, type System, systemOn } from '../../../test/servers/ldap-system.ts';

const shared = ds389OfFile();

const systemOf = (server: Ds389Server, more: object): System =>
  systemOn(server.folder, { url: server.ldaps, tls: { ca: server.caFile }, bind: server.sync, base: server.suffix, ...more });

testOnDs389('has no content synchronisation of use, says so, and is asked for what was modified instead', async () => {
  const server = await shared();
  await using refused = systemOf(server, { deltas: 'syncrepl' });
  const fault = await faultOf(refused.connection.read!.cursor!());
  expect(fault).toMatchObject({ kind: 'configuration', remedy: expect.stringContaining('deltas: none') });
  const by = { url: server.ldap, ...server.admin };
  const dn = `uid=mo,${server.suffix}`;
  await program('ldapadd', by, [], personLdif(server.suffix, 'mo'));
  await using system = systemOf(server, {});
  const cursor = await system.connection.read!.cursor!();
  await program('ldapmodify', by, [], `dn: ${dn}\nchangetype: modify\nreplace: title\ntitle: changed\n`);
  await program('ldapadd', by, [], personLdif(server.suffix, 'new'));
  const read = await system.since(cursor);
  expect(read.end).toMatchObject({ complete: true });
  expect(objectNamed(read, dn).attributes['title']).toBe('changed');
  expect(objectNamed(read, `uid=new,${server.suffix}`)).toBeDefined();
  await program('ldapdelete', by, [dn]);
  expect(await faultOf(system.since(read.end!.next!))).toMatchObject({ kind: 'conflict' });
});

testOnDs389('an account is enabled or not by nsAccountLock, a rename keeps its id, and members follow it', async () => {
  const server = await shared();
  const { suffix } = server;
  const by = { url: server.ldap, ...server.admin };
  await using system = systemOf(server, { deltas: 'none' });
  const [ada, eve] = ['ada', 'eve'].map((uid) => `uid=${uid},${suffix}`) as [string, string];
  await program('ldapadd', by, [], personLdif(suffix, 'ada'));
  await program('ldapadd', by, [], `dn: cn=g,${suffix}\nobjectClass: groupOfNames\ncn: g\nmember: ${ada}\n`);
  const before = objectNamed(await system.full(), ada);
  expect(before.attributes).toMatchObject({ enabled: true });
  const item = { operation: 'update', anchor: before.anchor } as const;
  expect(await system.write({ ...item, set: { enabled: false, title: 'X' }, seen: { enabled: true } })).toMatchObject([
    { ok: true, object: { attributes: { enabled: false, title: 'X' } } },
  ]);
  expect(await program('ldapsearch', by, ['-b', ada, 'nsAccountLock'])).toMatch(/^nsAccountLock: true$/im);
  expect(await system.write({ ...item, name: eve, set: { enabled: true }, seen: { enabled: false } })).toMatchObject([
    { ok: true, name: eve, anchor: before.anchor, object: { attributes: { uid: 'eve', enabled: true } } },
  ]);
  expect((await system.connection.lookup!({ anchor: before.anchor }, 'person'))[0]).toMatchObject({ name: eve });
  expect(objectNamed(await system.full(), `cn=g,${suffix}`).attributes).toMatchObject({ member: eve });
  const made = await system.write({ operation: 'create', name: `uid=off,${suffix}`, set: { cn: 'x', sn: 'x', enabled: false } });
  expect(made).toMatchObject([{ ok: true, object: { attributes: { enabled: false } } }]);
});
