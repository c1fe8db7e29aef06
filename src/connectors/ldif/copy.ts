/** The old file to the new one, block by block, with the touched entries exchanged or left out. */
import { readSync } from 'node:fs';
import type { Replacement } from '../files/atomic.ts';
import { fileFault } from '../files/faults.ts';
import type { SourceFile } from '../files/source.ts';
import { GONE, KEPT, type Rows } from './rows.ts';

export interface Kept {
  readonly rows: Rows;
  /** How many of the rows stand in the file; they come first, in file order. */
  readonly count: number;
  /** Descriptor of the old file. */
  readonly file: number;
  /** What stands in a row's place now. */
  bytes(row: number): Buffer;
}

/** Answers how many line breaks are missing behind what was copied for a new entry to follow. */
export async function copyMerged(source: SourceFile, kept: Kept, out: Replacement): Promise<number> {
  const { rows, count } = kept;
  let row = -1;
  const advance = (): void => {
    do row++;
    while (row < count && rows.state(row) === KEPT);
  };
  advance();
  let at = 0;
  let done = 0;
  let tail = '';
  const write = async (bytes: Buffer): Promise<void> => {
    await out.write(bytes);
    tail = (tail + bytes.subarray(-4).toString('latin1')).slice(-4);
  };
  for await (const block of source.blocks()) {
    const end = at + block.length;
    while (row < count && rows.fileAt(row).start < end) {
      const { start, length } = rows.fileAt(row);
      if (start > done) await write(block.subarray(done - at, start - at));
      const gone = rows.state(row) === GONE;
      if (!gone) await write(kept.bytes(row));
      done = start + length + (gone ? blankAt(kept.file, start + length, source.path) : 0);
      advance();
    }
    if (done < end) {
      await write(block.subarray(done - at));
      done = end;
    }
    at = end;
  }
  if (tail === '' || /\n\r?\n$/.test(tail)) return 0;
  return tail.endsWith('\n') ? 1 : 2;
}

/** Length of the blank line at an offset. */
function blankAt(file: number, offset: number, path: string): number {
  const next = readAt(file, offset, 2, path).toString('latin1');
  return next.startsWith('\n') ? 1 : next === '\r\n' ? 2 : 0;
}

/** Exactly these bytes, or fewer where the file ends. */
export function readAt(file: number, at: number, length: number, path: string): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(file, bytes, done, length - done, at + done);
      if (count === 0) return bytes.subarray(0, done);
      done += count;
    }
  } catch (error) {
    throw fileFault(error, path);
  }
  return bytes;
}
