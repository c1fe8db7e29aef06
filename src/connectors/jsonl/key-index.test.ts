import {
  appendFile,
  chmod,
  chown,
  copyFile,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Connection, WriteItem } from '#connectors/contract';
import { KeyTable } from '../files/keys.ts';
import { jsonl } from './index.ts';
import { LEAST_LOG_BYTES } from './key-index.ts';
import { BEGINNING_CRC, decode, encode, TITLE } from './key-sections.ts';

let folder: string;
let fileHandle: FileHandle;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-keys-'));
  const any = await open(join(folder, 'any'), 'w');
  fileHandle = Object.getPrototypeOf(any) as FileHandle;
  await any.close();
  await rm(join(folder, 'any'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const LIMIT = 20_000;
const path = () => join(folder, 'out.jsonl');
const index = () => join(folder, 'out.jsonl.keys');
const put = (anchor: string, note = '') => `${JSON.stringify({ op: 'put', kind: 'person', anchor, set: { note } })}\n`;
/** 200 people, 160 KB: more than a log needs to get an index, and more than what is compared before a place. */
const LONG_LOG = Array.from({ length: 200 }, (_, i) => put(`P${i}`, 'x'.repeat(750))).join('');

function connect(config: object = {}): Connection {
  return jsonl.open(jsonl.config.parse({ path: 'out.jsonl', format: 'changes', ...config }), {
    connection: 'out',
    folder,
    limits: { maxObjectBytes: LIMIT },
    warn: () => undefined,
  });
}

const item = (operation: WriteItem['operation'], anchor: string, set: WriteItem['set'] = {}): WriteItem => ({
  attempt: '1',
  operation,
  kind: 'person',
  anchor,
  set,
});

/** A run: a connection that writes the items and is closed. Answers `ok` or the kind of the fault for each. */
async function run(items: readonly WriteItem[], config: object = {}): Promise<string[]> {
  const connection = connect(config);
  try {
    return (await connection.write!.write(items)).map((result) => (result.ok ? 'ok' : result.fault.kind));
  } finally {
    await connection.close();
  }
}

/** Which of the anchors a run finds there. It writes nothing: what is new is over the limit of one object. */
async function found(anchors: readonly string[], config: object = {}): Promise<string[]> {
  const answers = await run(
    anchors.map((anchor) => item('create', anchor, { note: 'x'.repeat(LIMIT) })),
    config,
  );
  return anchors.filter((_, i) => answers[i] === 'conflict');
}

/** Bytes that were read of any file meanwhile. */
async function bytesRead(work: () => Promise<unknown>): Promise<number> {
  const read = vi.spyOn(fileHandle, 'read');
  await work();
  const reads = await Promise.all(read.mock.results.map(({ value }) => value as Promise<{ bytesRead: number }>));
  read.mockRestore();
  return reads.reduce((sum, one) => sum + one.bytesRead, 0);
}

/** Looking at the end of the log, a digest before a place, and the index. */
const FIXED_BYTES = 2 * 65_536;
const isReadWhole = async (work: () => Promise<unknown>) => {
  const { size } = await stat(path());
  return (await bytesRead(work)) >= size;
};

test('the next run reads what is new, not the log', async () => {
  await writeFile(path(), LONG_LOG.repeat(10));
  expect(await isReadWhole(() => run([item('delete', 'P1'), item('create', 'Q')]))).toBe(true);
  const second = await bytesRead(async () => expect(await found(['P0', 'P1', 'Q', 'R'])).toEqual(['P0', 'Q']));
  expect(second).toBeLessThan(FIXED_BYTES);
  await appendFile(path(), `${put('R')}{"op":"delete","kind":"person","anchor":"Q"}\n${put('S', 'x'.repeat(10_000))}`);
  const third = await bytesRead(async () => expect(await found(['P0', 'P1', 'Q', 'R', 'S'])).toEqual(['P0', 'R', 'S']));
  expect(third - second).toBeGreaterThan(10_000);
  expect(third - second).toBeLessThan(12_000 + 4096);
});

test('an index holds no anchor in clear, and has the rights of its log', async () => {
  await writeFile(path(), LONG_LOG);
  await chmod(path(), 0o640);
  await run([item('create', 'Ada.Byron@example.org')]);
  await run([item('create', 'Grace.Hopper@example.org')]);
  const text = await readFile(index(), 'latin1');
  expect(text).not.toMatch(/P199|Ada|Grace/);
  expect((await stat(index())).mode & 0o777).toBe(0o640);
  expect((await readdir(folder)).sort()).toEqual(['out.jsonl', 'out.jsonl.keys']);
});

test('what changed is added to the index; where nothing did, nothing is written; after many runs it is made anew', async () => {
  await writeFile(path(), LONG_LOG);
  await found([]);
  const first = await readFile(index());
  const { mtimeNs, ino } = await stat(index(), { bigint: true });
  await found(['P1', 'Z']);
  await connect().close();
  expect((await stat(index(), { bigint: true })).mtimeNs).toBe(mtimeNs);
  await run([item('update', 'P1', { note: 'y' }), item('create', 'Z')]);
  const second = await readFile(index());
  expect(second.subarray(0, first.length)).toEqual(first);
  expect(decode(second)).toMatchObject({ end: second.length, log: { size: (await stat(path())).size } });
  let runs = 0;
  while ((await stat(index(), { bigint: true })).ino === ino && ++runs < 400) await run([item('update', 'P1', { note: '' })]);
  expect(runs).toBeLessThan(400);
  expect((await stat(index())).size).toBe(first.length + 8);
  expect(await found(['P1', 'Z', 'Y'])).toEqual(['P1', 'Z']);
}, 20_000);

test('a short log has no index', async () => {
  await writeFile(path(), LONG_LOG.slice(0, LONG_LOG.lastIndexOf('\n', LEAST_LOG_BYTES - 5000) + 1));
  await run([item('create', 'Q')]);
  expect(await readdir(folder)).toEqual(['out.jsonl']);
});

test('a crash after the log was written and before the index was: the rest is read', async () => {
  await writeFile(path(), LONG_LOG);
  await run([item('create', 'Q')]);
  const crashed = connect();
  await crashed.write!.write([item('create', 'R'), item('delete', 'Q')]);
  expect(await bytesRead(async () => expect(await found(['P1', 'Q', 'R'])).toEqual(['P1', 'R']))).toBeLessThan(FIXED_BYTES);
  await crashed.close();
  expect(await found(['P1', 'Q', 'R'])).toEqual(['P1', 'R']);
});

const inPlace = async (content: string) => {
  const handle = await open(path(), 'r+');
  await handle.truncate(content.length);
  await handle.write(content, 0);
  await handle.close();
  // A clock tick later.
  await utimes(path(), 1_900_000_000, 1_900_000_000);
};
const renamed = async () => (await readFile(path(), 'utf8')).replace('"P50"', '"N50"');
const bytes = async (change: (bytes: Buffer) => Buffer) => writeFile(index(), change(await readFile(index())));

/** With another text in its one section, and a checksum that fits. */
function sealed(all: Buffer, from: string, to: string): Buffer {
  const changed = Buffer.from(all.toString('latin1').replace(from, to), 'latin1');
  changed.writeUInt32LE(crc32(changed.subarray(0, -4)), changed.length - 4);
  return changed;
}

test.each<[name: string, ruin: () => Promise<unknown>, is: readonly string[]]>([
  ['the log cut', () => truncate(path(), LONG_LOG.indexOf(put('P50').slice(0, 40))), ['P0']],
  ['the log written anew, of the same length', async () => inPlace(await renamed()), ['P0', 'P199', 'N50', 'Q']],
  ['the log written anew, longer', () => inPlace(put('N50') + LONG_LOG), ['P0', 'P50', 'P199', 'N50']],
  [
    'another file in its place, with the same end, and longer',
    async () => {
      await writeFile(`${path()}.new`, (await renamed()) + put('R'));
      await rename(`${path()}.new`, path());
    },
    ['P0', 'P199', 'N50', 'Q'],
  ],
  ['the index deleted', () => rm(index()), ['P0', 'P50', 'P199', 'Q']],
  ['the index empty', () => truncate(index()), ['P0', 'P50', 'P199', 'Q']],
  ['the index cut', async () => truncate(index(), (await stat(index())).size - 4), ['P0', 'P50', 'P199', 'Q']],
  ['zeros in the index, as after a power cut', () => bytes((all) => all.fill(0)), ['P0', 'P50', 'P199', 'Q']],
  ['zeros at its end', () => bytes((all) => all.fill(0, all.length - 500)), ['P0', 'P50', 'P199', 'Q']],
  ['one bit of it', () => bytes((all) => all.fill(all[1000]! ^ 4, 1000, 1001)), ['P0', 'P50', 'P199', 'Q']],
  ['an index of another version', () => bytes((all) => sealed(all, '"version":1', '"version":9')), ['P0', 'P50', 'P199', 'Q']],
  ['an index larger than its log', () => bytes((all) => Buffer.concat([all, Buffer.alloc(200_000)])), ['P0', 'P50', 'P199', 'Q']],
  ['an index that others may write', () => chmod(index(), 0o666), ['P0', 'P50', 'P199', 'Q']],
])('%s: the log is read, and a new index made', async (_, ruin, is) => {
  await writeFile(path(), LONG_LOG);
  await run([item('create', 'Q')]);
  await ruin();
  const asked = ['P0', 'P50', 'P199', 'N50', 'Q'];
  expect(await isReadWhole(async () => expect(await found(asked)).toEqual(is))).toBe(true);
  const { size } = await stat(path());
  if (size < LEAST_LOG_BYTES) return;
  expect(decode(await readFile(index()))?.log.size).toBe(size);
  expect(await bytesRead(async () => expect(await found(asked)).toEqual(is))).toBeLessThan(FIXED_BYTES);
});

test.skipIf(process.geteuid?.() !== 0)('an index of another user is not read (only root can make one)', async () => {
  await writeFile(path(), LONG_LOG);
  await run([item('create', 'Q')]);
  await chown(index(), 4321, 4321);
  expect(await isReadWhole(() => found(['Q']))).toBe(true);
  await chown(path(), 4321, 4321);
  await run([item('create', 'R')]);
  expect(await stat(index())).toMatchObject({ uid: 0 });
  await rm(index());
  await run([item('create', 'S')]);
  expect(await stat(index())).toMatchObject({ uid: 4321, gid: 4321 });
});

test('lines are read in other ways: by another kind, or another limit', async () => {
  await writeFile(path(), `${LONG_LOG}{"op":"put","anchor":"K"}\n`);
  expect(await found(['K'])).toEqual(['K']);
  expect(await found(['K', 'P1'], { kind: 'group' })).toEqual(['P1']);
  expect(await found(['K', 'P1'])).toEqual(['K', 'P1']);
});

test('the log under another name is the same log; the index lies beside the file itself', async () => {
  await mkdir(join(folder, 'data'));
  const real = join(folder, 'data', 'log');
  await writeFile(real, LONG_LOG);
  await symlink(real, path());
  await run([item('create', 'Q')]);
  expect(await readdir(join(folder, 'data'))).toEqual(['log', 'log.keys']);
  expect((await lstat(path())).isSymbolicLink()).toBe(true);
  expect(await bytesRead(async () => expect(await found(['Q', 'R'], { path: 'data/log' })).toEqual(['Q']))).toBeLessThan(
    FIXED_BYTES,
  );
});

test.each<[name: string, make: () => Promise<unknown>]>([
  ['a file of somebody else', () => writeFile(index(), 'my keys\n')],
  ['a folder', () => mkdir(index())],
  [
    'a link',
    async () => {
      await writeFile(join(folder, 'other'), TITLE);
      await symlink(join(folder, 'other'), index());
    },
  ],
])('%s has the name: it stays as it is, and the log is written without an index', async (_, make) => {
  await writeFile(path(), LONG_LOG);
  await make();
  const before = await lstat(index());
  expect(await run([item('create', 'Q')])).toEqual(['ok']);
  expect(await isReadWhole(async () => expect(await found(['Q', 'R'])).toEqual(['Q']))).toBe(true);
  expect(await lstat(index())).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs, size: before.size });
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('no room for the index, or no right to it: the log is written all the same', async () => {
  await writeFile(path(), LONG_LOG);
  const write = fileHandle.write;
  let refused = 0;
  const full = vi.spyOn(fileHandle, 'write').mockImplementation(async function (this: FileHandle, ...args: unknown[]) {
    // Lines go to the log without a place, an index is written at a place.
    if (args[3] === undefined) return await (write as (...all: unknown[]) => Promise<never>).apply(this, args);
    refused++;
    throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
  });
  expect(await run([item('create', 'Q')])).toEqual(['ok']);
  expect((await readdir(folder)).sort()).toEqual(['out.jsonl']);
  full.mockRestore();
  await run([item('create', 'R')]);
  const before = await readFile(index());
  vi.spyOn(fileHandle, 'write').mockImplementation(async function (this: FileHandle, ...args: unknown[]) {
    if (args[3] === undefined) return await (write as (...all: unknown[]) => Promise<never>).apply(this, args);
    refused++;
    await (write as (...all: unknown[]) => Promise<never>).call(this, (args[0] as Buffer).subarray(0, 9), 0, 9, args[3]);
    throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
  });
  expect(await run([item('create', 'S')])).toEqual(['ok']);
  expect(refused).toBe(2);
  vi.restoreAllMocks();
  // What fitted is torn, and noticed.
  expect((await readFile(index())).subarray(0, before.length)).toEqual(before);
  expect(await found(['P1', 'Q', 'R', 'S', 'T'])).toEqual(['P1', 'Q', 'R', 'S']);
});

test('what was not written is not remembered', async () => {
  await writeFile(path(), LONG_LOG);
  const broken = connect();
  const set = Object.defineProperty({}, 'note', {
    enumerable: true,
    get() {
      throw new TypeError('no value');
    },
  });
  await expect(broken.write!.write([item('create', 'Q'), item('create', 'R', set)])).rejects.toThrow(TypeError);
  await broken.close();
  expect(await found(['P1', 'Q', 'R'])).toEqual(['P1']);
  await run([item('create', 'Q')]);
  const connection = connect();
  vi.spyOn(fileHandle, 'write').mockRejectedValueOnce(Object.assign(new Error('no room'), { code: 'ENOSPC' }));
  await expect(connection.write!.write([item('create', 'R'), item('delete', 'Q')])).rejects.toMatchObject({
    kind: 'unavailable',
  });
  await connection.close();
  expect(await found(['Q', 'R'])).toEqual(['Q']);
});

test('two programs: what the other one wrote is in no index that does not know it', async () => {
  await writeFile(path(), LONG_LOG);
  const [one, two] = [connect(), connect()];
  await one.write!.write([item('create', 'A')]);
  await two.write!.write([item('create', 'B')]);
  await one.close();
  await appendFile(path(), put('C'));
  await two.close();
  expect(await found(['A', 'B', 'C', 'D'])).toEqual(['A', 'B', 'C']);
  const [three, four] = [connect(), connect()];
  await three.write!.write([item('create', 'D')]);
  await four.write!.write([item('delete', 'A')]);
  await three.write!.write([item('create', 'A')]);
  await four.close();
  await three.close();
  expect(await found(['A', 'B', 'C', 'D', 'E'])).toEqual(['A', 'B', 'C', 'D']);
});

test('a line that another program adds in the very moment is in no index that does not know it', async () => {
  await writeFile(path(), LONG_LOG);
  const { write } = fileHandle;
  const connection = connect();
  vi.spyOn(fileHandle, 'write').mockImplementationOnce(async function (this: FileHandle, ...args: unknown[]) {
    await appendFile(path(), put('A'));
    return await (write as (...all: unknown[]) => Promise<never>).apply(this, args);
  });
  await connection.write!.write([item('create', 'B', { note: 'x'.repeat(1000) })]);
  await connection.close();
  expect(await found(['A', 'B', 'C'])).toEqual(['A', 'B']);
});

test('what is torn behind a valid section is not read, and gone with the next index', async () => {
  await writeFile(path(), LONG_LOG);
  await run([item('create', 'Q')]);
  const { size } = await stat(index());
  await appendFile(index(), Buffer.alloc(5000, 1));
  expect(await bytesRead(async () => expect(await found(['Q', 'R'])).toEqual(['Q']))).toBeLessThan(FIXED_BYTES);
  await run([item('create', 'R')]);
  expect((await stat(index())).size).toBe(size + 8);
  expect(await found(['Q', 'R', 'S'])).toEqual(['Q', 'R']);
});

test('a section made for another one than stands before it is not taken', () => {
  const secret = Buffer.alloc(8, 1);
  const state = { kinds: ['person'], reads: '', secret, log: { device: '1', inode: '1', size: 9, modified: '1', tail: 'x' } };
  const table = (...anchors: string[]) => {
    const keys = new KeyTable({ secret });
    for (const anchor of anchors) keys.set('person', anchor, 1);
    return keys;
  };
  const first = Buffer.concat([TITLE, ...encode(table('1'), true, { ...state, crc: BEGINNING_CRC })!]);
  const { crc } = decode(first)!;
  const [next, other] = ['2', '3'].map((anchor) => Buffer.concat(encode(table(anchor), false, { ...state, crc })!));
  const both = decode(Buffer.concat([first, next!, other!]))!;
  expect(both.end).toBe(first.length + next!.length);
  expect(['1', '2', '3'].map((anchor) => both.keys.get('person', anchor))).toEqual([1, 1, undefined]);
});

test('a forged index: keys that stand in one another’s way, more of them than there are, none at all', () => {
  const secret = Buffer.alloc(8, 1);
  const state = { kinds: [], reads: '', secret, log: { device: '1', inode: '1', size: 9, modified: '1', tail: 'x' } };
  const forged = (hashes: Int32Array, from = '', to = '') => {
    const keys = new KeyTable({ secret });
    keys.setHashes(hashes, 1);
    return decode(sealed(Buffer.concat([TITLE, ...encode(keys, true, { ...state, crc: BEGINNING_CRC })!]), from, to));
  };
  expect(forged(Int32Array.of(1, 2, 3, 4))?.keys.size).toBe(2);
  expect(forged(Int32Array.from({ length: 8000 }, (_, i) => (i % 2 === 0 ? 7 : i)))).toBeNull();
  expect(forged(Int32Array.of(1, 2, 3, 4), '"there":2', '"there":9')).toBeNull();
  expect(forged(Int32Array.of(1, 2, 3, 4), '\x03\0\0\0\x04\0\0\0', '\0'.repeat(8))).toBeNull();
  for (const length of [0, 3, TITLE.length, TITLE.length + 3, TITLE.length + 200])
    expect(decode(TITLE.subarray(0, length))).toBeNull();
});

test('whatever happens to log and index between runs, a run finds what the log says', async () => {
  const anchors = ['P0', 'P5', 'P199', 'a', 'b', 'c', 'd'];
  const anchor = fc.constantFrom(...anchors);
  const action = fc.oneof(
    {
      arbitrary: fc.record({ is: fc.constant('run' as const), of: fc.array(fc.tuple(fc.boolean(), anchor), { maxLength: 4 }) }),
      weight: 4,
    },
    fc.record({ is: fc.constantFrom('crash', 'append', 'rewrite', 'replace', 'copy'), anchor }),
    fc.record({ is: fc.constantFrom('cutLog', 'cutIndex', 'flip', 'oldIndex'), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  let tick = 2_000_000_000;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 2, maxLength: 8 }), async (actions) => {
      await writeFile(path(), LONG_LOG);
      await rm(index(), { force: true });
      await rm(`${index()}.old`, { force: true });
      for (const action of [...actions, { is: 'run' as const, of: [] }]) {
        const text = await readFile(path(), 'utf8');
        const old = await readFile(index()).catch(() => null);
        if ('of' in action) await run(action.of.map(([creates, one]) => item(creates ? 'create' : 'delete', one)));
        else if ('anchor' in action) {
          const { is, anchor } = action;
          const other = text.replace(`"anchor":"P`, `"anchor":"${anchor.slice(0, 1)}`);
          if (is === 'crash') {
            const crashed = connect();
            await crashed.write!.write([item('create', anchor), item('delete', anchor), item('create', 'a')]);
            vi.spyOn(fileHandle, 'stat').mockRejectedValueOnce(new Error('the process is gone'));
            await crashed.close().catch(() => undefined);
          } else if (is === 'append') await appendFile(path(), put(anchor));
          else if (is === 'rewrite') {
            await inPlace(other);
            await utimes(path(), ++tick, tick);
          } else {
            await writeFile(`${path()}.new`, is === 'copy' ? text : other);
            await rename(`${path()}.new`, path());
          }
        } else {
          const { is, at } = action;
          if (is === 'cutLog') await truncate(path(), Math.floor(text.length * (0.8 + at / 5)));
          else if (is === 'oldIndex') await copyFile(`${index()}.old`, index()).catch(() => undefined);
          else if (old !== null && old.length > 0) {
            const place = Math.floor(at * (old.length - 1));
            if (is === 'cutIndex') await truncate(index(), place);
            else await bytes((all) => all.fill(all[place]! ^ 1, place, place + 1));
          }
        }
        if (old !== null) await writeFile(`${index()}.old`, old);
        const now = new Set<string>();
        for (const line of (await readFile(path(), 'utf8')).split('\n')) {
          // Of a line cut by the test; what was written is whole.
          if (!line.endsWith('}')) continue;
          const { op, anchor } = JSON.parse(line) as { op: string; anchor: string };
          if (op === 'delete') now.delete(anchor);
          else now.add(anchor);
        }
        expect(await found(anchors)).toEqual(anchors.filter((one) => now.has(one)));
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
