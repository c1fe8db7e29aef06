/** Where each entry of a file stands: 25 bytes an entry in growing typed arrays, in file order, new ones behind. */

/** Of a row: as it is in the file, rewritten in the spool, or taken out. */
export const KEPT = 0;
export const SPOOLED = 1;
export const GONE = 2;

export class Rows {
  count = 0;
  #start = new Float64Array(1024);
  #length = new Uint32Array(1024);
  #spoolAt = new Float64Array(1024);
  #level = new Uint32Array(1024);
  #state = new Uint8Array(1024);

  /** A row that stands in the file, comments included. */
  inFile(start: number, length: number): number {
    const row = this.#next();
    this.#start[row] = start;
    this.#length[row] = length;
    return row;
  }

  /** A row that is only in the spool yet. */
  added(at: number, level: number): number {
    const row = this.#next();
    this.spool(row, at, level);
    return row;
  }

  /** `level`: how deep in the tree the entry stands. */
  spool(row: number, at: number, level: number): void {
    this.#spoolAt[row] = at;
    this.#level[row] = level;
    this.#state[row] = SPOOLED;
  }

  remove(row: number): void {
    this.#state[row] = GONE;
  }

  state(row: number): number {
    return this.#state[row]!;
  }

  level(row: number): number {
    return this.#level[row]!;
  }

  fileAt(row: number): { readonly start: number; readonly length: number } {
    return { start: this.#start[row]!, length: this.#length[row]! };
  }

  spoolAt(row: number): number {
    return this.#spoolAt[row]!;
  }

  #next(): number {
    if (this.count === this.#state.length) {
      const size = this.count * 2;
      this.#start = grown(this.#start, new Float64Array(size));
      this.#length = grown(this.#length, new Uint32Array(size));
      this.#spoolAt = grown(this.#spoolAt, new Float64Array(size));
      this.#level = grown(this.#level, new Uint32Array(size));
      this.#state = grown(this.#state, new Uint8Array(size));
    }
    return this.count++;
  }
}

function grown<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
