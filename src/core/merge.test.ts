import { expect, test } from 'vitest';
import { mergeChanges } from './merge.ts';

test('nothing else happened: it is as it was worked out', () => {
  expect(mergeChanges(null, '{"a":1}', null)).toBe('{"a":1}');
  expect(mergeChanges('{"a":1}', null, '{"a":1}')).toBeNull();
});

test('what was noted meanwhile stays', () => {
  expect(mergeChanges(null, '{"b":{"mail":["x"]}}', '{"a":1}')).toBe('{"a":1,"b":{"mail":["x"]}}');
  expect(mergeChanges('{"a":1,"b":2}', '{"b":2}', '{"a":1,"b":3}')).toBe('{"b":3}');
  expect(mergeChanges('{"a":1}', '{"a":1,"b":2}', null)).toBe('{"b":2}');
});

test('objects by name, lists whole', () => {
  expect(mergeChanges('{"u":{"x":[1]}}', '{"u":{"x":[1,2]}}', '{"u":{"x":[1],"y":[3]}}')).toBe('{"u":{"x":[1,2],"y":[3]}}');
  expect(mergeChanges('{"u":{"x":[1]}}', null, '{"u":{"x":[1]},"z":0}')).toBe('{"z":0}');
});

test('nothing left is no text', () => {
  expect(mergeChanges('{"a":1,"b":1}', '{"b":1}', '{"a":1}')).toBeNull();
});
