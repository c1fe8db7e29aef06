import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalSet, imageText, parseImage, sameValue } from './canonical.ts';
import { type Attributes, attributes, type Scalar, type Value } from './values.ts';

const key = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', '1', '10', '2', 'é', '😀', '￿', 'a'),
);
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constantFrom({ blob: 'aa', size: 1 }, { blob: 'bb', size: 1 }),
);
const value: fc.Arbitrary<Value> = fc.oneof(scalar, fc.constant(null), fc.array(scalar).map(canonicalSet));
const image = fc.array(fc.tuple(key, value)).map(attributes);

/** Exact equality of whole objects; an undefined attribute is the same as none. */
function sameImage(a: Attributes, b: Attributes): boolean {
  if (a === b) return true;
  for (const name of Object.keys(a)) if (!sameValue(a[name], b[name])) return false;
  for (const name of Object.keys(b)) if (a[name] === undefined && b[name] !== undefined) return false;
  return true;
}

describe('image text', () => {
  it('comes back as it was, and is a fixed point', () => {
    fc.assert(
      fc.property(image, (a) => {
        const text = imageText(a);
        const back = parseImage(text);
        expect(Object.getPrototypeOf(back)).toBe(null);
        expect(sameImage(a, back)).toBe(true);
        expect(imageText(back)).toBe(text);
      }),
    );
  });

  it('is the same for the same attributes in any order, and differs for different ones', () => {
    fc.assert(
      fc.property(image, image, (a, b) => {
        expect(imageText(attributes(Object.entries(a).reverse()))).toBe(imageText(a));
        expect(imageText(a) === imageText(b)).toBe(sameImage(a, b));
      }),
    );
  });

  it('sorts keys by code unit, numbers among them, and agrees with canonical JSON', () => {
    expect(
      imageText(
        attributes([
          ['b', 1],
          ['10', 'x'],
          ['2', null],
          ['__proto__', 'y'],
        ]),
      ),
    ).toBe('{"10":"x","2":null,"__proto__":"y","b":1}');
    fc.assert(
      fc.property(image, (a) => {
        expect(canonicalJson(a)).toBe(imageText(a));
      }),
    );
  });

  it('leaves undefined out and gives no prototype anything', () => {
    const back = parseImage('{"__proto__":"p","a":1}');
    expect(Object.entries(back)).toEqual([
      ['__proto__', 'p'],
      ['a', 1],
    ]);
    expect(({} as { p?: unknown }).p).toBe(undefined);
    expect(imageText({ ...back, b: undefined as never, a: 2 } as never)).toBe('{"__proto__":"p","a":2}');
  });
});

describe('sets and equality', () => {
  it('a set does not depend on order or doubles', () => {
    fc.assert(
      fc.property(fc.array(scalar), (list) => {
        const set = canonicalSet(list);
        expect(canonicalSet([...list, ...list].reverse())).toEqual(set);
        expect(canonicalSet(set)).toBe(set);
        for (const item of list) expect(set.some((other) => sameValue(item, other))).toBe(true);
      }),
    );
  });

  it('tells absent from empty, text from number, and blobs by content', () => {
    expect(sameValue(undefined, null)).toBe(false);
    expect(sameValue('1', 1)).toBe(false);
    expect(sameValue(['1'], '1')).toBe(false);
    expect(sameValue({ blob: 'a', size: 1 }, { blob: 'a', size: 1 })).toBe(true);
    expect(sameValue({ blob: 'a', size: 1 }, { blob: 'b', size: 1 })).toBe(false);
  });
});

describe('canonical JSON', () => {
  it('refuses what has no JSON form, and endless depth', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(/no JSON form/);
    expect(() => canonicalJson({ f: () => 1 })).toThrow(/no JSON form/);
    const loop: { me?: unknown } = {};
    loop.me = loop;
    expect(() => canonicalJson(loop)).toThrow(/deeper than/);
    expect(
      canonicalJson(
        new Map<string, unknown>([
          ['b', [1, undefined]],
          ['a', { z: undefined, y: 'x' }],
        ]),
      ),
    ).toBe('{"a":{"y":"x"},"b":[1,null]}');
  });
});
