/**
 * The part of ASN.1's Basic Encoding Rules that LDAP uses (X.690; RFC 4511 5.1): tags of one byte, definite lengths. Whatever bytes
 * come in, reading stays within them: anything else is a RollcallError `unavailable`.
 */
import { isUtf8 } from 'node:buffer';
import { RollcallError } from '#core/errors';

export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const OCTETS = 0x04;
export const ENUMERATED = 0x0a;
export const SEQUENCE = 0x30;
export const SET = 0x31;

export function malformed(what: string): RollcallError {
  return new RollcallError('unavailable', `the server sent what is no LDAP: ${what}`, {
    remedy: 'see that the URL names an LDAP server, and its port: 389 and STARTTLS, or 636 for ldaps',
  });
}

/** A place in bytes that belong to somebody else: what has to last is copied by the caller. */
export class BerReader {
  at: number;
  readonly end: number;
  readonly bytes: Buffer;

  constructor(bytes: Buffer, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** The next tag, or -1 at the end. */
  get tag(): number {
    return this.at < this.end ? this.bytes[this.at]! : -1;
  }

  /** Goes into the next element, which must have this tag, and answers where it ends. */
  enter(tag: number): number {
    if (this.tag !== tag) throw malformed(`tag ${this.tag} instead of ${tag}`);
    let at = this.at + 1;
    let length = at < this.end ? this.bytes[at++]! : 0x80;
    if (length > 0x7f) {
      const count = length & 0x7f;
      if (count === 0 || count > 4 || at + count > this.end) throw malformed('a length without an end');
      length = 0;
      for (const last = at + count; at < last; at++) length = length * 256 + this.bytes[at]!;
    }
    if (at + length > this.end) throw malformed('an element longer than what holds it');
    this.at = at;
    return at + length;
  }

  /** A reader of the next element alone; this one goes on behind it. */
  inside(tag: number): BerReader {
    const end = this.enter(tag);
    const inside = new BerReader(this.bytes, this.at, end);
    this.at = end;
    return inside;
  }

  skip(): void {
    this.at = this.enter(this.tag);
  }

  integer(tag: number = INTEGER): number {
    const end = this.enter(tag);
    const length = end - this.at;
    if (length === 0 || length > 6) throw malformed('a number of no usual size');
    const value = this.bytes.readIntBE(this.at, length);
    this.at = end;
    return value;
  }

  boolean(tag: number = BOOLEAN): boolean {
    const end = this.enter(tag);
    if (end - this.at !== 1) throw malformed('a truth value of no usual size');
    const value = this.bytes[this.at] !== 0;
    this.at = end;
    return value;
  }

  /** A view of the bytes, not a copy. */
  octets(tag: number = OCTETS): Buffer {
    const end = this.enter(tag);
    const value = this.bytes.subarray(this.at, end);
    this.at = end;
    return value;
  }

  text(tag: number = OCTETS): string {
    const end = this.enter(tag);
    const value = this.bytes.toString('utf8', this.at, end);
    // The decoder puts U+FFFD in place of what is no UTF-8; the character itself is allowed.
    if (value.includes('\ufffd') && !isUtf8(this.bytes.subarray(this.at, end))) throw malformed('a text that is no UTF-8');
    this.at = end;
    return value;
  }
}

/** One element: its tag, its length, its parts one after the other. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const head = length < 0x80 ? [tag, length] : [tag, ...longLength(length)];
  return Buffer.concat([Uint8Array.from(head), ...parts], head.length + length);
}

function longLength(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** Whole numbers within ±2^47. */
export function integer(value: number, tag: number = INTEGER): Buffer {
  let size = 1;
  while (size < 6 && (value < -(2 ** (8 * size - 1)) || value >= 2 ** (8 * size - 1))) size++;
  const bytes = Buffer.alloc(size);
  bytes.writeIntBE(value, 0, size);
  return element(tag, bytes);
}

export function boolean(value: boolean, tag: number = BOOLEAN): Buffer {
  return element(tag, Uint8Array.of(value ? 0xff : 0));
}

export function octets(value: string | Uint8Array, tag: number = OCTETS): Buffer {
  return element(tag, typeof value === 'string' ? Buffer.from(value, 'utf8') : value);
}
