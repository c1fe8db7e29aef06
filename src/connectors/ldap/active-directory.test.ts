/** What Active Directory wants of a write, and what it refuses: a unit of the shared domain for each test. */
import { afterAll, expect } from 'vitest';
import type { Connection, Page, RawAttributes, WriteItem } from '#connectors/contract';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import { startLimited } from '../../../test/servers/limited.ts';
import { edit, freshUnit, sharedSamba, testOnSamba, user } from '../../../test/servers/samba.ts';
import { ldap } from './index.ts';

const opened: Connection[] = [];
afterAll(() => Promise.all(opened.map((connection) => connection.close())));

type Server = Awaited<ReturnType<typeof sharedSamba>>;

function open(server: Server, base: string, settings: object = {}): Connection {
  const { upn, password } = server.admin;
  const config = { url: server.ldaps, tls: { ca: server.caFile }, bind: { dn: upn, password }, base, ...settings };
  const context = { connection: 'ad', folder: '/', limits: { maxObjectBytes: 1_000_000 }, warn: () => undefined };
  const connection = ldap.open(ldap.config.parse(config), context);
  opened.push(connection);
  return connection;
}

async function write(connection: Connection, item: Partial<WriteItem>) {
  const whole = { attempt: '1', operation: 'update', kind: 'person', anchor: null, set: {}, ...item } as const;
  return (await connection.write!.write([whole]))[0]!;
}

/** The names of tests that go on at the same time are different ones: a domain has each once. */
async function scene() {
  const server = await sharedSamba();
  const unit = await freshUnit(server);
  const own = (name: string): string => `${name}-${unit.dn.slice(4, 12)}`;
  const connection = open(server, unit.dn);
  const create = (name: string, set: RawAttributes = {}, kind = 'person') =>
    write(connection, { operation: 'create', kind, name: `CN=${name},${unit.dn}`, set: { sAMAccountName: own(name), ...set } });
  const made = async (name: string, set: RawAttributes = {}, kind = 'person') => {
    const result = await create(name, set, kind);
    if (!result.ok) throw new Error(result.fault.message);
    return { anchor: result.anchor!, attributes: result.object!.attributes, name: result.name! };
  };
  return { server, unit, own, connection, create, made, [Symbol.asyncDispose]: () => unit.remove() };
}

testOnSamba('an account is enabled with a password, and never without one', async () => {
  await using it = await scene();
  const password = 'Long-enough-1';
  const ada = await it.made('ada', { enabled: true, unicodePwd: password });
  expect(ada.attributes).toMatchObject({ enabled: true, userAccountControl: '512' });
  expect(ada.attributes).not.toHaveProperty('unicodePwd');
  const by = { url: it.server.ldaps, dn: ada.name, password, caFile: it.server.caFile };
  await program('ldapsearch', by, ['-b', '', '-s', 'base']);
  const bob = await it.made('bob', { enabled: true });
  expect(bob.attributes).toMatchObject({ enabled: false, userAccountControl: '514' });
  const disabled = await write(it.connection, { anchor: ada.anchor, set: { enabled: false }, seen: { enabled: true } });
  expect(disabled).toMatchObject({ ok: true, object: { attributes: { enabled: false, userAccountControl: '514' } } });
  await expect(program('ldapsearch', by, ['-b', '', '-s', 'base'])).rejects.toMatchObject({ code: 49 });
  // Bits beside it stay, but for the one that lets in whoever gives no password.
  await edit(it.server, `dn: ${ada.name}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 66082\n\n`);
  const enabled = await write(it.connection, { anchor: ada.anchor, set: { enabled: true, unicodePwd: 'Long-enough-2' } });
  expect(enabled).toMatchObject({ ok: true, object: { attributes: { enabled: true, userAccountControl: '66048' } } });
  await program('ldapsearch', { ...by, password: 'Long-enough-2' }, ['-b', '', '-s', 'base']);
});

testOnSamba('what is refused says which attribute, whether another has the value, and what to do', async () => {
  await using it = await scene();
  const upn = `${it.own('ada')}@lab.example`;
  const ada = await it.made('ada', { userPrincipalName: upn, mail: 'ada@lab.example' });
  const refused = async (result: ReturnType<typeof write>) => {
    const answer = await result;
    if (answer.ok) throw new Error('it was not refused');
    expect(answer.fault.message).not.toContain(upn);
    return [answer.fault.kind, answer.fault.where.attribute];
  };
  const change = (set: RawAttributes) => refused(write(it.connection, { anchor: ada.anchor, set }));
  expect(await refused(it.create('bob', { sAMAccountName: it.own('ada') }))).toEqual(['conflict', 'sAMAccountName']);
  expect(await refused(it.create('ada', { sAMAccountName: it.own('other') }))).toEqual(['conflict', undefined]);
  expect(await refused(it.create('bob', { userPrincipalName: upn }))).toEqual(['conflict', 'userPrincipalName']);
  expect(await refused(it.create('bob', { unicodePwd: 'x' }))).toEqual(['invalidValue', 'unicodePwd']);
  expect(await refused(it.create('bob', { sAMAccountName: null }))).toEqual(['invalidValue', 'sAMAccountName']);
  expect(await change({ title: 'x'.repeat(200) })).toEqual(['invalidValue', 'title']);
  expect(await change({ thumbnailPhoto: Buffer.alloc(120_000) })).toEqual(['invalidValue', 'thumbnailPhoto']);
  expect(await change({ mail: ['a@lab.example', 'b@lab.example'] })).toEqual(['invalidValue', 'mail']);
  expect(await change({ nosuch: 'x' })).toEqual(['invalidValue', 'nosuch']);
  expect(await change({ manager: `CN=nobody,${it.unit.dn}` })).toEqual(['invalidValue', undefined]);
  const { kinds } = await it.connection.discoverSchema();
  expect(kinds['person']).toMatchObject({ title: { maxLength: 128, multi: false }, thumbnailPhoto: { maxLength: 102_400 } });
});

testOnSamba('bytes come back, members come and go one by one, and an entry is renamed and moved with them', async () => {
  await using it = await scene();
  const photo = Buffer.alloc(27_000, 'photo');
  const [ada, bob] = [await it.made('ada', { thumbnailPhoto: photo }), await it.made('bob')];
  expect(Buffer.from(ada.attributes['thumbnailPhoto'] as Uint8Array).equals(photo)).toBe(true);
  const team = await it.made('team', { member: [ada.name] }, 'group');
  await edit(it.server, `dn: OU=deep,${it.unit.dn}\nobjectClass: organizationalUnit\n\n`);
  const name = `CN=ada lovelace,OU=deep,${it.unit.dn}`;
  const moved = await write(it.connection, { anchor: ada.anchor, name, set: { cn: 'ada lovelace', title: 'countess' } });
  expect(moved).toMatchObject({ ok: true, anchor: ada.anchor, name, object: { attributes: { title: 'countess' } } });
  const edits = {
    kind: 'group',
    anchor: team.anchor,
    add: { member: [bob.name, name] },
    remove: { member: [`CN=${'ada'},${it.unit.dn}`] },
  };
  const members = async (): Promise<unknown> =>
    (await it.connection.lookup!({ anchor: team.anchor }, 'group'))[0]!.attributes['member'];
  const gone = await write(it.connection, { ...edits, add: {}, remove: { member: [name] } });
  expect(gone).toEqual({ ok: true, anchor: team.anchor, name: team.name, edited: true });
  expect(await members()).toBeUndefined();
  for (const _ of ['once', 'and again']) {
    const result = await write(it.connection, { ...edits, remove: {} });
    expect(result).toMatchObject({ ok: true, edited: true });
    expect([...((await members()) as string[])].sort()).toEqual([bob.name, name].sort());
  }
});

testOnSamba('a bind that is refused says why; a password goes nowhere without TLS', async () => {
  await using it = await scene();
  const wrong = open(it.server, it.unit.dn, { bind: { dn: it.server.admin.upn, password: 'wrong' } });
  await expect(wrong.test()).rejects.toMatchObject({
    kind: 'authentication',
    message: expect.stringContaining('the password is wrong'),
  });
  await edit(
    it.server,
    user(
      `CN=off,${it.unit.dn}`,
      `userAccountControl: 514\nunicodePwd:: ${Buffer.from('"Long-enough-1"', 'utf16le').toString('base64')}\n`,
    ),
  );
  const off = open(it.server, it.unit.dn, { bind: { dn: `CN=off,${it.unit.dn}`, password: 'Long-enough-1' } });
  await expect(off.test()).rejects.toMatchObject({ kind: 'authentication' });
  const plain = open(it.server, it.unit.dn, { url: it.server.ldap });
  await expect(plain.test()).rejects.toMatchObject({ kind: 'configuration', remedy: expect.stringContaining('ldaps') });
  expect(await open(it.server, it.unit.dn, { url: it.server.ldap, startTls: true }).test()).toContain('Samba Active Directory');
});

testOnSamba('lists that are shown in parts come whole, from as many pages as the server likes', async () => {
  await using it = await scene();
  const people = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `CN=${name},${it.unit.dn}`);
  await edit(it.server, people.map((dn) => user(dn)).join(''));
  const team = await it.made('team', { member: people }, 'group');
  await using limited = await startLimited(it.server, { list: 'member', values: 3, page: 2 });
  const by = { url: limited.url, ...it.server.admin };
  expect(await program('ldapsearch', by, ['-b', team.name, 'member'])).toContain('member;range=0-2: ');
  await expect(program('ldapsearch', by, ['-b', it.unit.dn, 'cn'])).rejects.toMatchObject({ code: 4 });
  const connection = open(it.server, it.unit.dn, { url: limited.url });
  const since = await connection.read!.cursor!();
  const read = async (from: { since?: string }) => {
    const pages: Page[] = [];
    for await (const page of connection.read!.read({ ...from, signal: new AbortController().signal })) pages.push(page);
    expect(pages.at(-1)?.end?.complete).toBe(true);
    return pages.flatMap(({ objects }) => objects);
  };
  const all = await read({});
  const members = (objects: readonly object[]) =>
    objects.flatMap((one) => ('attributes' in one ? ((one.attributes as RawAttributes)['member'] ?? []) : []) as string[]).sort();
  expect(all).toHaveLength(people.length + 1);
  expect(members(all)).toEqual(people);
  expect(members(await connection.lookup!({ anchor: team.anchor }, 'group'))).toEqual(people);
  const described = await write(connection, { kind: 'group', anchor: team.anchor, set: { description: 'all of them' } });
  expect(described).toMatchObject({
    ok: true,
    object: { attributes: { member: expect.objectContaining({ length: people.length }) } },
  });
  expect(members(await read({ since }))).toEqual(people);
});
