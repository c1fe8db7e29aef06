/** A search result entry (RFC 4511 4.5.2) as the LDIF reader shows one: text where it is text, bytes where it is not. */
import { isUtf8 } from 'node:buffer';
import { bare } from '#core/values';
import { OCTETS, SEQUENCE, SET } from './ber.ts';
import { guidText, sidText } from './ids.ts';
import type { LdifAttributes, LdifValue } from './ldif.ts';
import type { Response } from './responses.ts';
import { canonicalDescription, isBinary } from './schema.ts';

export interface LdapEntry {
  readonly dn: string;
  readonly attributes: LdifAttributes;
  /** Attributes shown in part, by name: which values these are (MS-ADTS 3.1.1.3.1.3.3). */
  readonly ranges?: ReadonlyMap<string, Range>;
  /** Values that came and went, of lists shown by their changes. They are in `attributes` neither way. */
  readonly edits?: ReadonlyMap<string, ListEdits>;
}

export interface ListEdits {
  readonly add: LdifValue[];
  readonly remove: LdifValue[];
}

export interface Range {
  readonly from: number;
  /** Null: up to the last one. */
  readonly to: number | null;
}

/** The value in these bytes from `at` to `end`. `text`: what the entry around them is, byte by byte, from `from` on; null for a large one. */
type Decode = (bytes: Buffer, at: number, end: number, text: string | null, from: number) => LdifValue;

interface Name {
  readonly name: string;
  readonly decode: Decode;
  readonly range: Range | null;
  readonly bytes: Buffer;
  /** What came after it last time: entries of one kind name the same in the same order. */
  next: Name | null;
}

/** An entry up to this size becomes a text once, of which its values are pieces: a piece keeps the whole in memory. */
const MOST_TEXT = 8192;
/** Many servers, each with its own names: what comes from outside is not kept without end. */
const MOST_NAMES = 10_000;

export class EntryDecoder {
  readonly #names = new Map<string, Name>();
  #first: Name | null = null;
  readonly #isBytes: (type: string) => boolean;
  readonly #listEdits: boolean;

  /**
   * `isBytes`: what the server's schema says of attributes that are not known everywhere. `listEdits`: parts of lists are no parts:
   * `range=1-1` has the values that came, `range=0-0` those that went (MS-ADTS 3.1.1.3.4.1.3, LDAP_DIRSYNC_INCREMENTAL_VALUES).
   */
  constructor(isBytes: (type: string) => boolean = () => false, listEdits: boolean = false) {
    this.#isBytes = isBytes;
    this.#listEdits = listEdits;
  }

  /** @throws RollcallError `unavailable` for what is no entry */
  read({ body }: Pick<Response, 'body'>): LdapEntry {
    const from = body.at;
    const { bytes } = body;
    const text = body.end - from > MOST_TEXT ? null : bytes.toString('latin1', from, body.end);
    const dn = body.text();
    let last: Name | null = null;
    const attributes: LdifAttributes = bare<LdifValue[]>();
    let ranges: Map<string, Range> | undefined;
    let edits: Map<string, ListEdits> | undefined;
    const list = body.inside(SEQUENCE);
    while (!list.done) {
      const end = list.enter(SEQUENCE);
      const nameEnd = list.enter(OCTETS);
      last = this.#name(bytes, list.at, nameEnd, last);
      list.at = nameEnd;
      const { name, decode, range } = last;
      const valuesEnd = list.enter(SET);
      let values: LdifValue[] | null = null;
      while (list.at < valuesEnd) {
        const valueEnd = list.enter(OCTETS);
        const value = decode(bytes, list.at, valueEnd, text, from);
        // A list that begins with one value takes room for one.
        if (values === null) values = [value];
        else values.push(value);
        list.at = valueEnd;
      }
      values ??= [];
      list.at = end;
      if (range !== null && this.#listEdits) {
        edits ??= new Map();
        const edit = edits.get(name) ?? { add: [], remove: [] };
        edits.set(name, range.from === 0 ? { ...edit, remove: values } : { ...edit, add: values });
        continue;
      }
      // Active Directory shows the name itself too, without values, where it shows a part of them.
      if (range !== null) {
        ranges ??= new Map();
        ranges.set(name, range);
      } else if (values.length === 0 && ranges?.has(name)) continue;
      attributes[name] = values;
    }
    return { dn, attributes, ...(ranges === undefined ? {} : { ranges }), ...(edits === undefined ? {} : { edits }) };
  }

  #name(bytes: Buffer, at: number, end: number, last: Name | null): Name {
    const guess = last === null ? this.#first : last.next;
    if (guess !== null && isSame(guess.bytes, bytes, at, end)) return guess;
    const text = bytes.toString('latin1', at, end);
    let name = this.#names.get(text);
    if (name === undefined) {
      name = this.#described(text);
      if (this.#names.size < MOST_NAMES) this.#names.set(text, name);
    }
    if (last === null) this.#first = name;
    else last.next = name;
    return name;
  }

  #described(text: string): Name {
    const [, plain, from, to] = /^([^;]+(?:;[^=;]+)*?);range=(\d+)-(\d+|\*)$/i.exec(text) ?? [];
    const name = canonicalDescription(plain ?? text) ?? plain ?? text;
    const [type = '', ...options] = name.split(';');
    const range = from === undefined ? null : { from: Number(from), to: to === '*' ? null : Number(to) };
    return { name, decode: this.#decodeOf(type, options), range, bytes: Buffer.from(text, 'latin1'), next: null };
  }

  #decodeOf(type: string, options: readonly string[]): Decode {
    if (type === 'objectGUID') return (bytes, at, end) => guidText(bytes.subarray(at, end));
    if (type === 'objectSid') return (bytes, at, end) => sidText(bytes.subarray(at, end));
    return isBinary(type, options) || this.#isBytes(type) ? copied : textOrBytes;
  }
}

function isSame(name: Buffer, bytes: Buffer, at: number, end: number): boolean {
  if (name.length !== end - at) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[at + i]) return false;
  return true;
}

/** A view would keep the whole chunk that it came in. */
const copied: Decode = (bytes, at, end) => new Uint8Array(bytes.subarray(at, end));

const textOrBytes: Decode = (bytes, at, end, text, from) => {
  if (text !== null && isPlain(bytes, at, end)) return text.substring(at - from, end - from);
  const value = bytes.toString('utf8', at, end);
  const odd = value.includes('\0') || (value.includes('\ufffd') && !isUtf8(bytes.subarray(at, end)));
  return odd ? new Uint8Array(bytes.subarray(at, end)) : value;
};

/** ASCII without NUL: byte by byte what it is as text. */
function isPlain(bytes: Buffer, at: number, end: number): boolean {
  for (let i = at; i < end; i++) if (bytes[i]! > 0x7f || bytes[i] === 0) return false;
  return true;
}
