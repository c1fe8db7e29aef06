/** Collects the import index of one connector space in flat memory, then sorts it by anchor digest. */
import type { ImportIndexRows } from '../contract.ts';
import { HELD, PRESENT } from './codes.ts';

/** Of a row: two of the anchor digest, four of the content digest, the presence. */
const WORDS = 7;

export interface IndexCollector {
  /** `words`, from `at` on: two of the anchor digest, four of the content digest; null counts as zero. */
  add(id: number, presence: number, words: ArrayLike<unknown>, at: number): void;
  rows(): ImportIndexRows;
}

export function collectIndexRows(): IndexCollector {
  let room = 1024;
  let ids = new Float64Array(room);
  let kept = new Int32Array(room * WORDS);
  let count = 0;
  return {
    add(id, presence, words, at) {
      if (count === room) {
        room *= 2;
        const grownIds = new Float64Array(room);
        grownIds.set(ids);
        ids = grownIds;
        const grown = new Int32Array(room * WORDS);
        grown.set(kept);
        kept = grown;
      }
      ids[count] = id;
      const to = count * WORDS;
      for (let i = 0; i < 6; i++) kept[to + i] = words[at + i] as number;
      kept[to + 6] = presence;
      count++;
    },
    rows: () => sorted(ids, kept, count),
  };
}

function sorted(ids: Float64Array, words: Int32Array, count: number): ImportIndexRows {
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
    const at = from * WORDS;
    rows.ids[i] = ids[from]!;
    rows.anchorHigh[i] = words[at]!;
    rows.anchorLow[i] = words[at + 1]!;
    for (let w = 0; w < 4; w++) rows.content[i * 4 + w] = words[at + 2 + w]!;
    const presence = words[at + 6];
    rows.present[i] = presence === PRESENT ? 1 : presence === HELD ? 2 : 0;
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
    for (let i = 0; i < count; i++) starts[((words[i * WORDS + column]! >>> shift) & 0xffff) + 1]!++;
    for (let i = 1; i <= 65_536; i++) starts[i]! += starts[i - 1]!;
    for (let i = 0; i < count; i++) {
      const from = order[i]!;
      const key = (words[from * WORDS + column]! >>> shift) & 0xffff;
      next[starts[key]!++] = from;
    }
    [order, next] = [next, order];
  }
  return order;
}
