import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile } from './atomic.ts';
import { EMPTY_PRINT } from './identity.ts';
import { openSource, refuseMissing } from './source.ts';
import { openSpool } from './spool.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function printOf(path: string): Promise<string> {
  const source = await openSource(path, 1000);
  for await (const block of source.blocks()) expect(block.length).toBeGreaterThan(0);
  await source.close();
  return source.fingerprint();
}

test('the target holds the old content until commit, then the new one, its mode kept', async () => {
  const path = join(folder, 'a.csv');
  await writeFile(path, 'old', { mode: 0o640 });
  const file = await replaceFile(path);
  await file.write('new ');
  await file.write(Buffer.alloc(600_000, 'x'));
  await file.write('end');
  expect(await readFile(path, 'utf8')).toBe('old');
  const print = await file.commit();
  expect(await readFile(path, 'utf8')).toBe(`new ${'x'.repeat(600_000)}end`);
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect(print).toBe(await printOf(path));
  expect(await readdir(folder)).toEqual(['a.csv']);
});

test('aborted, nothing is left of it', async () => {
  const path = join(folder, 'a.csv');
  const file = await replaceFile(path);
  await file.write('new');
  await file.abort();
  await file.abort();
  expect(await readdir(folder)).toEqual([]);
});

test('what the target already held is not written again', async () => {
  const path = join(folder, 'a.csv');
  await writeFile(path, 'same');
  const before = await stat(path, { bigint: true });
  const file = await replaceFile(path);
  await file.write('same');
  expect(await file.commit({ unlessFingerprint: await printOf(path) })).toBe(await printOf(path));
  expect(await stat(path, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
});

test('leftovers of dead writers go, those of living ones stay', async () => {
  const host =
    hostname()
      .replace(/[^A-Za-z0-9]/g, '')
      .slice(0, 32) || 'host';
  const path = join(folder, 'a.csv');
  await writeFile(join(folder, `.a.csv.rollcall-${host}-999999999-00.tmp`), '');
  await writeFile(join(folder, `.a.csv.rollcall-${host}-${process.pid}-00.tmp`), '');
  await writeFile(join(folder, `.a.csv.rollcall-${host}-${process.ppid}-00.tmp`), '');
  await writeFile(join(folder, '.a.csv.rollcall-elsewhere-1-00.tmp'), '');
  const first = await replaceFile(path);
  const second = await replaceFile(path);
  await second.abort();
  await first.write('x');
  await first.commit();
  expect((await readdir(folder)).sort()).toEqual(
    [`.a.csv.rollcall-${host}-${process.ppid}-00.tmp`, '.a.csv.rollcall-elsewhere-1-00.tmp', 'a.csv'].sort(),
  );
});

test('a link stays a link', async () => {
  await writeFile(join(folder, 'real'), 'old');
  await symlink('real', join(folder, 'link'));
  const file = await replaceFile(join(folder, 'link'));
  await file.write('new');
  await file.commit();
  expect(await readFile(join(folder, 'real'), 'utf8')).toBe('new');
});

test('a source says when it was changed or replaced while it was read', async () => {
  const path = join(folder, 'a.csv');
  await writeFile(path, '0123456789');
  const source = await openSource(path);
  expect(await source.changed()).toBeUndefined();
  await writeFile(path, '0123456789ab');
  expect(await source.changed()).toMatchObject({ kind: 'unavailable', where: { file: path } });
  await rm(path);
  expect(await source.changed()).toMatchObject({ kind: 'notFound' });
  await source.close();
});

test('a folder that is missing is not made, and is named with what to do: it may be a share that is not mounted', async () => {
  const path = join(folder, 'new', 'a.csv');
  const told = {
    kind: 'notFound',
    message: `the folder ${join(folder, 'new')} is missing`,
    where: { file: path },
    remedy: expect.stringContaining(`mkdir -p ${join(folder, 'new')}`),
  };
  await expect(replaceFile(path)).rejects.toMatchObject(told);
  await expect(openSpool(path)).rejects.toMatchObject(told);
  expect(() => refuseMissing(path, true)).toThrowError(expect.objectContaining(told));
  expect(await readdir(folder)).toEqual([]);
});

test('faults name the file and what to do', async () => {
  await expect(openSource(join(folder, 'none'))).rejects.toMatchObject({
    kind: 'notFound',
    where: { file: join(folder, 'none') },
  });
  await expect(openSource(folder)).rejects.toMatchObject({ kind: 'configuration' });
  await writeFile(join(folder, 'file'), '');
  await expect(replaceFile(join(folder, 'file', 'in', 'it'))).rejects.toMatchObject({
    where: { file: join(folder, 'file', 'in', 'it') },
  });
  await writeFile(join(folder, 'empty'), '');
  expect(await printOf(join(folder, 'empty'))).toBe(EMPTY_PRINT);
});
