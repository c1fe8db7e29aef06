/** Anchors met in one read, as 64-bit digests in open addressing: 16 bytes each, where a Set of strings takes about 100. */
export interface DigestSet {
  /** False when it was there already. */
  add(digest: Uint8Array): boolean;
}

export function createDigestSet(): DigestSet {
  let capacity = 1 << 12;
  let table = new Uint32Array(capacity * 2);
  let count = 0;

  const put = (into: Uint32Array, size: number, high: number, low: number): boolean => {
    let slot = low & (size - 1);
    for (;;) {
      const h = into[slot * 2]!;
      const l = into[slot * 2 + 1]!;
      if (h === 0 && l === 0) break;
      if (h === high && l === low) return false;
      slot = (slot + 1) & (size - 1);
    }
    into[slot * 2] = high;
    into[slot * 2 + 1] = low;
    return true;
  };

  return {
    add(digest) {
      const high = ((digest[0]! << 24) | (digest[1]! << 16) | (digest[2]! << 8) | digest[3]!) >>> 0;
      // Zero marks a free slot, so the lowest bit of the low half is always set.
      const low = ((digest[4]! << 24) | (digest[5]! << 16) | (digest[6]! << 8) | digest[7]! | 1) >>> 0;
      if (!put(table, capacity, high, low)) return false;
      count++;
      if (count * 2 > capacity) {
        const size = capacity * 2;
        const grown = new Uint32Array(size * 2);
        for (let i = 0; i < capacity; i++) {
          const h = table[i * 2]!;
          const l = table[i * 2 + 1]!;
          if (h !== 0 || l !== 0) put(grown, size, h, l);
        }
        table = grown;
        capacity = size;
      }
      return true;
    },
  };
}
