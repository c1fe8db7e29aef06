import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, expect, it } from 'vitest';
import { openSource } from '../files/source.ts';
import { csvConfig } from './config.ts';
import { doubtsAbout, refuseMisread } from './doubts.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-doubts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'hr.csv');

async function doubts(content: string | Buffer, settings: object): Promise<readonly string[]> {
  writeFileSync(path, content);
  const found = await doubtsAbout(path, csvConfig.parse({ path, anchor: 'id', ...settings }));
  return found.map((one) => `${one.message.replace(path, 'FILE')} | ${one.remedy}`);
}

it.each([
  ['semicolons', 'id;name;mail\n1;a,b;c\n', ',', '","', '";"', 3],
  ['tabs', '"id"\t"name"\n1\t2\n', ';', '";"', 'tab', 2],
  ['commas, behind a byte order mark', '\ufeffid,name\n', ';', '";"', '","', 2],
])('a delimiter by which every row is one column: %s', async (_, text, delimiter, said, better, pieces) => {
  expect(await doubts(text, { delimiter })).toEqual([
    `every row of FILE is one column: its first line has no ${said}, and ${better} cuts it into ${pieces} | leave \`delimiter\` out, or set it to ${better}`,
  ]);
});

it('UTF-8 that is read as something else', async () => {
  const said = 'FILE is UTF-8, and is read as windows-1252: an ü in it becomes Ã¼ | leave `encoding` out, or set it to utf-8';
  expect(await doubts('id,name\n1,Jürgen\n', { encoding: 'windows-1252' })).toEqual([said]);
  // Wherever what is looked at ends, also inside a letter.
  for (const before of [0, 1, 2, 3]) {
    const long = `id,name\n1,Zoë ${'x'.repeat(before)}${'さ'.repeat(1_400_000)}\n`;
    expect(await doubts(long, { encoding: 'windows-1252' }), String(before)).toEqual([said]);
  }
});

it.each([
  ['the right delimiter', 'id;name\n', { delimiter: ';' }],
  ['a delimiter that is found out', 'id;name\n', {}],
  ['one column', 'id\n1\n', { delimiter: ',' }],
  ['no header line', '1;2\n', { delimiter: ',', header: false, columns: ['id'] }],
  ['an empty file', '', { delimiter: ',', encoding: 'windows-1252' }],
  ['UTF-8 as UTF-8', 'id,name\n1,Zoë\n', { encoding: 'utf-8' }],
  ['windows-1252 as what it is', Buffer.from('id,name\n1,Zo\u00eb\n', 'latin1'), { encoding: 'windows-1252' }],
  ['ASCII alone', 'id,name\n1,Ann\n', { encoding: 'windows-1252' }],
  ['a byte order mark, which outranks the setting', '\ufeffid,name\n1,Zoë\n', { encoding: 'windows-1252' }],
])('nothing is wrong about: %s', async (_, text, settings) => {
  expect(await doubts(text, settings)).toEqual([]);
});

it('a file that is not there', async () => {
  expect(await doubtsAbout(join(folder, 'none.csv'), csvConfig.parse({ path: 'x', anchor: 'id', delimiter: ',' }))).toEqual([]);
});

async function refused(content: string | Buffer, encoding: string): Promise<string | null> {
  writeFileSync(path, content);
  const source = await openSource(path);
  try {
    await refuseMisread(source, path, csvConfig.parse({ path, anchor: 'id', encoding }));
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await source.close();
  }
}

it.each(['windows-1252', 'iso-8859-15', 'koi8-r', 'windows-1256', 'macintosh', 'tis-620', 'cp850'])(
  'UTF-8 is not read as %s',
  async (encoding) => {
    expect(await refused('id,name\n1,Jürgen\n2,Zoë\n', encoding)).toContain('is UTF-8, and is read as');
  },
);

it('one letter is enough where it becomes what is no word', async () => {
  expect(await refused('id,name\n1,Jürgen\n', 'windows-1252')).toContain('becomes Ã¼');
});

it.each([
  ['cp936', '一'],
  ['cp936', '丁一'],
  ['cp932', 'ﾐｱ'],
  ['cp949', '김'],
  ['big5', '一'],
  ['tis-620', 'เกม'],
  ['windows-1256', 'اپ'],
])('what is written in %s is read, also where it looks like UTF-8: %s', async (encoding, name) => {
  expect(await refused(iconv.encode(`id,name\n1,${name}\n2,Bob\n`, encoding), encoding)).toBe(null);
});
