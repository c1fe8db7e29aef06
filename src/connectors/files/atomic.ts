/**
 * A file is replaced whole: written beside the target under another name, made durable, renamed over it, and the folder
 * made durable too. Whatever happens in between, the target holds its old content or its new one.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileFault } from './faults.ts';
import { ContentDigest } from './identity.ts';

const BUFFER_BYTES = 256 * 1024;
/** Leftovers of writers on other hosts cannot be asked whether they live; a day is longer than any write. */
const FOREIGN_LEFTOVER_MS = 24 * 3600 * 1000;
const HOST =
  hostname()
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 32) || 'host';
const ours = new Set<string>();

export interface Replacement {
  /** Adds to the new content; the bytes are copied or written before it resolves. */
  write(bytes: Buffer | string): Promise<void>;
  /** Puts the new content in the target's place and answers its fingerprint. A target that already held exactly it stays untouched. */
  commit(options?: { readonly unlessFingerprint?: string }): Promise<string>;
  /** Drops what was written. Safe after `commit`, and more than once. */
  abort(): Promise<void>;
}

export interface Temp {
  readonly path: string;
  readonly handle: FileHandle;
  /** Closes and deletes it. */
  remove(): Promise<void>;
  /** Closes it and gives it the target's name. */
  rename(target: string): Promise<void>;
}

/**
 * A new file in the folder of `target`, under a name that says whose it is. `unnamed` takes the name away at once, where the
 * system can do that: such a file vanishes with the process.
 */
export async function openTemp(target: string, mode: number, options: { readonly unnamed?: boolean } = {}): Promise<Temp> {
  const path = join(dirname(target), `${prefix(target)}${HOST}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(path, flags, mode);
  ours.add(path);
  if (options.unnamed === true && process.platform !== 'win32') await unlink(path);
  return {
    path,
    handle,
    async remove() {
      await handle.close();
      await unlink(path).catch(() => undefined);
      ours.delete(path);
    },
    async rename(to) {
      await rename(path, to);
      ours.delete(path);
      await handle.close();
    },
  };
}

/**
 * Starts the new content of `path`, in a folder that is there. A link is followed, mode and owner are kept, and leftovers of
 * writers that died are removed. Throws RollcallError `permission`, `notFound`, `unavailable`.
 */
export async function replaceFile(path: string): Promise<Replacement> {
  try {
    const target = await realpath(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return path;
      throw error;
    });
    await removeLeftovers(target);
    const before = await stat(target).catch(() => undefined);
    const mode = before === undefined ? 0o666 : before.mode & 0o7777;
    const temp = await openTemp(target, mode);
    if (before !== undefined) {
      // Only root may give files away; for anybody else the file stays the writer's own, as an editor leaves it.
      await temp.handle.chown(before.uid, before.gid).catch(() => undefined);
      await temp.handle.chmod(mode);
    }
    return replacement(target, temp);
  } catch (error) {
    throw fileFault(error, path);
  }
}

function replacement(target: string, temp: Temp): Replacement {
  const { handle } = temp;
  const digest = new ContentDigest();
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let used = 0;
  let open = true;

  async function put(bytes: Buffer): Promise<void> {
    digest.add(bytes);
    for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
  }
  async function flush(): Promise<void> {
    if (used > 0) await put(buffer.subarray(0, used));
    used = 0;
  }
  async function abort(): Promise<void> {
    if (!open) return;
    open = false;
    await temp.remove();
  }

  return {
    abort,
    async write(piece) {
      try {
        const bytes = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;
        if (bytes.length > BUFFER_BYTES - used) await flush();
        if (bytes.length > BUFFER_BYTES) return await put(bytes);
        used += bytes.copy(buffer, used);
      } catch (error) {
        await abort();
        throw fileFault(error, target);
      }
    },
    async commit(options = {}) {
      try {
        await flush();
        const print = digest.print();
        if (print === options.unlessFingerprint) {
          await abort();
          return print;
        }
        await handle.sync();
        await temp.rename(target);
        open = false;
        await syncFolder(dirname(target));
        return print;
      } catch (error) {
        await abort();
        throw fileFault(error, target);
      }
    },
  };
}

/** Makes the names in a folder durable. Some systems cannot open a folder; there the rename is as durable as they make it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function prefix(target: string): string {
  return `.${basename(target)}.rollcall-`;
}

/** Removes what writers that died left of a new content of `target`. */
export async function removeLeftovers(target: string): Promise<void> {
  const start = prefix(target);
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(start) || !name.endsWith('.tmp')) continue;
    const path = join(dirname(target), name);
    const [host, pid] = name.slice(start.length).split('-');
    const dead = host === HOST ? !ours.has(path) && !isAlive(Number(pid)) : await isOld(path);
    if (dead) await unlink(path).catch(() => undefined);
  }
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > FOREIGN_LEFTOVER_MS;
}

/** This process is not counted: what it writes is in `ours`, so anything else with its number is from an earlier life. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
