import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { guessEncoding } from './guess.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-guess-'));
});
afterAll(() => rm(folder, { recursive: true }));

const TEXT = 'Nr;Name\r\n1;Jürgen Größe\r\n2;Änne Weiß\r\n';
const bom = (encoding: string): Buffer => iconv.encode(TEXT, encoding, { addBOM: true });

it.each<[string, Buffer, string | null]>([
  ['UTF-8', Buffer.from(TEXT), null],
  ['UTF-8 with a mark', bom('utf-8'), null],
  ['ASCII', Buffer.from('Nr;Name\n1;Ada\n'), null],
  ['nothing', Buffer.alloc(0), null],
  ['windows-1252', iconv.encode(TEXT, 'windows-1252'), 'windows-1252'],
  ['the code page of DOS', iconv.encode(TEXT, 'cp850'), 'cp850'],
  ['UTF-16 with a mark', bom('utf-16le'), 'utf-16le'],
  ['UTF-16 the other way round', bom('utf-16be'), 'utf-16be'],
  ['UTF-16 without a mark', iconv.encode(TEXT, 'utf-16le'), 'utf-16le'],
  ['a character over the border of two blocks', Buffer.from(`${'a'.repeat(256 * 1024 - 1)}ü`), null],
  ['an accent late in the file', Buffer.concat([Buffer.alloc(600_000, 'a'), Buffer.from([0xfc])]), 'windows-1252'],
])('%s', async (_, bytes, encoding) => {
  const file = join(folder, 'people.csv');
  await writeFile(file, bytes);
  expect(await guessEncoding(file)).toBe(encoding);
});

it('a file that is not there says nothing', async () => {
  expect(await guessEncoding(join(folder, 'none.csv'))).toBeNull();
});
