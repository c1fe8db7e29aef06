import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeDnValue, normalDn, parentDn } from '#core/dn';
import { depth, isWithin, nameKey, parentKey } from './names.ts';

const type = fc.constantFrom('cn', 'CN', 'ou', 'dc', 'uid', 'x-id');
const value = fc.oneof(
  fc.stringMatching(/^[\w.@'()-]{1,8}( [\w.@'()-]{1,5})?$/),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
);
const rdn = fc.tuple(type, value).map(([name, text]) => `${name}=${escapeDnValue(text)}`);
const dn = fc
  .tuple(fc.array(rdn, { minLength: 1, maxLength: 4 }), fc.constantFrom(',', ', ', ';'))
  .map(([names, comma]) => names.join(comma));

test('the quick key is the normal form, and the key of a key is itself', () => {
  fc.assert(
    fc.property(fc.oneof(dn, fc.string()), (name) => {
      expect(nameKey(name)).toBe(normalDn(name));
      const key = nameKey(name);
      if (key !== null) expect(nameKey(key)).toBe(key);
    }),
    { numRuns: 1000 },
  );
});

test('parents and depth agree with the DN itself, whatever the values hold', () => {
  fc.assert(
    fc.property(fc.array(rdn, { minLength: 1, maxLength: 4 }), (names) => {
      const name = names.join(',');
      const key = nameKey(name)!;
      expect(depth(key)).toBe(names.length);
      expect(parentKey(key)).toBe(names.length === 1 ? '' : normalDn(parentDn(name)!));
      for (let i = 0; i < names.length; i++) expect(isWithin(key, nameKey(names.slice(i).join(','))!)).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(isWithin('cn=a\\,dc=org', 'dc=org')).toBe(false);
  expect(isWithin('cn=a\\\\,dc=org', 'dc=org')).toBe(true);
  expect(isWithin('xdc=org', 'dc=org')).toBe(false);
});
