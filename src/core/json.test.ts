import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from './json.ts';

test('a name with an escape is itself, whatever was read before', () => {
  parseJson('{"id":"1","\\\\\\\\":1}');
  expect(Object.keys(parseJson('{"id":"1","\\\\_":2}') as object)).toEqual(['id', '\\_']);
  parseJson('{"x1":1,"\\\\u":2}');
  expect(Object.keys(parseJson('{"x1":"1","\\u0041b":1}') as object)).toEqual(['x1', 'Ab']);
});

test('any value comes back from its text, wherever its names are escaped', () => {
  const name = fc.string({ unit: fc.constantFrom('a', '\\', '"', 'u', '0', ':', '_', '\n', 'é'), maxLength: 4 });
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: 'small' }, fc.integer(), name, fc.array(tie('any'), { maxLength: 3 }), tie('object')),
    object: fc.dictionary(fc.oneof(name, fc.constant('__proto__')), tie('any'), { maxKeys: 4 }),
  })).object;
  fc.assert(
    fc.property(value, fc.boolean(), (given, spaced) => {
      const text = JSON.stringify(given, null, spaced ? 1 : 0);
      expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(given));
    }),
    { numRuns: 2_000 },
  );
});

test('a name that comes twice has its last value; what is no JSON is no JSON', () => {
  expect(parseJson('{"a\\\\":1,"a\\\\":2}')).toEqual({ 'a\\': 2 });
  for (const text of ['{"\\', '{"\\":1', '{"a\\\\":1}}', '"\\']) expect(() => parseJson(text)).toThrow(SyntaxError);
});

test('long and deep texts take no longer than they are long', () => {
  const long = JSON.stringify({ 'a\\': '\\"'.repeat(500_000) });
  expect((parseJson(long) as { [name: string]: string })['a\\']!.length).toBe(1_000_000);
  expect(parseJson(`${'{"\\\\":'.repeat(5_000)}1${'}'.repeat(5_000)}`)).toHaveProperty(['\\']);
});
