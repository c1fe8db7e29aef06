/** The file in which a memory system survives its process: one deed a line, added at the end, torn ends ignored and cut off. */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { fileFault } from '../files/faults.ts';
import type { Deed } from './system.ts';

export interface Journal {
  read(): Deed[];
  /** With the operating system when it returns, so that `kill -9` does not lose it. */
  add(deed: Deed): void;
  /** On the disk when it returns. */
  sync(): void;
  close(): void;
}

export function openJournal(path: string): Journal {
  let file: number;
  try {
    file = openSync(path, 'a+', 0o600);
  } catch (error) {
    throw fileFault(error, path);
  }
  let dirty = false;
  return {
    read() {
      const bytes = readFileSync(path);
      const end = bytes.lastIndexOf(10) + 1;
      if (end < bytes.length) ftruncateSync(file, end);
      return bytes
        .toString('utf8', 0, end)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line, revive) as Deed);
    },
    add(deed) {
      writeSync(file, `${JSON.stringify(deed, replace)}\n`);
      dirty = true;
    },
    sync() {
      if (dirty) fsyncSync(file);
      dirty = false;
    },
    close() {
      closeSync(file);
    },
  };
}

function replace(_key: string, value: unknown): unknown {
  // Buffers have a toJSON of their own that runs before this.
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if ('type' in value && value.type === 'Buffer' && 'data' in value)
    return { base64: Buffer.from(value.data as number[]).toString('base64') };
  return value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string')
    return new Uint8Array(Buffer.from(value.base64, 'base64'));
  return value;
}
