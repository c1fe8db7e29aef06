/**
 * Values of a changeset as PostgreSQL's binary formats have them: whole rows for COPY
 * (https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"), or one column of many as an array (array_recv). Both sides
 * have integers with their highest byte first and text as UTF-8, so that bytes are only moved.
 */
import { BLOB, type Changeset, INTEGER, NULL, TEXT } from './changeset.ts';

/** What elements of an array say they are: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const OIDS: { readonly [type: string]: number } = { bytea: 17, bigint: 20, smallint: 21, integer: 23, text: 25 };
const WIDTHS: { readonly [type: string]: number } = { bigint: 8, integer: 4, smallint: 2 };
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** Shorter ones are moved byte by byte: a call costs more. */
const SHORT = 24;

/** Columns of `records`, `types` by column. */
export function copyRows(
  changes: Changeset,
  records: readonly number[],
  columns: readonly number[],
  types: readonly string[],
): Buffer {
  const out = new Out(records.length * columns.length * 16);
  out.add(SIGNATURE);
  const widths = columns.map((column) => WIDTHS[types[column]!] ?? 0);
  for (const record of records) {
    out.int16(columns.length);
    for (let i = 0; i < columns.length; i++) out.value(changes, record + columns[i]!, widths[i]!);
  }
  out.int16(-1);
  return out.bytes();
}

export function arrayOf(changes: Changeset, records: readonly number[], column: number, type: string): Buffer {
  const out = new Out(20 + records.length * 16);
  out.int32(1);
  out.int32(records.some((record) => changes.bytes[changes.at[record + column]!] === NULL) ? 1 : 0);
  out.int32(OIDS[type]!);
  out.int32(records.length);
  out.int32(1);
  const width = WIDTHS[type] ?? 0;
  for (const record of records) out.value(changes, record + column, width);
  return out.bytes();
}

/** Whether an integer of 8 bytes is one of the bytes from `from` on: those before them say only its sign. */
function fits(bytes: Buffer, from: number, width: number): boolean {
  const sign = bytes[from]! >= 0x80 ? 0xff : 0;
  for (let at = from - (8 - width); at < from; at++) if (bytes[at] !== sign) return false;
  return true;
}

/** Grows as it is written to. */
class Out {
  #to: Buffer;
  #at = 0;

  constructor(size: number) {
    this.#to = Buffer.allocUnsafe(Math.max(64, size));
  }

  bytes(): Buffer {
    return this.#to.subarray(0, this.#at);
  }

  int16(value: number): void {
    this.#room(2);
    this.#at = this.#to.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#room(4);
    this.#at = this.#to.writeInt32BE(value, this.#at);
  }

  add(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#to.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** With its length before it. `width`: of an integer, 0 for a text or bytes. */
  value({ bytes, at }: Changeset, index: number, width: number): void {
    let from = at[index]!;
    const kind = bytes[from++]!;
    if (kind === NULL) {
      this.int32(-1);
      return;
    }
    let size = width;
    if (kind === INTEGER && width > 0) {
      from += 8 - width;
      if (!fits(bytes, from, width)) throw new RangeError(`an integer is too large for ${width} bytes`);
    } else if (width > 0 || (kind !== TEXT && kind !== BLOB))
      throw new TypeError(`a value of kind ${kind} is none of its column`);
    else {
      size = 0;
      for (;;) {
        const byte = bytes[from++]!;
        size = size * 128 + (byte & 0x7f);
        if (byte < 0x80) break;
      }
    }
    this.#room(4 + size);
    const to = this.#to;
    let place = this.#at;
    to[place++] = size >>> 24;
    to[place++] = size >>> 16;
    to[place++] = size >>> 8;
    to[place++] = size;
    if (size > SHORT) bytes.copy(to, place, from, from + size);
    else for (let i = 0; i < size; i++) to[place + i] = bytes[from + i]!;
    this.#at = place + size;
  }

  #room(size: number): void {
    if (this.#at + size <= this.#to.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#to.length * 2, this.#at + size));
    this.#to.copy(larger, 0, 0, this.#at);
    this.#to = larger;
  }
}
