/** STORE 3: what waits in the interactive lane is one group; bulk comes in slices, and gives way between two of them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginRun, commit, item, object, stage } from '../conformance/sample.ts';
import type { Store } from '../contract.ts';
import { open } from './open.ts';

let folder: string;
let path: string;
let store: Store;
let run: Awaited<ReturnType<typeof beginRun>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-writer-'));
  path = join(folder, 'store.db');
  store = await open({ path, program: 'test', create: true });
  run = await beginRun(store);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Transactions so far: frames of the log that end one (https://sqlite.org/fileformat2.html#walformat). */
function commits(): number {
  const log = readFileSync(`${path}-wal`);
  const page = log.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at + 24 <= log.length; at += 24 + page) if (log.readUInt32BE(at + 4) !== 0) count++;
  return count;
}

const push = (n: number) => stage({ store, ...run }, [item(`push ${n}`)], { connection: 'pushed' });
const many = (n: number, from = 0) => Array.from({ length: n }, (_, i) => item(`p${String(from + i).padStart(6, '0')}`));

test('what waits interactively while something is written is one transaction', async () => {
  await push(0);
  const before = commits();
  await Promise.all([stage({ store, ...run }, many(300)), ...Array.from({ length: 50 }, (_, n) => push(n + 1))]);
  expect(commits() - before).toBeLessThanOrEqual(4);
  expect((await store.spaces.count('pushed'))['person']!.present).toBe(51);
});

test('what nobody waits for goes along with what is written next, or is written by itself a moment later', async () => {
  const end = { status: 'done', endedAt: 1, counts: '{}', rowsWritten: 0, believed: false, soon: true } as const;
  const other = await beginRun(store);
  const before = commits();
  const order: string[] = [];
  const finished = store.runs.finish(other.run, other.epoch, end).then(() => order.push('finished'));
  const pushed = push(0).then(() => order.push('pushed'));
  await Promise.all([finished, pushed]);
  expect(order).toEqual(['finished', 'pushed']);
  expect(commits() - before).toBe(1);
  await store.runs.finish(run.run, run.epoch, end);
  expect((await store.runs.list({ limit: 9 })).map(({ status }) => status)).toEqual(['done', 'done']);
});

test('a bulk operation in slices is one transaction, unless somebody interactive comes: that is answered in between', async () => {
  await push(0);
  const before = commits();
  await stage({ store, ...run }, many(4_000));
  expect(commits() - before).toBe(1);

  const order: string[] = [];
  const bulk = stage({ store, ...run }, many(20_000, 10_000)).then(() => order.push('bulk'));
  await push(1);
  order.push('push');
  await bulk;
  expect(order).toEqual(['push', 'bulk']);
});

test('slices of a commit keep their order, also the last one, which is small', async () => {
  const slice = (from: number, n: number, more: 'more' | 'last') =>
    commit(
      { store, ...run },
      {
        objects: Array.from({ length: n }, (_, i) => object(from + i)),
        dirty: [{ subject: 'object', from, to: from, cause: `slice ${from}` }],
        slice: more,
      },
    );
  const before = commits();
  await Promise.all([slice(1, 100, 'more'), slice(101, 100, 'more'), slice(201, 1, 'last')]);
  expect((await store.sync.dirty()).ranges.map((range) => range.from)).toEqual([1, 101, 201]);
  expect(commits() - before).toBe(1);
});
