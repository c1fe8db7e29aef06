/** Loads the import index of one connector space: one scan, then a radix sort by anchor digest. */
import type { ImportIndexRows } from '../../contract.ts';
import { PRESENT } from '../codes.ts';
import type { Database } from '../database.ts';

const ROWS = `select id, presence, anchor_high, anchor_low, content_0, content_1, content_2, content_3 from staged where connection = ? and anchor_high is not null`;

export function readIndexRows(db: Database, connection: string): ImportIndexRows {
  const space = db.get('select id from connection where name = ?', connection)?.[0] ?? 0;
  let room = 1024;
  let ids = new Float64Array(room);
  let words = new Int32Array(room * 7);
  let count = 0;
  for (const row of db.each(ROWS, space)) {
    if (count === room) {
      room *= 2;
      const grownIds = new Float64Array(room);
      grownIds.set(ids);
      ids = grownIds;
      const grown = new Int32Array(room * 7);
      grown.set(words);
      words = grown;
    }
    ids[count] = row[0] as number;
    const at = count * 7;
    for (let i = 0; i < 6; i++) words[at + i] = row[i + 2] as number;
    words[at + 6] = row[1] as number;
    count++;
  }
  const order = sortedOrder(words, count);
  const rows = {
    count,
    anchorHigh: new Uint32Array(count),
    anchorLow: new Uint32Array(count),
    ids: new Float64Array(count),
    content: new Uint32Array(count * 4),
    present: new Uint8Array(count),
  };
  for (let i = 0; i < count; i++) {
    const from = order[i]!;
    const at = from * 7;
    rows.ids[i] = ids[from]!;
    rows.anchorHigh[i] = words[at]!;
    rows.anchorLow[i] = words[at + 1]!;
    for (let w = 0; w < 4; w++) rows.content[i * 4 + w] = words[at + 2 + w]!;
    rows.present[i] = words[at + 6] === PRESENT ? 1 : 0;
  }
  return rows;
}

/** Least significant digit first, 16 bits at a time over the 64 of the anchor digest. */
function sortedOrder(words: Int32Array, count: number): Uint32Array {
  let order = new Uint32Array(count);
  let next = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const starts = new Uint32Array(65_537);
  for (let digit = 0; digit < 4; digit++) {
    const column = digit < 2 ? 1 : 0;
    const shift = (digit & 1) * 16;
    starts.fill(0);
    for (let i = 0; i < count; i++) starts[((words[i * 7 + column]! >>> shift) & 0xffff) + 1]!++;
    for (let i = 1; i <= 65_536; i++) starts[i]! += starts[i - 1]!;
    for (let i = 0; i < count; i++) {
      const from = order[i]!;
      const key = (words[from * 7 + column]! >>> shift) & 0xffff;
      next[starts[key]!++] = from;
    }
    [order, next] = [next, order];
  }
  return order;
}
