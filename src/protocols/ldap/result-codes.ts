/** Result codes (RFC 4511 A, RFC 4533 4, RFC 4528 4, and what Active Directory adds in its text): what each means here, in one table. */
import type { ErrorKind } from '#core/errors';

export const TIME_LIMIT = 3;
export const SIZE_LIMIT = 4;
export const ADMIN_LIMIT = 11;
export const UNAVAILABLE_CRITICAL_EXTENSION = 12;
export const NO_SUCH_ATTRIBUTE = 16;
export const INAPPROPRIATE_MATCHING = 18;
export const CONSTRAINT_VIOLATION = 19;
export const VALUE_EXISTS = 20;
export const NO_SUCH_OBJECT = 32;
export const OBJECT_CLASS_VIOLATION = 65;
export const INVALID_CREDENTIALS = 49;
export const INSUFFICIENT_ACCESS = 50;
export const UNWILLING = 53;
export const NOT_ON_NON_LEAF = 66;
export const ENTRY_EXISTS = 68;
export const ASSERTION_FAILED = 122;
export const SYNC_REFRESH_REQUIRED = 4096;

interface Meaning {
  readonly name: string;
  readonly kind: ErrorKind;
  readonly remedy?: string;
}

const LATER = 'it is tried again later';
const SCHEMA = "write what the directory's schema allows, or leave the attribute out of the export rule";

const MEANINGS: ReadonlyMap<number, Meaning> = new Map(
  Object.entries({
    1: ['operationsError', 'internal', 'read what the server logged'],
    2: ['protocolError', 'internal', 'the server does not know this request: read what it logged'],
    3: ['timeLimitExceeded', 'unavailable', "raise the server's time limit for the account that Rollcall binds as"],
    4: [
      'sizeLimitExceeded',
      'permission',
      "raise the server's size limit for the account that Rollcall binds as, or let it page",
    ],
    7: ['authMethodNotSupported', 'configuration', 'bind in a way that the server knows'],
    8: ['strongerAuthRequired', 'configuration', 'use ldaps, or startTls: true: the server takes no password in the clear'],
    9: ['partialResults', 'unavailable', LATER],
    10: ['referral', 'configuration', 'name the server that holds these entries, or make a connection of its own for it'],
    11: ['adminLimitExceeded', 'permission', 'read fewer entries a page (pageSize), or raise the limit of the account'],
    12: [
      'unavailableCriticalExtension',
      'configuration',
      'the server lacks a control: choose another way with deltas, or vendor',
    ],
    13: ['confidentialityRequired', 'configuration', 'use ldaps, or startTls: true'],
    14: ['saslBindInProgress', 'authentication', 'the server wants another kind of SASL bind'],
    16: ['noSuchAttribute', 'conflict', LATER],
    17: ['undefinedAttributeType', 'invalidValue', SCHEMA],
    18: ['inappropriateMatching', 'configuration', 'compare this attribute in another way in the filter'],
    19: ['constraintViolation', 'invalidValue', SCHEMA],
    20: ['attributeOrValueExists', 'invalidValue', SCHEMA],
    21: ['invalidAttributeSyntax', 'invalidValue', SCHEMA],
    32: ['noSuchObject', 'notFound', 'see that the entry, and what it stands below, is there, and may be seen by the account'],
    33: ['aliasProblem', 'internal', 'read what the server logged'],
    34: ['invalidDNSyntax', 'invalidValue', 'see that the rule makes a name such as uid=ada,ou=people,dc=example,dc=org'],
    48: ['inappropriateAuthentication', 'authentication', 'give a DN and its password'],
    49: ['invalidCredentials', 'authentication', 'see that the DN and the password are those of an account that may sign in'],
    50: ['insufficientAccessRights', 'permission', 'give the account that Rollcall binds as the right to do this'],
    51: ['busy', 'unavailable', LATER],
    52: ['unavailable', 'unavailable', LATER],
    53: ['unwillingToPerform', 'permission', 'the server refuses to do this: read its words'],
    54: ['loopDetect', 'configuration', 'read what the server logged'],
    64: ['namingViolation', 'invalidValue', 'the name does not fit the classes of the entry, or its place'],
    65: ['objectClassViolation', 'invalidValue', SCHEMA],
    66: ['notAllowedOnNonLeaf', 'permission', 'other entries stand below it: move or delete them first'],
    67: ['notAllowedOnRDN', 'invalidValue', 'the value is part of the name: rename the entry in the same change'],
    68: ['entryAlreadyExists', 'conflict', 'choose another name, or join with the entry that is there'],
    69: ['objectClassModsProhibited', 'invalidValue', SCHEMA],
    71: ['affectsMultipleDSAs', 'invalidValue', 'move entries within one server'],
    80: ['other', 'internal', 'read what the server logged'],
    118: ['canceled', 'unavailable', LATER],
    122: ['assertionFailed', 'conflict', 'somebody else changed the entry meanwhile: it is read again first'],
    4096: ['e-syncRefreshRequired', 'conflict', 'it is read in full'],
  } satisfies { readonly [code: string]: readonly [string, ErrorKind, string] }).map(([code, [name, kind, remedy]]) => [
    Number(code),
    { name, kind: kind as ErrorKind, remedy },
  ]),
);

/** The server showed less than there is. */
export function isLimit({ code }: { readonly code: number }): boolean {
  return code === SIZE_LIMIT || code === TIME_LIMIT || code === ADMIN_LIMIT;
}

export function meaningOf(code: number): Meaning {
  return MEANINGS.get(code) ?? { name: `result ${code}`, kind: 'internal', remedy: 'read what the server logged' };
}
