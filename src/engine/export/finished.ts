/**
 * What a file-like target answered, until its commit made it durable. Beyond a few megabytes it lies in a file without a name:
 * a million answers do not have to fit into memory, and are gone when the process is.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { DirtyRange, EdgeRow, EdgeWrite, ExportAnswer, NewChange, StagedId } from '#store/contract';

/** A membership that the target took, or may have taken, as it was sent, and as it is kept for that. */
export interface SentMember {
  readonly edge: EdgeRow;
  readonly write: EdgeWrite;
  /** No answer came. */
  readonly unknown?: true;
}

export interface Finished {
  readonly attempt: string;
  readonly answers: readonly ExportAnswer[];
  /** Of a batch of memberships, which has no answers; null in one of accounts. */
  readonly members: readonly SentMember[] | null;
  readonly changes: readonly NewChange[];
  readonly dirty: readonly DirtyRange[];
}

export interface FinishedBatches {
  readonly empty: boolean;
  /** Memberships that follow from the answers. */
  readonly edges: readonly EdgeWrite[];
  add(done: Finished): void;
  /** Those of the accounts whose change is proven. */
  proven(of: { has(id: StagedId): boolean }): ReadonlySet<StagedId>;
  /** In the order they came. */
  all(): Iterable<Finished>;
  close(): void;
}

const MEMORY_BYTES = 4 * 1_048_576;

export function finishedBatches(memoryBytes: number = MEMORY_BYTES): FinishedBatches {
  /** Length of each batch, and those that are not in the file. */
  const lengths: number[] = [];
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let file: TempFile | null = null;
  let end = 0;
  const edges: EdgeWrite[] = [];
  const proven: StagedId[] = [];

  const setAside = (): void => {
    try {
      file ??= openTemp();
      let at = end;
      for (const bytes of kept) at = file.write(bytes, at);
      end = at;
    } catch {
      // What finds no room there stays in memory.
      return;
    }
    kept = [];
    keptBytes = 0;
  };

  return {
    edges,
    get empty() {
      return lengths.length === 0;
    },
    add(done) {
      for (const { staged, outcome, edges: following } of done.answers) {
        for (const edge of following) edges.push(edge);
        if (outcome === 'proven') proven.push(staged);
      }
      const bytes = serialize(done);
      lengths.push(bytes.length);
      kept.push(bytes);
      keptBytes += bytes.length;
      if (keptBytes > memoryBytes) setAside();
    },
    proven: (of) => new Set(proven.filter((id) => of.has(id))),
    *all() {
      const aside = lengths.length - kept.length;
      for (let i = 0, from = 0; i < aside; from += lengths[i++]!) yield batchOf(file!.read(from, lengths[i]!));
      for (const bytes of kept) yield batchOf(bytes);
    },
    close() {
      file?.close();
      file = null;
    },
  };
}

/** Digests get bytes of their own: whoever is sent one would be sent the whole batch with it. */
function batchOf(bytes: Buffer): Finished {
  const done = deserialize(bytes) as Finished;
  const own = (digest: Uint8Array | null): Uint8Array | null => (digest === null ? null : Uint8Array.from(digest));
  const answers = done.answers.map((one) => ({ ...one, digest: own(one.digest), anchorDigest: own(one.anchorDigest) }));
  return { ...done, answers };
}

interface TempFile {
  /** Answers where it ends. */
  write(bytes: Buffer, from: number): number;
  read(from: number, length: number): Buffer;
  close(): void;
}

/** Its owner's alone. Where an open file can lose its name, nothing of it is left when the process is killed. */
function openTemp(): TempFile {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-'));
  const path = join(folder, 'answers');
  const fd = openSync(path, 'wx+', 0o600);
  if (process.platform !== 'win32') {
    unlinkSync(path);
    rmSync(folder, { recursive: true });
  }
  return {
    write(bytes, from) {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, from + done);
      return from + bytes.length;
    },
    read(from, length) {
      const bytes = Buffer.allocUnsafeSlow(length);
      for (let done = 0; done < length; ) {
        const count = readSync(fd, bytes, done, length - done, from + done);
        if (count === 0) throw new Error(`answers set aside end at byte ${from + done}`);
        done += count;
      }
      return bytes;
    },
    close() {
      closeSync(fd);
      if (process.platform === 'win32') rmSync(folder, { recursive: true, force: true });
    },
  };
}
