import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Change, Connection, OpenContext, ReadEnd, ReadObject, WriteItem } from '#connectors/contract';
import type { Fault } from '#core/errors';
import { ldif } from './index.ts';

let folder: string;
let warnings: Fault[];
let open: Connection[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-ldif-'));
  warnings = [];
  open = [];
});
afterEach(async () => {
  for (const connection of open) await connection.close();
  rmSync(folder, { recursive: true });
});

function connect(
  settings: { [key: string]: unknown } = {},
  maxObjectBytes = 1 << 20,
  mapped?: NonNullable<OpenContext['mapped']>,
): Connection {
  const config = ldif.config.parse({ path: 'a.ldif', ...settings });
  const connection = ldif.open(config, {
    connection: 'dir',
    folder,
    limits: { maxObjectBytes },
    ...(mapped === undefined ? {} : { mapped }),
    warn: (fault) => warnings.push(fault),
  });
  open.push(connection);
  return connection;
}

const path = () => join(folder, 'a.ldif');
const content = () => readFileSync(path(), 'utf8');

async function readAll(
  connection: Connection,
  since?: string,
): Promise<{ objects: (ReadObject | Change)[]; end: ReadEnd; restarted: boolean }> {
  const objects: (ReadObject | Change)[] = [];
  let end: ReadEnd | undefined;
  let restarted = false;
  const request = { signal: new AbortController().signal, ...(since === undefined ? {} : { since }) };
  for await (const page of connection.read!.read(request)) {
    objects.push(...page.objects);
    restarted ||= page.restarted === true;
    if (page.end !== undefined) end = page.end;
  }
  return { objects, end: end!, restarted };
}

let attempts = 0;
function item(operation: WriteItem['operation'], more: Partial<WriteItem>): WriteItem {
  return { attempt: `t${++attempts}`, operation, kind: 'person', anchor: null, set: {}, ...more };
}

const CREW = `version: 1

# the container
dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

# leads the group
dn: cn=Ada,ou=People, dc=example,dc=org
objectClass: inetOrgPerson
CN: Ada
sn: Byron
mail: ada@example.org
mail: a@example.org
x-kept: as   it is

dn: cn=team,ou=people,dc=example,dc=org
objectclass: groupOfNames
cn: team
member: cn=Ada,ou=people,dc=example,dc=org
`;
const ADA = 'cn=ada,ou=people,dc=example,dc=org';

describe('read', () => {
  test('kinds, anchors, names, values; the container is not offered', async () => {
    writeFileSync(path(), CREW);
    const { objects, end } = await readAll(connect());
    expect(objects).toMatchObject([
      {
        kind: 'person',
        anchor: ADA,
        name: 'cn=Ada,ou=People, dc=example,dc=org',
        attributes: { cn: 'Ada', mail: ['ada@example.org', 'a@example.org'], objectClass: 'inetOrgPerson' },
        line: 9,
      },
      {
        kind: 'group',
        anchor: 'cn=team,ou=people,dc=example,dc=org',
        attributes: { member: 'cn=Ada,ou=people,dc=example,dc=org' },
      },
    ]);
    expect(end).toMatchObject({ complete: true, fingerprint: expect.stringMatching(/^sha256:/) });
    expect(warnings).toEqual([]);
    const all = await readAll(connect({ others: true, kinds: { organizationalUnit: 'unit' }, ignore: ['MAIL'] }));
    expect(all.objects.map((object) => object.kind)).toEqual(['unit', 'person', 'group']);
    expect(Object.keys((all.objects[1] as ReadObject).attributes)).not.toContain('mail');
  });

  test('a computer is no person, whatever else it is', async () => {
    writeFileSync(path(), 'dn: cn=pc,dc=org\nobjectClass: user\nobjectClass: computer\ncn: pc\n');
    expect((await readAll(connect())).objects).toEqual([]);
    expect((await readAll(connect({ others: true }))).objects).toMatchObject([{ kind: 'other' }]);
  });

  test('an attribute as anchor: missing, doubled, and a GUID of Active Directory', async () => {
    const guid = Buffer.from('00112233445566778899aabbccddeeff', 'hex').toString('base64');
    const entry = (name: string, id: string) => `dn: cn=${name},dc=org\nobjectClass: person\ncn: ${name}\n${id}`;
    writeFileSync(
      path(),
      [entry('a', `objectguid:: ${guid}\n`), entry('b', ''), entry('c', `objectGUID:: ${guid}\n`)].join('\n'),
    );
    const { objects, end } = await readAll(connect({ anchor: 'objectGUID' }));
    expect(objects).toMatchObject([{ anchor: '33221100-5544-7766-8899-aabbccddeeff', name: 'cn=a,dc=org' }]);
    expect(end.complete).toBe(false);
    expect(warnings).toMatchObject([
      { where: { file: path(), line: 6, object: 'cn=b,dc=org' }, remedy: expect.any(String) },
      { where: { line: 10, object: 'cn=c,dc=org' }, message: expect.stringMatching(/line 1 has the same anchor/) },
    ]);
  });

  test('faults skip their entry, the rest goes on, and nothing counts as gone', async () => {
    writeFileSync(
      path(),
      `${CREW}\ndn: CN=ada,ou=people,dc=example,dc=org\nobjectClass: person\ncn: x\n\ndn: cn=x\ncn\n\ndn: cn=late,dc=org\nobjectClass: person\ncn: late\n`,
    );
    const { objects, end } = await readAll(connect());
    expect(objects.map((object) => object.anchor)).toContain('cn=late,dc=org');
    expect(end).toMatchObject({
      complete: false,
      reason: { message: expect.stringMatching(/^2 entries .*left out; the first: .*same DN/) },
    });
    expect(end.fingerprint).toBeUndefined();
    expect(warnings.map((fault) => fault.where.line)).toEqual([22, 27]);
  });

  test('a value that cannot be read costs its attribute; one that says which entry it is costs the entry', async () => {
    const text = (id: string, more: string): string => `dn: uid=${id},dc=x\nobjectClass: person\nuid: ${id}\nsn: ok\n${more}\n`;
    writeFileSync(
      path(),
      [text('1', 'mail:: !!'), text('2', 'mail: a\nmail:: !!'), text('3', 'ou:: !!'), text('4', 'objectClass:: !!')].join('\n'),
    );
    const { objects, end } = await readAll(connect({ ignore: ['ou'] }));
    expect(objects.map((one) => [one.anchor, Object.keys((one as ReadObject).attributes), (one as ReadObject).refused])).toEqual([
      [
        'uid=1,dc=x',
        ['objectClass', 'uid', 'sn'],
        [expect.objectContaining({ where: expect.objectContaining({ line: 5, attribute: 'mail' }) })],
      ],
      [
        'uid=2,dc=x',
        ['objectClass', 'uid', 'sn'],
        [expect.objectContaining({ where: expect.objectContaining({ line: 12, attribute: 'mail' }) })],
      ],
      ['uid=3,dc=x', ['objectClass', 'uid', 'sn'], undefined],
    ]);
    expect(end).toMatchObject({ complete: false, reason: { where: { object: 'uid=4,dc=x' } } });
    const before = readFileSync(path());
    const connection = connect();
    expect(await connection.write!.write([item('update', { anchor: 'uid=1,dc=x', set: { sn: 'new' } })])).toMatchObject([
      { ok: false, fault: { kind: 'invalidValue', message: expect.stringContaining('cannot be read') } },
    ]);
    await connection.write!.commit!();
    expect(readFileSync(path())).toEqual(before);
  });

  test('an attribute that an entry does not have is none where a rule asks for it', async () => {
    writeFileSync(path(), 'dn: uid=1,dc=x\nobjectClass: person\nMobile: 1\n\ndn: uid=2,dc=x\nobjectClass: person\nmail:: !\n');
    const connection = ldif.open(ldif.config.parse({ path: 'a.ldif', ignore: ['ou'] }), {
      connection: 'dir',
      folder,
      limits: { maxObjectBytes: 1_000 },
      clears: ['mobile', 'mail', 'name', 'anchor', 'ou'],
      warn: () => undefined,
    });
    expect((await readAll(connection)).objects.map((one) => ({ ...(one as ReadObject).attributes }))).toEqual([
      { objectClass: 'person', mobile: '1', mail: null },
      { objectClass: 'person', mobile: null },
    ]);
    await connection.close();
  });

  test('a file that is not there is a fault where it is only read, and empty where Rollcall is to make it', async () => {
    await expect(readAll(connect())).rejects.toMatchObject({ kind: 'notFound', where: { file: path() } });
    const made = await readAll(connect({}, 1000, { person: ['cn'] }));
    expect(made).toMatchObject({ objects: [], end: { complete: true } });
    expect(warnings).toEqual([]);
  });

  test('an entry over the limit is skipped', async () => {
    writeFileSync(path(), `${CREW}\ndn: cn=big,dc=org\nobjectClass: person\ndescription: ${'x'.repeat(3000)}\n`);
    const { objects, end } = await readAll(connect({}, 1000));
    expect(objects).toHaveLength(2);
    expect(end.reason?.message).toMatch(/a line of 3013 bytes/);
  });

  test('lookup by anchor and by equivalent value; schema and test', async () => {
    writeFileSync(path(), CREW);
    const connection = connect();
    expect(await connection.lookup!({ anchor: 'CN=Ada, ou=people,dc=example,dc=org' }, 'person')).toHaveLength(1);
    expect(await connection.lookup!({ attribute: 'MAIL', value: 'A@example.org' }, 'person')).toMatchObject([{ anchor: ADA }]);
    expect(await connection.lookup!({ attribute: 'member', value: 'CN=ADA, OU=people,dc=example,dc=org' }, 'group')).toHaveLength(
      1,
    );
    expect(await connection.lookup!({ attribute: 'mail', value: 'a@example.org' }, 'group')).toEqual([]);
    const schema = await connection.discoverSchema();
    expect(schema.kinds.group?.member).toMatchObject({ type: 'reference', multi: true });
    expect(schema.kinds.person?.['x-kept']).toMatchObject({ type: 'string', multi: true });
    expect(await connection.test()).toMatch(/bytes of LDIF entries/);
  });
});

describe('write', () => {
  test('what nobody touched keeps its bytes; what changed is rewritten in its place', async () => {
    writeFileSync(path(), CREW);
    const connection = connect();
    const results = await connection.write!.write([
      item('update', { anchor: ADA, set: { MAIL: 'new@example.org', title: null, displayName: 'Ada Ä' } }),
      item('update', {
        kind: 'group',
        anchor: 'cn=team,ou=people,dc=example,dc=org',
        set: {},
        add: { member: ['cn=B,dc=org'] },
        remove: { member: ['CN=ada, ou=people,dc=example,dc=org'] },
      }),
      item('create', {
        name: 'cn=Bob \\+ Co,ou=people,dc=example,dc=org',
        set: { sn: 'Co', jpegPhoto: new Uint8Array([255, 216]), active: true, n: 5 },
      }),
    ]);
    expect(results).toMatchObject([
      { ok: true, anchor: ADA },
      { ok: true },
      { ok: true, anchor: 'cn=bob \\+ co,ou=people,dc=example,dc=org' },
    ]);
    expect(content()).toBe(CREW);
    const { fingerprint } = await connection.write!.commit!();
    expect(content()).toBe(`version: 1

# the container
dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

# leads the group
dn: cn=Ada,ou=People, dc=example,dc=org
objectClass: inetOrgPerson
cn: Ada
sn: Byron
mail: new@example.org
x-kept: as   it is
displayName:: QWRhIMOE

dn: cn=team,ou=people,dc=example,dc=org
objectClass: groupOfNames
cn: team
member: cn=B,dc=org

dn: cn=Bob \\+ Co,ou=people,dc=example,dc=org
objectClass: top
objectClass: person
objectClass: organizationalPerson
objectClass: inetOrgPerson
sn: Co
jpegPhoto:: /9g=
active: TRUE
n: 5
cn: Bob + Co

`);
    expect((await readAll(connection)).end.fingerprint).toBe(fingerprint);
    expect(readdirSync(folder)).toEqual(['a.ldif']);
  });

  test('nothing new to say leaves the file alone', async () => {
    writeFileSync(path(), CREW);
    const connection = connect();
    await connection.write!.write([
      item('update', {
        anchor: ADA,
        set: { sn: 'Byron', title: null },
        add: { mail: ['a@example.org'] },
        remove: { mail: ['nobody@x'] },
      }),
    ]);
    const { fingerprint } = await connection.write!.commit!();
    expect(content()).toBe(CREW);
    expect((await readAll(connection)).end.fingerprint).toBe(fingerprint);
    expect((await connection.write!.commit!()).fingerprint).toBe(fingerprint);
  });

  test('a new file; parents before children; created, changed and deleted before one commit', async () => {
    const connection = connect({ objectClasses: { unit: ['organizationalUnit'] }, kinds: { organizationalUnit: 'unit' } });
    const results = await connection.write!.write([
      item('create', { name: 'cn=a,ou=x,dc=org', set: { sn: 'a' } }),
      item('create', { name: 'ou=x,dc=org', kind: 'unit', set: {} }),
      item('create', { name: 'cn=b,ou=x,dc=org', set: { sn: 'b' } }),
      item('update', { anchor: 'cn=a,ou=x,dc=org', set: { sn: 'A' } }),
      item('delete', { anchor: 'cn=b,ou=x,dc=org' }),
      item('update', { anchor: 'cn=b,ou=x,dc=org', set: {} }),
      item('create', { name: 'CN=A, ou=x,dc=org', set: {} }),
    ]);
    expect(results.map((result) => (result.ok ? 'ok' : result.fault.kind))).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'notFound',
      'conflict',
    ]);
    await connection.write!.commit!();
    expect(content()).toBe(
      'version: 1\n\ndn: ou=x,dc=org\nobjectClass: organizationalUnit\nou: x\n\ndn: cn=a,ou=x,dc=org\nobjectClass: top\nobjectClass: person\nobjectClass: organizationalPerson\nobjectClass: inetOrgPerson\nsn: A\ncn: a\n\n',
    );
  });

  test('a rename takes its children along, and the values of the name', async () => {
    writeFileSync(path(), CREW.replaceAll('\n', '\r\n'));
    const connection = connect({ kinds: { organizationalUnit: 'unit' }, anchor: 'dn' });
    const [renamed, ada] = await connection.write!.write([
      item('update', { kind: 'unit', anchor: 'ou=people,dc=example,dc=org', name: 'ou=Crew,dc=example,dc=org', set: {} }),
      item('update', {
        anchor: 'cn=ada,ou=crew,dc=example,dc=org',
        name: 'cn=Ada King,ou=Crew,dc=example,dc=org',
        set: { sn: 'King' },
      }),
    ]);
    const crew = { anchor: 'ou=crew,dc=example,dc=org', name: 'ou=Crew,dc=example,dc=org' };
    const attributes = Object.assign(Object.create(null), { objectClass: 'organizationalUnit', ou: 'Crew' });
    expect(renamed).toEqual({ ok: true, ...crew, object: { kind: 'unit', ...crew, attributes } });
    expect(ada).toMatchObject({ ok: true, anchor: 'cn=ada king,ou=crew,dc=example,dc=org' });
    await connection.write!.commit!();
    expect(content().split('\r\n\r\n').slice(1, 4)).toEqual([
      '# the container\r\ndn: ou=Crew,dc=example,dc=org\r\nobjectClass: organizationalUnit\r\nou: Crew',
      '# leads the group\r\ndn: cn=Ada King,ou=Crew,dc=example,dc=org\r\nobjectClass: inetOrgPerson\r\ncn: Ada King\r\nsn: King\r\nmail: ada@example.org\r\nmail: a@example.org\r\nx-kept: as   it is',
      'dn: cn=team,ou=Crew,dc=example,dc=org\r\nobjectClass: groupOfNames\r\ncn: team\r\nmember: cn=Ada,ou=people,dc=example,dc=org\r\n',
    ]);
  });

  test('each refusal names what is wrong and what to do', async () => {
    writeFileSync(path(), `${CREW}\ndn: cn=broken,dc=org\ncn:: !!\n`);
    const connection = connect({ kinds: { organizationalUnit: 'unit' } }, 2000);
    const results = await connection.write!.write([
      item('create', { set: {} }),
      item('create', { name: 'nonsense', set: {} }),
      item('create', { name: 'cn=x,dc=org', kind: 'robot', set: {} }),
      item('create', { name: 'cn=x,dc=org', set: { 'not a name': 'x' } }),
      item('create', { name: 'cn=x,dc=org', set: { description: 'a\0b' } }),
      item('create', { name: 'cn=x,dc=org', set: { description: 'x'.repeat(2000) } }),
      item('create', { name: 'cn=broken,dc=org', set: {} }),
      item('update', { anchor: 'cn=broken,dc=org', set: {} }),
      item('update', { anchor: ADA, set: { cn: 'Bob' } }),
      item('update', { anchor: ADA, name: 'cn=team,ou=people,dc=example,dc=org', set: {} }),
      item('delete', { anchor: 'ou=people,dc=example,dc=org', kind: 'unit' }),
      item('delete', { anchor: 'cn=nobody' }),
    ]);
    expect(results.map((result) => (result.ok ? 'ok' : result.fault.kind))).toEqual([
      'invalidValue',
      'invalidValue',
      'invalidValue',
      'invalidValue',
      'invalidValue',
      'invalidValue',
      'conflict',
      'invalidValue',
      'invalidValue',
      'conflict',
      'conflict',
      'notFound',
    ]);
    await connection.write!.commit!();
    expect(content()).toBe(`${CREW}\ndn: cn=broken,dc=org\ncn:: !!\n`);
  });

  test('deleting leaves no hole; a file that does not end in a blank line is completed, one that was cut is left alone', async () => {
    for (const end of ['\n', '\n\n', '\n\n\n']) {
      writeFileSync(path(), `dn: cn=a,dc=org\nobjectClass: person\ncn: a\n\ndn: cn=b,dc=org\nobjectClass: person\ncn: b${end}`);
      const connection = connect();
      await connection.write!.write([
        item('delete', { anchor: 'cn=a,dc=org' }),
        item('create', { name: 'cn=c,dc=org', set: {} }),
      ]);
      await connection.write!.commit!();
      expect(content()).toMatch(/^dn: cn=b,dc=org\nobjectClass: person\ncn: b\n\n+dn: cn=c,dc=org\n/);
    }
    for (const cut of ['ma', 'mail:: YQ', 'mail: ', 'objectClass: per', 'mail: a@x\r']) {
      writeFileSync(path(), `dn: cn=a,dc=org\nobjectClass: person\ncn: a\n${cut}`);
      const { objects, end } = await readAll(connect());
      expect([objects.length, end.complete]).toEqual([0, false]);
      await expect(connect().write!.write([item('create', { name: 'cn=c,dc=org', set: {} })])).rejects.toMatchObject({
        kind: 'configuration',
      });
    }
  });

  test.each(['\n', '\r\n'])('a last line without a line break (%j) is read, told, written behind and rewritten', async (eol) => {
    const [a, b] = ['dn: cn=a,dc=org\nobjectClass: person\ncn: a', 'dn: cn=b,dc=org\nobjectClass: person\ncn: b'];
    const text = `${a}\n\n# second\n${b}`.replaceAll('\n', eol);
    const create = () => item('create', { name: 'cn=c,dc=org', set: { sn: 'C' } });
    const ways: [WriteItem[], string][] = [
      [[create()], `${a}\n\n# second\n${b}\n\n`],
      [[create(), item('delete', { anchor: 'cn=b,dc=org' })], `${a}\n\n`],
      [[item('update', { anchor: 'cn=b,dc=org', set: { sn: 'B' } }), create()], `${a}\n\n# second\n${b}\nsn: B\n\n`],
      [[item('update', { anchor: 'cn=a,dc=org', set: { sn: 'A' } })], `${a}\nsn: A\n\n# second\n${b}`],
    ];
    for (const [items, start] of ways) {
      writeFileSync(path(), text);
      warnings = [];
      const connection = connect();
      const before = await readAll(connection);
      expect(before.objects).toMatchObject([{ anchor: 'cn=a,dc=org' }, { anchor: 'cn=b,dc=org', attributes: { cn: 'b' } }]);
      expect(before.end.complete).toBe(true);
      expect(warnings).toMatchObject([{ message: expect.stringMatching(/without a line break/), where: { file: path() } }]);
      expect((await connection.write!.write(items)).every((result) => result.ok)).toBe(true);
      await connection.write!.commit!();
      const made = items.some((each) => each.operation === 'create') ? 'dn: cn=c,dc=org\n' : '';
      expect(
        content()
          .replaceAll(eol, '\n')
          .slice(0, start.length + made.length),
      ).toBe(start + made);
      expect((await readAll(connection)).end.complete).toBe(true);
    }
  });

  test('a file that ends within the anchor of its last entry is cut', async () => {
    writeFileSync(path(), 'dn: cn=a,dc=org\nobjectClass: person\ncn: a\nentryUUID: 1234-56');
    expect((await readAll(connect({ anchor: 'entryUUID' }))).end).toMatchObject({ complete: false });
    expect((await readAll(connect())).end).toMatchObject({ complete: true });
  });

  test('entryUUID as anchor: made for new entries, kept through renames, never changed', async () => {
    const connection = connect({ anchor: 'entryUUID' });
    const create = item('create', { name: 'cn=a,dc=org', set: {} });
    const [created] = await connection.write!.write([create]);
    await connection.write!.commit!();
    const anchor = created!.ok ? created!.anchor : '';
    expect(anchor).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    const results = await connection.write!.write([
      item('update', { anchor, name: 'cn=b,dc=org', set: {} }),
      item('update', { anchor, set: { entryUUID: 'x' } }),
      item('create', { name: 'cn=c,dc=org', set: { entryUUID: anchor } }),
    ]);
    expect(results).toMatchObject([
      { ok: true, anchor, name: 'cn=b,dc=org' },
      { ok: false, fault: { kind: 'invalidValue' } },
      { ok: false, fault: { kind: 'conflict' } },
    ]);
    await connection.write!.commit!();
    expect((await readAll(connection)).objects).toMatchObject([{ anchor, name: 'cn=b,dc=org', attributes: { cn: 'b' } }]);
  });

  test('closed or failed before commit, the old file stands', async () => {
    writeFileSync(path(), CREW);
    const connection = connect();
    await connection.write!.write([item('delete', { anchor: ADA })]);
    await connection.close();
    expect(content()).toBe(CREW);
    await connection.write!.write([item('delete', { anchor: ADA })]);
    writeFileSync(path(), `${CREW}\n`);
    await expect(connection.write!.commit!()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(content()).toBe(`${CREW}\n`);
    expect(readdirSync(folder)).toEqual(['a.ldif']);
    await connection.write!.write([item('delete', { anchor: ADA })]);
    await connection.write!.commit!();
    expect((await readAll(connection)).objects).toHaveLength(1);
  });

  test('killed before commit, the old file stands and nothing else is left', async () => {
    writeFileSync(path(), CREW);
    const script = `
      const { ldif } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
      const config = ldif.config.parse({ path: 'a.ldif' });
      const connection = ldif.open(config, { connection: 'dir', folder: ${JSON.stringify(folder)}, limits: { maxObjectBytes: 1e6 }, warn() {} });
      const items = Array.from({ length: 5000 }, (_, i) => ({ attempt: 't' + i, operation: 'create', kind: 'person', anchor: null, name: 'cn=' + i, set: { description: 'x'.repeat(500) } }));
      const results = await connection.write.write(items);
      if (results.every((result) => result.ok)) process.kill(process.pid, 'SIGKILL');`;
    const child = spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script]);
    expect(child.signal).toBe('SIGKILL');
    expect(content()).toBe(CREW);
    const connection = connect();
    await connection.write!.write([item('delete', { anchor: ADA })]);
    await connection.write!.commit!();
    expect(readdirSync(folder)).toEqual(['a.ldif']);
  });

  test('many entries, in more than one block', async () => {
    const connection = connect();
    const name = (i: number) => `uid=u${i},ou=people,dc=example,dc=org`;
    const creates = Array.from({ length: 3000 }, (_, i) =>
      item('create', { name: name(i), set: { sn: `S${i}`, cn: `C ${i}`, description: 'x'.repeat(200) } }),
    );
    await connection.write!.write(creates);
    await connection.write!.commit!();
    const every = (from: number) => Array.from({ length: 1000 }, (_, i) => from + i * 3);
    await connection.write!.write(every(0).map((i) => item('delete', { anchor: name(i) })));
    await connection.write!.write(
      every(1).map((i) => item('update', { anchor: name(i), set: { sn: 'changed', description: null } })),
    );
    const { fingerprint } = await connection.write!.commit!();
    const { objects, end } = await readAll(connection);
    expect(end).toEqual({ complete: true, fingerprint });
    expect(objects).toHaveLength(2000);
    for (const object of objects as ReadObject[]) {
      const i = Number(String(object.attributes.uid).slice(1));
      expect(i % 3).not.toBe(0);
      expect(object.attributes.sn).toBe(i % 3 === 1 ? 'changed' : `S${i}`);
      expect(object.attributes.description).toBe(i % 3 === 1 ? undefined : 'x'.repeat(200));
    }
  });
});
