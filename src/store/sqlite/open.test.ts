import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginRun, commit, item, object, stage } from '../conformance/sample.ts';
import { openDatabase } from '../tables/database.ts';
import { schemaFolder } from '../tables/schema.ts';
import { CACHE_KB } from './caches.ts';
import { open } from './open.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-open-'));
  path = join(folder, 'store.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const create = { program: 'rollcall test', create: true };

test('a new store belongs to its owner alone and is durable', async () => {
  const store = await open({ path, ...create });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
  expect(store.info.digestKey.length).toBe(32);
  const { storeId } = store.info;
  await store.close();
  const again = await open({ path, program: 'x' });
  expect(again.info.storeId).toBe(storeId);
  await again.close();
});

test('what a process keeps of its store in memory is 64 MB at most, as each connection is told', () => {
  const kept = Object.values(CACHE_KB);
  expect(kept.reduce((sum, kb) => sum + kb * 1_024, 0)).toBeLessThanOrEqual(64_000_000);
  for (const cacheKb of kept) {
    const one = openDatabase(path, { readOnly: false, cacheKb });
    expect(one.get('pragma cache_size')).toEqual([-cacheKb]);
    one.close();
  }
  // No connection to a store is told anything else.
  const told = ['open.ts', 'writer-worker.ts', 'long-reads-worker.ts'].flatMap((file) => [
    ...readFileSync(new URL(file, import.meta.url), 'utf8').matchAll(/cacheKb: ([\w.]+)/g),
  ]);
  expect(told.map(([, kb]) => kb)).toEqual(['CACHE_KB.reader', 'CACHE_KB.writer', 'CACHE_KB.longReads']);
});

test('opening and closing writes nothing', async () => {
  await (await open({ path, ...create })).close();
  const before = readFileSync(path);
  await (await open({ path, ...create })).close();
  await (await open({ path, program: 'x', readOnly: true })).close();
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a second writer is told who has the store; readers work beside', async () => {
  const store = await open({ path, ...create });
  await expect(open({ path, program: 'other' })).rejects.toMatchObject({
    kind: 'conflict',
    message: expect.stringMatching(new RegExp(`rollcall test \\(process ${process.pid}, since 20`)),
  });
  const reader = await open({ path, program: 'reader', readOnly: true });
  expect(await reader.runs.list({ limit: 1 })).toEqual([]);
  await reader.close();
  await store.close();
  await (await open({ path, program: 'next' })).close();
});

test('a store whose commits would not outlive a power cut is not opened', async () => {
  const store = await open({ path, ...create });
  const file = new DatabaseSync(path, { readOnly: true });
  expect({ ...file.prepare('pragma journal_mode').get() }).toEqual({ journal_mode: 'wal' });
  file.close();
  await store.close();
  const writing = openDatabase(path, { readOnly: false, cacheKb: 1_000 });
  expect(writing.get('pragma synchronous')).toEqual([1]);
  writing.close();
  // Nothing in memory has a log.
  expect(() => openDatabase(':memory:', { readOnly: false, cacheKb: 1_000 })).toThrow(
    /cannot be kept safely here: its log is memory/,
  );
});

test('a store that is not there, a folder that is not there, a file that is something else', async () => {
  await expect(open({ path, program: 'x' })).rejects.toMatchObject({ kind: 'notFound' });
  await expect(open({ path: join(folder, 'none', 's.db'), ...create })).rejects.toMatchObject({ kind: 'notFound' });
  writeFileSync(path, 'employee_id,name\n1,Ann\n'.repeat(100));
  await expect(open({ path, ...create })).rejects.toMatchObject({
    kind: 'internal',
    message: expect.stringContaining('not a store'),
  });
  rmSync(path);
  const other = new DatabaseSync(path);
  other.exec('create table t (a)');
  other.close();
  await expect(open({ path, ...create })).rejects.toMatchObject({
    kind: 'configuration',
    message: expect.stringContaining('not a Rollcall store'),
  });
});

test('a newer schema is refused, both versions named', async () => {
  await (await open({ path, ...create })).close();
  const raw = new DatabaseSync(path);
  raw.exec('pragma user_version = 4711');
  raw.close();
  for (const readOnly of [false, true])
    await expect(open({ path, program: 'x', readOnly })).rejects.toMatchObject({
      kind: 'configuration',
      message: expect.stringMatching(/4711.*up to \d/),
    });
});

test('who is in a store of schema 8 is taken to have been held by an owner, but for the frozen', async () => {
  const store = await open({ path, ...create });
  const written = [object(1), object(2, { state: 'leaving' }), object(3, { state: 'leaving', frozen: '{}', owned: false })];
  await commit({ store, ...(await beginRun(store)) }, { objects: written });
  await store.close();
  const raw = new DatabaseSync(path);
  raw.exec('alter table object drop column owned; alter table space_count drop column pushed; pragma user_version = 8');
  const later = readdirSync(schemaFolder).filter((file) => file > '0009.sql');
  for (const file of later)
    for (const [, what, name] of readFileSync(new URL(file, schemaFolder), 'utf8').matchAll(
      /^create (?:unique )?(table|index) (\w+)/gm,
    ))
      raw.exec(`drop ${what} if exists ${name}`);
  raw.close();
  const again = await open({ path, ...create });
  expect((await again.sync.objects([1, 2, 3])).map(({ owned }) => owned)).toEqual([true, true, false]);
  await again.close();
});

test('a closed store says so', async () => {
  const store = await open({ path, ...create });
  await store.close();
  await expect(beginRun(store)).rejects.toThrow('closed');
});

test('batches that wait share transactions and lose nothing', async () => {
  const store = await open({ path, ...create });
  const run = await beginRun(store);
  const opened = { store, ...run };
  const results = await Promise.allSettled(
    Array.from({ length: 40 }, (_, b) =>
      // Every seventh is refused inside the transaction that it shares with others.
      commit(
        { ...opened, epoch: b % 7 === 3 ? run.epoch + 1 : run.epoch },
        {
          objects: Array.from({ length: 30 }, (_, i) => object(b * 100 + i + 1)),
          dirty: [{ subject: 'object', from: b, to: b, cause: 'test' }],
        },
      ),
    ),
  );
  expect(results.filter((result) => result.status === 'rejected').length).toBe(6);
  expect({ ...(await store.people.counts()) }).toEqual({ person: 34 * 30 });
  expect((await store.sync.dirty()).ranges.length).toBe(34);
  expect((await store.sync.scanObjects({ after: 0, limit: 9_999 })).length).toBe(34 * 30);
  const written = await store.rowsWritten();
  expect(written['object']).toBe(34 * 30);
  await store.close();
});

/** Stages and commits batches for ever; says the number of each one whose promise was fulfilled. */
const WRITER = `
const { open } = await import(process.env.OPEN);
const { beginRun, commit, item, object, stage } = await import(process.env.SAMPLE);
const store = await open({ path: process.env.STORE, program: 'child', create: true });
const opened = { store, ...(await beginRun(store)) };
const first = (await store.people.counts()).person ?? 0;
for (let n = first / 40; ; n++) {
  const { ids } = await stage(opened, Array.from({ length: 40 }, (_, i) => item('a' + (n * 40 + i), { edges: [{ attribute: 'manager', all: { keys: ['m'], texts: null } }] })));
  const { upTo } = await store.sync.dirty();
  const from = await store.sync.reserve('object', 40);
  await commit(opened, {
    objects: ids.map((_, i) => object(from + i)),
    staged: ids.map((id, i) => ({ staged: id, expectRevision: 1, link: { object: from + i, how: 'projected', origin: null } })),
    keys: { add: ids.map((_, i) => ({ scope: 'join!:person.id', norm: 'k' + (from + i), owner: from + i })), remove: [] },
    changes: [{ subject: 'object', from, to: from + 39, operation: 'create', before: null, after: null }],
    done: [{ after: 0, upTo }],
  });
  console.log(n);
}`;

test('killed at any moment, everything answered is there and whole, and the lock is free', { timeout: 60_000 }, async () => {
  const url = (name: string): string => new URL(name, import.meta.url).href;
  for (const kill of [1, 4, 9]) {
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', WRITER], {
      env: { ...process.env, OPEN: url('./open.ts'), SAMPLE: url('../conformance/sample.ts'), STORE: path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let answered = -1;
    let lines = 0;
    await new Promise<void>((resolve) => {
      child.on('exit', () => resolve());
      child.stdout.on('data', (chunk: Buffer) => {
        for (const line of chunk.toString().split('\n').filter(Boolean)) {
          answered = Number(line);
          if (++lines === kill) child.kill('SIGKILL');
        }
      });
    });
    const store = await open({ path, program: 'after' });
    const objects = await store.sync.scanObjects({ after: 0, limit: 9_999 });
    expect(objects.length).toBeGreaterThanOrEqual((answered + 1) * 40);
    expect(objects.length % 40).toBe(0);
    const rows = await store.spaces.scan('hr', { after: 0, limit: 9_999 });
    const dirty = (await store.sync.dirty()).ranges;
    // Every staged object has its link, or still waits to be looked at: nothing in between.
    for (const row of rows)
      expect(row.objectId !== null || dirty.some((range) => range.from <= row.id && row.id <= range.to)).toBe(true);
    expect(new Set(rows.flatMap((row) => row.objectId ?? [])).size).toBe(objects.length);
    expect((await store.sync.keys(objects.map((row) => ({ scope: 'join!:person.id', norm: `k${row.id}` })))).length).toBe(
      objects.length,
    );
    expect({ ...(await store.spaces.count('hr')) }).toEqual({
      person: { present: rows.length, linked: objects.length, gone: 0 },
    });
    // What was staged without its commit is done by whoever comes next.
    const opened = { store, ...(await beginRun(store)) };
    const left = rows.filter((row) => row.objectId === null);
    const from = await store.sync.reserve('object', left.length);
    await commit(opened, {
      objects: left.map((_, i) => object(from + i)),
      staged: left.map((row, i) => ({
        staged: row.id,
        expectRevision: row.revision,
        link: { object: from + i, how: 'projected', origin: null },
      })),
      keys: { add: left.map((_, i) => ({ scope: 'join!:person.id', norm: `k${from + i}`, owner: from + i })), remove: [] },
      done: [{ after: 0, upTo: (await store.sync.dirty()).upTo }],
    });
    await store.close();
    const raw = new DatabaseSync(path);
    expect(raw.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    raw.close();
  }
});

test('a failed group is told to all, and the next one works', async () => {
  const store = await open({ path, ...create });
  const opened = { store, ...(await beginRun(store)) };
  await stage(opened, [item('a')]);
  await expect(stage(opened, [item('b', { seen: null as unknown as string })])).resolves.toBeDefined();
  await expect(stage(opened, [item('c', { kind: 7 as unknown as string, seen: {} as unknown as string })])).rejects.toMatchObject(
    { kind: 'internal' },
  );
  await stage(opened, [item('d')]);
  expect((await store.spaces.scan('hr', { after: 0, limit: 9 })).map((row) => row.anchor)).toEqual(['a', 'b', 'd']);
  await store.close();
});
