import { describe, expect, it } from 'vitest';
import { BUILT_IN } from './attributes.ts';
import { checkText, grouped, keepable, nearest } from './text.ts';

describe('text', () => {
  it('holds no U+0000 and no half pair', () => {
    expect(checkText('a😀')).toBe('a😀');
    expect(() => checkText('a\0')).toThrow(/U\+0000/);
    expect(() => checkText('\udc00')).toThrow(/surrogate/);
  });

  it('is said of a text without what it may not hold', () => {
    expect(keepable('a😀\udc00b\0c')).toBe('a😀\ufffdb\ufffdc');
  });

  it('has numbers that people can read', () => {
    expect([7, 999, 1000, 20_000, 1_234_567].map(grouped)).toEqual(['7', '999', '1,000', '20,000', '1,234,567']);
  });

  it('finds what was meant', () => {
    const known = ['employeeId', 'displayName', 'mail', 'mobile'];
    expect(nearest('employeId', known)).toBe('employeeId');
    expect(nearest('MAIL', known)).toBe('mail');
    expect(nearest('mial', known)).toBe('mail');
    expect(nearest('zzz', known)).toBe(null);
    expect(nearest('import', ['cycle', 'full-import', 'delta-import'])).toBe('full-import');
    expect(nearest('x'.repeat(100_000), ['x'.repeat(99_999)])).toBe(null);
  });
});

it('built-in attributes name themselves, and references name an existing kind', () => {
  for (const [kind, attributes] of BUILT_IN) {
    for (const [name, attribute] of attributes) {
      expect(attribute.name, kind).toBe(name);
      expect(attribute.type === 'reference').toBe(attribute.refersTo !== undefined);
      if (attribute.refersTo !== undefined) expect(BUILT_IN.has(attribute.refersTo)).toBe(true);
    }
  }
});
