import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDeeper } from './depth.ts';

const nested = (levels: number, inner: unknown): unknown =>
  levels === 0 ? inner : nested(levels - 1, levels % 2 ? [inner] : { a: inner });

test('counts lists and objects in each other, and looks no further than it must', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), (levels, most) => {
      expect(isDeeper(nested(levels, 1), most)).toBe(levels > most);
    }),
  );
  expect(isDeeper(JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`), 32)).toBe(true);
});
