/**
 * Sets and tables of ids. What a first cycle of millions keeps in memory is columns of numbers: a fraction of what maps of
 * objects take, and nothing that the garbage collector looks at.
 */

const PAGE_BITS = 32_768;

/** A set of whole numbers from 0: one bit each, in pages that exist where there is one. */
export class IdSet {
  readonly #pages = new Map<number, Uint32Array>();
  #size = 0;

  get size(): number {
    return this.#size;
  }
  has(id: number): boolean {
    const page = this.#pages.get(Math.floor(id / PAGE_BITS));
    return page !== undefined && (page[(id % PAGE_BITS) >>> 5]! & (1 << (id & 31))) !== 0;
  }
  /** False when it is in already. */
  add(id: number): boolean {
    const number = Math.floor(id / PAGE_BITS);
    let page = this.#pages.get(number);
    if (!page) {
      page = new Uint32Array(PAGE_BITS / 32);
      this.#pages.set(number, page);
    }
    const at = (id % PAGE_BITS) >>> 5;
    const bit = 1 << (id & 31);
    if ((page[at]! & bit) !== 0) return false;
    page[at]! |= bit;
    this.#size++;
    return true;
  }
  delete(id: number): boolean {
    if (!this.has(id)) return false;
    const page = this.#pages.get(Math.floor(id / PAGE_BITS))!;
    page[(id % PAGE_BITS) >>> 5]! &= ~(1 << (id & 31));
    this.#size--;
    return true;
  }
  clear(): void {
    this.#pages.clear();
    this.#size = 0;
  }
}

const NONE = -1;
const FIRST_SLOTS = 64;

/** Gives each id a row, 0, 1, 2 …, in the order they come; whoever has values for them keeps these in columns by row. */
export class IdTable {
  /** By row; 0 where the id was taken out. */
  ids: Float64Array = new Float64Array(FIRST_SLOTS / 2);
  /** So many rows were given, those taken out included. */
  rows = 0;
  #slots: Int32Array = new Int32Array(FIRST_SLOTS).fill(NONE);
  #size = 0;

  get size(): number {
    return this.#size;
  }
  /** -1 when it is not in. */
  row(id: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = hash(id) & mask; ; at = (at + 1) & mask) {
      const row = slots[at]!;
      if (row === NONE || this.ids[row] === id) return row;
    }
  }
  /** A new row for an id, a whole number from 1, that is not in. */
  add(id: number): number {
    if (this.rows === this.ids.length) {
      const ids = new Float64Array(this.ids.length * 2);
      ids.set(this.ids);
      this.ids = ids;
      this.#slots = new Int32Array(this.#slots.length * 2).fill(NONE);
      for (let row = 0; row < this.rows; row++) if (this.ids[row] !== 0) this.#put(this.ids[row]!, row);
    }
    const row = this.rows++;
    this.ids[row] = id;
    this.#put(id, row);
    this.#size++;
    return row;
  }
  /** False when it is not in. */
  remove(id: number): boolean {
    const row = this.row(id);
    if (row === NONE) return false;
    this.ids[row] = 0;
    this.#size--;
    return true;
  }
  clear(): void {
    this.ids = new Float64Array(FIRST_SLOTS / 2);
    this.#slots = new Int32Array(FIRST_SLOTS).fill(NONE);
    this.rows = 0;
    this.#size = 0;
  }
  #put(id: number, row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = hash(id) & mask;
    while (slots[at] !== NONE) at = (at + 1) & mask;
    slots[at] = row;
  }
}

/** Ids come in runs: neighbours lie apart, and those beyond 32 bits as well. */
function hash(id: number): number {
  const mixed = Math.imul((id | 0) ^ Math.imul((id / 2 ** 32) | 0, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
