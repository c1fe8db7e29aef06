import { expect, it } from 'vitest';
import { entityTag, ifMatch, ifNoneMatch, versionOf } from './etag.ts';

const third = entityTag(3);

it('R20 a tag is a version', () => {
  expect(third).toBe('W/"3"');
  expect(versionOf(third)).toBe(3);
  expect(versionOf('"3"')).toBe(3);
  for (const other of ['3', 'W/"x"', '', 'W/3', '"3', '"99999999999999999999"']) expect(versionOf(other)).toBe(null);
});

it.each(['W/"3"', '"3"', '3', 'W/3', 'W/"1", W/"3"', '"1","3"', '*', ' * '])('R20 %s is the third version', (header) => {
  expect(ifMatch(header, third)).toBe(true);
  expect(ifNoneMatch(header, third)).toBe(false);
});

it.each(['W/"4"', '"33"', '', ',,,', 'W/', '"', `"${'3'.repeat(20_000)}"`])('R20 %s is another one', (header) => {
  expect(ifMatch(header, third)).toBe(false);
  expect(ifNoneMatch(header, third)).toBe(true);
});

it('R20 * means any that is there', () => {
  expect(ifMatch('*', null)).toBe(false);
  expect(ifNoneMatch('*', null)).toBe(true);
});

it('R20 without a header everything may go on', () => {
  expect(ifMatch(undefined, third)).toBe(true);
  expect(ifNoneMatch(undefined, third)).toBe(true);
});
