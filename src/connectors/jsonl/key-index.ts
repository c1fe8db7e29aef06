/**
 * Which anchors a log holds, kept beside it as LOG.keys, so that a run that adds ten lines to a million does not read the
 * million. It is a cache of digests: whoever deletes it costs the next run a full read, nothing else.
 *
 * It is believed as far as the log bears it out: the log is the same file (device, inode), at least as long as what was read
 * of it, and has there the 4 KB it had; where it has not grown, its time of change is the noted one too. Lines behind that
 * place are read. What this cannot see is a log that was changed further up without moving anything and then added to by
 * somebody else; a log only grows. An index that others than the log's owner or ourselves may have written is not read: a
 * forged one could have objects refused as there already, or changes as to nothing. Without an index, or where it cannot be
 * written, the whole log is read.
 */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import type { Kind } from '#core/values';
import { openTemp, removeLeftovers } from '../files/atomic.ts';
import { type FileIdentity, sameIdentity } from '../files/identity.ts';
import { KeyTable } from '../files/keys.ts';
import { bytesAt, type SourceFile } from '../files/source.ts';
import { tailOf } from './feed.ts';
import { BEGINNING_CRC, decode, EXISTS, encode, IS_GONE, type Sections, TITLE } from './key-sections.ts';

/** A shorter log, some thousand lines, is read in ten milliseconds. */
export const LEAST_LOG_BYTES: number = 128 * 1024;
/** What is added to an index before it is written anew; a million keys are 8 MB. */
const MOST_ADDED_BYTES = 64 * 1024;
const NO_FOLLOW = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export interface KeyIndex {
  has(kind: Kind, anchor: string): boolean;
  set(kind: Kind, anchor: string, exists: boolean): void;
  /** From here on the log's lines are not known yet; a line begins here. */
  readonly from: number;
  /**
   * Keeps what is known for the next run: by then that is every line up to the log's size, and nothing else. Nothing is
   * written where nothing is new. Never throws: without an index the log is read.
   */
  keep(log: FileIdentity): Promise<void>;
}

/** `handle`, `source`: the open log. `reads`: all that decides which keys its lines have. */
export async function openKeyIndex(handle: FileHandle, source: SourceFile, reads: string): Promise<KeyIndex> {
  const path = `${await realpath(source.path).catch(() => source.path)}.keys`;
  const stats = await handle.stat();
  const found = source.identity.size < LEAST_LOG_BYTES ? null : await load(path, stats).catch(() => null);
  const known = found !== null && found.reads === reads && (await fits(found, source)) ? found : null;
  const secret = known?.secret ?? randomBytes(8);
  const keys = known?.keys ?? new KeyTable({ secret });
  const added = new KeyTable();
  const has = (kind: Kind, anchor: string): boolean => keys.get(kind, anchor) === EXISTS;

  async function keep(log: FileIdentity): Promise<void> {
    if (log.size < LEAST_LOG_BYTES || (known !== null && sameIdentity(known.log, log))) return;
    const state = { kinds: keys.kinds, reads, secret, log: { ...log, tail: await tailOf(source, log.size) } };
    if (known !== null && known.end - known.base + (added.size + 1) * 8 <= MOST_ADDED_BYTES) {
      const more = encode(added, false, { ...state, crc: known.crc });
      if (more !== null && (await append(path, known, more))) return;
    }
    const all = encode(keys, true, { ...state, crc: BEGINNING_CRC });
    if (all !== null) await replace(path, await handle.stat(), all);
  }

  return {
    has,
    set(kind, anchor, exists) {
      const value = exists ? EXISTS : IS_GONE;
      const before = keys.setNew(kind, anchor, value);
      if (before === value) return;
      if (before !== undefined) keys.set(kind, anchor, value);
      if (known !== null && added.size * 8 < MOST_ADDED_BYTES) added.setHashes(Int32Array.from(keys.hashOf(kind, anchor)), value);
    },
    from: known?.log.size ?? 0,
    keep: (log) => keep(log).catch(() => undefined),
  };
}

interface Found extends Sections {
  readonly inode: number;
  /** Of the whole file, in bytes; more than `end` where something torn follows. */
  readonly size: number;
}

async function load(path: string, log: Stats): Promise<Found | null> {
  const handle = await open(path, constants.O_RDONLY | NO_FOLLOW);
  try {
    const stats = await handle.stat();
    // Each key is 8 bytes here and a line of at least 25 there.
    if (!stats.isFile() || stats.size > log.size || !isTrusted(stats, log)) return null;
    const sections = decode(await bytesAt(handle, 0, stats.size));
    return sections === null ? null : { ...sections, inode: stats.ino, size: stats.size };
  } finally {
    await handle.close();
  }
}

/** Whether nobody can have written the index but who may write the log, or is asking. */
function isTrusted(index: Stats, log: Stats): boolean {
  if (index.uid !== log.uid && index.uid !== process.geteuid?.()) return false;
  const others = index.mode & 0o022;
  return (others & ~log.mode) === 0 && ((others & 0o020) === 0 || index.gid === log.gid);
}

async function fits({ log }: Sections, source: SourceFile): Promise<boolean> {
  const { identity } = source;
  if (log.device !== identity.device || log.inode !== identity.inode || log.size > identity.size) return false;
  if (log.size === identity.size && log.modified !== identity.modified) return false;
  return log.tail !== '' && (await tailOf(source, log.size)) === log.tail;
}

/** Answers false where the file is not the one that was read any more. */
async function append(path: string, known: Found, section: readonly Buffer[]): Promise<boolean> {
  const handle = await open(path, constants.O_RDWR | NO_FOLLOW);
  try {
    const { ino, size } = await handle.stat();
    if (ino !== known.inode || size !== known.size || size !== known.end) return false;
    // Torn by a crash it is noticed by its checksum, so nothing here waits for the disk.
    await writeAll(handle, section, known.end);
    return true;
  } finally {
    await handle.close();
  }
}

/** A reader sees the old index or the new one. What has the name and is no index of ours is left alone. */
async function replace(path: string, log: Stats, section: readonly Buffer[]): Promise<void> {
  if (!(await isFree(path))) return;
  await removeLeftovers(path);
  const temp = await openTemp(path, 0o600);
  try {
    await temp.handle.chown(log.uid, log.gid).catch(() => undefined);
    const { uid, gid } = await temp.handle.stat();
    // Where the log's group cannot be given to it, that group's rights would be another one's.
    await temp.handle.chmod(log.mode & (uid === log.uid && gid === log.gid ? 0o666 : 0o600));
    await writeAll(temp.handle, [TITLE, ...section], 0);
    await temp.rename(path);
  } catch (error) {
    await temp.remove();
    throw error;
  }
}

async function writeAll(handle: FileHandle, pieces: readonly Buffer[], from: number): Promise<void> {
  let at = from;
  for (const bytes of pieces)
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at);
      done += bytesWritten;
      at += bytesWritten;
    }
}

/** Nothing is there, or an index, or what a crash left of one: no bytes, or zeros. */
async function isFree(path: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | NO_FOLLOW);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
  try {
    if (!(await handle.stat()).isFile()) return false;
    const start = await bytesAt(handle, 0, TITLE.length);
    return start.equals(TITLE) || start.every((byte) => byte === 0);
  } finally {
    await handle.close();
  }
}
