/**
 * The text of a filter or a PATCH path → what it says. One pass, each character looked at a bounded number of times; nesting is
 * bounded, so that no text can exhaust the stack.
 */
import type { Comparison } from '#core/condition';
import { checkText } from '#core/text';
import { type AttrPath, type CompareValue, type Filter, FilterError, type PatchPath } from './ast.ts';

export interface FilterLimits {
  /** Characters of the text. */
  readonly length: number;
  /** Parentheses and brackets in each other. */
  readonly depth: number;
  /** Comparisons. */
  readonly terms: number;
}

const LIMITS: FilterLimits = { length: 8_192, depth: 20, terms: 200 };

const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);
/** What names, URNs and operators are made of; parentheses, which a URN may have, are the filter's. */
const WORD = /[\w$.:/%+,=@;!*'~-]*/y;
const LITERAL = /[\w.+-]*/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/;
/** RFC 7643 2.1; `$ref` is one, too. */
const NAME = /^[a-z$][\w$-]*$/i;
/** Behind a URN it may be the end of the URN itself, such as `2.0`: whoever knows the URNs finds out. */
const NAME_OR_VERSION = /^[\w$-]+$/;

/** @throws FilterError `invalidFilter` */
export function parseFilter(text: string, limits: FilterLimits = LIMITS): Filter {
  const parser = new Parser(text, limits, 'invalidFilter');
  const filter = parser.any(false, 0);
  parser.end();
  return filter;
}

/** @throws FilterError `invalidPath`, and `invalidFilter` for what is wrong between the brackets */
export function parsePath(text: string, limits: FilterLimits = LIMITS): PatchPath {
  const parser = new Parser(text, limits, 'invalidPath');
  const path = parser.path();
  parser.end();
  return path;
}

class Parser {
  #at = 0;
  #terms = 0;
  #scimType: 'invalidFilter' | 'invalidPath';
  readonly #text: string;
  readonly #limits: FilterLimits;

  constructor(text: string, limits: FilterLimits, scimType: 'invalidFilter' | 'invalidPath') {
    this.#text = text;
    this.#limits = limits;
    this.#scimType = scimType;
    if (text.length > limits.length) throw this.#wrong(`it is longer than ${limits.length} characters`, limits.length);
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#wrong('"and", "or" or the end is expected');
  }

  path(): PatchPath {
    this.#space();
    const attribute = this.#attribute();
    if (this.#text[this.#at] !== '[') return { attribute, filter: null, sub: attribute.sub };
    if (attribute.sub !== null) throw this.#wrong('brackets stand behind an attribute, not behind a sub-attribute');
    this.#scimType = 'invalidFilter';
    const filter = this.#bracketed(0);
    this.#scimType = 'invalidPath';
    return { attribute, filter, sub: this.#sub() };
  }

  /** `or` of `and`s: the operators bind in this order (RFC 7644 3.4.2.2). */
  any(inElement: boolean, depth: number): Filter {
    const list: Filter[] = [];
    do list.push(this.#all(inElement, depth));
    while (this.#operator('or'));
    return list.length === 1 ? list[0]! : { or: list };
  }

  #all(inElement: boolean, depth: number): Filter {
    const list: Filter[] = [];
    do list.push(this.#one(inElement, depth));
    while (this.#operator('and'));
    return list.length === 1 ? list[0]! : { and: list };
  }

  #one(inElement: boolean, depth: number): Filter {
    this.#space();
    if (this.#text[this.#at] === '(') return this.#parenthesis(inElement, depth);
    // An attribute may be called "not", too: then no parenthesis follows.
    const start = this.#at;
    if (this.#word().toLowerCase() === 'not') {
      this.#space();
      if (this.#text[this.#at] === '(') return { not: this.#parenthesis(inElement, depth) };
    }
    this.#at = start;
    const attribute = this.#attribute();
    if (this.#text[this.#at] !== '[') return this.#comparison(attribute);
    if (inElement) throw this.#wrong('there are brackets in brackets');
    if (attribute.sub !== null) throw this.#wrong('brackets stand behind an attribute, not behind a sub-attribute');
    const of = this.#bracketed(depth);
    const at = this.#at + 2;
    const sub = this.#sub();
    if (sub === null) return { element: attribute, of };
    return { element: attribute, of: { and: [of, this.#comparison({ text: sub, urn: null, name: sub, sub: null, at })] } };
  }

  #parenthesis(inElement: boolean, depth: number): Filter {
    this.#deeper(depth);
    this.#at++;
    const filter = this.any(inElement, depth + 1);
    this.#expect(')');
    return filter;
  }

  #bracketed(depth: number): Filter {
    this.#deeper(depth);
    this.#at++;
    const filter = this.any(true, depth + 1);
    this.#expect(']');
    return filter;
  }

  #deeper(depth: number): void {
    if (depth >= this.#limits.depth) throw this.#wrong(`parentheses stand in each other more than ${this.#limits.depth} deep`);
  }

  #comparison(attribute: AttrPath): Filter {
    if (++this.#terms > this.#limits.terms) throw this.#wrong(`there are more than ${this.#limits.terms} comparisons`);
    this.#space();
    const start = this.#at;
    const operator = this.#word().toLowerCase();
    if (operator === 'pr') return { present: attribute };
    if (!COMPARISONS.has(operator)) throw this.#wrong('an operator is expected: eq, ne, co, sw, ew, gt, ge, lt, le or pr', start);
    return { compare: operator as Comparison, attribute, value: this.#value() };
  }

  #value(): CompareValue {
    this.#space();
    const start = this.#at;
    if (this.#text[start] === '"') return this.#string();
    const word = this.#word(LITERAL).toLowerCase();
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    if (NUMBER.test(word)) {
      const number = Number(word);
      if (!Number.isFinite(number)) throw this.#wrong('the number is too large', start);
      return number;
    }
    throw this.#wrong('a value is expected: text in double quotes, a number, true, false or null', start);
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    if (end >= this.#text.length) throw this.#wrong('the text has no closing quote', start);
    this.#at = end + 1;
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(start, end + 1)) as string;
    } catch {
      throw this.#wrong('the text is not written as JSON has it: a backslash as \\\\, a control character as \\u…', start);
    }
    try {
      return checkText(value);
    } catch (error) {
      throw this.#wrong((error as Error).message, start);
    }
  }

  #attribute(): AttrPath {
    const at = this.#at;
    const text = this.#word();
    const colon = text.lastIndexOf(':');
    const urn = colon < 0 ? null : text.slice(0, colon);
    const [name = '', sub = null, ...more] = text.slice(colon + 1).split('.');
    const known = urn === null ? NAME : NAME_OR_VERSION;
    if (urn === '' || more.length > 0 || !known.test(name) || (sub !== null && !known.test(sub)))
      throw this.#wrong(
        'the name of an attribute is expected, such as userName, name.givenName or a URN, a colon and a name',
        at,
      );
    return { text, urn, name, sub, at: at + 1 };
  }

  /** `.value` behind brackets. */
  #sub(): string | null {
    if (this.#text[this.#at] !== '.') return null;
    const at = ++this.#at;
    const name = this.#word();
    if (!NAME.test(name)) throw this.#wrong('the name of a sub-attribute is expected', at);
    return name;
  }

  #operator(operator: 'and' | 'or'): boolean {
    this.#space();
    const start = this.#at;
    if (this.#word().toLowerCase() === operator) return true;
    this.#at = start;
    return false;
  }

  #word(of: RegExp = WORD): string {
    of.lastIndex = this.#at;
    const word = of.exec(this.#text)![0];
    this.#at += word.length;
    return word;
  }

  #space(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
  }

  #expect(sign: ')' | ']'): void {
    this.#space();
    if (this.#text[this.#at] !== sign) throw this.#wrong(`"and", "or" or "${sign}" is expected`);
    this.#at++;
  }

  #wrong(why: string, at: number = this.#at): FilterError {
    return new FilterError(this.#scimType, at + 1, why);
  }
}
