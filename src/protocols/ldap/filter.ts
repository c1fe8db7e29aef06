/**
 * Search filters (RFC 4511 4.5.1.7): from their text (RFC 4515), or made of parts, to what is sent. Values are never put into text, so
 * none can change what a filter means.
 */
import { RollcallError } from '#core/errors';
import { boolean, element, octets } from './ber.ts';

export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly present: string }
  | { readonly compare: '=' | '>=' | '<=' | '~='; readonly attribute: string; readonly value: string | Uint8Array }
  | { readonly parts: Substrings; readonly attribute: string }
  | { readonly rule?: string; readonly attribute?: string; readonly dn?: boolean; readonly value: string | Uint8Array };

interface Substrings {
  readonly first?: Uint8Array;
  readonly middle: readonly Uint8Array[];
  readonly last?: Uint8Array;
}

export const equals = (attribute: string, value: string | Uint8Array): Filter => ({ compare: '=', attribute, value });
export const anyOf = (filters: readonly Filter[]): Filter => (filters.length === 1 ? filters[0]! : { or: filters });
export const allOf = (filters: readonly Filter[]): Filter => (filters.length === 1 ? filters[0]! : { and: filters });
export const EVERYTHING: Filter = { present: 'objectClass' };
export const NOTHING: Filter = { not: EVERYTHING };

const COMPARE = { '=': 0xa3, '>=': 0xa5, '<=': 0xa6, '~=': 0xa8 } as const;

export function encodeFilter(filter: Filter): Buffer {
  if ('and' in filter) return element(0xa0, ...filter.and.map(encodeFilter));
  if ('or' in filter) return element(0xa1, ...filter.or.map(encodeFilter));
  if ('not' in filter) return element(0xa2, encodeFilter(filter.not));
  if ('present' in filter) return octets(filter.present, 0x87);
  if ('compare' in filter) return element(COMPARE[filter.compare], octets(filter.attribute), octets(filter.value));
  if ('parts' in filter) {
    const { first, middle, last } = filter.parts;
    const pieces = [
      ...(first === undefined ? [] : [octets(first, 0x80)]),
      ...middle.map((piece) => octets(piece, 0x81)),
      ...(last === undefined ? [] : [octets(last, 0x82)]),
    ];
    return element(0xa4, octets(filter.attribute), element(0x30, ...pieces));
  }
  return element(
    0xa9,
    ...(filter.rule === undefined ? [] : [octets(filter.rule, 0x81)]),
    ...(filter.attribute === undefined ? [] : [octets(filter.attribute, 0x82)]),
    octets(filter.value, 0x83),
    ...(filter.dn === true ? [boolean(true, 0x84)] : []),
  );
}

/** Levels that a filter may be deep: more is no person's. */
const DEEPEST = 100;
const ATTRIBUTE = /^(?:[a-z][a-z0-9-]*|\d+(?:\.\d+)*)(?:;[a-z0-9-]+)*$/i;
const RULE = /^(?:[a-z][a-z0-9-]*|\d+(?:\.\d+)*)$/i;

/** @throws RollcallError `configuration` that says what is wrong, and where in the text (1-based) */
export function parseFilter(text: string): Filter {
  const parser = new Parser(text.trim());
  return parser.whole();
}

class Parser {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Filter {
    const filter = this.#filter(0);
    if (this.#at < this.#text.length) throw this.#wrong('there is more behind the last parenthesis');
    return filter;
  }

  #filter(depth: number): Filter {
    if (depth > DEEPEST) throw this.#wrong('parentheses are too deep');
    this.#expect('(');
    const filter = this.#inner(depth);
    this.#expect(')');
    return filter;
  }

  #inner(depth: number): Filter {
    const sign = this.#text[this.#at];
    if (sign === '!') {
      this.#at++;
      return { not: this.#filter(depth + 1) };
    }
    if (sign !== '&' && sign !== '|') return this.#item();
    this.#at++;
    const list: Filter[] = [];
    while (this.#text[this.#at] === '(') list.push(this.#filter(depth + 1));
    return sign === '&' ? { and: list } : { or: list };
  }

  #item(): Filter {
    const end = this.#text.slice(this.#at).search(/[()]/);
    const item = this.#text.slice(this.#at, end < 0 ? undefined : this.#at + end);
    const [, left, sign, right] = /^([^=~<>]*?)(:=|~=|>=|<=|=)(.*)$/s.exec(item) ?? [];
    if (left === undefined || right === undefined) throw this.#wrong('a comparison such as (mail=*) is expected');
    const filter = sign === ':=' ? this.#extensible(left, right) : this.#comparison(left, sign as '=', right);
    this.#at += item.length;
    return filter;
  }

  #comparison(attribute: string, compare: '=' | '>=' | '<=' | '~=', text: string): Filter {
    if (!ATTRIBUTE.test(attribute)) throw this.#wrong(`"${attribute.slice(0, 64)}" is no attribute name`);
    if (compare === '=' && text === '*') return { present: attribute };
    const pieces = text.split('*').map((piece) => this.#value(piece));
    if (pieces.length === 1 || compare !== '=') return { compare, attribute, value: this.#value(text) };
    const [first, last] = [pieces.shift()!, pieces.pop()!];
    return {
      attribute,
      parts: {
        ...(first.length === 0 ? {} : { first }),
        middle: pieces.filter((piece) => piece.length > 0),
        ...(last.length === 0 ? {} : { last }),
      },
    };
  }

  #extensible(left: string, text: string): Filter {
    const [attribute = '', ...more] = left.split(':');
    const dn = more[0]?.toLowerCase() === 'dn';
    const [rule, ...rest] = dn ? more.slice(1) : more;
    if (rest.length > 0 || (attribute !== '' && !ATTRIBUTE.test(attribute)) || (rule !== undefined && !RULE.test(rule)))
      throw this.#wrong('an extensible match such as (userAccountControl:1.2.840.113556.1.4.803:=2) is expected');
    if (attribute === '' && rule === undefined) throw this.#wrong('neither an attribute nor a rule is named');
    return {
      ...(rule === undefined ? {} : { rule }),
      ...(attribute === '' ? {} : { attribute }),
      ...(dn ? { dn } : {}),
      value: this.#value(text),
    };
  }

  #value(text: string): Uint8Array {
    if (!text.includes('\\')) return Buffer.from(text, 'utf8');
    const pieces = text.split('\\');
    const bytes = [Buffer.from(pieces[0]!, 'utf8')];
    for (const piece of pieces.slice(1)) {
      if (!/^[0-9a-f]{2}/i.test(piece)) throw this.#wrong('a backslash is followed by two hex digits, such as \\2a for *');
      bytes.push(Buffer.from(piece.slice(0, 2), 'hex'), Buffer.from(piece.slice(2), 'utf8'));
    }
    return Buffer.concat(bytes);
  }

  #expect(sign: string): void {
    if (this.#text[this.#at] !== sign) throw this.#wrong(`"${sign}" is expected`);
    this.#at++;
  }

  #wrong(why: string): RollcallError {
    return new RollcallError('configuration', `no search filter, at character ${this.#at + 1}: ${why}`, {
      remedy: 'write it as RFC 4515 has it: (&(objectClass=inetOrgPerson)(!(employeeType=guest)))',
    });
  }
}

/** Names of the attributes that it compares, lower case and without options. */
export function filterNames(filter: Filter): ReadonlySet<string> {
  if ('and' in filter) return new Set(filter.and.flatMap((one) => [...filterNames(one)]));
  if ('or' in filter) return new Set(filter.or.flatMap((one) => [...filterNames(one)]));
  if ('not' in filter) return filterNames(filter.not);
  const name = 'present' in filter ? filter.present : (filter.attribute ?? '');
  return new Set([name.split(';')[0]!.toLowerCase()]);
}

/** A filter as text, each value escaped: for people, and for files that other programs read. */
export function formatFilter(filter: Filter): string {
  if ('and' in filter) return `(&${filter.and.map(formatFilter).join('')})`;
  if ('or' in filter) return `(|${filter.or.map(formatFilter).join('')})`;
  if ('not' in filter) return `(!${formatFilter(filter.not)})`;
  if ('present' in filter) return `(${filter.present}=*)`;
  if ('compare' in filter) return `(${filter.attribute}${filter.compare}${escapeFilterValue(filter.value)})`;
  if ('parts' in filter) {
    const { first, middle, last } = filter.parts;
    const pieces = [first ?? '', ...middle, last ?? ''].map(escapeFilterValue);
    return `(${filter.attribute}=${pieces.join('*')})`;
  }
  const { attribute = '', dn, rule, value } = filter;
  return `(${attribute}${dn ? ':dn' : ''}${rule === undefined ? '' : `:${rule}`}:=${escapeFilterValue(value)})`;
}

/** A value as it stands in a filter's text (RFC 4515 3): no byte of it can mean anything else. */
export function escapeFilterValue(value: string | Uint8Array): string {
  if (typeof value === 'string') return value.replace(/[\\*()\0]/g, (c) => `\\${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  const text = Buffer.from(value).toString('utf8');
  if (Buffer.from(text, 'utf8').equals(value)) return escapeFilterValue(text);
  return [...value].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}
