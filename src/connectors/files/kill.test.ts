import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceFile } from './atomic.ts';

/** Replaces a file by ever new contents, each of one character, and says when it begins one. */
const PROGRAM = `
  import { writeSync } from 'node:fs';
  import { replaceFile } from ${JSON.stringify(new URL('./atomic.ts', import.meta.url).href)};
  for (let i = 0; ; i++) {
    writeSync(1, 'x');
    const file = await replaceFile(process.argv[1]);
    for (let piece = 0; piece < 8; piece++) await file.write(Buffer.alloc(100_000, 97 + (i % 26)));
    await file.commit();
  }`;

test('kill -9 at any moment leaves one whole content, and its leftovers go with the next write', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-kill-'));
  const path = join(folder, 'target');
  await writeFile(path, '');
  for (const rounds of [1, 2, 5, 9]) {
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', PROGRAM, path]);
    let begun = 0;
    child.stdout.on('data', (data: Buffer) => {
      begun += data.length;
      if (begun >= rounds) child.kill('SIGKILL');
    });
    const signal = await new Promise((resolve) => child.on('exit', (_, killedBy) => resolve(killedBy)));
    expect(signal).toBe('SIGKILL');
    const content = await readFile(path, 'utf8');
    expect(content === '' || content === content[0]!.repeat(800_000)).toBe(true);
  }
  const file = await replaceFile(path);
  await file.write('end');
  await file.commit();
  expect(await readdir(folder)).toEqual(['target']);
  await rm(folder, { recursive: true });
});
