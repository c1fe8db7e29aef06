import { expect, test } from 'vitest';
import { windowsError } from './windows-errors.ts';

test.each([
  [68, '00000524: UpdErr: DSID-031A11E2, problem 6005 (ENTRY_EXISTS), data 0\n\0', 'conflict', 'sAMAccountName'],
  [68, "00002071: samldb: samAccountName 'ada' already in use!", 'conflict', 'sAMAccountName'],
  [19, "0000202F: samldb: userPrincipalName 'ada@lab.example' is already in use ", 'conflict', 'userPrincipalName'],
  [
    19,
    '000021C8: AtrErr: DSID-03200E98, #1:\n\t0: 000021C8: DSID-03200E98, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 90290 (userPrincipalName)',
    'conflict',
    'userPrincipalName',
  ],
  [53, '0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0', 'invalidValue', 'unicodePwd'],
  [
    19,
    '000020B5: AtrErr: DSID-03152DB2, #1:\n\t0: 000020B5: problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 9000a (manager)',
    'invalidValue',
    undefined,
  ],
  [
    19,
    '00002082: AtrErr: DSID-03151810, #1:\n\t0: 00002082: DSID-03151810, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att c (title):len 400',
    undefined,
    'title',
  ],
  [
    21,
    "0000200B: objectclass_attrs: attribute 'title' on entry 'CN=ada' contains at least one invalid value!",
    undefined,
    'title',
  ],
  [20, '0000200D: SINGLE-VALUE attribute mail on CN=ada specified more than once', 'invalidValue', 'mail'],
  [16, "acl_modify: attribute 'nosuch' on entry 'CN=ada' was not found in the schema!", 'invalidValue', 'nosuch'],
])('%i %s', (code, text, kind, attribute) => {
  const { kind: found, attribute: named, words } = windowsError({ code, text })!;
  expect([found, named]).toEqual([kind, attribute]);
  expect(words ?? '').not.toMatch(/ada/);
});

test('a bind that is refused says why; what other servers say means nothing here', () => {
  const text = '80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 775, v3839';
  expect(windowsError({ code: 49, text })).toMatchObject({ words: 'the account is locked after wrong passwords' });
  expect(windowsError({ code: 49, text: '' })).toBeNull();
  expect(windowsError({ code: 19, text: 'Password fails quality checking policy' })).toBeNull();
});
