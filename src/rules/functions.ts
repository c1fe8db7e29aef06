/**
 * The functions of the rule language: one table, from which the environment is built, names are checked and
 * docs/guide/rules.md is written.
 */

import { escapeDnValue } from '#core/dn';
import { RollcallError } from '#core/errors';
import type { Bounds } from './bounds.ts';
import * as clock from './clock.ts';
import type { Clock } from './model.ts';
import { LONGEST_MATCHED, stepsOf } from './pattern.ts';
import * as texts from './text-functions.ts';

/** What is true during one evaluation; rules run one at a time. */
export interface Session {
  clock: Clock;
  readonly bounds: Bounds;
  readonly zone: string;
}

/** A function of the language: its CEL signature, an example, and what it does with the session at hand. */
export interface RuleFunction {
  readonly signature: string;
  readonly example: string;
  readonly make: (session: Session) => (...args: never[]) => unknown;
}

const patterns = new Map<string, { readonly expression: RegExp; readonly steps: (length: number) => number }>();

function matches(text: string, pattern: string, bounds: Bounds): boolean {
  if (text.length > LONGEST_MATCHED)
    throw new RollcallError('invalidValue', `a text of more than ${LONGEST_MATCHED} characters cannot be matched`);
  let found = patterns.get(pattern);
  if (found === undefined) {
    found = { expression: new RegExp(pattern, 'u'), steps: stepsOf(pattern) };
    patterns.set(pattern, found);
  }
  bounds.match(found.steps(text.length));
  return found.expression.test(text);
}

function plain<A extends readonly never[]>(signature: string, example: string, run: (...args: A) => unknown): RuleFunction {
  return { signature, example, make: () => run as (...args: never[]) => unknown };
}

/** For functions whose answer may be longer than what they were given. */
function growing(signature: string, example: string, run: (...args: never[]) => string | readonly string[]): RuleFunction {
  return {
    signature,
    example,
    make:
      ({ bounds }) =>
      (...args: never[]) => {
        const answer = run(...args);
        bounds.produce(answer.length);
        return answer;
      },
  };
}

export const FUNCTIONS: readonly RuleFunction[] = [
  plain('string.lower(): string', '"ADA".lower() → "ada"', (s: string) => s.toLowerCase()),
  plain('string.upper(): string', '"ada".upper() → "ADA"', (s: string) => s.toUpperCase()),
  plain('string.capitalise(): string', '"ADA LOVELACE".capitalise() → "Ada Lovelace"', texts.capitalise),
  plain('string.normalise(): string', '"Zoë".normalise() → "Zoe"', texts.normalise),
  plain('string.normalize(): string', 'the same, spelt the other way', texts.normalise),
  {
    signature: 'string.transliterate(): string',
    example: '"Жанна".transliterate() → "Zhanna"',
    make:
      ({ bounds }) =>
      (text: string) => {
        // Slow, so what is too long is not begun; more is made of it hardly ever.
        bounds.produce(text.length);
        const answer = texts.transliterate(text);
        bounds.produce(answer.length - text.length);
        return answer;
      },
  },
  plain('string.initials(): string', '"Ada King Lovelace".initials() → "AKL"', texts.initials),
  plain('string.digits(): string', '"+49 30-12".digits() → "493012"', texts.digits),
  plain('string.letters(): string', '"O\'Brien 2".letters() → "OBrien2"', texts.letters),
  plain('string.first(int): string', '"Lovelace".first(4) → "Love"', (s: string, n: bigint) => texts.part(s, 0, Number(n))),
  plain('string.last(int): string', '"00471".last(3) → "471"', (s: string, n: bigint) => texts.ending(s, Number(n))),
  plain('string.ruleSubstring(int): string', '"abcdef".substring(2) → "cdef"', (s: string, a: bigint) =>
    texts.part(s, Number(a), Number.MAX_SAFE_INTEGER),
  ),
  plain('string.ruleSubstring(int, int): string', '"abcdef".substring(1, 3) → "bc"', (s: string, a: bigint, b: bigint) =>
    texts.part(s, Number(a), Number(b)),
  ),
  {
    signature: 'string.ruleMatches(string): bool',
    example: '"a1".matches("^[a-z][0-9]$") → true',
    make:
      ({ bounds }) =>
      (text: string, pattern: string) =>
        matches(text, pattern, bounds),
  },
  plain('string.dnValue(): string', '"Smith, J".dnValue() → "Smith\\\\, J"', escapeDnValue),
  {
    signature: 'string.replace(string, string): string',
    example: '"a-b-c".replace("-", "") → "abc"',
    make:
      ({ bounds }) =>
      (s: string, from: string, to: string) => {
        if (to.length > from.length) bounds.produce((from === '' ? s.length + 1 : s.length / from.length) * to.length);
        const answer = s.replaceAll(from, () => to);
        bounds.produce(answer.length);
        return answer;
      },
  },
  {
    signature: 'string.padLeft(int, string): string',
    example: '"42".padLeft(5, "0") → "00042"',
    make:
      ({ bounds }) =>
      (s: string, n: bigint, filler: string) => {
        bounds.produce(Number(n));
        return texts.padLeft(s, Number(n), filler);
      },
  },
  growing('string.ruleSplit(string): list<string>', '"a;b".split(";") → ["a", "b"]', ((s: string, by: string) =>
    by === '' ? [...s] : s.split(by)) as never),
  {
    signature: 'list<string>.ruleJoin(string): string',
    example: '["a", "b"].join("-") → "a-b"',
    make:
      ({ bounds }) =>
      (list: readonly unknown[], by: string) => {
        const items = list.map((item) => {
          if (typeof item !== 'string') throw new RollcallError('invalidValue', 'join found something that is no text');
          return item;
        });
        bounds.produce(items.reduce((sum, item) => sum + item.length + by.length, 0));
        return items.join(by);
      },
  },
  plain('list.first(): dyn', '["a", "b"].first() → "a"; null of an empty list', (list: readonly unknown[]) => list[0] ?? null),
  plain('list.last(): dyn', '["a", "b"].last() → "b"', (list: readonly unknown[]) => list.at(-1) ?? null),
  plain('isPresent(dyn): bool', 'has(row.mail): whether it has a value', (value: unknown) => value !== null),
  plain('date(string): string', 'date("1.3.2026") → "2026-03-01"', clock.dayOf),
  plain('addDays(string, int): string', 'addDays("2026-02-27", 2) → "2026-03-01"', (s: string, n: bigint) =>
    clock.addDays(s, Number(n)),
  ),
  {
    signature: 'string.formatDate(string): string',
    example: '"2026-03-01".formatDate("dd.MM.yyyy") → "01.03.2026"',
    make: (s) => (text: string, pattern: string) => texts.formatDate(text, pattern, s.zone),
  },
  { signature: 'today(): string', example: 'today() → "2026-03-01"', make: (s) => () => clock.today(s.clock, s.zone) },
  {
    signature: 'today(string): string',
    example: 'today("Asia/Tokyo")',
    make: (s) => (zone: string) => clock.today(s.clock, zone),
  },
  {
    signature: 'before(string): bool',
    example: 'before(person.startDate): it has not begun',
    make: (s) => (at: string) => clock.before(s.clock, at, s.zone),
  },
  {
    signature: 'before(string, string): bool',
    example: 'before(person.startDate, "Asia/Tokyo")',
    make: (s) => (at: string, zone: string) => clock.before(s.clock, at, zone),
  },
  {
    signature: 'after(string): bool',
    example: 'after(person.endDate): it is over',
    make: (s) => (at: string) => clock.after(s.clock, at, s.zone),
  },
  {
    signature: 'after(string, string): bool',
    example: 'after(person.endDate, "Asia/Tokyo")',
    make: (s) => (at: string, zone: string) => clock.after(s.clock, at, zone),
  },
  {
    signature: 'daysUntil(string): int',
    example: 'daysUntil(person.endDate) <= 14',
    make: (s) => (at: string) => BigInt(clock.daysUntil(s.clock, at, s.zone)),
  },
];

/** Names that the CEL library has too, with another meaning or without a limit; calls are redirected. */
export const REDIRECTED: ReadonlyMap<string, string> = new Map([
  ['has', 'isPresent'],
  ['substring', 'ruleSubstring'],
  ['matches', 'ruleMatches'],
  ['split', 'ruleSplit'],
  ['join', 'ruleJoin'],
]);

/** What is taken from the CEL library as it is. */
const STANDARD_METHODS = ['startsWith', 'endsWith', 'contains', 'trim', 'indexOf', 'lastIndexOf', 'size'];
const STANDARD_FUNCTIONS = ['size', 'string', 'int', 'double', 'bool'];
/** Loops: the first argument names the element. */
export const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

const named = (method: boolean): string[] =>
  FUNCTIONS.filter(({ signature }) => /^[\w<>]+\.\w+\(/.test(signature) === method).map(
    ({ signature }) => /(\w+)\(/.exec(signature)![1]!,
  );
const shown = new Map([...REDIRECTED].map(([name, target]) => [target, name]));
const offered = (names: readonly string[]): Set<string> => new Set(names.map((name) => shown.get(name) ?? name));

export const METHODS: ReadonlySet<string> = offered([...named(true), ...STANDARD_METHODS, ...LOOPS]);
export const CALLS: ReadonlySet<string> = offered([...named(false), ...STANDARD_FUNCTIONS]);
