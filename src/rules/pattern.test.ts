import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternFault } from './pattern.ts';

describe('patterns', () => {
  it.each([
    '^[a-z]+@[a-z]+$',
    '^E\\d{6}$',
    '(?:Dr|Prof)\\. ',
    '^\\p{L}+$',
    '[^)(|*]+',
    'a?b',
    '^(ab)+$',
    '\\(x\\)*',
    '^[a-z]+-?[a-z]+@[a-z.]+$',
    '^[a-z.]+@[a-z]+\\.(com|org|net|de)$',
  ])('%s is allowed', (pattern) => {
    expect(patternFault(pattern)).toBe(null);
  });
  it.each([
    '(a+)+',
    '(a|aa)+$',
    '(a?){30}',
    '((a))*(b*)*',
    '(x+x+)+y',
    '(a)\\1',
    '(?=a)b',
    '(?<n>a)',
    'a*b*c*',
    'a?'.repeat(12),
    `${'a?'.repeat(8)}a*a*b`,
    `^${'a?'.repeat(3)}a*a*a*b`,
    '(?:a|b)(?:c|d)(?:e|f)x*y*',
    '^a|x*y*z*',
    '^a*b*c*(?:d|e|f|g)',
    '(',
    '[',
    'x'.repeat(300),
    '(?:a{1,9}){1,9}',
  ])('%s is refused', (pattern) => {
    expect(patternFault(pattern)).not.toBe(null);
  });
  it('any text is judged', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('(', ')', '[', ']', '{', '}', '*', '+', '?', '|', '\\', 'a', '1', ',', '^', ':', '-', 'p'),
        }),
        (source) => {
          expect(['string', 'object']).toContain(typeof patternFault(source));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
