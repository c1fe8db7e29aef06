import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RollcallError } from '#core/errors';
import { createClock } from './clock.ts';
import { type Answer, compileExpression, type Expression, type ExpressionContext } from './expression.ts';

type Row = { readonly [name: string]: unknown };
const CONTEXT: ExpressionContext<Row> = {
  variable: 'row',
  attributes: null,
  references: new Map([['boss', null]]),
  zone: 'Europe/Berlin',
  counter: false,
  get: (row, name) => row[name],
};
const NOON = Date.UTC(2026, 2, 1, 11);

function compile(source: string, answer: Answer = 'value'): { expression: Expression<Row> | null; faults: string[] } {
  const faults: string[] = [];
  const expression = compileExpression(source, answer, CONTEXT, (_, message, remedy) => faults.push(`${message} — ${remedy}`));
  expect(expression === null).toBe(faults.length > 0);
  return { expression, faults };
}

const ROW: Row = Object.freeze({
  first: 'Ada',
  last: 'King Lovelace',
  n: 5,
  list: ['b', 'a'],
  nobody: null,
  status: 'A',
  boss: { id: 7, mail: 'x@y' },
  __proto__: null,
});

function answer(source: string, row: Row = ROW): unknown {
  const { expression, faults } = compile(source);
  expect(faults).toEqual([]);
  return expression!.run(row, createClock(NOON));
}

it.each(['n', 'in', 'true', 'string', 'map'])(
  'a kind may be called %s: that is at most a fault of its expressions',
  (variable) => {
    const faults: string[] = [];
    const report = (_: readonly (string | number)[], message: string): void => void faults.push(message);
    const found = compileExpression(`${variable}.mail`, 'value', { ...CONTEXT, variable }, report);
    expect(found === null).toBe(faults.length > 0);
    if (variable === 'n') expect(faults).toEqual([expect.stringContaining("'n'")]);
  },
);

describe('what expressions answer', () => {
  it.each([
    ['row.first + " " + row.last', 'Ada King Lovelace'],
    ['row.first.lower() + "." + row.last.letters().lower()', 'ada.kinglovelace'],
    ['row.n + 1', 6n],
    ['row.list.map(x, x.upper()).join("-")', 'B-A'],
    ['row.list.filter(x, x != "b").first()', 'a'],
    ['{"A": "active"}[row.status]', 'active'],
    ['row.last.initials() + row.first.first(9)', 'KLAda'],
    ['"Жанна Müller".transliterate()', 'Zhanna Mueller'],
    ['"ANNA-LENA o\'brien".capitalise()', "Anna-Lena O'Brien"],
    ['"Zoë Çelik".normalise()', 'Zoe Celik'],
    ['"a1".matches("^[a-z][0-9]$")', true],
    ['"😀abc".substring(1, 2) + "😀".first(1) + "a😀".last(1)', 'a😀😀'],
    ['"+49 30-12".digits().padLeft(8, "0")', '00493012'],
    ['"Smith, J".dnValue()', 'Smith\\, J'],
    ['"a-b-c".replace("-", "$&")', 'a$&b$&c'],
    ['addDays("2026-02-27", 2).formatDate("d.M.yyyy")', '1.3.2026'],
    ['"2026-03-01T23:30:00Z".formatDate("dd.MM.yy HH:mm:ss")', '02.03.26 00:30:00'],
    ['row.boss.mail', 'x@y'],
    ['row.boss != null', true],
    ['row.boss', 7n],
    ['has(row.first) && !has(row.nobody) && !has(row.missing)', true],
  ])('%s', (source, value) => expect(answer(source)).toEqual(value));

  it('says nothing where something it needs is absent or empty, and only then', () => {
    expect(answer('row.missing + "x"')).toBe(undefined);
    expect(answer('row.nobody.lower()')).toBe(undefined);
    expect(answer('(row.n == 5 ? row.missing : row.first) + "x"')).toBe(undefined);
    expect(answer('row.missing')).toBe(undefined);
    expect(answer('row.nobody')).toBe(null);
    expect(answer('row.missing == null ? "none" : row.missing + "x"')).toBe('none');
    expect(answer('row.boss.mail + "x"', {})).toBe(undefined);
    expect(answer('has(row.boss.mail)', {})).toBe(false);
    expect(answer('row.boss == null || row.boss.mail == "q"', {})).toBe(true);
    expect(() => answer('int(row.first)')).toThrow(/could not be worked out/);
    expect(() => answer('{"B": 1}[row.status]')).toThrow(RollcallError);
  });

  it('names the rule and never the value when it fails', () => {
    try {
      answer('int(row.secret)', { secret: 'hunter2' });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ kind: 'invalidValue' });
      expect(String(error)).toContain('int(row.secret)');
      expect(String(error)).not.toContain('hunter2');
    }
  });

  it('reads names from outside as names', () => {
    const row = Object.assign(Object.create(null), { constructor: 'c', toString: 't', ['__proto__']: 'p' }) as Row;
    expect(answer('row.constructor + row.toString + row["__proto__"]', row)).toBe('ctp');
    expect(answer('row.valueOf', row)).toBe(undefined);
  });

  it('knows what it reads', () => {
    expect(
      compile('row.a + row["b c"] + row.boss.mail + (has(row.d) ? row.list.map(x, x + row.e).join("") : "")').expression!.reads,
    ).toEqual(['a', 'b c', 'boss.mail', 'd', 'list', 'e']);
  });
});

describe('what is refused', () => {
  it.each([
    ['row', /as a whole/],
    ['row[row.a]', /in quotes/],
    ['rwo.a', /did you mean row/],
    ['row.a.lowr()', /did you mean lower/],
    ['lower(row.a)', /text\.lower\(\)/],
    ['cel.bind(x, row.a, x + x)', /no function 'bind'/],
    ['timestamp("2026-01-01T00:00:00Z")', /no function/],
    ['b"x"', /literals/],
    ['5u', /literals/],
    ['row.a.matches(row.b)', /as a text/],
    ['row.a.matches("(a+)+")', /repeats/],
    ['"x" + 1', /no such overload/],
    ['row.a +', /cannot be used/],
    ['row.a.b', /no single reference/],
    ['row.list.map(row, row)', /name of something else/],
    ['row.list.ruleJoin("x")', /no function/],
    ['', /cannot be used/],
    ['"a" ? 1 : 2', /cannot be used/],
  ])('%s', (source, message) => expect(compile(source).faults.join()).toMatch(message));

  it('an answer of the wrong type', () => {
    expect(compile('row.a + "x"', 'bool').faults[0]).toMatch(/true or false is needed/);
    expect(compile('{"a": 1}').faults[0]).toMatch(/a value is needed/);
    expect(compile('[1, 2]', 'text').faults[0]).toMatch(/a text is needed/);
    expect(compile('row.a', 'bool').faults).toEqual([]);
  });

  it('an attribute that is not known, with the nearest one', () => {
    const faults: string[] = [];
    const context = {
      ...CONTEXT,
      variable: 'person',
      attributes: new Set(['displayName', 'boss']),
      references: new Map([['boss', new Set(['mail'])]]),
    };
    compileExpression('person.dispalyName + person.boss.mial', 'value', context, (_, m, r) => faults.push(`${m} ${r}`));
    expect(faults.join()).toMatch(/did you mean person\.displayName\?.*did you mean mail\?/);
  });
});

describe('cost', () => {
  const big: Row = {
    big: 'x'.repeat(2000),
    huge: 'x'.repeat(4_000_000),
    many: Array.from({ length: 5000 }, (_, i) => `v${i}`),
    long: Array.from({ length: 500 }, () => 'x'.repeat(250)),
  };
  it.each([
    ['row.big.split("").map(a, row.big.split("").map(b, a + b)).size() > 0', /loops for too long/],
    ['row.many.exists(a, row.many.exists(b, a + b == "q"))', /loops for too long/],
    ['row.many.exists(a, row.many.exists(b, a + b == "q")) || true', /loops for too long/],
    ['row.big.replace("x", "xxxxxxxxxx").replace("x", "xxxxxxxxxx").replace("x", "xxxxxxxxxxxx")', /too much text/],
    ['row.many.map(a, row.many + row.many).size()', /too much text/],
    ['row.many.map(a, row.big).join("").size()', /too much text/],
    ['"a".padLeft(999999999, "b")', /too much text/],
    ['row.big.matches("^x*$")', /cannot be matched/],
    ['row.huge.transliterate()', /too much text/],
    ['row.many.filter(a, row.huge.contains(a)).size()', /loops over too much text/],
    ['row.many.map(a, row.huge.lower()).size()', /loops over too much text/],
    ['row.many.exists(a, row.huge.upper() == a) || true', /loops over too much text/],
    ['row.many.filter(a, a in row.many).size()', /loops over too much text/],
    ['row.many.exists(a, row.many == row.long)', /loops over too much text/],
    ['row.long.exists(a, a.matches("^x*x*x*y"))', /matches patterns for too long/],
  ])('%s is stopped', (source, message) => expect(() => answer(source, big)).toThrow(message));

  it('leaves what organisations do alone', () => {
    const groups = Array.from({ length: 1000 }, (_, i) => `cn=group ${i},ou=groups,dc=example,dc=org`);
    const row = { groups, allowed: groups.toReversed() };
    expect(answer('row.groups.filter(a, a in row.allowed).size()', row)).toBe(1000n);
    expect(answer('row.groups.filter(a, a.matches("^cn=.*,ou=.*,dc=.*org$")).size()', row)).toBe(1000n);
  });

  it('refuses expressions that are too large', () => {
    expect(compile(`"${'x'.repeat(20_000)}"`).faults[0]).toMatch(/longer than/);
    expect(compile(Array(1500).fill('row.a').join('+')).faults[0]).toMatch(/maxAstNodes/);
    expect(compile(`${'('.repeat(100)}row.a${')'.repeat(100)}`).faults[0]).toMatch(/maxDepth/);
  });
});

describe('hostile text', () => {
  const piece = fc.constantFrom(
    'row',
    '.',
    'a',
    '(',
    ')',
    '[',
    ']',
    '"',
    "'",
    '+',
    '==',
    '&&',
    '||',
    '?',
    ':',
    '!',
    '-',
    'map',
    'x',
    ',',
    'has',
    'null',
    '1',
    '0x',
    '{',
    '}',
    'in',
    '.matches("',
    'today()',
    '\\',
    '`',
    'e9',
    '😀',
    '.first()',
    'list',
  );
  const source = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 14 }).map((p) => p.join('')),
    fc.array(piece, { maxLength: 14 }).map((p) => p.join(' ')),
  );

  it('is compiled or reported; what was compiled answers or fails as invalidValue', () => {
    fc.assert(
      fc.property(source, (text) => {
        const { expression } = compile(text);
        if (expression === null) return;
        try {
          expression.run(ROW, createClock(NOON));
        } catch (error) {
          expect(error).toBeInstanceOf(RollcallError);
        }
      }),
      { numRuns: 4000 },
    );
  });
});
