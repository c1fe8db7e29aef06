import { expect, test } from 'vitest';
import { ldapConfig } from './config.ts';

const settings = { url: 'ldaps://dc1.example.org', bind: 'anonymous', base: 'dc=example,dc=org' };

test.each([
  ['(memberOf=cn=staff,dc=example,dc=org)', 'memberOf'],
  ['(&(objectClass=user)(!(MEMBEROF:1.2.840.113556.1.4.1941:=cn=staff,dc=example,dc=org)))', 'memberOf'],
  ['(directReports=*)', 'directReports'],
])('a filter by what follows from other entries needs reads in full: %s', (filter, named) => {
  const refused = ldapConfig.safeParse({ ...settings, filter });
  expect(refused.error?.issues).toMatchObject([{ path: ['filter'], message: expect.stringContaining(named) }]);
  expect(ldapConfig.safeParse({ ...settings, filter, deltas: 'none' }).error).toBeUndefined();
  expect(ldapConfig.safeParse({ ...settings, filter: '(mail=*)' }).error).toBeUndefined();
});
