/** A file being read: its bytes in blocks, one block read ahead while the last one is worked on. */
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { fileFault, isFolderMissing, missingFolder } from './faults.ts';
import { ContentDigest, EMPTY_PRINT, type FileIdentity, identityOf, sameIdentity } from './identity.ts';

export const BLOCK_BYTES: number = 256 * 1024;

export interface BlockRange {
  readonly from?: number;
  readonly to?: number;
  readonly signal?: AbortSignal;
}

export interface SourceFile {
  readonly path: string;
  /** As it was when opened. */
  readonly identity: FileIdentity;
  /**
   * All bytes from `from` on, up to `to` where given. A block is valid until the next one is asked for. Stops with the signal's reason when aborted.
   * One pass at a time.
   */
  blocks(options?: BlockRange): AsyncIterable<Buffer>;
  /** Bytes of the open file as they are now, whatever the path leads to; fewer where it ends before. */
  bytes(from: number, length: number): Promise<Buffer>;
  /** Fingerprint of what the last pass gave; only after a pass from the start to the end. */
  fingerprint(): string;
  /** Why what was read is not one state of one file; undefined when it is. */
  changed(): Promise<Fault | undefined>;
  close(): Promise<void>;
}

/** Throws RollcallError `notFound`, `permission`, `configuration` (a folder, a device) or `unavailable`. */
export async function openSource(path: string, blockBytes: number = BLOCK_BYTES): Promise<SourceFile> {
  try {
    // Without O_NONBLOCK a named pipe in the place of the file would hang the program.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return await sourceOf(handle, path, blockBytes);
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    throw fileFault(error, path);
  }
}

/** The same of a file that is open already. */
export async function sourceOf(handle: FileHandle, path: string, blockBytes: number = BLOCK_BYTES): Promise<SourceFile> {
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) {
      const remedy = 'name a file that can be read from start to end';
      throw new RollcallError('configuration', `${path} is no plain file`, { where: { file: path }, remedy });
    }
    const identity = identityOf(stats);
    let digest = new ContentDigest();
    let bytesRead = 0;

    async function* blocks({ from = 0, to = Number.POSITIVE_INFINITY, signal }: BlockRange = {}): AsyncGenerator<Buffer> {
      const length = (): number => Math.max(0, Math.min(blockBytes, to - from - bytesRead));
      digest = new ContentDigest();
      bytesRead = 0;
      const buffers = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)] as const;
      let turn: 0 | 1 = 0;
      let next = handle.read(buffers[turn], 0, length(), from);
      try {
        for (;;) {
          const { bytesRead: count } = await next;
          signal?.throwIfAborted();
          if (count === 0) return;
          const block = buffers[turn].subarray(0, count);
          bytesRead += count;
          turn = turn === 0 ? 1 : 0;
          next = handle.read(buffers[turn], 0, length(), from + bytesRead);
          // Awaited at the next turn; until then a failure must not count as unhandled.
          next.catch(() => undefined);
          digest.add(block);
          yield block;
        }
      } catch (error) {
        throw fileFault(error, path);
      } finally {
        await next.catch(() => undefined);
      }
    }

    return {
      path,
      identity,
      blocks,
      bytes: (from, length) =>
        bytesAt(handle, from, length).catch((error: unknown) => {
          throw fileFault(error, path);
        }),
      fingerprint: () => digest.print(),
      async changed() {
        const now = await stat(path, { bigint: true }).catch((error: unknown) => error as NodeJS.ErrnoException);
        if (now instanceof Error) return toFault(fileFault(now, path));
        if (sameIdentity(identity, identityOf(now))) return undefined;
        const remedy = 'it is read again at the next run; have the program that makes it write beside it and rename';
        return {
          kind: 'unavailable',
          message: `${path} was replaced or written to while it was read`,
          where: { file: path },
          remedy,
        };
      },
      close: () => handle.close(),
    };
  } catch (error) {
    throw fileFault(error, path);
  }
}

/** Exactly these bytes, or fewer where the file ends. */
export async function bytesAt(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** The same, with null for a file that is not there. */
export async function openSourceOrNone(path: string): Promise<SourceFile | null> {
  try {
    return await openSource(path);
  } catch (error) {
    if (error instanceof RollcallError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null;
    throw error;
  }
}

/** A file that is not there is empty where Rollcall is to make it and could, and a fault where it is only read. */
export function refuseMissing(path: string, made: boolean): void {
  if (made && isFolderMissing(path)) throw missingFolder(path);
  if (made) return;
  throw new RollcallError('notFound', `${path} does not exist`, {
    where: { file: path },
    remedy: 'check the path; it starts from the folder of rollcall.yaml',
  });
}

/** Fingerprint of a file as it stands; of nothing where there is none. */
export async function fingerprintOf(path: string): Promise<string> {
  const source = await openSourceOrNone(path);
  if (source === null) return EMPTY_PRINT;
  try {
    for await (const _ of source.blocks());
    return source.fingerprint();
  } finally {
    await source.close();
  }
}
