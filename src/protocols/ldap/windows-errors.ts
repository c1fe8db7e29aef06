/**
 * What Active Directory adds to a result code, in the text beside it: an error number of Windows as the first eight hex digits (MS-ERREF
 * 2.2), and often the attribute. One result code stands for many of them. Samba uses the same numbers with words of its own.
 */
import type { ErrorKind } from '#core/errors';
import type { LdapResult } from './responses.ts';
import { INVALID_CREDENTIALS } from './result-codes.ts';

export interface WindowsError {
  /** In words; null: the code says it as well. The text of the server may hold values, and is not shown where there are words. */
  readonly words: string | null;
  readonly kind?: ErrorKind;
  readonly remedy?: string;
  readonly attribute?: string;
}

const OTHER_NAME = 'choose another one, or join with the account that is there';
const taken = (attribute: string): WindowsError => ({
  words: `another entry has this ${attribute}`,
  kind: 'conflict',
  remedy: OTHER_NAME,
  attribute,
});
const REFERS: WindowsError = {
  words: 'it refers to an entry that is not there',
  kind: 'invalidValue',
  remedy: 'the entry was deleted or moved in the directory: the next import sees it',
};
const PASSWORD: WindowsError = {
  words: 'the password is none that the policy of the domain takes',
  kind: 'invalidValue',
  remedy:
    'give a longer one of more kinds of characters, and none that the account had; an account without one cannot be enabled',
  attribute: 'unicodePwd',
};

const ERRORS: ReadonlyMap<string, WindowsError> = new Map([
  ['00000524', taken('sAMAccountName')],
  ['00000526', taken('sAMAccountName')],
  ['00000561', taken('sAMAccountName')],
  ['00000525', REFERS],
  ['000020B5', REFERS],
  ['0000052D', PASSWORD],
  ['000021C7', taken('servicePrincipalName')],
  ['000021C8', taken('userPrincipalName')],
]);

/** Why a bind is refused: `data 52e` in the text. */
const BINDS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['525', ['there is no such account', 'see that the DN, or name@domain, is that of an account']],
  ['52e', ['the password is wrong, or there is no such account', 'give the password of the account']],
  ['530', ['the account may not sign in at this hour', 'let it sign in at any hour']],
  ['531', ['the account may not sign in from here', 'let it sign in from this machine']],
  ['532', ['the password has expired', 'set a new one, and let it not expire']],
  ['533', ['the account is disabled', 'enable it']],
  ['701', ['the account has expired', 'let it not expire']],
  ['773', ['the password must be changed first', 'set one that need not be changed']],
  ['775', ['the account is locked after wrong passwords', 'unlock it, and see who else uses it']],
]);

/** Null for what no Active Directory says. */
export function windowsError({ code, text }: Pick<LdapResult, 'code' | 'text'>): WindowsError | null {
  const number = /^([0-9a-f]{8}):/i.exec(text)?.[1]?.toUpperCase();
  if (code === INVALID_CREDENTIALS) {
    const bind = BINDS.get(/\bdata ([0-9a-f]{3})\b/.exec(text)?.[1] ?? '');
    return bind === undefined ? null : { words: bind[0], remedy: bind[1] };
  }
  // Samba has one number for several values that only one entry may have.
  const own = /\b(sAMAccountName|userPrincipalName) '.*' is already in use|\b(sAMAccountName) '.*' already in use/is.exec(text);
  if (own !== null) return taken((own[1] ?? own[2])!.toLowerCase() === 'samaccountname' ? 'sAMAccountName' : 'userPrincipalName');
  const known = number === undefined ? undefined : ERRORS.get(number);
  if (known !== undefined) return known;
  const attribute = /\bAtt [0-9a-f]+ \(([\w-]+)\)|\battribute '([\w-]+)' on entry|SINGLE-VALUE attribute ([\w-]+)/.exec(text);
  const named = attribute?.[1] ?? attribute?.[2] ?? attribute?.[3];
  if (named === undefined) return null;
  const wrong = text.includes('SINGLE-VALUE') || text.includes('not found in the schema');
  return { words: null, attribute: named, ...(wrong ? { kind: 'invalidValue' } : {}) };
}
