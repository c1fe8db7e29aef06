/** Changes of Active Directory in both ways to ask for them, by a domain controller of this file's own. */
import { afterAll, describe, expect } from 'vitest';
import type { Change, Connection, ReadObject } from '#connectors/contract';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import { edit, freshUnit, sambaOfFile, testOnSamba, user } from '../../../test/servers/samba.ts';
import { ldap } from './index.ts';

const shared = sambaOfFile();
const opened: Connection[] = [];
afterAll(() => Promise.all(opened.map((connection) => connection.close())));

type Server = Awaited<ReturnType<typeof shared>>;
const at = (server: Server) => ({ url: server.ldaps, ...server.admin, caFile: server.caFile });
const unitIn = (dn: string): string => `dn: ${dn}\nobjectClass: organizationalUnit\n\n`;
const group = (dn: string, ...members: string[]): string =>
  `dn: ${dn}\nobjectClass: group\n${members.map((member) => `member: ${member}\n`).join('')}\n`;
const move = async (server: Server, dn: string, rdn: string, parent?: string): Promise<void> =>
  void (await program('ldapmodrdn', at(server), ['-r', ...(parent === undefined ? [] : ['-s', parent]), dn, rdn]));

function open(server: Server, settings: object): Connection {
  const { upn, password } = server.admin;
  const config = { url: server.ldaps, tls: { ca: server.caFile }, bind: { dn: upn, password }, ...settings };
  const context = { connection: 'ad', folder: '/', limits: { maxObjectBytes: 1_000_000 }, warn: () => undefined };
  const connection = ldap.open(ldap.config.parse(config), context);
  opened.push(connection);
  return connection;
}

async function read(connection: Connection, since?: string) {
  const objects: (ReadObject | Change)[] = [];
  let next: string | undefined;
  const request = { ...(since === undefined ? {} : { since }), signal: new AbortController().signal };
  for await (const page of connection.read!.read(request)) {
    objects.push(...page.objects);
    if (page.end !== undefined) expect(page.end.complete).toBe(true);
    next = page.end?.next ?? next;
  }
  return { objects, next: next ?? since! };
}

/** What is told, in short: names relative to the unit, anchors by the names that they had. */
async function told(connection: Connection, since: string, names: ReadonlyMap<string, string>, attribute = 'title') {
  const { objects, next } = await read(connection, since);
  const short = objects.map((one) => {
    const name = names.get(one.anchor) ?? 'new';
    if (one.op === 'delete') return `${one.kind} ${name} gone`;
    const cn = /^[^,]*/.exec(one.name!)![0];
    if (one.op === 'patch')
      return {
        [`${name} ${cn}`]: {
          ...(one.add === undefined ? {} : { add: one.add }),
          ...(one.remove === undefined ? {} : { remove: one.remove }),
        },
      };
    return `${name} ${cn} ${[one.attributes[attribute] ?? '-'].flat().sort().join(' ')}`;
  });
  // It is not told of what kind it was that is gone: a delete of what was never offered deletes nothing.
  return {
    short: [...new Set(short)].filter((one) => typeof one !== 'string' || !/^(?:group .*|person new) gone$/.test(one)),
    next,
  };
}

const namesOf = (objects: readonly (ReadObject | Change)[]): ReadonlyMap<string, string> =>
  new Map(objects.flatMap((one) => (one.op === 'delete' ? [] : [[one.anchor, /^CN=([^,]*)/.exec(one.name!)![1]!]])));

const ways = describe.each(['dirsync', 'timestamps']);

ways('by %s', (deltas) => {
  testOnSamba('what is changed, cleared, made, renamed, deleted is told, and nothing else', async () => {
    const server = await shared();
    await using unit = await freshUnit(server);
    const [ada, bob, cy] = ['ada', 'bob', 'cy'].map((cn) => `CN=${cn},${unit.dn}`) as [string, string, string];
    await edit(
      server,
      user(ada, 'title: one\nmail: a@x.example\n') + user(bob, 'title: two\n') + user(cy) + user(`CN=old,${unit.dn}`),
    );
    await program('ldapdelete', at(server), [`CN=old,${unit.dn}`]);
    const connection = open(server, { base: unit.dn, deltas });
    const since = await connection.read!.cursor!();
    const names = namesOf((await read(connection)).objects);
    await edit(
      server,
      `dn: ${ada}\nchangetype: modify\nreplace: mail\n-\nreplace: userAccountControl\nuserAccountControl: 66082\n\n`,
    );
    const cleared = await read(connection, since);
    expect(cleared.objects).toEqual([
      expect.objectContaining({ kind: 'person', attributes: expect.not.objectContaining({ mail: expect.anything() }) }),
    ]);
    await edit(server, user(`CN=dan,${unit.dn}`, 'title: new\n'));
    await move(server, bob, 'CN=bobby');
    await program('ldapdelete', at(server), [cy]);
    const { short, next } = await told(connection, cleared.next, names);
    expect(short.sort()).toEqual(['bob CN=bobby two', 'new CN=dan new', 'person cy gone']);
    // Names and what only the server sets of others are no changes of these.
    await edit(server, user(`CN=eve-${deltas},CN=Users,${server.base}`));
    expect((await told(connection, next, names)).short).toEqual([]);
  });

  testOnSamba(
    'what moves out of the base is gone, what moves in is there, also with the unit it stands in; groups know the new names',
    async () => {
      const server = await shared();
      await using inside = await freshUnit(server);
      await using outside = await freshUnit(server);
      const [ada, bob, cy] = [`CN=ada,${inside.dn}`, `CN=bob,OU=deep,${inside.dn}`, `CN=cy,OU=far,${outside.dn}`];
      const all = unitIn(`OU=deep,${inside.dn}`) + unitIn(`OU=far,${outside.dn}`) + [ada, bob, cy].map((dn) => user(dn)).join('');
      await edit(server, all + group(`CN=team,${inside.dn}`, ada, bob));
      const connection = open(server, { base: inside.dn, deltas });
      let next = await connection.read!.cursor!();
      const names = namesOf((await read(connection)).objects);
      const step = async (): Promise<unknown[]> => {
        const one = await told(connection, next, names, 'member');
        next = one.next;
        return one.short.sort();
      };
      await move(server, ada, 'CN=ada', outside.dn);
      expect(await step()).toEqual([
        'person ada gone',
        expect.stringMatching(`^team CN=team (?=.*CN=bob,OU=deep,${inside.dn}).*CN=ada,${outside.dn}`),
      ]);
      await move(server, `OU=far,${outside.dn}`, 'OU=near', inside.dn);
      expect(await step()).toEqual(['new CN=cy -']);
      await move(server, `OU=deep,${inside.dn}`, 'OU=deeper');
      expect(await step()).toEqual(['bob CN=bob -', expect.stringContaining(`CN=bob,OU=deeper,${inside.dn}`)]);
      await move(server, `OU=deeper,${inside.dn}`, 'OU=deeper', outside.dn);
      expect(await step()).toEqual(['person bob gone', expect.stringContaining('team')]);
    },
  );
});

ways('of one level and of one entry alone, by %s,', (deltas) => {
  testOnSamba('what lies deeper is not shown, what moves deeper is gone, and what moves up comes', async () => {
    const server = await shared();
    await using unit = await freshUnit(server);
    const [inner, lead] = [`OU=in,${unit.dn}`, `CN=lead,OU=other,${unit.dn}`];
    const people = [`CN=ada,${unit.dn}`, `CN=cy,${inner}`, lead, lead.replace('lead', 'beside')];
    await edit(server, unitIn(inner) + unitIn(`OU=other,${unit.dn}`) + people.map((dn) => user(dn)).join(''));
    const base = [
      { dn: unit.dn, scope: 'one' },
      { dn: lead, scope: 'base' },
    ];
    const connection = open(server, { base, deltas });
    let next = await connection.read!.cursor!();
    const all = async () => namesOf((await read(connection)).objects);
    const names = new Map(await all());
    expect([...names.values()].sort()).toEqual(['ada', 'lead']);
    const step = async (): Promise<unknown[]> => {
      const one = await told(connection, next, names);
      next = one.next;
      for (const [anchor, name] of await all()) names.set(anchor, name);
      return one.short.sort();
    };
    const title = (dn: string): string => `dn: ${dn}\nchangetype: modify\nreplace: description\ndescription: d\n\n`;
    await edit(server, [inner, `OU=other,${unit.dn}`, ...people].map(title).join(''));
    expect(await step()).toEqual(['ada CN=ada -', 'lead CN=lead -']);
    await move(server, `CN=ada,${unit.dn}`, 'CN=ada', inner);
    await move(server, inner, 'OU=inner');
    expect(await step()).toEqual(['person ada gone']);
    await move(server, `CN=cy,OU=inner,${unit.dn}`, 'CN=cy', unit.dn);
    expect(await step()).toEqual(['new CN=cy -']);
    expect([...(await all()).values()].sort()).toEqual(['cy', 'lead']);
  });
});

testOnSamba('what the domain keeps of an account by itself is read where it is asked for, and not otherwise', async () => {
  const server = await shared();
  await using unit = await freshUnit(server);
  const ada = `CN=ada,${unit.dn}`;
  const team = `CN=team,${unit.dn}`;
  await edit(server, user(ada) + group(team, ada));
  const names = ['memberOf', 'whenChanged', 'msDS-User-Account-Control-Computed'];
  const [plain, asking] = [open(server, { base: unit.dn }), open(server, { base: unit.dn, operational: names })];
  const [since, askedSince] = [await plain.read!.cursor!(), await asking.read!.cursor!()];
  await edit(server, `dn: ${ada}\nchangetype: modify\nreplace: title\ntitle: one\n\n`);
  const adaIn = async (connection: Connection, from?: string) =>
    (await read(connection, from)).objects.find((one): one is ReadObject => 'attributes' in one && one.name === ada)!.attributes;
  for (const attributes of [await adaIn(plain), await adaIn(plain, since)]) {
    expect(attributes).toMatchObject({ title: 'one' });
    for (const name of names) expect(attributes).not.toHaveProperty(name);
  }
  for (const attributes of [await adaIn(asking), await adaIn(asking, askedSince)]) {
    expect(attributes).toMatchObject({ title: 'one', memberOf: team, whenChanged: expect.any(String) });
    expect(attributes).toHaveProperty('msDS-User-Account-Control-Computed');
  }
});

testOnSamba('a filter is left and entered, and memberships come one by one', async () => {
  const server = await shared();
  await using unit = await freshUnit(server);
  const [ada, bob, team] = [`CN=ada,${unit.dn}`, `CN=bob,${unit.dn}`, `CN=team,${unit.dn}`];
  await edit(server, user(ada, 'title: yes\n') + user(bob) + group(team, ada));
  const connection = open(server, { base: unit.dn, filter: '(|(objectClass=group)(title=yes))' });
  const since = await connection.read!.cursor!();
  const names = new Map([...namesOf((await read(connection)).objects)]);
  expect([...names.values()].sort()).toEqual(['ada', 'team']);
  await edit(server, `dn: ${team}\nchangetype: modify\nadd: member\nmember: ${bob}\n-\ndelete: member\nmember: ${ada}\n\n`);
  const one = await told(connection, since, names);
  expect(one.short).toEqual([{ 'team CN=team': { add: { member: [bob] }, remove: { member: [ada] } } }]);
  await edit(
    server,
    `dn: ${ada}\nchangetype: modify\nreplace: title\ntitle: no\n\ndn: ${bob}\nchangetype: modify\nreplace: title\ntitle: yes\n\n`,
  );
  const two = await told(connection, one.next, names);
  expect(two.short.sort()).toEqual(['new CN=bob yes', 'person ada gone']);
  await edit(server, `dn: ${team}\nchangetype: modify\nadd: member\nmember: ${ada}\n-\nreplace: description\ndescription: d\n\n`);
  const { objects } = await read(connection, two.next);
  expect(objects).toEqual([
    expect.objectContaining({
      attributes: expect.objectContaining({ description: 'd', member: expect.arrayContaining([ada, bob]) }),
    }),
  ]);
});

testOnSamba(
  'another server, another state of this one, and a cursor of nobody are refused, so that everything is read',
  async () => {
    const server = await shared();
    await using unit = await freshUnit(server);
    const connection = open(server, { base: unit.dn });
    const since = await connection.read!.cursor!();
    const place = JSON.parse(since) as { places: [string] };
    const [identity, usn, cookie] = place.places[0].split(' ');
    const refused = async (text: string) =>
      read(connection, JSON.stringify({ ...place, places: [text] })).catch((error: unknown) => error);
    const conflict = expect.objectContaining({ kind: 'conflict' });
    expect(await refused(`${identity} ${usn} ${Buffer.from('nonsense').toString('base64')}`)).toEqual(conflict);
    expect(await refused(`${identity} ${BigInt(usn!) + 10_000n} ${cookie}`)).toEqual(conflict);
    expect(await refused(`other ${usn} ${cookie}`)).toEqual(conflict);
  },
);

testOnSamba('who may not use DirSync, and does not see what was deleted, is told what to do, and may read', async () => {
  const server = await shared();
  await using unit = await freshUnit(server);
  const password = `unicodePwd:: ${Buffer.from('"Long-enough-1"', 'utf16le').toString('base64')}\n`;
  const reader = user(`CN=reader,${unit.dn}`, `sAMAccountName: reader\nuserAccountControl: 512\n${password}`);
  await edit(server, reader + user(`CN=ada,${unit.dn}`));
  const bind = { dn: `CN=reader,${unit.dn}`, password: 'Long-enough-1' };
  await expect(open(server, { base: unit.dn, bind }).read!.cursor!()).rejects.toMatchObject({
    kind: 'permission',
    remedy: expect.stringContaining('Replicating Directory Changes'),
  });
  // Deletes are hidden from it: a delta without them would be half of one.
  await program('ldapdelete', at(server), [`CN=ada,${unit.dn}`]);
  await expect(open(server, { base: unit.dn, bind, deltas: 'timestamps' }).read!.cursor!()).rejects.toMatchObject({
    kind: 'permission',
    remedy: expect.stringContaining('dsacls'),
  });
  expect((await read(open(server, { base: unit.dn, bind, deltas: 'none' }))).objects).toMatchObject([{ name: bind.dn }]);
});
