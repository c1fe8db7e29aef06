/**
 * Bytes to text and back, without losing a byte. What is no text in the encoding is never replaced by U+FFFD: each such byte
 * becomes one lone surrogate, U+DC00 plus the byte, which no valid text can hold. So a reader finds the damaged rows and
 * leaves them out, and a writer that copies a row it did not touch puts the same bytes back.
 */
import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { RollcallError } from '#core/errors';

export interface Decoder {
  /** `last` ends the input: bytes still waiting for their character are then damage. */
  decode(bytes: Buffer, last: boolean): string;
  /** Whether the last decoded text may hold a lone surrogate or U+0000. */
  readonly suspect: boolean;
  /** Whether `encoderOf` gives back exactly the bytes read so far, damaged ones included. */
  readonly reversible: boolean;
  /** Whether the input began with a byte order mark, which is no part of the text. */
  readonly bom: boolean;
}

export interface Encoder {
  encode(text: string): Buffer;
  /** Whether every character of the text has bytes in this encoding. */
  canEncode(text: string): boolean;
  readonly bom: Buffer;
}

/** Encoding names are those of the WHATWG and of iconv-lite: `utf-8`, `utf-16le`, `windows-1252`, `iso-8859-15`, `shift_jis` … */
export function isEncoding(name: string): boolean {
  return iconv.encodingExists(name) && !/^(?:base64|hex|binary|utf-?7.*|utf-?32.*|ucs-?4.*|cesu-?8)$/i.test(name);
}

/** What a byte order mark at the start of a file says; undefined when there is none. */
export function encodingByBom(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** A decoder for one input. With `bom: false` a mark at the start is text like any other. Throws `configuration` for an unknown encoding. */
export function decoderOf(encoding: string, options: { readonly bom?: boolean } = {}): Decoder {
  const family = familyOf(encoding);
  const step =
    family === 'utf-8' ? utf8Step() : family === 'bytes' ? byteStep(encoding) : wideStep(encoding, family === 'utf-16');
  let started = options.bom === false;
  let bom = false;
  let suspect = false;
  let reversible = true;
  return {
    get suspect() {
      return suspect;
    },
    get reversible() {
      return reversible;
    },
    get bom() {
      return bom;
    },
    decode(bytes, last) {
      const { text, damaged } = step(bytes, last);
      suspect = damaged || text.includes('\0');
      if (damaged && (family === 'many' || family === 'utf-16')) reversible = false;
      if (started || text === '') return text;
      started = true;
      bom = text.charCodeAt(0) === 0xfeff;
      return bom ? text.slice(1) : text;
    },
  };
}

export function encoderOf(encoding: string): Encoder {
  const family = familyOf(encoding);
  const bom = family === 'utf-8' || family === 'utf-16' ? iconv.encode('\ufeff', encoding, { addBOM: false }) : Buffer.alloc(0);
  if (family === 'utf-8') return { bom, encode: encodeUtf8, canEncode: (text) => text.isWellFormed() };
  if (family === 'utf-16') {
    return { bom, encode: (text) => iconv.encode(text, encoding, { addBOM: false }), canEncode: (text) => text.isWellFormed() };
  }
  if (family === 'many') {
    const encode = (text: string): Buffer => iconv.encode(text, encoding);
    return { bom, encode, canEncode: (text) => iconv.decode(encode(text), encoding) === text };
  }
  const { toByte } = byteTable(encoding);
  return {
    bom,
    canEncode(text) {
      for (let i = 0; i < text.length; i++) if (isSurrogate(text.charCodeAt(i)) || !toByte.has(text[i]!)) return false;
      return true;
    },
    encode(text) {
      const bytes = Buffer.allocUnsafe(text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = toByte.get(text[i]!) ?? QUESTION_MARK;
      return bytes;
    },
  };
}

/** What iconv puts for bytes without a character, and what we put in its place where the byte itself is not known. */
const REPLACED = '\ufffd';
const QUESTION_MARK = 0x3f;
const BROKEN = '\udcff';

type Step = (bytes: Buffer, last: boolean) => { readonly text: string; readonly damaged: boolean };

/** Whether each byte is one character, whatever comes before it. */
export function isOneByte(encoding: string): boolean {
  return familyOf(encoding) === 'bytes';
}

function familyOf(encoding: string): 'utf-8' | 'utf-16' | 'bytes' | 'many' {
  if (!isEncoding(encoding)) {
    const remedy = 'use utf-8, utf-16le, utf-16be, windows-1252, iso-8859-1 or another name iconv knows';
    throw new RollcallError('configuration', `the encoding "${encoding}" is not known`, { remedy });
  }
  const name = encoding.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (name === 'utf8' || name === 'unicode11utf8') return 'utf-8';
  if (name.startsWith('utf16') || name.startsWith('ucs2')) return 'utf-16';
  const all = iconv.decode(Buffer.from(Array.from({ length: 256 }, (_, i) => i)), encoding);
  return all.length === 256 ? 'bytes' : 'many';
}

function utf8Step(): Step {
  let held: Buffer = Buffer.alloc(0);
  return (bytes, last) => {
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const cut = last ? all.length : all.length - unfinished(all);
    const ready = cut === all.length ? all : all.subarray(0, cut);
    held = cut === all.length ? Buffer.alloc(0) : Buffer.from(all.subarray(cut));
    return isUtf8(ready) ? { text: ready.toString('utf8'), damaged: false } : { text: decodeDamagedUtf8(ready), damaged: true };
  };
}

/** Bytes at the end that are the start of a character whose rest is still to come: 0 to 3. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? back : 0;
  }
  return 0;
}

/** Valid stretches are decoded as they are; each byte that begins no valid character becomes one lone surrogate. */
function decodeDamagedUtf8(bytes: Buffer): string {
  const parts: string[] = [];
  let good = 0;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at]!;
    const length = byte < 0x80 ? 1 : byte < 0xc2 || byte > 0xf4 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (length === 1 || (length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)))) {
      at += length;
      continue;
    }
    if (at > good) parts.push(bytes.toString('utf8', good, at));
    parts.push(String.fromCharCode(0xdc00 + byte));
    good = ++at;
  }
  if (good < bytes.length) parts.push(bytes.toString('utf8', good));
  return parts.join('');
}

/** The reverse of both: lone surrogates that stand for bytes become those bytes. */
function encodeUtf8(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const piece of text.split(/(?<![\ud800-\udbff])([\udc80-\udcff])/)) {
    const lone = piece.length === 1 && isSurrogate(piece.charCodeAt(0));
    parts.push(lone ? Buffer.from([piece.charCodeAt(0) & 0xff]) : Buffer.from(piece, 'utf8'));
  }
  return Buffer.concat(parts);
}

function byteStep(encoding: string): Step {
  const { characters, gaps } = byteTable(encoding);
  return (bytes) => {
    const units = new Uint16Array(bytes.length);
    let damaged = 0;
    for (let i = 0; i < bytes.length; i++) {
      units[i] = characters[bytes[i]!]!;
      damaged |= gaps[bytes[i]!]!;
    }
    return { text: Buffer.from(units.buffer).toString('utf16le'), damaged: damaged !== 0 };
  };
}

/** The 256 characters of an encoding in which each byte is one; a byte without a character is a gap. */
function byteTable(encoding: string): { characters: Uint16Array; gaps: Uint8Array; toByte: ReadonlyMap<string, number> } {
  const characters = new Uint16Array(256);
  const gaps = new Uint8Array(256);
  const toByte = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const code = iconv.decode(Buffer.from([byte]), encoding).charCodeAt(0);
    gaps[byte] = code === 0xfffd ? 1 : 0;
    characters[byte] = code === 0xfffd ? 0xdc00 + byte : code;
    toByte.set(String.fromCharCode(characters[byte]!), byte);
  }
  return { characters, gaps, toByte };
}

function wideStep(encoding: string, utf16: boolean): Step {
  const decoder = iconv.getDecoder(encoding, { stripBOM: false });
  let bytesSeen = 0;
  return (bytes, last) => {
    bytesSeen += bytes.length;
    const text = decoder.write(bytes) + (last ? (decoder.end() ?? '') : '');
    if (!utf16)
      return text.includes(REPLACED) ? { text: text.replaceAll(REPLACED, BROKEN), damaged: true } : { text, damaged: false };
    const cut = last && bytesSeen % 2 === 1;
    return { text: cut ? text + BROKEN : text, damaged: cut || !text.isWellFormed() };
  };
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
