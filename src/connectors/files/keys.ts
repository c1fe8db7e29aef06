/**
 * A table from object keys (kind and anchor) to numbers that does not keep the keys: 16 bytes a slot, 32 MB for a million.
 * Keys are told apart by a 64-bit keyed hash with a secret of this process, so nobody outside can make two collide; by
 * chance two of a million do with a probability of 1 in 37 million, and then one object is reported as a double. A table
 * that outlives the process has a secret of its own, kept beside the hashes.
 */
import { randomBytes } from 'node:crypto';
import type { Kind } from '#core/values';

const SECRET = randomBytes(8);

export class KeyTable {
  readonly #k0: number;
  readonly #k1: number;
  #low: Int32Array;
  #high: Int32Array;
  #values: Float64Array;
  readonly #kinds = new Map<Kind, number>();
  #size = 0;

  /** `secret`: 8 bytes. `kinds`: as `kinds` of the table whose hashes it takes over. `room`: keys it can take without growing. */
  constructor({
    secret = SECRET,
    kinds = [],
    room = 0,
  }: { readonly secret?: Buffer; readonly kinds?: readonly Kind[]; readonly room?: number } = {}) {
    this.#k0 = secret.readInt32LE(0);
    this.#k1 = secret.readInt32LE(4);
    for (const kind of kinds) this.#kinds.set(kind, this.#kinds.size);
    let slots = 1024;
    while (slots < (room + 1) * 2) slots *= 2;
    this.#low = new Int32Array(slots);
    this.#high = new Int32Array(slots);
    this.#values = new Float64Array(slots);
  }

  /** In the order of their numbers, which the hashes contain. */
  get kinds(): readonly Kind[] {
    return [...this.#kinds.keys()];
  }

  get size(): number {
    return this.#size;
  }

  get(kind: Kind, anchor: string): number | undefined {
    const slot = this.#slot(kind, anchor);
    return this.#taken(slot) ? this.#values[slot] : undefined;
  }

  /** Answers the value there was before. */
  set(kind: Kind, anchor: string, value: number): number | undefined {
    const slot = this.#slot(kind, anchor);
    const before = this.#taken(slot) ? this.#values[slot] : undefined;
    this.#values[slot] = value;
    if (before !== undefined) return before;
    this.#low[slot] = low;
    this.#high[slot] = high;
    if (++this.#size * 2 > this.#low.length) this.#grow();
    return undefined;
  }

  /** Sets the value unless there is one; answers the one there is. */
  setNew(kind: Kind, anchor: string, value: number): number | undefined {
    const slot = this.#slot(kind, anchor);
    if (this.#taken(slot)) return this.#values[slot];
    this.#values[slot] = value;
    this.#low[slot] = low;
    this.#high[slot] = high;
    if (++this.#size * 2 > this.#low.length) this.#grow();
    return undefined;
  }

  /** Keys in the order of their slots; in this order another table takes them in fastest. */
  forEachHash(visit: (low: number, high: number, value: number) => void): void {
    for (let slot = 0; slot < this.#low.length; slot++)
      if (this.#taken(slot)) visit(this.#low[slot]!, this.#high[slot]!, this.#values[slot]!);
  }

  /** The two halves of a key's hash, as in `forEachHash`. */
  hashOf(kind: Kind, anchor: string): readonly [low: number, high: number] {
    this.#slot(kind, anchor);
    return [low, high];
  }

  /**
   * Gives one value to keys by their hashes, low half and high half in turn, none of them 0. Answers how many other keys stood in
   * the way of all of them together: one or two a key.
   */
  setHashes(hashes: Int32Array, value: number): number {
    while ((this.#size + hashes.length / 2) * 2 > this.#low.length) this.#grow();
    const [lows, highs, values] = [this.#low, this.#high, this.#values];
    const mask = lows.length - 1;
    let passed = 0;
    for (let i = 0; i < hashes.length; i += 2) {
      const lowHalf = hashes[i]!;
      const highHalf = hashes[i + 1]!;
      let slot = lowHalf & mask;
      while ((lows[slot] !== 0 || highs[slot] !== 0) && (lows[slot] !== lowHalf || highs[slot] !== highHalf)) {
        slot = (slot + 1) & mask;
        passed++;
      }
      if (lows[slot] === 0 && highs[slot] === 0) this.#size++;
      lows[slot] = lowHalf;
      highs[slot] = highHalf;
      values[slot] = value;
    }
    return passed;
  }

  #taken(slot: number): boolean {
    return this.#low[slot] !== 0 || this.#high[slot] !== 0;
  }

  /** The key's slot or the free one where it belongs; leaves its hash in `low` and `high`. */
  #slot(kind: Kind, anchor: string): number {
    let number = this.#kinds.get(kind);
    if (number === undefined) {
      number = this.#kinds.size;
      this.#kinds.set(kind, number);
    }
    hash(number, anchor, this.#k0, this.#k1);
    const mask = this.#low.length - 1;
    let slot = low & mask;
    while (this.#taken(slot) && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const { length } = this.#low;
    const [lows, highs, values] = [this.#low, this.#high, this.#values];
    this.#low = new Int32Array(length * 2);
    this.#high = new Int32Array(length * 2);
    this.#values = new Float64Array(length * 2);
    const mask = length * 2 - 1;
    for (let from = 0; from < length; from++) {
      if (lows[from] === 0 && highs[from] === 0) continue;
      let slot = lows[from]! & mask;
      while (this.#taken(slot)) slot = (slot + 1) & mask;
      this.#low[slot] = lows[from]!;
      this.#high[slot] = highs[from]!;
      this.#values[slot] = values[from]!;
    }
  }
}

let low = 0;
let high = 0;

/** HalfSipHash-2-4 with 64 bits of result (Aumasson and Bernstein), over UTF-16 code units in pairs. 0 stands for a free slot. */
function hash(kind: number, text: string, k0: number, k1: number): void {
  let v0 = k0;
  let v1 = k1 ^ 0xee;
  let v2 = 0x6c796765 ^ k0;
  let v3 = 0x74656462 ^ k1;
  const pairs = (text.length + 1) >> 1;
  for (let i = -1; i <= pairs + 5; i++) {
    // First the kind, then the text, then its length; after that four rounds close the low half and four the high one.
    let word = 0;
    let rounds = 2;
    if (i === -1) word = kind;
    else if (i < pairs) word = text.charCodeAt(i * 2) | (text.charCodeAt(i * 2 + 1) << 16);
    else if (i === pairs) word = text.length;
    else if (i === pairs + 1) v2 ^= 0xee;
    else if (i === pairs + 3) {
      low = v1 ^ v3;
      v1 ^= 0xdd;
    } else if (i === pairs + 5) rounds = 0;
    v3 ^= word;
    while (rounds-- > 0) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    v0 ^= word;
  }
  high = v1 ^ v3;
  if (low === 0 && high === 0) low = 1;
}
