import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection, OpenContext, ReadEnd, ReadObject, WriteItem } from '#connectors/contract';
import type { Fault } from '#core/errors';
import { csv } from './index.ts';

let folder: string;
let warnings: Fault[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-csv-'));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true }));

const path = () => join(folder, 'people.csv');
const text = () => readFile(path(), 'utf8');

function connect(config: object = {}, maxObjectBytes = 1_000_000, mapped?: OpenContext['mapped']): Connection {
  const parsed = csv.config.parse({ path: 'people.csv', anchor: 'id', ...config });
  return csv.open(parsed, {
    connection: 'hr',
    folder,
    limits: { maxObjectBytes },
    ...(mapped === undefined ? {} : { mapped }),
    warn: (fault) => warnings.push(fault),
  });
}

async function read(
  content: string | Buffer,
  config: object = {},
  limit?: number,
): Promise<{ objects: ReadObject[]; end: ReadEnd }> {
  await writeFile(path(), content);
  return readAgain(connect(config, limit));
}

async function readAgain(connection: Connection, last?: string): Promise<{ objects: ReadObject[]; end: ReadEnd }> {
  const objects: ReadObject[] = [];
  let end: ReadEnd | undefined;
  for await (const page of connection.read!.read({
    signal: new AbortController().signal,
    ...(last === undefined ? {} : { last }),
  })) {
    objects.push(...(page.objects as ReadObject[]));
    end = page.end;
  }
  return { objects, end: end! };
}

function item(
  operation: WriteItem['operation'],
  anchor: string | null,
  set: WriteItem['set'] = {},
  more: Partial<WriteItem> = {},
): WriteItem {
  return { attempt: '1', operation, kind: 'person', anchor, set, ...more };
}

test('rows become objects: mapping, several values, lines', async () => {
  const { objects, end } = await read('Personal-Nr;Name;Groups;Notes\r\n1;Ada;a|b;x\r\n2;"Bo\r\nB";;\r\n', {
    anchor: 'id',
    columns: { 'Personal-Nr': 'id', Notes: null },
    multi: { Groups: '|' },
  });
  expect(objects).toEqual([
    { kind: 'person', anchor: '1', line: 2, attributes: { id: '1', Name: 'Ada', Groups: ['a', 'b'] } },
    { kind: 'person', anchor: '2', line: 3, attributes: { id: '2', Name: 'Bo\r\nB' } },
  ]);
  expect(end).toMatchObject({ complete: true, attributes: ['Groups', 'Name', 'id'] });
  expect(warnings).toEqual([]);
});

test('a kind that is no text is a fault of its row', async () => {
  const { objects } = await read(Buffer.from('id,what\n1,person\n2,gro\xe9p\n', 'latin1'), { kindColumn: 'what' });
  expect(objects.map((object) => object.anchor)).toEqual(['1']);
  expect(warnings).toMatchObject([{ kind: 'invalidValue', where: { line: 3, object: '2', attribute: 'what' } }]);
});

test('an empty field may also say that there is no value', async () => {
  const { objects } = await read('id,a,b\n1,,x\n', { empty: 'empty', multi: { b: '|' } });
  expect(objects[0]!.attributes).toEqual({ id: '1', a: null, b: ['x'] });
});

test('kinds by column, anchors of several columns', async () => {
  const { objects } = await read('what,org,no\nperson,a|b,c\ngroup,a,b|c\n', { anchor: ['org', 'no'], kindColumn: 'what' });
  expect(objects.map(({ kind, anchor }) => [kind, anchor])).toEqual([
    ['person', 'a\\|b|c'],
    ['group', 'a|b\\|c'],
  ]);
});

test.each([',', ';', '\t', '|'])('the delimiter %j is found out', async (delimiter) => {
  const { objects } = await read(
    `${['name, with comma', 'id', 'x;y'].map((name) => `"${name}"`).join(delimiter)}\n${['A', '7', ''].join(delimiter)}\n`,
  );
  expect(objects[0]).toMatchObject({ anchor: '7' });
});

test('an empty field says that there is none where a rule asks for it, unless the settings say what it means', async () => {
  await writeFile(path(), 'id,a,b,c\n1,,,x\n');
  const attributesOf = async (config: object, clears?: readonly string[]) => {
    const connection = csv.open(csv.config.parse({ path: 'people.csv', anchor: 'id', ...config }), {
      connection: 'hr',
      folder,
      limits: { maxObjectBytes: 1_000 },
      ...(clears === undefined ? {} : { clears }),
      warn: () => undefined,
    });
    return { ...(await readAgain(connection)).objects[0]!.attributes };
  };
  expect(await attributesOf({})).toEqual({ id: '1', c: 'x' });
  expect(await attributesOf({}, ['a', 'c', 'none'])).toEqual({ id: '1', a: null, c: 'x' });
  expect(await attributesOf({ empty: 'absent' }, ['a'])).toEqual({ id: '1', c: 'x' });
  expect(await attributesOf({ empty: 'empty' }, ['a'])).toEqual({ id: '1', a: null, b: null, c: 'x' });
});

test('no header line', async () => {
  const { objects, end } = await read('7,Ada\n8,Bo\n', { header: false, columns: ['id', 'name'] });
  expect(objects.map((object) => object.attributes)).toEqual([
    { id: '7', name: 'Ada' },
    { id: '8', name: 'Bo' },
  ]);
  expect(end.attributes).toEqual(['id', 'name']);
});

test.each<[string, string | undefined, Buffer]>([
  ['a byte order mark', undefined, Buffer.from('\ufeffid,name\n1,Ærø\n')],
  ['utf-16le by its mark', undefined, Buffer.from('\ufeffid,name\n1,Ærø\n', 'utf16le')],
  ['windows-1252', 'windows-1252', Buffer.from('id,name\n1,\xc6r\xf8\n', 'latin1')],
])('encoding: %s', async (_, encoding, content) => {
  const { objects, end } = await read(content, encoding === undefined ? {} : { encoding });
  expect(objects[0]!.attributes).toEqual({ id: '1', name: 'Ærø' });
  expect(end.complete).toBe(true);
});

test.each<[name: string, content: string | Buffer, fault: object]>([
  ['a row with too few fields', 'id,a\n1,x\n2\n3,z\n', { kind: 'invalidValue', where: { line: 3, object: '2' } }],
  ['a row with too many fields', 'id,a\n1,x\n2,y,z\n3,z\n', { kind: 'invalidValue', where: { line: 3, object: '2' } }],
  ['an empty anchor', 'id,a\n1,x\n,y\n3,z\n', { kind: 'invalidValue', where: { line: 3 } }],
  [
    'an anchor that comes twice',
    'id,a\n1,x\n1,y\n3,z\n',
    { kind: 'conflict', where: { line: 3, object: '1' }, message: expect.stringContaining('line 2') },
  ],
  [
    'bytes of another encoding in the anchor',
    Buffer.from('id,a\n1,x\n\xe9,y\n3,z\n', 'latin1'),
    { kind: 'invalidValue', where: { line: 3, attribute: 'id' }, remedy: expect.stringContaining('encoding') },
  ],
  ['text behind a closing quote', 'id,a\n1,x\n2,"y"z\n3,z\n', { kind: 'invalidValue', where: { line: 3 } }],
  [
    'a row over the limit',
    `id,a\n1,x\n2,${'y'.repeat(2000)}\n3,z\n`,
    { kind: 'invalidValue', where: { line: 3 }, message: expect.stringContaining('2003') },
  ],
])('%s is left out and told, the rest goes on, and the read proves no absence', async (_, content, fault) => {
  const { objects, end } = await read(content, {}, 1000);
  expect(objects.map((object) => object.anchor)).toEqual(['1', '3']);
  expect(warnings).toMatchObject([
    { ...fault, where: { file: path(), ...(fault as { where: object }).where }, remedy: expect.any(String) },
  ]);
  expect(end).toMatchObject({ complete: false, reason: { message: expect.any(String), where: { file: path() } } });
});

test('bytes of another encoding cost their own field, and prove nothing about it', async () => {
  const { objects, end } = await read(Buffer.from('id,a,b\n1,x,y\n2,caf\xe9,z\n3,a,a\0b\n', 'latin1'), { columns: { b: null } });
  expect(objects).toMatchObject([
    { anchor: '1', attributes: { a: 'x' } },
    {
      anchor: '2',
      line: 3,
      attributes: { id: '2' },
      refused: [{ kind: 'invalidValue', where: { attribute: 'a' }, remedy: expect.stringContaining('encoding') }],
    },
    { anchor: '3', attributes: { a: 'a' } },
  ]);
  expect(objects.map((object) => ['a' in object.attributes, 'refused' in object])).toEqual([
    [true, false],
    [false, true],
    [true, false],
  ]);
  expect([warnings, end.complete]).toEqual([[], true]);
});

test('a file cut short within a quoted field proves no absence', async () => {
  const { objects, end } = await read('id,a\n1,x\n2,"y');
  expect(objects.map((object) => object.anchor)).toEqual(['1']);
  expect(end).toMatchObject({ complete: false, reason: { kind: 'unavailable', where: { line: 3 } } });
});

test.each(['utf-8', 'utf-16le', 'utf-16be'])(
  'a file that ended with a newline and does not now may be cut: %s',
  async (encoding) => {
    const bytes = (text: string): Buffer => {
      const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
      return encoding === 'utf-8' ? Buffer.from(text) : encoding === 'utf-16le' ? utf16 : utf16.swap16();
    };
    const whole = (await read(bytes('id,phone\n1,100\n2,200\n'))).end.fingerprint!;
    const open = (await read(bytes('id,phone\n1,100\n2,200'))).end.fingerprint!;
    const after = async (last: string, text: string) => {
      await writeFile(path(), bytes(text));
      return readAgain(connect(), last);
    };
    const cut = await after(whole, 'id,phone\n1,100\n2,20');
    expect(cut.objects.map(({ anchor }) => anchor)).toEqual(['1']);
    const reason = { kind: 'unavailable', where: { file: path(), line: 3, object: '2' } };
    expect(cut.end).toMatchObject({ complete: false, doubted: true, reason });
    expect(warnings).toMatchObject([reason]);
    // With another fault it is no matter of belief; a header is no row, and ends as all lines do.
    expect((await after(whole, 'id,phone\n1,100,x\n2,20')).end).toEqual(expect.not.objectContaining({ doubted: true }));
    expect((await after(whole, 'id,phone')).end).toMatchObject({
      complete: false,
      doubted: true,
      reason: { where: { line: 1 } },
    });
    // What never had one, and what was empty before, is whole as it is.
    for (const last of [open, (await read('')).end.fingerprint!])
      expect(await after(last, 'id,phone\n1,100\n2,20')).toMatchObject({ objects: [{}, {}], end: { complete: true } });
    expect(await after(whole, 'id,phone\n1,100\n')).toMatchObject({ objects: [{}], end: { complete: true } });
  },
);

test('a last line without newline is whole; spreadsheet leftovers at a row’s end are none', async () => {
  const { objects, end } = await read('id,a\n1,x,,\n\n2,y');
  expect(objects.map((object) => object.anchor)).toEqual(['1', '2']);
  expect(end.complete).toBe(true);
});

test('an empty file is no healthy one; a target that is not there yet reads as empty', async () => {
  expect((await read('')).end).toMatchObject({ complete: false, reason: { kind: 'unavailable' } });
  expect((await read('id,a\n')).end).toMatchObject({ complete: true, attributes: ['a', 'id'] });
  await rm(path());
  await expect(readAgain(connect())).rejects.toMatchObject({ kind: 'notFound', where: { file: path() } });
  expect(await readAgain(connect({}, 1000, { person: ['name'] }))).toMatchObject({ objects: [], end: { complete: true } });
});

test.each<[name: string, content: string, fault: object]>([
  ['missing header', '1,Ada\n2,Bo\n', { remedy: expect.stringContaining('header: false') }],
  ['misspelt header', 'ids,name\n1,Ada\n', { remedy: expect.stringContaining('"ids"') }],
  ['doubled header', 'id,a,a\n', { where: { attribute: 'a' } }],
])('%s: the file is refused', async (_, content, fault) => {
  await writeFile(path(), content);
  for (const act of [() => readAgain(connect()), () => connect().test()]) {
    await expect(act()).rejects.toMatchObject({ kind: 'configuration', ...fault });
  }
});

test('a file replaced while it is read proves no absence and has no fingerprint', async () => {
  await writeFile(path(), `id,a\n${Array.from({ length: 60_000 }, (_, i) => `${i},some value or other\n`).join('')}`);
  let end: ReadEnd | undefined;
  let pages = 0;
  for await (const page of connect().read!.read({ signal: new AbortController().signal })) {
    if (pages++ === 0) await writeFile(path(), 'id,a\n1,x\n');
    end = page.end;
  }
  expect(end).toMatchObject({
    complete: false,
    reason: { kind: 'unavailable', message: expect.stringContaining('while it was read') },
  });
  expect(end!.fingerprint).toBeUndefined();
});

test('configuration faults are found without touching the disk', () => {
  for (const bad of [
    { header: false },
    { columns: ['id'] },
    { anchor: 'Nr', columns: { Nr: 'id' } },
    { anchor: ['id', 'id'] },
    { delimiter: '"' },
    { delimiter: ',,' },
    { encoding: 'nonsense' },
    { columns: { a: 'x', b: 'x' } },
    { multi: { id: '|' } },
    { unknown: 1 },
  ]) {
    expect(csv.config.safeParse({ path: 'x', anchor: 'id', ...bad }).success, JSON.stringify(bad)).toBe(false);
  }
});

test('writing: rows change in place, everything else keeps its bytes', async () => {
  await writeFile(path(), '\ufeffid;name;"note";other\r\n1;"Ada";"kept";o\r\n\r\n2;Bo;;p\r\nragged\r\n3;Cy;;q');
  const connection = connect();
  const results = await connection.write!.write([
    item('update', '1', { name: 'Ada; Countess' }),
    item('update', '9', { name: 'x' }),
    item('delete', '2'),
    item('create', '3', { name: 'twice' }),
    item('create', '4', { name: 'Dé\n"x"', note: null }),
    item('create', '5', { nocolumn: 'x' }),
    item('create', null, { id: '6', name: 'Fe' }),
    item('update', '6', { name: 'Fay' }),
    item('create', '7', {}),
    item('delete', '7'),
    item('update', '3', { id: '33' }),
    item('update', 'ragged', { name: 'x' }),
    item('create', 'ragged', { name: 'x' }),
  ]);
  expect(results.map((result) => (result.ok ? result.anchor : result.fault.kind))).toEqual([
    '1',
    'notFound',
    '2',
    'conflict',
    '4',
    'invalidValue',
    '6',
    '6',
    '7',
    '7',
    'invalidValue',
    'invalidValue',
    'conflict',
  ]);
  const before = await text();
  const { fingerprint } = await connection.write!.commit!();
  expect(before).toContain('2;Bo');
  expect(await text()).toBe(
    '\ufeffid;name;"note";other\r\n1;"Ada; Countess";kept;o\r\n\r\nragged\r\n3;Cy;;q\r\n4;"Dé\n""x""";;\r\n6;Fay;;\r\n',
  );
  expect((await readAgain(connection)).end.fingerprint).toBe(fingerprint);
  expect(await readdir(folder)).toEqual(['people.csv']);
});

test('writing what is there already leaves the very file', async () => {
  await writeFile(path(), 'id,name\n1,"Ada"\n');
  const connection = connect();
  await connection.write!.write([item('update', '1', { name: 'Ada' })]);
  const { fingerprint } = await connection.write!.commit!();
  expect(await text()).toBe('id,name\n1,"Ada"\n');
  expect(await connection.write!.commit!()).toEqual({ fingerprint });
});

test('a file is made where there is none', async () => {
  const connection = connect({ columns: { Nummer: 'id', Name: 'name' }, multi: { tags: ',' } });
  await connection.write!.write([item('create', '1', { name: 'Ada', tags: ['a', 'b'] }), item('create', '2', { name: true })]);
  await connection.write!.commit!();
  expect(await text()).toBe('Nummer,Name,tags\n1,Ada,"a,b"\n2,true,\n');
});

test('values in sets are added and removed', async () => {
  await writeFile(path(), 'id,tags\n1,a|b\n');
  const connection = connect({ multi: { tags: '|' } });
  const [ok, bad] = await connection.write!.write([
    item('update', '1', {}, { add: { tags: ['c', 'b'] }, remove: { tags: ['a'] } }),
    item('update', '1', { tags: ['x|y'] }),
  ]);
  expect(ok).toMatchObject({ ok: true });
  expect(bad).toMatchObject({ ok: false, fault: { kind: 'invalidValue', where: { attribute: 'tags' } } });
  await connection.write!.commit!();
  expect(await text()).toBe('id,tags\n1,b|c\n');
});

test('formulas are data, or guarded where asked for, and read as they were', async () => {
  const nasty = ['=1+1', "'=x", '@a', '-5', '+49', "'quoted"];
  for (const escapeFormulas of [false, true]) {
    await writeFile(path(), 'id,v\n');
    const connection = connect({ escapeFormulas });
    await connection.write!.write(nasty.map((v, i) => item('create', String(i), { v })));
    await connection.write!.commit!();
    expect((await text()).includes("'=1+1")).toBe(escapeFormulas);
    expect((await readAgain(connection)).objects.map((object) => object.attributes.v)).toEqual(nasty);
  }
});

test('damaged bytes of rows nobody writes stay; what the encoding cannot say is refused', async () => {
  await writeFile(path(), Buffer.from('id,v\n1,caf\xe9\n2,x\n', 'latin1'));
  const utf8 = connect();
  await utf8.write!.write([item('update', '2', { v: 'y' })]);
  await utf8.write!.commit!();
  expect(await readFile(path(), 'latin1')).toBe('id,v\n1,caf\xe9\n2,y\n');
  const latin = connect({ encoding: 'windows-1252' });
  const [bad, good] = await latin.write!.write([item('update', '2', { v: 'Łódź' }), item('update', '2', { v: 'é' })]);
  expect([bad!.ok, good!.ok]).toEqual([false, true]);
  await latin.write!.commit!();
  expect(await readFile(path(), 'latin1')).toBe('id,v\n1,caf\xe9\n2,\xe9\n');
});

test('a file somebody else changed in the meantime is left alone', async () => {
  await writeFile(path(), 'id,v\n1,x\n');
  const connection = connect();
  await connection.write!.write([item('update', '1', { v: 'y' })]);
  await writeFile(path(), 'id,v\n1,x\n2,new\n');
  await expect(connection.write!.commit!()).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await text()).toBe('id,v\n1,x\n2,new\n');
  await writeFile(path(), 'id,v\n1,"x\n');
  await expect(connection.write!.write([item('create', '2')])).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await readdir(folder)).toEqual(['people.csv']);
});

test('thousands of new rows go through the spool', async () => {
  await writeFile(path(), 'id,v\n');
  const connection = connect();
  const long = 'v'.repeat(500);
  for (let i = 0; i < 5; i++) {
    await connection.write!.write(Array.from({ length: 1000 }, (_, j) => item('create', `${i * 1000 + j}`, { v: long + j })));
  }
  await connection.write!.write([item('update', '7', { v: 'seven' }), item('create', 'big', { v: 'b'.repeat(900_000) })]);
  await connection.write!.commit!();
  const { objects, end } = await readAgain(connection);
  expect(objects.length).toBe(5001);
  expect(objects[7]!.attributes.v).toBe('seven');
  expect(end.complete).toBe(true);
  await connection.close();
});

test('lines that end with a carriage return alone are not taken for one header', async () => {
  await expect(read('id,name\r1,Ada\r2,Bo\r')).rejects.toMatchObject({ kind: 'configuration', where: { file: path(), line: 1 } });
  expect((await read('"id","the\rname"\r"1","Ada"\r')).end.complete).toBe(false);
  const { objects } = await read('"id","the\rname"\r\n"1","Ada"\r\n');
  expect(objects).toMatchObject([{ anchor: '1', attributes: { 'the\rname': 'Ada' } }]);
  expect((await read('id,name\r')).end.complete).toBe(true);
  // Among line feeds it is one too many, and no line end.
  for (const text of ['id,na\rme\n1,Ada\n', 'id,name\r\r\n1,Ada\r\r\n'])
    await expect(read(text)).rejects.toMatchObject({
      message: `there is a carriage return within the first line of ${path()}`,
      where: { file: path(), line: 1 },
    });
});

test('values of a set are read back as they were written, or refused', async () => {
  const connection = connect({ multi: { tags: '||' } }, undefined, { person: ['id', 'tags'] });
  const results = await connection.write!.write([
    item('create', '1', { tags: ['a|', 'b'] }),
    item('create', '2', { tags: ['a', '|b'] }),
    item('create', '3', { tags: ['a||b'] }),
  ]);
  expect(results.map(({ ok }) => ok)).toEqual([false, true, false]);
  await connection.write!.commit!();
  const { objects } = await readAgain(connection);
  expect(objects).toMatchObject([{ anchor: '2', attributes: { tags: ['a', '|b'] } }]);
  await connection.close();
});

test.each([
  '4711,Ada,ada@example.org\n',
  'Ada;Lovelace;1815-12-10\n',
  'E1042,Ada,London\n',
  'root:$6$salt$hash:19000:0:99999:7:::\n',
])('a first line that is no header is not told: %j', async (line) => {
  const error = await read(`${line}1,Bo,b@example.org\n`).catch((fault: unknown) => fault);
  expect(error).toMatchObject({ kind: 'configuration', message: expect.stringMatching(/"id".*looks like data/) });
  expect(JSON.stringify(error) + String(error)).not.toMatch(/Ada|4711|salt|1815/);
});

test('what is wrong is called what it is: U+0000 in a field, a first line that only Excel knows', async () => {
  const { objects } = await read('id,name,note\n1,A\0da,x\n2,Bo,\n');
  expect(objects[0]).toMatchObject({
    anchor: '1',
    attributes: { note: 'x' },
    refused: [{ message: 'it holds the character U+0000' }],
  });
  for (const line of ['sep=;\r\n', 'SEP=,\n'])
    await expect(read(`${line}id;name\r\n1;Ada\r\n`)).rejects.toMatchObject({
      kind: 'configuration',
      message: expect.stringContaining('tells Excel'),
    });
});
