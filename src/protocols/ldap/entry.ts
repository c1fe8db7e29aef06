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

type Decode = (bytes: Buffer) => LdifValue;

interface Name {
  readonly name: string;
  readonly decode: Decode;
  readonly range: Range | null;
}

/** Many servers, each with its own names: what comes from outside is not kept without end. */
const MOST_NAMES = 10_000;

export class EntryDecoder {
  readonly #names = new Map<string, Name>();
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
  read({ body }: Response): LdapEntry {
    const dn = body.text();
    const attributes: LdifAttributes = bare<LdifValue[]>();
    let ranges: Map<string, Range> | undefined;
    let edits: Map<string, ListEdits> | undefined;
    const list = body.inside(SEQUENCE);
    while (!list.done) {
      const end = list.enter(SEQUENCE);
      const { name, decode, range } = this.#name(list.octets(OCTETS).toString('latin1'));
      const values: LdifValue[] = [];
      const last = list.enter(SET);
      while (list.at < last) values.push(decode(list.octets(OCTETS)));
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

  #name(text: string): Name {
    let name = this.#names.get(text);
    if (name !== undefined) return name;
    name = this.#described(text);
    if (this.#names.size < MOST_NAMES) this.#names.set(text, name);
    return name;
  }

  #described(text: string): Name {
    const [, plain, from, to] = /^([^;]+(?:;[^=;]+)*?);range=(\d+)-(\d+|\*)$/i.exec(text) ?? [];
    const name = canonicalDescription(plain ?? text) ?? plain ?? text;
    const [type = '', ...options] = name.split(';');
    const range = from === undefined ? null : { from: Number(from), to: to === '*' ? null : Number(to) };
    return { name, decode: this.#decodeOf(type, options), range };
  }

  #decodeOf(type: string, options: readonly string[]): Decode {
    if (type === 'objectGUID') return guidText;
    if (type === 'objectSid') return sidText;
    return isBinary(type, options) || this.#isBytes(type) ? copied : textOrBytes;
  }
}

/** A view would keep the whole chunk that it came in. */
const copied: Decode = (bytes) => new Uint8Array(bytes);

const textOrBytes: Decode = (bytes) => {
  const text = bytes.toString('utf8');
  const odd = text.includes('\0') || (text.includes('\ufffd') && !isUtf8(bytes));
  return odd ? copied(bytes) : text;
};
