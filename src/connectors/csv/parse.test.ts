import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvFault, CsvParser } from './parse.ts';

interface Result {
  readonly rows: (readonly [line: number, ...fields: string[]])[];
  readonly faults: (readonly [fault: CsvFault, line: number])[];
  readonly passed: string;
}

function parse(input: string, cuts: readonly number[] = [], limit = 10_000, quote: string | null = '"'): Result {
  const rows: (readonly [number, ...string[]])[] = [];
  const faults: (readonly [CsvFault, number])[] = [];
  let passed = '';
  const parser = new CsvParser({ delimiter: ',', quote }, limit, {
    row(fields, line, piece, from, to) {
      rows.push([line, ...fields]);
      expect(input.includes(piece.slice(from, to)) && to > from && (from === 0 || piece[from - 1] === '\n')).toBe(true);
    },
    fault: (fault, line) => faults.push([fault, line]),
    passed(piece, to) {
      passed += piece.slice(0, to);
    },
  });
  let at = 0;
  for (const cut of cuts.map((n) => n % (input.length + 1)).sort((a, b) => a - b)) {
    parser.push(input.slice(at, cut), false);
    at = cut;
  }
  parser.push(input.slice(at), false);
  parser.push('', true);
  return { rows, faults, passed };
}

test.each<[name: string, text: string, rows: (string | number)[][], faults?: (string | number)[][]]>([
  [
    'plain',
    'a,b\nc,d\n',
    [
      [1, 'a', 'b'],
      [2, 'c', 'd'],
    ],
  ],
  [
    'no newline at the end',
    'a,b\nc,d',
    [
      [1, 'a', 'b'],
      [2, 'c', 'd'],
    ],
  ],
  [
    'CRLF',
    'a,b\r\n"c",d\r\n',
    [
      [1, 'a', 'b'],
      [2, 'c', 'd'],
    ],
  ],
  [
    'blank lines',
    '\n\r\na\n\nb\n',
    [
      [3, 'a'],
      [5, 'b'],
    ],
  ],
  [
    'quoted newlines and delimiters',
    '"a\n1","b,2"\nc,"d\r\n"\n',
    [
      [1, 'a\n1', 'b,2'],
      [3, 'c', 'd\r\n'],
    ],
  ],
  ['doubled quotes', '"a ""b""",""""\n', [[1, 'a "b"', '"']]],
  ['a quote inside an unquoted field is text', '5" disk,b"\n', [[1, '5" disk', 'b"']]],
  [
    'empty fields',
    ',"",\n""\n',
    [
      [1, '', '', ''],
      [2, ''],
    ],
  ],
  ['text after a closing quote', '"a"b,c\nd,e\n', [[2, 'd', 'e']], [['afterQuote', 1]]],
  ['an open quote at the end', 'a,b\nc,"d\ne,f\n', [[1, 'a', 'b']], [['unterminated', 2]]],
  ['a doubled quote at the end', 'a,"b""', [], [['unterminated', 1]]],
  ['nothing', '', []],
])('%s', (_, text, rows, faults = []) => {
  const whole = parse(text);
  expect(whole).toMatchObject({ rows, faults, passed: text });
  // One character at a time it is the same.
  expect(
    parse(
      text,
      Array.from({ length: text.length }, (_, i) => i),
    ),
  ).toEqual(whole);
});

test('without a quote character a quote is text', () => {
  expect(parse('"a,b"\n', [], 100, null).rows).toEqual([[1, '"a', 'b"']]);
});

test('what is written is read, however the text is cut', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ', '😀'), maxLength: 6 });
  const row = fc.array(field, { minLength: 2, maxLength: 4 });
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(200), { maxLength: 5 }),
      (rows, end, cuts) => {
        const plain = (value: string) => (/[",\r\n]/.test(value) ? quoted(value) : value);
        for (const write of [quoted, plain]) {
          const text = rows.map((fields) => fields.map(write).join(',') + end).join('');
          const result = parse(text, cuts);
          expect(result.rows.map(([, ...fields]) => fields)).toEqual(rows);
          expect(result).toMatchObject({ faults: [], passed: text });
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('any text: never throws, loses nothing, and is the same however it is cut and whatever the limit leaves out', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '"', '\n', '\r', 'é'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(60), { maxLength: 6 }), fc.integer({ min: 1, max: 30 }), (input, cuts, limit) => {
      const whole = parse(input);
      const pieces = parse(input, cuts);
      expect(pieces).toEqual(whole);
      expect(whole.passed).toBe(input);
      const short = parse(input, cuts, limit);
      expect(short.passed).toBe(input);
      const left = new Set(short.faults.map(([, line]) => line));
      expect(short.rows).toEqual(whole.rows.filter(([line]) => !left.has(line)));
    }),
    { numRuns: 2000 },
  );
});

test('a record over the limit is left out, measured, and the next one is read', () => {
  const long = `"${'x\n'.repeat(600)}"`;
  for (const cuts of [[], [500], [3, 700, 1100]]) {
    expect(parse(`a,b\n${long},y\nc,d\n`, cuts, 1000)).toMatchObject({
      rows: [
        [1, 'a', 'b'],
        [603, 'c', 'd'],
      ],
      faults: [['overlong', 2]],
    });
  }
});
