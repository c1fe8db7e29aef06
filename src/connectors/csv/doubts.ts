/** What looks wrong about how a file is said to be written. Told by `test` and before a first configuration. */
import { isUtf8 } from 'node:buffer';
import { type Fault, RollcallError } from '#core/errors';
import { decoderOf, encodingByBom, isOneByte } from '../files/decode.ts';
import { openSourceOrNone, type SourceFile } from '../files/source.ts';
import type { CsvConfig } from './config.ts';
import { DELIMITERS } from './layout.ts';

/** A letter with an accent comes sooner. */
const LOOKED_AT = 4 * 1024 * 1024;
const LONGEST_HEADER = 65_536;

/** Nothing for a file that is not there. */
export async function doubtsAbout(path: string, config: CsvConfig): Promise<readonly Fault[]> {
  const source = await openSourceOrNone(path);
  if (source === null) return [];
  try {
    const start = await startOf(source);
    return [...encodingDoubt(path, config, start), ...delimiterDoubt(path, config, start)];
  } finally {
    await source.close();
  }
}

/**
 * A read that would carry two wrong characters for each letter with an accent to everybody is none. Only where no text in the
 * encoding that is set looks like UTF-8 by chance: of those with two bytes a character many do.
 *
 * @throws configuration
 */
export async function refuseMisread(source: SourceFile, path: string, config: CsvConfig): Promise<void> {
  if (config.encoding === undefined || !isOneByte(config.encoding)) return;
  const start = await startOf(source);
  const [doubt] = encodingDoubt(path, config, start);
  if (doubt && !couldBeMeant(start, config.encoding))
    throw new RollcallError(doubt.kind, doubt.message, { where: doubt.where, remedy: doubt.remedy! });
}

/** Three letters in a row that happen to be one of UTF-8 are a word in some alphabets (`tis-620`: เกม), but not two such words in a whole file. */
function couldBeMeant(utf8: Buffer, encoding: string): boolean {
  const decoder = decoderOf(encoding, { bom: false });
  const different = new Set<string>();
  for (const [character] of utf8.toString('utf8').matchAll(/[^\0-\x7f]/gu)) {
    if (different.has(character)) continue;
    different.add(character);
    if (different.size > 1 || !/^[\p{L}\p{M}]+$/u.test(decoder.decode(Buffer.from(character), false))) return false;
  }
  return true;
}

async function startOf(source: SourceFile): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of source.blocks({ to: LOOKED_AT })) blocks.push(Buffer.from(block));
  return Buffer.concat(blocks);
}

/** Read in an encoding of one byte each, every letter with an accent in UTF-8 becomes two characters that nobody wrote. */
function encodingDoubt(path: string, { encoding }: CsvConfig, start: Buffer): Fault[] {
  if (encoding === undefined || /^utf|^ucs|^unicode/i.test(encoding) || encodingByBom(start) !== undefined) return [];
  // What was looked at may end in the middle of a letter.
  const cuts = start.length < LOOKED_AT ? [0] : [0, 1, 2, 3];
  const whole = cuts.some((cut) => isUtf8(start.subarray(0, start.length - cut)));
  if (!whole || !start.some((byte) => byte > 0x7f)) return [];
  const seen = decoderOf(encoding).decode(Buffer.from('ü'), true);
  return [
    {
      kind: 'configuration',
      message: `${path} is UTF-8, and is read as ${encoding}: an ü in it becomes ${seen}`,
      where: { file: path },
      remedy: 'leave `encoding` out, or set it to utf-8',
    },
  ];
}

/** A first line in one piece that another delimiter would cut: every row is then one column. */
function delimiterDoubt(path: string, config: CsvConfig, start: Buffer): Fault[] {
  const { delimiter, quote, header, encoding } = config;
  if (delimiter === undefined || !header) return [];
  const text = decoderOf(encodingByBom(start) ?? encoding ?? 'utf-8').decode(start.subarray(0, LONGEST_HEADER), false);
  const line = text.trimStart().split(/\r?\n/, 1)[0]!;
  if (line.includes(delimiter)) return [];
  const bare = line.replaceAll(quote === 'none' ? '"' : quote, '');
  const pieces = DELIMITERS.map((one) => ({ one, count: bare.split(one).length }));
  const most = pieces.reduce((a, b) => (b.count > a.count ? b : a));
  if (most.count === 1) return [];
  return [
    {
      kind: 'configuration',
      message: `every row of ${path} is one column: its first line has no ${named(delimiter)}, and ${named(most.one)} cuts it into ${most.count}`,
      where: { file: path, line: 1 },
      remedy: `leave \`delimiter\` out, or set it to ${named(most.one)}`,
    },
  ];
}

function named(delimiter: string): string {
  return delimiter === '\t' ? 'tab' : `"${delimiter}"`;
}
