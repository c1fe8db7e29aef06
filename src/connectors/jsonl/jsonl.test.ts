import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Change, Connection, Cursor, OpenContext, ReadEnd, ReadObject, WriteItem } from '#connectors/contract';
import type { Fault } from '#core/errors';
import { jsonl } from './index.ts';

let folder: string;
let warnings: Fault[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-jsonl-'));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true }));

const path = () => join(folder, 'people.jsonl');
const text = () => readFile(path(), 'utf8');
const changes = { format: 'changes', history: 'whole' };

function connect(config: object = {}, maxObjectBytes = 1_000_000, mapped?: OpenContext['mapped']): Connection {
  const parsed = jsonl.config.parse({ path: 'people.jsonl', ...config });
  return jsonl.open(parsed, {
    connection: 'badge',
    folder,
    limits: { maxObjectBytes },
    ...(mapped === undefined ? {} : { mapped }),
    warn: (fault) => warnings.push(fault),
  });
}

async function readAgain(connection: Connection, since?: Cursor): Promise<{ objects: (ReadObject | Change)[]; end: ReadEnd }> {
  const objects: (ReadObject | Change)[] = [];
  let end: ReadEnd | undefined;
  for await (const page of connection.read!.read({
    ...(since === undefined ? {} : { since }),
    signal: new AbortController().signal,
  })) {
    objects.push(...page.objects);
    end = page.end;
  }
  return { objects, end: end! };
}

async function read(
  content: string | Buffer,
  config: object = {},
  limit?: number,
): Promise<{ objects: ReadObject[]; end: ReadEnd }> {
  await writeFile(path(), content);
  return (await readAgain(connect(config, limit))) as { objects: ReadObject[]; end: ReadEnd };
}

function item(
  operation: WriteItem['operation'],
  anchor: string | null,
  set: WriteItem['set'] = {},
  more: Partial<WriteItem> = {},
): WriteItem {
  return { attempt: '1', operation, kind: 'person', anchor, set, ...more };
}

test('values: nested names, sets, numbers beyond 2^53, hostile names', async () => {
  const line =
    '{"id":7,"name":{"given":"Ada","a.b":1},"tags":["x",null,2],"none":[],"empty":null,"flag":false,"big":12345678901234567890,' +
    '"deep":[{"b":1,"a":[2]}],"__proto__":"p","constructor":{"prototype":"q"},"e":1e400,"bigs":[9007199254740993]}';
  const { objects, end } = await read(`${line}\n`);
  expect({ ...objects[0]!.attributes }).toEqual(
    Object.fromEntries([
      ['id', 7],
      ['name.given', 'Ada'],
      ['name.a\\.b', 1],
      ['tags', ['x', 2]],
      ['none', null],
      ['empty', null],
      ['flag', false],
      ['big', '12345678901234567890'],
      ['deep', ['{"a":[2],"b":1}']],
      ['__proto__', 'p'],
      ['constructor.prototype', 'q'],
      ['e', '1e400'],
      ['bigs', ['9007199254740993']],
    ]),
  );
  expect(({} as { p?: string }).p).toBeUndefined();
  expect(objects[0]).toMatchObject({ anchor: '7', kind: 'person', line: 1 });
  expect(end.complete).toBe(true);
});

test('anchor and kind are fields of any name', async () => {
  const { objects } = await read('{"k":{"id":"a"},"type":"group"}\n{"k":{"id":"a"}}\n', { anchor: 'k.id', kindField: 'type' });
  expect(objects.map(({ kind, anchor }) => [kind, anchor])).toEqual([
    ['group', 'a'],
    ['person', 'a'],
  ]);
});

test.each<[name: string, bad: string | Buffer, fault: object]>([
  ['no JSON', '{"id":"2",', { kind: 'invalidValue' }],
  ['no object', '["2"]', { kind: 'invalidValue' }],
  ['no anchor', '{"name":"x"}', { kind: 'invalidValue', message: expect.stringContaining('"id"') }],
  ['an empty anchor', '{"id":""}', { kind: 'invalidValue' }],
  ['an anchor that comes twice', '{"id":"1"}', { message: expect.stringContaining('line 1') }],
  ['an anchor nested too deep', `{"id":${'['.repeat(70)}${']'.repeat(70)}}`, { message: expect.stringContaining('64') }],
  ['an anchor that is no UTF-8', Buffer.from('{"id":"2\xe9"}', 'latin1'), { message: expect.stringContaining('UTF-8') }],
  ['no JSON that is no UTF-8', Buffer.from('{"id":"2",\xe9}', 'latin1'), { message: expect.stringContaining('UTF-8') }],
  [
    'nested deeper than digits can be read',
    `{"id":"2","n":12345678901234567890,"x":${'['.repeat(7_000)}${']'.repeat(7_000)}}`,
    { message: expect.stringContaining('digits') },
  ],
  ['a line over the limit', `{"id":"2","x":"${'x'.repeat(20_000)}"}`, { message: expect.stringContaining('20017 bytes') }],
])('%s: left out and told, the rest goes on, and the read proves no absence', async (_, bad, fault) => {
  const content = Buffer.concat([Buffer.from('\ufeff{"id":"1"}\r\n'), Buffer.from(bad), Buffer.from('\n\n{"id":"3"}')]);
  const { objects, end } = await read(content, {}, 15_000);
  expect(objects.map((object) => object.anchor)).toEqual(['1', '3']);
  expect(warnings).toMatchObject([{ ...fault, where: { file: path(), line: 2 } }]);
  expect(end).toMatchObject({ complete: false, reason: { where: { line: 2 } } });
});

test.each<[name: string, bad: string | Buffer, attribute: string, message: RegExp]>([
  ['nested too deep', `{"id":"2","y":1,"x":${'{"x":'.repeat(70)}1${'}'.repeat(70)}}`, Array(65).fill('x').join('.'), /64/],
  ['lists nested too deep', `{"id":"2","y":1,"x":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'x', /64/],
  ['bytes that are no UTF-8', Buffer.from('{"id":"2","x":"caf\xe9","y":1}', 'latin1'), 'x', /UTF-8/],
  ['such bytes in a list', Buffer.from('{"id":"2","x":["a","caf\xe9"],"y":1}', 'latin1'), 'x', /UTF-8/],
  ['such bytes in a name', Buffer.from('{"id":"2","caf\xe9":"a","y":1}', 'latin1'), 'caf\ufffd', /UTF-8/],
])('%s: costs that attribute and nothing else', async (_, bad, attribute, message) => {
  const content = Buffer.concat([Buffer.from('{"id":"1"}\n'), Buffer.from(bad), Buffer.from('\n{"id":"3"}\n')]);
  const { objects, end } = await read(content, {}, 15_000);
  expect(objects.map((object) => [object.anchor, 'refused' in object])).toEqual([
    ['1', false],
    ['2', true],
    ['3', false],
  ]);
  expect({ ...objects[1]!.attributes }).toEqual({ id: '2', y: 1 });
  expect(objects[1]!.refused).toMatchObject([
    { kind: 'invalidValue', message: expect.stringMatching(message), where: { attribute }, remedy: expect.any(String) },
  ]);
  expect([warnings, end.complete]).toEqual([[], true]);
});

test('a change with a value that cannot be used goes on without it; a log falls back to what was said before', async () => {
  const log = Buffer.concat([
    Buffer.from('{"op":"put","anchor":"1","set":{"x":"a","y":"a"}}\n'),
    Buffer.from('{"op":"patch","anchor":"1","set":{"x":"caf\xe9","y":"b"}}\n', 'latin1'),
    Buffer.from('{"op":"put","anchor":"2","set":{"x":"\xe9","y":"a"}}\n', 'latin1'),
    Buffer.from('{"op":"patch","anchor":"\xe9","set":{"x":"a"}}\n', 'latin1'),
  ]);
  const whole = await read(log, { format: 'changes', history: 'whole' });
  expect(whole.objects.map((object) => ({ ...object.attributes }))).toEqual([{ x: 'a', y: 'b' }, { y: 'a' }]);
  expect(whole.objects.map((object) => object.refused?.map((one) => one.where.attribute))).toEqual([undefined, ['x']]);
  expect(warnings.map((one) => [one.where.line, one.where.attribute])).toEqual([
    [2, 'x'],
    [4, undefined],
  ]);
  const feed = connect({ format: 'changes' });
  const tail = await readAgain(feed, await feed.read!.cursor!());
  expect(tail.objects).toMatchObject([
    { op: 'put', anchor: '1' },
    { op: 'patch', anchor: '1', set: { y: 'b' }, refused: [{ where: { attribute: 'x' } }] },
    { op: 'put', anchor: '2', refused: [{ where: { attribute: 'x' } }] },
  ]);
});

test('a line with an attribute that was refused is not written to: it would lose what nobody could read', async () => {
  const line = Buffer.from('{"id":"2","x":"caf\xe9","y":1}\n', 'latin1');
  await writeFile(path(), line);
  const connection = connect();
  const [answer] = await connection.write!.write([item('update', '2', { y: '2' })]);
  expect(answer).toMatchObject({
    ok: false,
    fault: { kind: 'invalidValue', message: expect.stringContaining('cannot be read') },
  });
  await connection.write!.commit!();
  expect(await readFile(path())).toEqual(line);
});

test('a source that is not there is a fault, a target reads as empty', async () => {
  for (const config of [{}, changes]) {
    await expect(readAgain(connect(config))).rejects.toMatchObject({ kind: 'notFound', where: { file: path() } });
    expect(await readAgain(connect(config, 1000, { person: ['name'] }))).toMatchObject({ objects: [], end: { complete: true } });
  }
});

test('a torn last line: the file is cut short', async () => {
  const { end } = await read('{"id":"1"}\n{"id":"2","na');
  expect(end).toMatchObject({ complete: false, reason: { kind: 'unavailable', where: { line: 2 } } });
});

test('writing objects: lines change in place, everything else keeps its bytes', async () => {
  const long = `{"id":"L","x":"${'x'.repeat(20_000)}"}`;
  await writeFile(
    path(),
    `\ufeff{"id":"1", "n":{"g":"Ada","f":1}, "big":12345678901234567890}\r\n\n{"id":"2"}\nrubbish\n{"id":"3", "t":["a"]}\n${long}`,
  );
  const connection = connect({}, 15_000);
  const results = await connection.write!.write([
    item('update', '1', { 'n.g': 'Bo', 'n.f': null, 'new.a\\.b': ['x'] }),
    item('delete', '2'),
    item('update', '3', {}, { add: { t: ['b'] }, remove: { t: ['a'] } }),
    item('create', '4', { __proto__: null, 'n.g': 'Dé', empty: null, flag: true }),
    item('create', '3', {}),
    item('update', '5', {}),
    item('update', '3', { id: '9' }),
    { ...item('create', '6'), kind: 'group' },
  ]);
  expect(results.map((result) => (result.ok ? result.anchor : result.fault.kind))).toEqual([
    '1',
    '2',
    '3',
    '4',
    'conflict',
    'notFound',
    'invalidValue',
    'invalidValue',
  ]);
  const { fingerprint } = await connection.write!.commit!();
  expect(await text()).toBe(
    `\ufeff{"id":"1","n":{"g":"Bo"},"big":12345678901234567890,"new":{"a.b":["x"]}}\r\n\nrubbish\n{"id":"3","t":["b"]}\n${long}\n{"id":"4","n":{"g":"Dé"},"flag":true}\n`,
  );
  expect((await readAgain(connect())).end.fingerprint).toBe(fingerprint);
  expect(await readdir(folder)).toEqual(['people.jsonl']);
});

test('what is written is read: any names and values', async () => {
  const name = fc
    .string({ unit: fc.constantFrom('a', '.', '\\', 'é', '_'), minLength: 1, maxLength: 5 })
    .filter((s) => /^(?:[^.\\]|\\[.\\])+(?:\.(?:[^.\\]|\\[.\\])+)*$/.test(s));
  const value = fc.oneof(
    fc.string({ maxLength: 5 }).filter((s) => !s.includes('\0')),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.integer(), { minLength: 1, maxLength: 3 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 4 }), async (set) => {
      // A name that goes on where another one ends cannot be kept beside it: one of the two is an object.
      const names = Object.keys(set);
      fc.pre(
        !names.some((a) => names.some((b) => b.startsWith(`${a}.`))) &&
          !names.includes('id') &&
          !names.some((a) => a.startsWith('id.')),
      );
      await rm(path(), { force: true });
      const connection = connect();
      await connection.write!.write([item('create', '1', set)]);
      await connection.write!.commit!();
      const { objects } = await readAgain(connection);
      expect({ ...(objects[0] as ReadObject).attributes }).toEqual({ id: '1', ...set });
    }),
    { numRuns: 60 },
  );
});

test('any line: an object or a fault, never an exception, never a polluted prototype', async () => {
  const json = fc.json({ maxDepth: 4 }).map((s) => s.replaceAll('"a', '"__proto__'));
  const line = fc
    .oneof(
      json,
      fc.string({ maxLength: 20 }),
      json.map((s) => s.slice(0, -1)),
      json.map((s) => `{"id":"x","v":${s}}`),
    )
    .map((s) => s.replaceAll('\n', ' '));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 20, maxLength: 20 }), async (lines) => {
      for (const config of [{}, changes]) {
        const { objects, end } = await read(`${lines.join('\n')}\n`, config);
        expect(end.complete).toBe(warnings.length === 0);
        for (const object of objects) expect(object.anchor).not.toBe('');
        warnings = [];
      }
    }),
    { numRuns: 100 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('changes: a full read answers each object once, as all records leave it', async () => {
  const { objects, end } = await read(
    [
      '{"op":"put","anchor":"1","set":{"a":"x","t":["p"]}}',
      '{"op":"put","kind":"group","anchor":"1","set":{"a":"g"}}',
      '{"op":"patch","anchor":"1","set":{"a":"y","n":{"g":1}},"add":{"t":["q"]},"remove":{"t":["p"]}}',
      '{"op":"put","anchor":"2","set":{}}',
      '{"op":"delete","anchor":"2"}',
      '{"op":"put","anchor":"3","name":"cn=3","changedAt":"2026-03-01T08:00:00Z","set":{"a":null}}',
      '',
    ].join('\n'),
    changes,
  );
  expect(objects).toEqual(
    [
      { kind: 'group', anchor: '1', line: 2, op: 'put', attributes: { a: 'g' } },
      { kind: 'person', anchor: '1', line: 3, attributes: { a: 'y', t: ['q'], 'n.g': 1 } },
      {
        kind: 'person',
        anchor: '3',
        line: 6,
        op: 'put',
        attributes: { a: null },
        name: 'cn=3',
        changedAt: '2026-03-01T08:00:00Z',
      },
    ].map(({ op: _, ...object }) => object),
  );
  expect(end).toMatchObject({ complete: true });
  expect((await readAgain(connect({ format: 'changes' }))).end).toMatchObject({
    complete: false,
    reason: { remedy: expect.stringContaining('whole') },
  });
});

test('changes: a delta reads on from the cursor, line by whole line', async () => {
  await writeFile(path(), '{"op":"put","anchor":"1","set":{"a":1}}\n{"op":"pu');
  const connection = connect(changes);
  const cursor = await connection.read!.cursor!();
  const full = await readAgain(connection);
  expect(full.end.next).toBe(cursor);
  expect(full.objects.length).toBe(1);
  expect(await readAgain(connection, cursor)).toEqual({ objects: [], end: { complete: true, next: cursor } });
  await appendFile(
    path(),
    't","anchor":"2","set":{}}\n{"op":"delete","anchor":"1"}\n{"op":"patch","anchor":"2","set":{"a":null},"add":{"t":"x"},"remove":{"u":["y"]}}\nrubbish\n{"op":',
  );
  const delta = await readAgain(connection, cursor);
  expect(delta.objects).toEqual([
    { op: 'put', kind: 'person', anchor: '2', attributes: {}, line: 2 },
    { op: 'delete', kind: 'person', anchor: '1', line: 3 },
    { op: 'patch', kind: 'person', anchor: '2', set: { a: null }, add: { t: ['x'] }, remove: { u: ['y'] }, line: 4 },
  ]);
  expect(delta.end).toMatchObject({ complete: false, reason: { where: { line: 5 } } });
  await appendFile(path(), '"delete","anchor":"2"}\n');
  expect((await readAgain(connection, delta.end.next!)).objects).toEqual([
    { op: 'delete', kind: 'person', anchor: '2', line: 6 },
  ]);
});

test('changes: what is added while everything is read is left to the next delta', async () => {
  await writeFile(path(), Array.from({ length: 20_000 }, (_, i) => `{"op":"put","anchor":"${i}","set":{"a":1}}\n`).join(''));
  const connection = connect(changes);
  let count = 0;
  let end: ReadEnd | undefined;
  for await (const page of connection.read!.read({ signal: new AbortController().signal })) {
    if (count === 0) await appendFile(path(), '{"op":"patch","anchor":"0","set":{"a":2}}\n');
    count += page.objects.length;
    end = page.end;
  }
  expect(count).toBe(20_000);
  expect(end).toMatchObject({ complete: true });
  expect((await readAgain(connection, end!.next!)).objects).toMatchObject([{ op: 'patch', anchor: '0', line: 20_001 }]);
});

test('changes: a file cut, replaced or gone is not read on', async () => {
  await writeFile(path(), '{"op":"put","anchor":"1","set":{"a":1}}\n{"op":"put","anchor":"2","set":{"a":1}}\n');
  const connection = connect(changes);
  const cursor = await connection.read!.cursor!();
  for (const content of [
    '{"op":"put","anchor":"1","set":{"a":1}}\n',
    `${' '.repeat(200)}\n{"op":"delete","anchor":"1"}\n`,
    null,
  ]) {
    if (content === null) await rm(path());
    else await writeFile(path(), content);
    await expect(readAgain(connection, cursor)).rejects.toMatchObject({
      kind: 'conflict',
      remedy: expect.stringContaining('full'),
    });
  }
  await expect(readAgain(connection, 'rubbish')).rejects.toMatchObject({ kind: 'conflict' });
});

test.each([
  '{"op":"move","anchor":"1"}',
  '{"op":"put"}',
  '{"op":"put","anchor":1}',
  '{"op":"put","anchor":"1","set":[]}',
  '{"op":"put","anchor":"1","sets":{}}',
  '{"op":"put","anchor":"1","changedAt":"yesterday"}',
  '{"op":"patch","anchor":"9","set":{}}',
])('changes: %s is refused by line', async (bad) => {
  const { objects, end } = await read(`${bad}\n{"op":"put","anchor":"2","set":{}}\n`, changes);
  expect(objects.map((object) => object.anchor)).toEqual(['2']);
  expect(warnings).toMatchObject([{ kind: 'invalidValue', where: { line: 1 } }]);
  expect(end.complete).toBe(false);
});

test('writing changes: records are added, answered for, and torn ends mended', async () => {
  await writeFile(path(), '{"op":"put","kind":"person","anchor":"1","set":{}}\n{"op":"put","anchor":"torn');
  const connection = connect(changes);
  const results = await connection.write!.write([
    item('create', '1'),
    item('update', '1', { 'n.g': null }, { add: { t: ['x'] } }),
    item('create', '2', { a: 'é\n' }, { name: 'two' }),
    item('delete', '1'),
    item('update', '1', {}),
    item('create', null, {}),
    item('create', null, { id: 4 }),
  ]);
  // What `check` takes for a new object's anchor is one: the field that is called so in a file of objects.
  expect(results.map((result) => (result.ok ? result.anchor : result.fault.kind))).toEqual([
    'conflict',
    '1',
    '2',
    '1',
    'notFound',
    'invalidValue',
    '4',
  ]);
  expect(await text()).toBe(
    '{"op":"put","kind":"person","anchor":"1","set":{}}\n' +
      '{"op":"patch","kind":"person","anchor":"1","set":{"n":{"g":null}},"add":{"t":["x"]}}\n' +
      '{"op":"put","kind":"person","anchor":"2","name":"two","set":{"a":"é\\n"}}\n' +
      '{"op":"delete","kind":"person","anchor":"1"}\n' +
      '{"op":"put","kind":"person","anchor":"4","set":{"id":4}}\n',
  );
  await appendFile(path(), '{"op":"put","anchor":"3","set":{}}');
  expect(await connection.write!.write([item('update', '3', { a: 1 })])).toMatchObject([{ ok: true }]);
  await connection.close();
  await connection.close();
  expect((await readAgain(connection)).objects).toEqual([
    { kind: 'person', anchor: '2', name: 'two', line: 3, attributes: { a: 'é\n' } },
    { kind: 'person', anchor: '4', line: 5, attributes: { id: 4 } },
    { kind: 'person', anchor: '3', line: 7, attributes: { a: 1 } },
  ]);
});

test.each([
  ['a line of another kind', '{"op":"put","kind":"person","anchor":"1","set":{}}\n{"id":"7","name":"half'],
  ['any other file', 'root:x:0:0:root:/root:/bin/bash'],
])('writing changes: what somebody else wrote stays: %s', async (_, content) => {
  await writeFile(path(), content);
  const connection = connect(changes);
  await expect(connection.write!.write([item('create', '2', {})])).rejects.toMatchObject({ kind: 'configuration' });
  await connection.close();
  expect(await text()).toBe(content);
});

test('writing changes: a whole object without its newline stays', async () => {
  await writeFile(path(), '{"id":"7"}');
  const connection = connect(changes);
  expect(await connection.write!.write([item('create', '2', {})])).toMatchObject([{ ok: true }]);
  await connection.close();
  expect(await text()).toBe('{"id":"7"}\n{"op":"put","kind":"person","anchor":"2"}\n');
});

test('writing changes: a file that was rotated away is not written to', async () => {
  const connection = connect(changes);
  await connection.write!.write([item('create', '1', {})]);
  await rename(path(), `${path()}.1`);
  expect(await connection.write!.write([item('create', '2', {})])).toMatchObject([{ ok: true }]);
  await connection.close();
  expect(await text()).toBe('{"op":"put","kind":"person","anchor":"2"}\n');
  expect(await readFile(`${path()}.1`, 'utf8')).toBe('{"op":"put","kind":"person","anchor":"1"}\n');
});

test.each(['whole', 'tail'] as const)(
  'changes, history %s: a log replaced while it was read is read from its start',
  async (history) => {
    const put = (anchor: string) => `{"op":"put","anchor":"${anchor}","set":{}}\n`;
    await writeFile(path(), put('1'));
    const connection = connect({ format: 'changes', history });
    const since = await connection.read!.cursor!();
    await appendFile(path(), put('2').repeat(20_000));
    let next: Cursor | undefined;
    let replaced = false;
    for await (const page of connection.read!.read({ since, signal: new AbortController().signal })) {
      next = page.end?.next;
      if (replaced) continue;
      replaced = true;
      await rename(path(), `${path()}.1`);
      await writeFile(path(), put('3').repeat(30_000));
    }
    // What the new file holds before the place where the old one ended would never be read.
    await expect(readAgain(connection, next)).rejects.toMatchObject({ kind: 'conflict' });
  },
);

test('changes: a log cut while it was read is read from its start', async () => {
  const put = (anchor: string) => `{"op":"put","anchor":"${anchor}","set":{}}\n`;
  await writeFile(path(), '');
  const connection = connect(changes);
  const since = await connection.read!.cursor!();
  await appendFile(path(), put('2').repeat(20_000));
  let next: Cursor | undefined;
  let cut = false;
  for await (const page of connection.read!.read({ since, signal: new AbortController().signal })) {
    next = page.end?.next;
    if (cut) continue;
    cut = true;
    await writeFile(path(), put('3'));
  }
  await expect(readAgain(connection, next)).rejects.toMatchObject({ kind: 'conflict' });
});

test('names that grow from level to level cost their own field, not the memory of the machine', async () => {
  const levels = Array.from({ length: 60 }, () => `"${'k'.repeat(100_000)}":{`).join('');
  const fields = Array.from({ length: 100_000 }, (_, i) => `"x${i}":1`).join();
  const long = `{"id":"1",${levels}${fields}${'}'.repeat(60)},"${'l'.repeat(2_000)}":1,"ok":1}`;
  const { objects, end } = await read(`${long}\n{"id":"2"}\n`, {}, 16_000_000);
  expect(objects).toMatchObject([{ anchor: '1', attributes: { id: '1', ok: 1 } }, { anchor: '2' }]);
  const [first] = objects as ReadObject[];
  expect(first!.refused).toMatchObject([{ message: 'its name is longer than 1024 characters', where: {} }]);
  expect(end.complete).toBe(true);
});
