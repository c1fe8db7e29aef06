import { describe, expect, test } from 'vitest';
import { MAX_FILE_BYTES, parseDocument } from './document.ts';

function faultsOf(text: string): string[] {
  return parseDocument(text, 'rollcall.yaml').faults.map((f) => `${f.where.line}:${f.where.column} ${f.message}`);
}

const MAP = 'm:\n  b:\n    c: 3\n';

describe('what YAML may not be', () => {
  const table: [name: string, text: string, expected: RegExp[]][] = [
    ['empty', '', [/^1:1 the file is empty$/]],
    ['only a comment', '# nothing\n\n', [/^1:1 the file is empty$/]],
    ['only a marker', '---\n', [/^1:1 the file is empty$/]],
    ['tab before a key', 'a:\n\tb: 1\n', [/^2:\d+ a tab is used as indentation$/]],
    ['tab after spaces', 'a:\n  b: 1\n  \tc: 2\n', [/^3:\d+ a tab is used as indentation$/]],
    ['key twice', 'a: 1\nb: 2\na: 3\n', [/^3:1 this key was already used above/]],
    ['key twice inside', 'a: { b: 1, b: 2 }\n', [/^1:12 this key was already used above/]],
    ['custom tag', 'a: !secret x\n', [/^1:4 tags such as !name/]],
    ['known tag of another schema', 'a: !!binary aGk=\n', [/^1:4 tags such as !name/]],
    ['two documents', 'a: 1\n---\nb: 2\n', [/^2:1 a second document starts here$/]],
    ['another YAML', '%YAML 1.1\n---\na: yes\n', [/^1:1 the file asks for YAML 1\.1$/]],
    ['__proto__', 'a:\n  __proto__: { x: 1 }\n', [/^2:3 __proto__ cannot be used as a name$/]],
    ['constructor', '"constructor": 1\n', [/^1:1 constructor cannot be used as a name$/]],
    ['a list as key', '? [a]\n: b\n', [/^1:3 a key must be plain text$/]],
    ['merge key', 'a: &a { x: 1 }\nb:\n  <<: *a\n', [/^3:3 merge keys/]],
    ['unknown alias', 'a: *nobody\n', [/^1:4 \*nobody refers to an anchor/]],
    ['alias to its own parent', 'a: &a\n  b: *a\n', [/^2:6 \*a refers to a value that contains it$/]],
    ['unclosed bracket', 'a: [1, 2\n', [/^2:1 YAML cannot read this/]],
    ['unclosed quote', 'a: "x\n', [/^\d:\d YAML cannot read this/]],
    ['colon in an expression', "a: ${x ? 'b' : 'c'}\n", [/^1:\d+ YAML cannot read this line/]],
    ['expression in a flow map', 'a: { b: ${row.x} }\n', [/^1:\d+ YAML cannot read this line/]],
    ['expression cut by a comment', 'a: ${row.x + " #1"}\n', [/^1:4 this expression is cut off/]],
    ['inexact number', 'a: 12345678901234567890\n', [/^1:4 this number is too large/]],
    ['a key too far out', `${MAP}   d: 4\n${MAP}`, [/^4:1 the indentation of this line, 3 spaces, is that of no key above it$/]],
    [
      'a key too far in',
      `${MAP}      d: 4\n  # a note\n${MAP}`,
      [/^3:\d+ this line has its value, and the next one is further in/],
    ],
    [
      'every line of two maps further in than the first',
      `a:\n b: 1\n  c: 1\n  d: 1\n  e: 1\nb:\n f: 1\n  g: 1\n`,
      [/^2:\d+ this line has/],
    ],
    ['two colons', 'a:\n  b: c: d\n  e: f: g\n', [/^2:\d+ YAML cannot read this: nested mappings/]],
    ['a tag, lost structure, and what follows', `a: !x 1\n${MAP}   d: 4\n---\nb: !x 1\n`, [/^5:1 the indentation/, /^1:4 tags/]],
    ['two faults', 'a: !x 1\nb:\n  constructor: 1\n', [/^1:4 tags/, /^3:3 constructor/]],
  ];
  test.each(table)('%s', (_, text, expected) => {
    const found = faultsOf(text);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  test('every fault has a remedy', () => {
    for (const [, text] of table) for (const fault of parseDocument(text, 'x').faults) expect(fault.remedy).toBeTruthy();
  });
});

describe('hostile text is refused in bounded work', () => {
  const table: [string, string, RegExp][] = [
    ['too large', `a: ${'x'.repeat(MAX_FILE_BYTES)}`, /larger than 1024 KB/],
    ['flow depth', `a: ${'['.repeat(200_000)}`, /nested deeper than 50/],
    ['block depth', '- '.repeat(200_000), /nested deeper than 50/],
    ['key depth', '? '.repeat(100_000), /nested deeper than 50/],
    ['map depth', '{a: '.repeat(100_000), /nested deeper than 50/],
    [
      'alias bomb',
      [
        'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
        ...Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
      ].join('\n'),
      /aliases make the file far larger/,
    ],
  ];
  test.each(table)('%s', (_, text, message) => {
    expect(faultsOf(text).some((fault) => message.test(fault))).toBe(true);
  });
});

test('a file of 1 MB with nothing but keys costs as much as it is long, not its square', () => {
  const { data, faults } = parseDocument(Array.from({ length: 90_000 }, (_, i) => `k${i}: 1`).join('\n'), 'x');
  expect(Object.keys(data as object)).toHaveLength(90_000);
  expect(faults).toEqual([]);
});

test('values are plain data of YAML 1.2, names have no prototype', () => {
  const { data, faults } = parseDocument('\uFEFFa: yes\nb: 0o17\n12: x\ntrue: y\nc: &c [1, ~]\nd: *c\n', 'x');
  expect(faults).toEqual([]);
  expect(Object.getPrototypeOf(data)).toBe(null);
  expect({ ...(data as object) }).toEqual({ a: 'yes', b: 15, 12: 'x', true: 'y', c: [1, null], d: [1, null] });
});

test('positions of keys, values, list entries, aliases and what is missing', () => {
  const { positions } = parseDocument('a:\n  b: 1\n  c: [x, &y z]\nd: *y\n', 'x');
  expect(positions(['a', 'b'], 'key')).toEqual({ line: 2, column: 3 });
  expect(positions(['a', 'b'], 'value')).toEqual({ line: 2, column: 6 });
  expect(positions(['a', 'c', 1], 'value')).toEqual({ line: 3, column: 13 });
  expect(positions(['d'], 'value')).toEqual({ line: 4, column: 4 });
  expect(positions(['a', 'missing', 'deeper'], 'value')).toEqual({ line: 1, column: 1 });
  expect(positions(['a', 'b', 'missing'], 'key')).toEqual({ line: 2, column: 3 });
});
