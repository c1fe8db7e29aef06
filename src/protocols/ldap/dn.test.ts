/** What LDIF and LDAP rely on in core/dn: a value, however hostile, stays one value in one place. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeDnValue, normalDn, parentDn, parseDn } from '#core/dn';
import { parseLdif } from './ldif.ts';
import { formatEntry } from './ldif-write.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.constantFrom(
    ' ',
    '  ',
    '#',
    '#00',
    ' a ',
    'a,b=c',
    'x+cn=admin',
    '\\',
    '\\\\',
    'a\\',
    '"',
    '"a',
    ';dc=org',
    '\n',
    '\r\ndn: cn=b',
    '\0',
    '=',
    'ä\u0308',
    '<>',
    '\\2c',
  ),
);
const rdns = fc.array(hostile, { minLength: 1, maxLength: 4 });

test('escaped values come back as they were, each in its place', () => {
  fc.assert(
    fc.property(rdns, (values) => {
      const name = values.map((value) => `cn=${escapeDnValue(value)}`).join(',');
      expect(parseDn(name)?.map((rdn) => rdn.map((part) => part.value))).toEqual(values.map((value) => [value]));
      // Without a space at the very end, which a name seen as a whole does not count.
      fc.pre(!values.at(-1)!.endsWith(' '));
      const parent = values
        .slice(1)
        .map((value) => `cn=${escapeDnValue(value)}`)
        .join(',');
      const above = parentDn(name);
      expect(above === null ? '' : normalDn(above)).toBe(normalDn(parent));
    }),
    { numRuns: 1000 },
  );
});

test('a normal form is its own, and case and spaces around names do not count', () => {
  fc.assert(
    fc.property(rdns, (values) => {
      const key = normalDn(values.map((value) => `cn=${escapeDnValue(value)}`).join(','));
      expect(key).not.toBeNull();
      expect(normalDn(key!)).toBe(key);
      expect(normalDn(values.map((value) => ` CN = ${escapeDnValue(value)} `).join(' ; '))).toBe(key);
    }),
    { numRuns: 1000 },
  );
});

test('a name goes through LDIF unchanged, line breaks and all', () => {
  fc.assert(
    fc.property(rdns, (values) => {
      const dn = values.map((value) => `cn=${escapeDnValue(value)}`).join(',');
      const attributes = Object.assign(Object.create(null), { objectClass: ['person'] });
      expect(parseLdif(formatEntry(dn, attributes))).toMatchObject([{ type: 'entry', dn }]);
    }),
    { numRuns: 500 },
  );
});
