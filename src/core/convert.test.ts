import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convert } from './convert.ts';
import { RollcallError } from './errors.ts';
import type { AttributeType, ValueType } from './values.ts';

const type = (of: ValueType, more: Partial<AttributeType> = {}): AttributeType => ({
  type: of,
  multi: false,
  matching: 'exact',
  ...more,
});
const TYPES: readonly ValueType[] = ['string', 'integer', 'decimal', 'boolean', 'date', 'instant', 'binary', 'reference'];

describe('typed conversion', () => {
  it.each([
    ['boolean', 'TRUE', true],
    ['boolean', 'yes', true],
    ['boolean', 1, true],
    ['boolean', 'Off', false],
    ['boolean', '', null],
    ['integer', '0042', 42],
    ['integer', 7n, 7],
    ['integer', '9007199254740993', '9007199254740993'],
    ['integer', '-00', 0],
    ['integer', '+9007199254740993', '9007199254740993'],
    ['decimal', '1.50', '1.50'],
    ['decimal', 2.5, '2.5'],
    ['date', '1.3.2026', '2026-03-01'],
    ['date', new Date('2026-03-01T00:00:00Z'), '2026-03-01'],
    ['instant', '20260301080000Z', '2026-03-01T08:00:00.000Z'],
    ['instant', '2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['string', 12n, '12'],
    ['string', true, 'true'],
    ['string', '', ''],
    ['string', ['a'], 'a'],
    ['string', ['a', 'a'], 'a'],
    ['string', [], null],
    ['string', undefined, null],
    ['binary', { blob: 'ab', size: 2, more: 1 }, { blob: 'ab', size: 2 }],
  ] as const)('%s from %s', (to, raw, value) => expect(convert(raw, type(to))).toEqual(value));

  it.each([
    ['boolean', 'maybe'],
    ['integer', '1.5'],
    ['integer', 1.5],
    ['integer', '0x10'],
    ['decimal', '1e5'],
    ['decimal', Number.NaN],
    ['decimal', true],
    ['date', '03/01/2026'],
    ['instant', 'soon'],
    ['binary', 'text'],
    ['string', { a: 1 }],
    ['string', 'a\0b'],
    ['string', '\ud800'],
    ['string', Number.POSITIVE_INFINITY],
    ['string', ['a', 'b']],
    ['string', [['a']]],
  ] as const)('%s refuses %j', (to, raw) => {
    expect(() => convert(raw, type(to))).toThrowError(expect.objectContaining({ kind: 'invalidValue' }));
  });

  it('makes sets of what goes into many', () => {
    expect(convert('b', type('string', { multi: true }))).toEqual(['b']);
    expect(convert(['b', null, 'a', 'b'], type('string', { multi: true }))).toEqual(['a', 'b']);
    expect(convert(['10', '9', 9], type('integer', { multi: true }))).toEqual([9, 10]);
  });

  it('counts characters, not code units, and never cuts', () => {
    expect(convert('😀😀', type('string', { maxLength: 2 }))).toBe('😀😀');
    expect(() => convert('😀😀a', type('string', { maxLength: 2 }))).toThrow(/longer than the 2 characters/);
    expect(() => convert(['aaa'], type('string', { multi: true, maxLength: 2 }))).toThrow(/longer/);
  });

  it('changes nothing the second time, and fails only as invalidValue', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), fc.integer(), fc.float()),
        fc.constantFrom(...TYPES),
        fc.boolean(),
        (raw, to, multi) => {
          try {
            const once = convert(raw, type(to, { multi }));
            expect(convert(once, type(to, { multi }))).toEqual(once);
          } catch (error) {
            expect(error).toBeInstanceOf(RollcallError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
