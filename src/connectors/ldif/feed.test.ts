import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Change, Connection, ReadEnd, ReadObject, WriteItem } from '#connectors/contract';
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

function connect(settings: { [key: string]: unknown } = {}): Connection {
  const config = ldif.config.parse({ path: 'log.ldif', format: 'changes', ...settings });
  const connection = ldif.open(config, {
    connection: 'dir',
    folder,
    limits: { maxObjectBytes: 100_000 },
    warn: (fault) => warnings.push(fault),
  });
  open.push(connection);
  return connection;
}

const path = () => join(folder, 'log.ldif');

async function read(
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

const LOG = `version: 1

dn: cn=Ada,dc=org
changetype: add
objectClass: person
cn: Ada
mail: a@x

dn: CN=ada,dc=org
changetype: modify
add: mail
mail: b@x
-
delete: mail
mail: a@x
-
replace: sn
sn: Byron
-
delete: title
-
add: jpegPhoto
jpegPhoto:: /9g=
-

dn: cn=team,dc=org
changetype: modify
delete: member
-
add: member
member: cn=Ada,dc=org
member: cn=Bob,dc=org
-
delete: member
member: cn=Bob,dc=org
-

dn: cn=Ada,dc=org
changetype: modrdn
newrdn: cn=Ada King
deleteoldrdn: 1
newsuperior: ou=gone,dc=org

dn: cn=Ada King,ou=gone,dc=org
changetype: delete

`;

describe('a change log as a feed', () => {
  test('each change, in order, with the anchor that stays', async () => {
    writeFileSync(path(), LOG);
    const { objects, end } = await read(connect());
    const anchor = 'cn=ada,dc=org';
    expect(objects).toEqual([
      expect.objectContaining({ kind: 'person', anchor, attributes: expect.objectContaining({ mail: 'a@x' }) }),
      {
        op: 'patch',
        kind: 'person',
        anchor,
        line: 9,
        set: Object.assign(Object.create(null), { sn: 'Byron', title: null, jpegPhoto: Buffer.from([255, 216]) }),
        add: Object.assign(Object.create(null), { mail: ['b@x'] }),
        remove: Object.assign(Object.create(null), { mail: ['a@x'] }),
      },
      {
        op: 'patch',
        kind: 'group',
        anchor: 'cn=team,dc=org',
        line: 26,
        set: Object.assign(Object.create(null), { member: 'cn=Ada,dc=org' }),
      },
      {
        op: 'patch',
        kind: 'person',
        anchor,
        name: 'cn=Ada King,ou=gone,dc=org',
        line: 38,
        add: Object.assign(Object.create(null), { cn: ['Ada King'] }),
        remove: Object.assign(Object.create(null), { cn: ['Ada'] }),
      },
      { op: 'delete', kind: 'person', anchor, line: 44 },
    ]);
    expect(end.complete).toBe(false);
    expect(end.reason?.message).toMatch(/change log/);
  });

  test('goes on where it ended, renames included, and waits for a record that is not ended', async () => {
    const connection = connect();
    const cursor = await connection.read!.cursor!();
    writeFileSync(path(), LOG.slice(0, LOG.indexOf('dn: cn=Ada King,ou=gone')));
    const first = await read(connection, cursor);
    expect(first.objects).toHaveLength(4);
    expect(first.end).toMatchObject({ complete: true });
    const tail = LOG.slice(LOG.indexOf('dn: cn=Ada King,ou=gone'));
    appendFileSync(path(), tail.slice(0, -1));
    const second = await read(connection, first.end.next);
    expect(second).toMatchObject({ objects: [], end: { complete: true } });
    expect(warnings.at(-1)).toMatchObject({ message: expect.stringMatching(/waits/), where: { line: 44 } });
    appendFileSync(path(), '\n');
    const third = await read(connection, second.end.next);
    expect(third.objects).toEqual([{ op: 'delete', kind: 'person', anchor: 'cn=ada,dc=org', line: 44 }]);
    expect((await read(connection, third.end.next)).objects).toEqual([]);
  });

  test('a log that was replaced or cut starts again and says that something may be missing', async () => {
    writeFileSync(path(), LOG);
    const connection = connect();
    const { end } = await read(connection);
    truncateSync(path(), 50);
    writeFileSync(path(), LOG.replace('Ada', 'Eve'));
    const again = await read(connection, end.next);
    expect(again).toMatchObject({
      restarted: true,
      end: { complete: false, reason: { message: expect.stringMatching(/replaced or cut/) } },
    });
    expect(again.objects).toHaveLength(5);
    expect(await read(connection, 'garbage')).toMatchObject({ restarted: true, end: { complete: false } });
  });

  test('what cannot be carried is skipped with its reason; the rest goes on', async () => {
    writeFileSync(
      path(),
      'dn: cn=a,dc=org\nchangetype: modify\nincrement: uidNumber\nuidNumber: 1\n-\n\ndn: cn=a,dc=org\nchangetype: modrdn\nnewrdn: cn=b\ndeleteoldrdn: 1\n\n' +
        'dn: cn=a,dc=org\nchangetype: add\nobjectClass: person\ncn: a\n\ndn: cn=x\nchangetype: upsert\n\ndn: cn=c,ou=g,dc=org\nchangetype: delete\n\n',
    );
    const { objects, end } = await read(connect({ containers: { 'OU=G, dc=org': 'group' } }));
    expect(objects).toMatchObject([
      { op: 'patch', name: 'cn=b,dc=org' },
      { op: 'delete', kind: 'group' },
    ]);
    expect(warnings.map((fault) => [fault.where.line, fault.remedy !== undefined])).toEqual([
      [1, true],
      [12, true],
      [18, true],
    ]);
    expect(end.complete).toBe(false);
  });

  test('only a DN can be the anchor', () => {
    expect(ldif.config.safeParse({ path: 'x', format: 'changes', anchor: 'uid' }).success).toBe(false);
    expect(ldif.config.safeParse({ path: 'x', containers: { nonsense: 'group' } }).success).toBe(false);
  });
});

let attempts = 0;
function item(operation: WriteItem['operation'], more: Partial<WriteItem>): WriteItem {
  return { attempt: `t${++attempts}`, operation, kind: 'person', anchor: null, set: {}, ...more };
}

describe('a change log as a target', () => {
  test('what is written is what a reader is told, across renames and a new start', async () => {
    const writer = connect();
    const [created] = await writer.write!.write([item('create', { name: 'cn=Ada,dc=org', set: { sn: 'B' } })]);
    const anchor = created!.ok ? created!.anchor : '';
    await writer.write!.write([
      item('update', { anchor, name: 'cn=Eve,ou=x,dc=org', set: { title: null }, add: { mail: ['a@x'] } }),
    ]);
    await writer.close();
    await writer.write!.write([item('update', { anchor, set: {}, remove: { mail: ['a@x'] } }), item('delete', { anchor })]);
    const { objects } = await read(connect());
    expect(objects).toMatchObject([
      { kind: 'person', anchor, attributes: { cn: 'Ada', sn: 'B' } },
      { op: 'patch', anchor, name: 'cn=Eve,ou=x,dc=org', remove: { cn: ['ada'] } },
      { op: 'patch', anchor, set: { title: null }, add: { mail: ['a@x'] } },
      { op: 'patch', anchor, remove: { mail: ['a@x'] } },
      { op: 'delete', anchor },
    ]);
    expect(writer.write!.commit).toBeUndefined();
  });

  test('an attempt repeated after a crash is not written twice, and a torn tail is cut off', async () => {
    const create = item('create', { name: 'cn=Ada,dc=org', set: { sn: 'B' } });
    const other = item('create', { name: 'cn=Bob,dc=org', set: { sn: 'C' } });
    const writer = connect();
    await writer.write!.write([create]);
    const whole = readFileSync(path(), 'utf8');
    await writer.write!.write([other]);
    await writer.close();
    const both = readFileSync(path(), 'utf8');
    for (let cut = whole.length; cut < both.length; cut += 7) {
      writeFileSync(path(), both.slice(0, cut));
      const again = connect();
      const results = await again.write!.write([create, other]);
      expect(results).toMatchObject([{ ok: true }, { ok: true }]);
      await again.close();
      expect(readFileSync(path(), 'utf8')).toBe(both);
    }
  });

  test('both changes of an attempt that renames survive a crash anywhere between them', async () => {
    const writer = connect();
    await writer.write!.write([item('create', { name: 'cn=Ada,dc=org', set: { sn: 'B' } })]);
    const whole = readFileSync(path(), 'utf8');
    const rename = item('update', { anchor: 'cn=ada,dc=org', name: 'cn=Eve,dc=org', set: { sn: 'C' } });
    await writer.write!.write([rename]);
    await writer.close();
    const both = readFileSync(path(), 'utf8');
    for (let cut = whole.length; cut < both.length; cut += 5) {
      writeFileSync(path(), both.slice(0, cut));
      const again = connect();
      expect(await again.write!.write([rename])).toMatchObject([{ ok: true }]);
      await again.close();
      expect(readFileSync(path(), 'utf8')).toBe(both);
    }
  });

  test.each([
    ['a record that no blank line ends', 'version: 1\n\ndn: cn=a,dc=org\nchangetype: delete\n'],
    ['the only record', 'dn: cn=a,dc=org\nchangetype: delete\n'],
    ['any other file', 'root:x:0:0:root:/root:/bin/bash\n'],
    ['a file with blank lines', '# settings\n\n# attempts\nport = 1\n'],
  ])('what somebody else wrote stays: %s', async (_, content) => {
    writeFileSync(path(), content);
    const writer = connect();
    await expect(writer.write!.write([item('create', { name: 'cn=Ada,dc=org', set: { sn: 'B' } })])).rejects.toMatchObject({
      kind: 'configuration',
      where: { file: path() },
    });
    await writer.close();
    expect(readFileSync(path(), 'utf8')).toBe(content);
  });

  test('a log that was rotated away is not written to', async () => {
    const writer = connect();
    await writer.write!.write([item('create', { name: 'cn=Ada,dc=org', set: { sn: 'B' } })]);
    renameSync(path(), `${path()}.1`);
    await writer.write!.write([item('create', { name: 'cn=Bob,dc=org', set: { sn: 'C' } })]);
    await writer.close();
    expect(readFileSync(path(), 'utf8')).toMatch(/cn=Bob/);
    expect(readFileSync(`${path()}.1`, 'utf8')).not.toMatch(/cn=Bob/);
  });

  test('refusals', async () => {
    const results = await connect().write!.write([
      item('create', { set: {} }),
      item('update', { anchor: 'cn=a,dc=org', set: { 'no name': 'x' } }),
      item('update', { anchor: 'cn=a,dc=org', name: 'nonsense', set: {} }),
    ]);
    expect(results.map((result) => (result.ok ? 'ok' : result.fault.kind))).toEqual([
      'invalidValue',
      'invalidValue',
      'invalidValue',
    ]);
    expect(readFileSync(path(), 'utf8')).toBe('version: 1\n\n');
  });
});
