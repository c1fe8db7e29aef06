/**
 * The import index and the seen-bitmap of a full read (STORE 5): which objects of a connector space are as they were, and
 * which the read has shown, at 33 bytes, 4 to 8 more to find it by, and one bit per object.
 */
import type { Digest, ImportIndexRows, StagedId } from './contract.ts';

export interface ImportIndex {
  readonly count: number;
  /**
   * The staged id when an object with this anchor digest is present and its content digest is the same; otherwise 0: new,
   * changed, or to be compared in full. The content digest covers kind and anchor, so that of several anchors which share an
   * anchor digest the right one is meant.
   */
  unchanged(anchor: Digest, content: Digest): StagedId;
  /** Who is there, or held, and not seen; ascending. */
  missing(seen: Pick<SeenBitmap, 'has'>): Float64Array;
}

export function buildImportIndex(rows: ImportIndexRows): ImportIndex {
  const { count, anchorHigh, anchorLow, ids, content, present } = rows;
  // Where the rows of each leading value begin: about one row per value.
  const bits = Math.min(22, Math.max(1, Math.ceil(Math.log2(count + 1))));
  const starts = new Uint32Array((1 << bits) + 1);
  const shift = 32 - bits;
  for (let i = 0; i < count; i++) starts[(anchorHigh[i]! >>> shift) + 1]!++;
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;

  /** First row not below the digest, within [low, high). */
  const lowerBound = (low: number, high: number, wantHigh: number, wantLow: number): number => {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const rowHigh = anchorHigh[middle]!;
      if (rowHigh < wantHigh || (rowHigh === wantHigh && anchorLow[middle]! < wantLow)) from = middle + 1;
      else to = middle;
    }
    return from;
  };

  return {
    count,
    unchanged(anchor, digest) {
      const high = word(anchor, 0);
      const low = word(anchor, 4);
      const bucket = high >>> shift;
      const end = starts[bucket + 1]!;
      const [c0, c1, c2, c3] = [word(digest, 0), word(digest, 4), word(digest, 8), word(digest, 12)];
      // All zero stands for a row that must be compared in full.
      if (c0 === 0 && c1 === 0 && c2 === 0 && c3 === 0) return 0;
      for (let i = lowerBound(starts[bucket]!, end, high, low); i < end && anchorHigh[i] === high && anchorLow[i] === low; i++) {
        const at = i * 4;
        if (content[at] === c0 && content[at + 1] === c1 && content[at + 2] === c2 && content[at + 3] === c3)
          return present[i] === 1 ? ids[i]! : 0;
      }
      return 0;
    },
    missing(seen) {
      const unseen = (i: number): boolean => present[i] !== 0 && !seen.has(ids[i]!);
      let n = 0;
      for (let i = 0; i < count; i++) if (unseen(i)) n++;
      const out = new Float64Array(n);
      for (let i = count - 1; i >= 0 && n > 0; i--) if (unseen(i)) out[--n] = ids[i]!;
      return out.sort();
    },
  };
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export interface SeenBitmap {
  /** False when it was set already. */
  add(id: StagedId): boolean;
  has(id: StagedId): boolean;
  clear(): void;
  /** Pages changed since the last call (or the start), as the store keeps them. */
  changedPages(): { page: number; bytes: Uint8Array }[];
}

const PAGE_BYTES = 4096;
const PAGE_IDS = PAGE_BYTES * 8;

export function createSeenBitmap(stored: readonly { readonly page: number; readonly bytes: Uint8Array }[] = []): SeenBitmap {
  const pages = new Map<number, Uint8Array>(stored.map(({ page, bytes }) => [page, Uint8Array.from(bytes)]));
  const changed = new Set<number>();
  let lastPage = -1;
  let lastBytes: Uint8Array | undefined;

  const pageOf = (page: number): Uint8Array | undefined => {
    if (page !== lastPage) {
      lastPage = page;
      lastBytes = pages.get(page);
    }
    return lastBytes;
  };

  return {
    add(id) {
      const page = Math.floor(id / PAGE_IDS);
      let bytes = pageOf(page);
      if (!bytes) {
        bytes = new Uint8Array(PAGE_BYTES);
        pages.set(page, bytes);
        lastBytes = bytes;
      }
      const bit = id % PAGE_IDS;
      const mask = 1 << (bit & 7);
      if ((bytes[bit >> 3]! & mask) !== 0) return false;
      bytes[bit >> 3]! |= mask;
      changed.add(page);
      return true;
    },
    has(id) {
      const bytes = pageOf(Math.floor(id / PAGE_IDS));
      const bit = id % PAGE_IDS;
      return bytes !== undefined && (bytes[bit >> 3]! & (1 << (bit & 7))) !== 0;
    },
    clear() {
      // What the store has of them must go too.
      for (const [page, bytes] of pages) {
        bytes.fill(0);
        changed.add(page);
      }
    },
    changedPages() {
      const list = [...changed].sort((a, b) => a - b).map((page) => ({ page, bytes: pages.get(page)!.slice() }));
      changed.clear();
      return list;
    },
  };
}
