/**
 * How known keys lie in a file: a line that says what it is, then sections, each with all that is needed to go on from it.
 *
 *     length of the head (4 bytes, little endian), head (JSON), 8 bytes a key that exists, 8 bytes a key that is gone, CRC-32
 *
 * A section adds to those before it, and its checksum runs on from theirs: one that was torn, or put behind others than it was
 * made for, ends what is valid. Everything begins at a multiple of four bytes.
 */
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { Kind } from '#core/values';
import type { FileIdentity } from '../files/identity.ts';
import { KeyTable } from '../files/keys.ts';

/** Raise it where `changeOf` takes other lines for changes than before, too: what the table holds would be different. */
const VERSION = 1;
/** By it the file is known as ours; nothing else is overwritten. */
export const TITLE: Buffer = Buffer.from(
  'Rollcall: digests of the anchors in the log beside this file. It may be deleted.'.padEnd(83).concat('\n'),
);
const KEY_BYTES = 8;
/** An honest key meets one other on its way; a table made to be slow meets thousands at each. */
const MOST_PASSED = 16;
/** Numbers taken in at a time, two a key. */
const STEP = 8192;

/** In a table. */
export const EXISTS = 1;
export const IS_GONE = 0;

/** The log when its lines up to `size` were in the table; `tail`: digest of what stands before that place. */
export interface LogState extends FileIdentity {
  readonly tail: string;
}

interface Head {
  readonly version: number;
  /** What the lines are read by: another kind for those that name none, or another limit, makes other keys of them. */
  readonly reads: string;
  readonly secret: string;
  readonly kinds: readonly Kind[];
  readonly log: LogState;
  /** Keys of either sort that follow. */
  readonly there: number;
  readonly gone: number;
}

const count = z.number().int().nonnegative();
const headSchema: z.ZodType<Head> = z.strictObject({
  version: z.literal(VERSION),
  reads: z.string(),
  secret: z.base64().length(12),
  kinds: z.array(z.string().min(1).max(256)).max(256),
  log: z.strictObject({ device: z.string(), inode: z.string(), size: count, modified: z.string(), tail: z.string() }),
  there: count,
  gone: count,
});

export interface Sections {
  readonly keys: KeyTable;
  readonly reads: string;
  readonly secret: Buffer;
  readonly log: LogState;
  /** Bytes of the title and the first section, of all valid sections, and the checksum up to there. */
  readonly base: number;
  readonly end: number;
  readonly crc: number;
}

/** The sections at the beginning of the bytes that are valid; null where not even the first one is. */
export function decode(bytes: Buffer): Sections | null {
  if (!bytes.subarray(0, TITLE.length).equals(TITLE)) return null;
  const valid: { readonly head: Head; readonly entries: Int32Array }[] = [];
  const ends = [TITLE.length];
  let crc = crc32(TITLE);
  for (let end = TITLE.length; ; ends.push(end)) {
    const section = sectionAt(bytes, end, crc);
    if (section === null || (valid.length > 0 && !goesOn(section.head, valid[0]!.head))) break;
    valid.push(section);
    ({ end, crc } = section);
  }
  const [first, last] = [valid[0]?.head, valid.at(-1)?.head];
  if (first === undefined || last === undefined) return null;
  const secret = Buffer.from(first.secret, 'base64');
  const keys = new KeyTable({ secret, kinds: last.kinds, room: valid.reduce((sum, one) => sum + one.head.there, 0) });
  for (const { head, entries } of valid) if (!take(keys, head, entries)) return null;
  return { keys, reads: first.reads, secret, log: last.log, base: ends[1]!, end: ends.at(-1)!, crc };
}

function sectionAt(
  bytes: Buffer,
  at: number,
  crcBefore: number,
): { readonly head: Head; readonly entries: Int32Array; readonly end: number; readonly crc: number } | null {
  const from = at + 4;
  if (from > bytes.length) return null;
  const stop = from + bytes.readUInt32LE(at);
  if (stop > bytes.length || stop % 4 !== 0) return null;
  const parsed = headIn(bytes.toString('utf8', from, stop));
  if (parsed === null) return null;
  const length = (parsed.there + parsed.gone) * KEY_BYTES;
  const end = stop + length + 4;
  if (end > bytes.length) return null;
  const crc = crc32(bytes.subarray(at, end - 4), crcBefore);
  if (crc !== bytes.readUInt32LE(end - 4)) return null;
  return { head: parsed, entries: new Int32Array(bytes.buffer, bytes.byteOffset + stop, length / 4), end, crc };
}

function headIn(text: string): Head | null {
  try {
    return headSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function goesOn(next: Head, first: Head): boolean {
  return next.reads === first.reads && next.secret === first.secret && first.kinds.every((kind, i) => next.kinds[i] === kind);
}

function take(keys: KeyTable, { there }: Head, entries: Int32Array): boolean {
  for (let i = 0; i < entries.length; i += 2) if (entries[i] === 0 && entries[i + 1] === 0) return false;
  // In steps, so that a table made to be slow is noticed before it was.
  for (let from = 0; from < entries.length; from += STEP) {
    for (const [start, end, value] of [
      [from, Math.min(from + STEP, there * 2), EXISTS],
      [Math.max(from, there * 2), from + STEP, IS_GONE],
    ] as const)
      if (start < end && keys.setHashes(entries.subarray(start, end), value) > STEP * MOST_PASSED) return false;
  }
  return true;
}

/**
 * A section in pieces: the keys of `entries`, hashed with the secret and kinds of the others before it. The first one has no
 * use for keys that are gone. Null where the format has no room for the kinds.
 */
export function encode(
  entries: KeyTable,
  isFirst: boolean,
  { kinds, reads, secret, log, crc }: Pick<Sections, 'reads' | 'secret' | 'log' | 'crc'> & { readonly kinds: readonly Kind[] },
): readonly Buffer[] | null {
  const hashes = new Int32Array(entries.size * 2);
  const left: number[] = [];
  let at = 0;
  entries.forEachHash((low, high, value) => {
    if (value === EXISTS) {
      hashes[at++] = low;
      hashes[at++] = high;
    } else if (!isFirst) left.push(low, high);
  });
  hashes.set(left, at);
  const there = at / 2;
  const gone = left.length / 2;
  const made = headSchema.safeParse({ version: VERSION, reads, secret: secret.toString('base64'), kinds, log, there, gone });
  if (!made.success) return null;
  const text = Buffer.from(JSON.stringify(made.data));
  const head = Buffer.alloc(4 + Math.ceil(text.length / 4) * 4, ' ');
  head.writeUInt32LE(head.length - 4);
  text.copy(head, 4);
  const body = Buffer.from(hashes.buffer, 0, (there + gone) * KEY_BYTES);
  const end = Buffer.alloc(4);
  end.writeUInt32LE(crc32(body, crc32(head, crc)));
  return [head, body, end];
}

export const BEGINNING_CRC: number = crc32(TITLE);
