import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Change, Connection, Page, ReadEnd, ReadObject, WriteItem } from '#connectors/contract';
import { forgetMemorySystem, memory, memorySystem } from './index.ts';

let name: string;
let folder: string;
beforeEach(async () => {
  name = randomUUID();
  folder = await mkdtemp(join(tmpdir(), 'rollcall-memory-'));
});
afterEach(async () => {
  forgetMemorySystem(name);
  await rm(folder, { recursive: true });
});

function connect(config: object = {}): Connection {
  const parsed = memory.config.parse({ system: name, ...config });
  return memory.open(parsed, { connection: 'fake', folder, limits: { maxObjectBytes: 1000 }, warn: () => undefined });
}

function create(anchor: string | null, set: WriteItem['set'] = {}, more: Partial<WriteItem> = {}): WriteItem {
  return { attempt: `create ${anchor}`, operation: 'create', kind: 'person', anchor, set, ...more };
}

async function pages(connection: Connection, request: object = {}): Promise<Page[]> {
  const all: Page[] = [];
  for await (const page of connection.read!.read({ ...request, signal: new AbortController().signal })) all.push(page);
  return all;
}

async function read(connection: Connection, request: object = {}): Promise<{ objects: (ReadObject | Change)[]; end: ReadEnd }> {
  const all = await pages(connection, request);
  return { objects: all.flatMap((page) => page.objects), end: all.at(-1)!.end! };
}

const anchors = async (connection: Connection) => (await read(connection)).objects.map((object) => object.anchor);

test('systems are shared by name and counted behind the connections', async () => {
  await connect().write!.write([create('1', { name: 'Ada' }), create('1'), create('2')]);
  expect(await anchors(connect())).toEqual(['1', '2']);
  expect(memorySystem(name).objects().length).toBe(2);
  expect(memorySystem(name).counts).toMatchObject({ created: 2, reads: 1 });
});

test('it rewrites', async () => {
  const connection = connect({
    faults: [{ on: 'create', do: { rewrite: { mail: 'lower', name: 'trim', phone: { cut: 3 }, tags: 'upper' } } }],
  });
  const [result] = await connection.write!.write([create('1', { mail: 'A@B', name: ' x ', phone: '12345', tags: ['a'] })]);
  expect(result).toMatchObject({ ok: true, object: { attributes: { mail: 'a@b', name: 'x', phone: '123', tags: ['A'] } } });
});

test('it refuses, by anchor and so often, and says how long to wait', async () => {
  const faults = [
    { on: 'write', anchor: '1', times: 1, do: { refuse: 'permission' } },
    { on: 'create', anchor: '2', after: 1, do: { refuse: 'rateLimited', retryAfterMs: 500 } },
  ];
  const connection = connect({ faults });
  expect(await connection.write!.write([create('1'), create('1'), create('2'), create('2')])).toMatchObject([
    { ok: false, fault: { kind: 'permission', where: { object: '1' } } },
    { ok: true },
    { ok: true },
    { ok: false, fault: { kind: 'rateLimited' }, retryAfterMs: 500 },
  ]);
});

test.each([
  ['unknown', 'after', [{ ok: false, unknown: true }, { ok: true }], ['1', '2']],
  ['unknown', 'before', [{ ok: false, unknown: true }, { ok: true }], ['2']],
  [
    'rest',
    'after',
    [
      { ok: false, unknown: true },
      { ok: false, unknown: true },
    ],
    ['1'],
  ],
] as const)('it dies: %s, %s doing it', async (how, die, results, there) => {
  const connection = connect({ faults: [{ on: 'create', times: 1, do: { die, how } }] });
  expect(await connection.write!.write([create('1'), create('2')])).toMatchObject(results);
  expect(await anchors(connection)).toEqual(there);
});

test('it does it and fails the call', async () => {
  const connection = connect({ faults: [{ on: 'create', anchor: '2', times: 1, do: { die: 'after', how: 'throw' } }] });
  await expect(connection.write!.write([create('1'), create('2'), create('3')])).rejects.toThrow('was lost');
  expect(await anchors(connection)).toEqual(['1', '2']);
});

test('what is gone from an object is absent in its feed as in a full read; what is empty is empty in both', async () => {
  const system = memorySystem(name);
  const connection = connect();
  system.put('person', '1', { mail: 'a@b', phone: '1', room: 'A' });
  const cursor = await connection.read!.cursor!();
  system.put('person', '1', { mail: 'a@b', phone: null });
  const whole = { kind: 'person', anchor: '1', attributes: { mail: 'a@b', phone: null } };
  expect((await read(connection)).objects).toEqual([whole]);
  expect((await read(connection, { since: cursor })).objects).toEqual([whole]);
});

test('it shows late, in reads, lookups and deltas alike, and loses nothing', async () => {
  const connection = connect({ faults: [{ on: 'write', times: 3, do: { late: 2 } }] });
  const cursor = await connection.read!.cursor!();
  const [result] = await connection.write!.write([create('1', { a: 'x' })]);
  expect(result).toMatchObject({ ok: true });
  expect(result).not.toHaveProperty('object');
  const first = await read(connection, { since: cursor });
  expect(first.objects).toEqual([]);
  expect(await connection.lookup!({ anchor: '1' }, 'person')).toMatchObject([{ anchor: '1' }]);
  expect((await read(connection, { since: first.end.next })).objects).toMatchObject([{ anchor: '1' }]);
  await connection.write!.write([{ ...create('1'), operation: 'delete' }]);
  expect(await anchors(connection)).toEqual(['1']);
  expect(await anchors(connection)).toEqual([]);
});

test('it ends early, breaks, hides attributes and cuts lists', async () => {
  const schema = { person: { name: {}, tags: { multi: true } } };
  const objects = ['1', '2', '3'].map((anchor) => ({ anchor, attributes: { name: 'x', tags: ['a', 'b'] } }));
  const faulty = (action: object) => connect({ schema, objects, faults: [{ on: 'read', do: action }] });
  expect(await read(faulty({ limit: 2 }))).toMatchObject({
    objects: [{ anchor: '1' }, { anchor: '2' }],
    end: { complete: false, reason: { kind: 'unavailable' } },
  });
  await expect(read(faulty({ breakAfter: 2 }))).rejects.toMatchObject({ kind: 'unavailable' });
  const feed = faulty({ breakAfter: 2 });
  const since = await feed.read!.cursor!();
  for (const anchor of ['a', 'b', 'c']) memorySystem(name).put('person', anchor, {});
  await expect(read(feed, { since })).rejects.toMatchObject({ kind: 'unavailable' });
  const hidden = await read(faulty({ hide: ['name'] }));
  expect(hidden.end.attributes).toEqual(['tags']);
  expect({ ...(hidden.objects[0] as ReadObject).attributes }).toEqual({ tags: ['a', 'b'] });
  expect((await read(faulty({ cutList: { attribute: 'tags', keep: 1 } }))).objects[0]).toMatchObject({
    attributes: { tags: ['a'] },
    partial: ['tags'],
  });
});

test('what is shown late may be in the answer at once', async () => {
  const connection = connect({ faults: [{ on: 'write', do: { late: 2, answered: true } }] });
  const since = await connection.read!.cursor!();
  const [made] = await connection.write!.write([create('1', { a: 'x' })]);
  expect(made).toMatchObject({ ok: true, object: { anchor: '1', attributes: { a: 'x' } } });
  expect((await read(connection, { since })).objects).toEqual([]);
  expect((await read(connection, { since })).objects).toHaveLength(1);
});

test('a schema is kept to', async () => {
  const connection = connect({ schema: { person: { name: { maxLength: 3 }, no: { readOnly: true }, tags: { multi: true } } } });
  const results = await connection.write!.write([
    create('1', { name: 'long' }),
    create('1', { other: 'x' }),
    create('1', { no: 'x' }),
    create('1', { name: ['a', 'b'] }),
    create('1', {}, { kind: 'robot' }),
    create('1', { name: '😀😀😀', tags: ['a', 'b'] }),
  ]);
  expect(results.map((result) => (result.ok ? 'ok' : result.fault.kind))).toEqual([
    'invalidValue',
    'invalidValue',
    'permission',
    'invalidValue',
    'invalidValue',
    'ok',
  ]);
  expect(await connection.discoverSchema()).toMatchObject({
    complete: true,
    kinds: { person: { name: { maxLength: 3 }, tags: { multi: true } } },
  });
});

test('the system may choose the anchor: settled by name, by attempt or by lookup', async () => {
  const byName = connect({ anchors: 'system' });
  expect(await byName.write!.write([create(null, {}, { name: 'cn=a' }), create(null, {}, { name: 'cn=a' })])).toMatchObject([
    { ok: true, anchor: 'm1', name: 'cn=a' },
    { ok: false, fault: { kind: 'conflict' } },
  ]);
  const byAttempt = connect({
    anchors: 'system',
    creates: 'idempotencyKey',
    faults: [{ on: 'create', times: 1, do: { die: 'after' } }],
  });
  expect(byAttempt.write!.creates).toEqual({ by: 'idempotencyKey', visibleWithinSeconds: 5 });
  expect(await byAttempt.write!.write([create(null), create(null), create(null)])).toMatchObject([
    { unknown: true },
    { anchor: 'm2' },
    { anchor: 'm2' },
  ]);
  expect(memorySystem(name).objects().length).toBe(2);
  expect(memory.config.safeParse({ system: name, creates: 'lookup' }).success).toBe(false);
  expect(connect({ creates: 'lookup', lookupAttribute: 'no' }).write!.creates).toMatchObject({ by: 'lookup', attribute: 'no' });
});

test('cursors may expire', async () => {
  const connection = connect();
  const cursor = await connection.read!.cursor!();
  memorySystem(name).put('person', '1', {});
  memorySystem(name).expireCursors();
  await expect(read(connection, { since: cursor })).rejects.toMatchObject({ kind: 'conflict' });
});

test('atomic: the answers are those of the commit, faults included, and nothing counts before it', async () => {
  const connection = connect({
    atomic: true,
    faults: [
      { on: 'commit', times: 1, do: { refuse: 'unavailable' } },
      { on: 'create', anchor: '2', do: { rewrite: { a: 'upper' } } },
    ],
  });
  expect(await connection.write!.write([create('1'), create('1'), create('2', { a: 'x' })])).toMatchObject([
    { ok: true },
    { ok: false },
    { object: { attributes: { a: 'X' } } },
  ]);
  expect(await anchors(connection)).toEqual([]);
  await expect(connection.write!.commit!()).rejects.toMatchObject({ kind: 'unavailable' });
  await connection.close();
  expect(await anchors(connection)).toEqual([]);
  await connection.write!.write([create('3')]);
  await connection.write!.commit!();
  expect(await anchors(connection)).toEqual(['3']);
});

test('a system with a path survives its process, a torn end of its file included', async () => {
  const config = { path: 'system.jsonl', creates: 'idempotencyKey', anchors: 'system' };
  await connect(config).write!.write([
    create(null, { a: 'x', bytes: new Uint8Array([1, 2]) }),
    create('9', {}, { attempt: 'second' }),
  ]);
  memorySystem(name).edit('person', 'm1', { a: 'y' });
  memorySystem(name).remove('person', 'm2');
  forgetMemorySystem(name);
  await appendFile(join(folder, 'system.jsonl'), '{"put":{"kind":"per');
  const again = connect(config);
  expect((await read(again)).objects).toMatchObject([{ anchor: 'm1', attributes: { a: 'y', bytes: new Uint8Array([1, 2]) } }]);
  expect(await again.write!.write([create(null)])).toMatchObject([{ anchor: 'm1' }]);
  expect(await readFile(join(folder, 'system.jsonl'), 'utf8')).toMatch(/\n$/);
});

test.each(['before', 'after'] as const)(
  'killed %s doing it: what was done is there, once, and the script goes on where it was',
  async (die) => {
    const config = {
      system: name,
      path: 'system.jsonl',
      faults: [{ on: 'create', anchor: '2', times: 1, do: { die, how: 'kill' } }],
    };
    const program = `
    import { memory } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    const [config, folder, items] = ${JSON.stringify([config, folder, ['1', '2', '3'].map((anchor) => create(anchor))])};
    const open = memory.open(memory.config.parse(config), { connection: 'fake', folder, limits: { maxObjectBytes: 1000 }, warn() {} });
    await open.write.write(items);`;
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', program], {
      stdio: 'inherit',
    });
    const signal = await new Promise((resolve) => child.on('exit', (_, killedBy) => resolve(killedBy)));
    expect(signal).toBe('SIGKILL');
    const connection = connect(config);
    expect(await anchors(connection)).toEqual(die === 'before' ? ['1'] : ['1', '2']);
    const [result] = await connection.write!.write([create('2')]);
    expect(result!.ok).toBe(die === 'before');
  },
);
