/**
 * The import index: what a full read compares with, 32 bytes per object, and the bitmap of what it saw (STORE 5).
 * The store loads the rows on another thread, sorted by anchor digest; here they are searched.
 */
import type { ImportIndexRows, StagedId } from '#store/contract';

export interface ImportIndex {
  readonly count: number;
  /**
   * Id of the present object that has both digests, or 0. Everything else is looked up in the store by its whole anchor, so
   * anchors that share a digest cost a look-up and are never taken for each other.
   */
  unchanged(anchor: Uint8Array, content: Uint8Array): StagedId;
}

export function buildImportIndex(rows: ImportIndexRows): ImportIndex {
  const { count, anchorHigh, anchorLow, ids, content, present } = rows;
  return {
    count,
    unchanged(anchor, digest) {
      const high = word(anchor, 0);
      const low = word(anchor, 4);
      for (let i = lowerBound(anchorHigh, count, high); i < count && anchorHigh[i] === high; i++) {
        if (anchorLow[i] !== low || present[i] !== 1) continue;
        const at = i * 4;
        if (
          content[at] === word(digest, 0) &&
          content[at + 1] === word(digest, 4) &&
          content[at + 2] === word(digest, 8) &&
          content[at + 3] === word(digest, 12)
        )
          return ids[i]!;
      }
      return 0;
    },
  };
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** First index whose value is not below `wanted`. Digests are spread evenly, so a guess by proportion lands within a few rows. */
function lowerBound(sorted: Uint32Array, count: number, wanted: number): number {
  let from = 0;
  let to = count;
  const guess = Math.floor((wanted / 4_294_967_296) * count);
  for (let reach = 32; reach < count; reach *= 4) {
    const low = Math.max(0, guess - reach);
    const high = Math.min(count, guess + reach);
    if ((low === 0 || sorted[low - 1]! < wanted) && (high === count || sorted[high]! >= wanted)) {
      from = low;
      to = high;
      break;
    }
  }
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

const PAGE_BYTES = 4_096;
const PAGE_BITS = PAGE_BYTES * 8;

/** One bit per staged id, in pages of 4 KB. */
export interface SeenBitmap {
  /** False when it was set already. */
  add(id: StagedId): boolean;
  has(id: StagedId): boolean;
  /** Pages that changed since the last call. */
  changedPages(): { page: number; bytes: Uint8Array }[];
  clear(): void;
}

export function createSeenBitmap(stored: readonly { readonly page: number; readonly bytes: Uint8Array }[] = []): SeenBitmap {
  const pages = new Map<number, Uint8Array>(stored.map(({ page, bytes }) => [page, Uint8Array.from(bytes)]));
  const changed = new Set<number>();
  let lastNumber = -1;
  let lastPage: Uint8Array | undefined;
  const pageOf = (number: number, make: boolean): Uint8Array | undefined => {
    if (number === lastNumber) return lastPage;
    let page = pages.get(number);
    if (!page && make) {
      page = new Uint8Array(PAGE_BYTES);
      pages.set(number, page);
    }
    if (page) {
      lastNumber = number;
      lastPage = page;
    }
    return page;
  };
  return {
    add(id) {
      const number = Math.floor(id / PAGE_BITS);
      const page = pageOf(number, true)!;
      const bit = id % PAGE_BITS;
      const mask = 1 << (bit & 7);
      if ((page[bit >> 3]! & mask) !== 0) return false;
      page[bit >> 3]! |= mask;
      changed.add(number);
      return true;
    },
    has(id) {
      const page = pageOf(Math.floor(id / PAGE_BITS), false);
      const bit = id % PAGE_BITS;
      return page !== undefined && (page[bit >> 3]! & (1 << (bit & 7))) !== 0;
    },
    changedPages() {
      const out = [...changed].sort((a, b) => a - b).map((page) => ({ page, bytes: pages.get(page)!.slice() }));
      changed.clear();
      return out;
    },
    clear() {
      pages.clear();
      changed.clear();
      lastNumber = -1;
      lastPage = undefined;
    },
  };
}
