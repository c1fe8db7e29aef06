/**
 * Records set aside until they are needed, in a file without a name: what is to be written to a million objects does not
 * have to fit into memory, and is gone when the process is. The last megabyte is kept in memory.
 */
import { fstatSync, readSync, writeSync } from 'node:fs';
import { openTemp } from './atomic.ts';
import { fileFault } from './faults.ts';

const MEMORY_BYTES = 1024 * 1024;
/** Read at a time when all are asked for. */
const BLOCK_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;

export interface Spool<Entry> {
  /** Keeps a JSON-able record and answers where it is. */
  append(entry: Entry): number;
  at(offset: number): Entry;
  /** All records in the order they came. */
  entries(): Iterable<readonly [offset: number, entry: Entry]>;
  readonly empty: boolean;
  close(): Promise<void>;
}

/** `beside`: the file whose folder a large spool lies in, readable by its owner only. Throws RollcallError that names that file. */
export async function openSpool<Entry>(beside: string): Promise<Spool<Entry>> {
  const temp = await openTemp(beside, 0o600, { unnamed: true }).catch((error: unknown) => {
    throw fileFault(error, beside);
  });
  const { fd } = temp.handle;
  const buffer = Buffer.allocUnsafe(MEMORY_BYTES);
  let used = 0;
  let written = 0;

  function put(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, written + done);
    written += bytes.length;
  }
  function take(offset: number, length: number): Buffer {
    if (offset >= written) return buffer.subarray(offset - written, offset - written + length);
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const count = readSync(fd, bytes, done, length - done, offset + done);
      if (count === 0) throw new Error(`spool cut short at ${offset + done} of ${fstatSync(fd).size} bytes`);
      done += count;
    }
    return bytes;
  }
  /** Of neighbours one read serves many. */
  function inBlocks(): typeof take {
    let block: Buffer = Buffer.alloc(0);
    let start = 0;
    return (offset, length) => {
      if (offset >= written) return take(offset, length);
      if (offset < start || offset + length > start + block.length) {
        block = take(offset, Math.min(Math.max(length, BLOCK_BYTES), written - offset));
        start = offset;
      }
      return block.subarray(offset - start, offset - start + length);
    };
  }
  function at(offset: number, from = take): readonly [entry: Entry, next: number] {
    const length = from(offset, LENGTH_BYTES).readUInt32LE();
    const start = offset + LENGTH_BYTES;
    return [JSON.parse(from(start, length).toString('utf8')) as Entry, start + length];
  }

  return {
    append(entry) {
      const text = JSON.stringify(entry);
      const length = Buffer.byteLength(text);
      const offset = written + used;
      if (used + LENGTH_BYTES + length > MEMORY_BYTES) {
        put(buffer.subarray(0, used));
        used = 0;
      }
      if (LENGTH_BYTES + length > MEMORY_BYTES) {
        const bytes = Buffer.allocUnsafe(LENGTH_BYTES + length);
        bytes.writeUInt32LE(length);
        bytes.write(text, LENGTH_BYTES);
        put(bytes);
        return offset;
      }
      buffer.writeUInt32LE(length, used);
      used += LENGTH_BYTES + buffer.write(text, used + LENGTH_BYTES);
      return offset;
    },
    get empty() {
      return written + used === 0;
    },
    at: (offset) => at(offset)[0],
    *entries() {
      const from = inBlocks();
      for (let offset = 0; offset < written + used; ) {
        const [entry, next] = at(offset, from);
        yield [offset, entry];
        offset = next;
      }
    },
    close: () => temp.remove(),
  };
}
