/** A set of changes as it was shown, at 40 bytes a change: what a decision covers is compared with it, not kept. */
import { createHash } from 'node:crypto';

const BYTES = 32;

export class ChangeDigests {
  #ids = new Float64Array(1024);
  #digests = Buffer.alloc(1024 * BYTES);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** By ascending id; `digest` is the SHA-256 of the change in hexadecimal. */
  add(id: number, digest: string): void {
    if (this.#size === this.#ids.length) this.#grow();
    this.#ids[this.#size] = id;
    this.#digests.write(digest, this.#size * BYTES, 'hex');
    this.#size++;
  }

  /** Whether exactly this change is in the set. */
  has(id: number, digest: string): boolean {
    let from = 0;
    let to = this.#size;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#ids[middle]! < id) from = middle + 1;
      else to = middle;
    }
    return from < this.#size && this.#ids[from] === id && this.#hex(from) === digest;
  }

  /** SHA-256 of the canonical JSON of all digests and `others`, sorted as texts. */
  digestWith(others: readonly string[]): string {
    const order = new Uint32Array(this.#size).map((_, i) => i);
    order.sort((a, b) => this.#compare(a, b));
    const rest = [...others].sort();
    const hash = createHash('sha256');
    let text = '[';
    let separator = '';
    const say = (one: string): void => {
      text += `${separator}${JSON.stringify(one)}`;
      separator = ',';
      if (text.length < 65_536) return;
      hash.update(text);
      text = '';
    };
    let next = 0;
    for (const at of order) {
      const digest = this.#hex(at);
      while (next < rest.length && rest[next]! < digest) say(rest[next++]!);
      say(digest);
    }
    for (const one of rest.slice(next)) say(one);
    return hash.update(`${text}]`).digest('hex');
  }

  #hex(at: number): string {
    return this.#digests.toString('hex', at * BYTES, (at + 1) * BYTES);
  }

  #compare(a: number, b: number): number {
    const first = this.#digests.readUInt32BE(a * BYTES) - this.#digests.readUInt32BE(b * BYTES);
    if (first !== 0) return first;
    return this.#digests.compare(this.#digests, b * BYTES, (b + 1) * BYTES, a * BYTES, (a + 1) * BYTES);
  }

  #grow(): void {
    const ids = new Float64Array(this.#ids.length * 2);
    ids.set(this.#ids);
    const digests = Buffer.alloc(this.#digests.length * 2);
    this.#digests.copy(digests);
    this.#ids = ids;
    this.#digests = digests;
  }
}
