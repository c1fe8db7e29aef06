/**
 * Distinguished names (RFC 4514), read leniently: spaces around separators, `;` between names, quoted values (RFC 1779) and
 * `OID.` prefixes occur in the wild. Two names are the same when `normalDn` is (RFC 4518, as far as case, spaces and
 * Unicode composition go).
 */
import { foldCase } from './fold.ts';

export interface DnPart {
  /** As written, without spaces. */
  readonly type: string;
  /** Unescaped; a `#` hex value stays as it is, with `hex` set. */
  readonly value: string;
  readonly hex: boolean;
}
/** One level of a name: usually one part. */
export type Rdn = readonly DnPart[];

const TYPE = /^(?:oid\.)?(?:[a-z][a-z0-9-]*|\d+(?:\.\d+)*)$/i;
const OIDS = new Map([
  ['2.5.4.3', 'cn'],
  ['2.5.4.4', 'sn'],
  ['2.5.4.6', 'c'],
  ['2.5.4.7', 'l'],
  ['2.5.4.8', 'st'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'o'],
  ['2.5.4.11', 'ou'],
  ['0.9.2342.19200300.100.1.1', 'uid'],
  ['0.9.2342.19200300.100.1.25', 'dc'],
]);

/** Characters: far more than any directory takes, and few enough that taking one apart costs nothing. */
const LONGEST_DN = 65_536;

/** The parts of a name, the object's own first; `[]` for the empty name (the root); null for what is no DN. */
export function parseDn(text: string): readonly Rdn[] | null {
  if (text.length > LONGEST_DN) return null;
  if (text.trim() === '') return [];
  const names: DnPart[][] = [[]];
  let at = 0;
  for (;;) {
    const equals = text.indexOf('=', at);
    if (equals < 0) return null;
    const type = text.slice(at, equals).trim();
    if (!TYPE.test(type)) return null;
    const value = readValue(text, equals + 1);
    if (value === null) return null;
    names.at(-1)!.push({ type, value: value.text, hex: value.hex });
    if (value.end >= text.length) return names;
    if (text[value.end] !== '+') names.push([]);
    at = value.end + 1;
  }
}

function readValue(text: string, start: number): { text: string; hex: boolean; end: number } | null {
  let at = start;
  while (text[at] === ' ') at++;
  if (text[at] === '#') {
    const end = separatorAfter(text, at);
    const hex = text.slice(at, end).trim();
    return /^#(?:[0-9a-f]{2})+$/i.test(hex) ? { text: hex, hex: true, end } : null;
  }
  const quoted = text[at] === '"';
  if (quoted) at++;
  const bytes = new Pieces();
  for (; at < text.length; at++) {
    const c = text[at]!;
    if (c === '\\') {
      const pair = /^[0-9a-f]{2}/i.exec(text.slice(at + 1, at + 3));
      if (pair !== null) bytes.byte(Number.parseInt(pair[0], 16));
      else if (at + 1 < text.length) bytes.literal(text[at + 1]!);
      else return null;
      at += pair !== null ? 2 : 1;
    } else if (quoted ? c === '"' : c === ',' || c === ';' || c === '+') break;
    else if (!quoted && (c === '"' || c === '\0')) return null;
    else bytes.plain(c);
  }
  if (!quoted) return bytes.done(at, true);
  if (text[at] !== '"') return null;
  for (at++; text[at] === ' '; at++);
  return at < text.length && !',;+'.includes(text[at]!) ? null : bytes.done(at, false);
}

function separatorAfter(text: string, at: number): number {
  const found = text.slice(at).search(/[,;+]/);
  return found < 0 ? text.length : at + found;
}

/** Collects a value in which runs of `\C3\A9` are UTF-8, and unescaped spaces at the end do not count. */
class Pieces {
  #text = '';
  #keep = 0;
  #bytes: number[] = [];

  byte(value: number): void {
    this.#bytes.push(value);
  }
  literal(c: string): void {
    this.#flush();
    this.#text += c;
    this.#keep = this.#text.length;
  }
  plain(c: string): void {
    this.#flush();
    this.#text += c;
  }
  done(end: number, trimEnd: boolean): { text: string; hex: boolean; end: number } | null {
    this.#flush();
    let length = this.#text.length;
    while (trimEnd && length > this.#keep && this.#text[length - 1] === ' ') length--;
    return { text: this.#text.slice(0, length), hex: false, end };
  }
  #flush(): void {
    if (this.#bytes.length === 0) return;
    this.#text += Buffer.from(this.#bytes).toString('utf8');
    this.#bytes = [];
    this.#keep = this.#text.length;
  }
}

/** One spelling for all spellings of a name; null for what is no DN. */
export function normalDn(text: string): string | null {
  const names = parseDn(text);
  return names === null ? null : names.map((rdn) => rdn.map(normalPart).sort().join('+')).join(',');
}

function normalPart(part: DnPart): string {
  const lower = part.type.toLowerCase().replace(/^oid\./, '');
  return `${OIDS.get(lower) ?? lower}=${part.hex ? part.value.toLowerCase() : escapeDnValue(foldCase(part.value))}`;
}

/** The name one level up, as written; null for a name of one level and for what is no DN. */
export function parentDn(text: string): string | null {
  const names = parseDn(text);
  if (names === null || names.length < 2) return null;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '\\') at++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === ',' || c === ';')) return text.slice(at + 1).trimStart();
  }
  return null;
}

/** A text as the value of a DN part (RFC 4514 2.4). */
export function escapeDnValue(text: string): string {
  return text
    .replace(/[\\",;+<>=]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<!^\\) $/, '\\ ')
    .replaceAll('\0', '\\00');
}
