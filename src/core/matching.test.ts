import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldForSearch, words } from './fold.ts';
import { equivalent, normalForm } from './matching.ts';
import type { AttributeType, Matching, Value } from './values.ts';

const MATCHINGS: readonly Matching[] = ['exact', 'caseIgnore', 'dn', 'telephone', 'instant', 'boolean', 'integer'];
const odd = fc.constantFrom(
  '',
  ' ',
  'ß',
  'ẞ',
  'ς',
  'Σ',
  'İ',
  'ı',
  'é',
  'e\u0301',
  '\u00a0',
  '\u200b',
  '2026030100\u200b',
  'cn=a,dc=b',
  'CN = A , DC=B',
  'cn=a\\,b',
  '00',
  '+49',
  '1',
  '007',
  '-0',
  'TRUE',
  'yes',
  '20260301',
  '=',
  ',',
  '\\',
  '#',
  '+',
  '"',
  'oid.2.5.4.3=x',
  'tel:',
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(odd, { maxLength: 4 }).map((parts) => parts.join('')),
);

describe('normal form', () => {
  it.each(MATCHINGS)('%s changes nothing the second time', (matching) => {
    fc.assert(
      fc.property(text, (t) => {
        expect(normalForm(normalForm(t, matching), matching)).toBe(normalForm(t, matching));
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['caseIgnore', ' Jane   DOE ', 'jane doe'],
    ['caseIgnore', 'STRASSE', 'straße'],
    ['caseIgnore', 'Zoe\u0308', 'ZOË'],
    ['caseIgnore', 'ΟΔΟΣ', 'οδος'],
    ['caseIgnore', 'so\u00adft', 'soft'],
    ['exact', 'e\u0301', 'é'],
    ['telephone', '+49 (30) 12-34', '0049 30 1234'],
    ['telephone', 'tel:+49-30', '+49.30'],
    ['instant', '2026-03-01T09:00:00+01:00', '20260301080000.0Z'],
    ['boolean', 'TRUE', 'yes'],
    ['boolean', '0', 'false'],
    ['integer', '+007', '7'],
    ['dn', 'CN=Jane Doe,DC=Example,DC=org', 'cn = jane  doe ; dc=example,dc=ORG'],
    ['dn', 'cn=a\\2Cb,dc=x', 'cn="a,b",dc=x'],
    ['dn', 'uid=1+cn=x,dc=y', 'CN=x+UID=1,dc=y'],
    ['dn', 'OID.2.5.4.3=x', '2.5.4.3=X'],
    ['dn', 'cn=Z\\C3\\B6,dc=x', 'cn=zö,dc=x'],
  ] as const)('%s finds %j and %j the same', (matching, a, b) => {
    expect(normalForm(a, matching)).toBe(normalForm(b, matching));
  });

  it.each([
    ['exact', 'a', 'A'],
    ['caseIgnore', 'e', 'é'],
    ['caseIgnore', 'ı', 'i'],
    ['dn', 'cn=a,dc=b', 'cn=a\\,dc=b'],
    ['dn', 'cn=a+ou=b,dc=c', 'cn=a,ou=b,dc=c'],
    ['telephone', '123', '124'],
    ['integer', '1', '01x'],
    ['instant', '2026-03-01T09:00:00Z', '2026-03-01T09:00:01Z'],
  ] as const)('%s tells %j from %j', (matching, a, b) => {
    expect(normalForm(a, matching)).not.toBe(normalForm(b, matching));
  });
});

describe('equivalence', () => {
  const value: fc.Arbitrary<Value | undefined> = fc.oneof(
    text,
    fc.constantFrom(null, undefined, [], true, 1),
    fc.array(text, { maxLength: 3 }),
  );
  it.each(MATCHINGS)('%s is reflexive, symmetric and transitive', (matching) => {
    const type: AttributeType = { type: 'string', multi: true, matching };
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(equivalent(a, structuredClone(a), type)).toBe(true);
        expect(equivalent(a, b, type)).toBe(equivalent(b, a, type));
        if (equivalent(a, b, type) && equivalent(b, c, type)) expect(equivalent(a, c, type)).toBe(true);
      }),
    );
  });

  it('takes null, absent and the empty set as nothing, and sets as sets', () => {
    const type: AttributeType = { type: 'string', multi: true, matching: 'caseIgnore' };
    expect(equivalent(null, [], type)).toBe(true);
    expect(equivalent(undefined, 'a', type)).toBe(false);
    expect(equivalent(['a', 'B'], ['b', 'A', 'a'], type)).toBe(true);
    expect(equivalent(['a', 'b'], ['a'], type)).toBe(false);
    expect(equivalent({ blob: 'x', size: 1 }, { blob: 'y', size: 1 }, type)).toBe(false);
  });
});

describe('search folding', () => {
  it('finds names however they are typed', () => {
    expect(foldForSearch('Zoë Çelik-Øster Łukasz STRASSE ß')).toBe('zoe celik-oster lukasz strasse ss');
    expect(words("O'Brien, Anna-Lena anna")).toEqual(['o', 'brien', 'anna', 'lena']);
    fc.assert(
      fc.property(text, (t) => {
        expect(foldForSearch(foldForSearch(t))).toBe(foldForSearch(t));
      }),
    );
  });
});
