/**
 * Decodes what a session of SQLite recorded (https://www.sqlite.org/sessionintro.html, "changeset" blobs): per table a header
 * `T`, number of columns, a key flag each, the name; then per row operation, a flag, and one record, of an update two.
 */
import type { Value } from './connect.ts';

const INSERT = 18;
const DELETE = 9;
const HEADER = 0x54;

/** A value that a record leaves out: not changed, or no part of the key. */
export const UNSAID: unique symbol = Symbol('unsaid');
export type Said = Value | typeof UNSAID;

export interface RowChange {
  readonly operation: 'insert' | 'update' | 'delete';
  /** By column; of an update the key's, and what was there before. */
  readonly before: readonly Said[];
  readonly after: readonly Said[];
}

const NOTHING: readonly Said[] = [];

/** By table, in the order in which the tables were first written. */
export function decodeChangeset(bytes: Uint8Array): Map<string, RowChange[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Map<string, RowChange[]>();
  let at = 0;
  let columns = 0;
  let rows: RowChange[] = [];

  const varint = (): number => {
    let value = 0;
    for (;;) {
      const byte = buffer[at++]!;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
  };
  const value = (): Said => {
    switch (buffer[at++]) {
      case 0:
        return UNSAID;
      case 1:
        at += 8;
        return Number(buffer.readBigInt64BE(at - 8));
      case 2:
        at += 8;
        return buffer.readDoubleBE(at - 8);
      case 3: {
        const size = varint();
        at += size;
        return buffer.toString('utf8', at - size, at);
      }
      case 4: {
        const size = varint();
        at += size;
        return buffer.subarray(at - size, at);
      }
      default:
        return null;
    }
  };
  const record = (): Said[] => {
    const values = new Array<Said>(columns);
    for (let i = 0; i < columns; i++) values[i] = value();
    return values;
  };

  while (at < buffer.length) {
    const code = buffer[at++];
    if (code === HEADER) {
      columns = varint();
      at += columns;
      const end = buffer.indexOf(0, at);
      const table = buffer.toString('utf8', at, end);
      at = end + 1;
      rows = out.get(table) ?? [];
      out.set(table, rows);
      continue;
    }
    at++;
    if (code === INSERT) rows.push({ operation: 'insert', before: NOTHING, after: record() });
    else if (code === DELETE) rows.push({ operation: 'delete', before: record(), after: NOTHING });
    else rows.push({ operation: 'update', before: record(), after: record() });
  }
  return out;
}
