/** The stream of a connection cut into LDAP messages (RFC 4511 4.1.1): chunks of any size in, whole messages out. */
import { RollcallError } from '#core/errors';
import { malformed, SEQUENCE } from './ber.ts';

export class FrameReader {
  readonly #most: number;
  #chunks: Buffer[] = [];
  #held = 0;
  /** Bytes of the message that has begun, or 0 where its head is not whole yet. */
  #wanted = 0;

  /** `most`: bytes of the longest message taken; a longer one ends the connection rather than memory. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The messages that this chunk completes, as views of it where one chunk holds them. @throws RollcallError `unavailable` */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#wanted) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#held);
    const frames: Buffer[] = [];
    let at = 0;
    for (;;) {
      this.#wanted = this.#sizeAt(bytes, at);
      if (this.#wanted === 0 || at + this.#wanted > bytes.length) break;
      frames.push(bytes.subarray(at, at + this.#wanted));
      at += this.#wanted;
    }
    this.#held = bytes.length - at;
    this.#chunks = this.#held === 0 ? [] : [bytes.subarray(at)];
    return frames;
  }

  #sizeAt(bytes: Buffer, at: number): number {
    if (at < bytes.length && bytes[at] !== SEQUENCE) throw malformed(`a message that begins with ${bytes[at]}`);
    if (at + 2 > bytes.length) return 0;
    const first = bytes[at + 1]!;
    const count = first > 0x7f ? first & 0x7f : 0;
    if (first === 0x80 || count > 4) throw malformed('a message without a length');
    if (at + 2 + count > bytes.length) return 0;
    const size = 2 + count + (count === 0 ? first : bytes.readUIntBE(at + 2, count));
    if (size > this.#most) throw tooLong(size, this.#most);
    return size;
  }
}

function tooLong(size: number, most: number): RollcallError {
  return new RollcallError('unavailable', `the server sent one message of ${size} bytes, more than ${most}`, {
    remedy: 'leave the entry that is so large out with the filter, or see that the URL names an LDAP server',
  });
}
