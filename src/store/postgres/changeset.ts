/**
 * Looks through what a session of SQLite recorded (https://www.sqlite.org/sessionintro.html, "changeset" blobs): per table a header
 * `T`, number of columns, a key flag each, the name; then per row operation, a flag, and one record, of an update two. Values stay
 * where they are: what is written to the server is made of the same bytes (encode.ts).
 */
const INSERT = 18;
const DELETE = 9;
const HEADER = 0x54;

/** A byte before each value. */
export const UNSAID = 0;
export const INTEGER = 1;
const REAL = 2;
export const TEXT = 3;
export const BLOB = 4;
export const NULL = 5;

export interface Changeset {
  readonly bytes: Buffer;
  /** Where values begin in `bytes`. A record is the place of its first one here; the others follow. */
  readonly at: Int32Array;
  /** By table, in the order in which the tables were first written. */
  readonly tables: ReadonlyMap<string, TableChanges>;
}

/** Records: `inserted` and `after` of what is there now, `deleted` and `before` of what was; of an update the key's is in `before`. */
export interface TableChanges {
  readonly inserted: number[];
  readonly deleted: number[];
  readonly updated: { readonly before: number; readonly after: number }[];
}

export function readChangeset(blob: Uint8Array): Changeset {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  // A value has a byte at least.
  const places = new Int32Array(bytes.length);
  let found = 0;
  const tables = new Map<string, TableChanges>();
  let at = 0;
  let columns = 0;
  let changes: TableChanges | undefined;

  const varint = (): number => {
    let value = 0;
    for (;;) {
      const byte = bytes[at++]!;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
  };
  const record = (): number => {
    const first = found;
    for (let i = 0; i < columns; i++) {
      places[found++] = at;
      const kind = bytes[at++]!;
      if (kind === INTEGER || kind === REAL) at += 8;
      else if (kind === TEXT || kind === BLOB) {
        const size = varint();
        at += size;
      }
    }
    return first;
  };

  while (at < bytes.length) {
    const code = bytes[at++];
    if (code === HEADER) {
      columns = varint();
      at += columns;
      const end = bytes.indexOf(0, at);
      const table = bytes.toString('latin1', at, end);
      at = end + 1;
      changes = tables.get(table) ?? { inserted: [], deleted: [], updated: [] };
      tables.set(table, changes);
      continue;
    }
    at++;
    if (code === INSERT) changes!.inserted.push(record());
    else if (code === DELETE) changes!.deleted.push(record());
    else changes!.updated.push({ before: record(), after: record() });
  }
  return { bytes, at: places, tables };
}

export function kindOf({ bytes, at }: Changeset, record: number, column: number): number {
  return bytes[at[record + column]!]!;
}

/** Of a key's columns, which are never bytes. */
export function keyValueOf({ bytes, at }: Changeset, record: number, column: number): number | string {
  const place = at[record + column]!;
  if (bytes[place] === INTEGER) return Number(bytes.readBigInt64BE(place + 1));
  const { from, to } = extentOf(bytes, place);
  return bytes.toString('utf8', from, to);
}

/** Of a text or a blob whose kind is at `place`. */
function extentOf(bytes: Buffer, place: number): { readonly from: number; readonly to: number } {
  let from = place + 1;
  let size = 0;
  for (;;) {
    const byte = bytes[from++]!;
    size = size * 128 + (byte & 0x7f);
    if (byte < 0x80) return { from, to: from + size };
  }
}
