/**
 * The entries of a page as they came, until somebody takes them apart: bytes in few large pieces. Objects for each of them would live just
 * long enough to be kept by the garbage collector, which costs more time than reading them.
 */
import { BerReader } from '#protocols/ldap/ber';
import type { Response } from '#protocols/ldap/responses';

const PIECE = 262_144;

export class RawEntries {
  readonly #pieces: Buffer[] = [];
  /** Of each entry: its piece, and where in it the entry begins and ends. */
  readonly #places: number[] = [];
  #piece = -1;
  #free = 0;

  get length(): number {
    return this.#places.length / 3;
  }

  add({ body }: Pick<Response, 'body'>): void {
    const size = body.end - body.at;
    if (size > PIECE) {
      // A large one is a piece of its own, at the end: the one that is being filled goes on.
      this.#places.push(this.#pieces.push(Buffer.from(body.bytes.subarray(body.at, body.end))) - 1, 0, size);
      return;
    }
    if (this.#piece === -1 || this.#free + size > PIECE) {
      this.#piece = this.#pieces.push(Buffer.allocUnsafeSlow(PIECE)) - 1;
      this.#free = 0;
    }
    body.bytes.copy(this.#pieces[this.#piece]!, this.#free, body.at, body.end);
    this.#places.push(this.#piece, this.#free, this.#free + size);
    this.#free += size;
  }

  at(index: number): BerReader {
    const at = index * 3;
    return new BerReader(this.#pieces[this.#places[at]!]!, this.#places[at + 1], this.#places[at + 2]);
  }
}
