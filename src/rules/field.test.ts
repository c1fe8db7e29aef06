import { describe, expect, it } from 'vitest';
import type { AttributeType } from '#core/values';
import { compileField, fieldValue } from './field.ts';

const TEXT: AttributeType = { type: 'string', multi: false, matching: 'caseIgnore' };
const NUMBER: AttributeType = { type: 'integer', multi: false, matching: 'integer' };
const DATE: AttributeType = { type: 'date', multi: false, matching: 'exact' };

function compiled(raw: object, type: AttributeType) {
  const faults: string[] = [];
  const field = compileField(new Map(Object.entries(raw)), type, (path, message) => faults.push(`${path.join('.')}: ${message}`));
  return { field, faults };
}

describe('what may be written into a field', () => {
  it.each<[string, AttributeType, object, unknown, unknown]>([
    ['text', TEXT, { pattern: '^[0-9]{4}$' }, '1234', '1234'],
    ['nothing', TEXT, { pattern: '^[0-9]{4}$' }, ' ', null],
    ['a choice', { ...TEXT, multi: true }, { choices: ['S', 'M'] }, ['M', 'S'], ['M', 'S']],
    ['a number', NUMBER, { min: 1, max: 9 }, '9', 9],
    ['a date', DATE, { min: '2026-01-01' }, '1.3.2026', '2026-03-01'],
  ])('%s', (_, type, raw, typed, value) => {
    const { field, faults } = compiled(raw, type);
    expect(faults).toEqual([]);
    expect(fieldValue(typed, { ...type, field })).toEqual(value);
  });

  it.each<[AttributeType, object, unknown, RegExp]>([
    [TEXT, { pattern: '^[0-9]{4}$' }, '12345', /does not match/],
    [TEXT, { pattern: '^a' }, 'a'.repeat(300), /too long for its pattern/],
    [TEXT, { minLength: 3 }, 'ab', /shorter than 3/],
    [{ ...TEXT, maxLength: 3 }, {}, 'abcd', /longer than the 3/],
    [TEXT, { choices: ['S', 'M'] }, 'XL', /none of the choices/],
    [NUMBER, { min: 1 }, 0, /less than 1/],
    [NUMBER, { max: 9 }, 10, /more than 9/],
    [DATE, { max: '2026-01-01' }, '2026-01-02', /more than 2026-01-01/],
    [NUMBER, {}, 'nine', /./],
  ])('%j with %j does not take %j', (type, raw, typed, message) => {
    const { field } = compiled(raw, type);
    expect(() => fieldValue(typed, { ...type, field })).toThrow(message);
  });
});

it('every fault of a field is reported where it stands', () => {
  expect(compiled({ pattern: '(a+)+', minLength: 4 }, { ...TEXT, maxLength: 3 }).faults).toEqual([
    expect.stringMatching(/^pattern: /),
    'minLength: is more than maxLength, 3',
  ]);
  expect(compiled({ min: 3, max: 2, pattern: 'x' }, NUMBER).faults).toEqual([
    'pattern: is for text, and this is integer',
    'min: is more than max, 2',
  ]);
  expect(compiled({ min: 1 }, TEXT).faults).toEqual(['min: is for numbers and dates, and this is string']);
  expect(compiled({ choices: ['x', 2] }, NUMBER).faults).toEqual([expect.stringMatching(/^choices.0: /)]);
  expect(compiled({ choices: [] }, TEXT).faults).toEqual(['choices: must be a list with something in it']);
  const { field, faults } = compiled({ see: ['self', 'boss'], edit: 'administrator' }, TEXT);
  expect(faults).toEqual([expect.stringMatching(/^see.1: there is no role 'boss'/)]);
  expect([field.see, field.edit]).toEqual([['self'], ['administrator']]);
});
