/**
 * What every directory agrees on about common attributes (RFC 4519, RFC 2798, RFC 4530, Active Directory): how a name is
 * spelled, whether its values are bytes, DNs or instants, whether there can be several. An attribute that is not listed is
 * text with any number of values, as LDAP's own default is.
 */
import type { AttributeType, Matching, ValueType } from '#core/values';

interface Hint {
  readonly name: string;
  readonly type: ValueType;
  readonly multi: boolean;
  readonly matching: Matching;
  readonly readOnly: boolean;
}

/** `name` = several values, `name!` = one, `name*` = the directory itself sets it and it has one. */
const LISTS: readonly (readonly [ValueType, Matching, string])[] = [
  [
    'string',
    'caseIgnore',
    'objectClass cn sn givenName initials displayName! mail uid ou o c! l st street postalAddress postalCode title description ' +
      'employeeNumber! employeeType departmentNumber carLicense roomNumber preferredLanguage! businessCategory ' +
      'labeledURI physicalDeliveryOfficeName registeredAddress postOfficeBox gecos! homeDirectory! loginShell! dc! ' +
      'sAMAccountName! userPrincipalName! mailNickname! company! department! division! employeeID! wWWHomePage! co! info! ' +
      'generationQualifier personalTitle! proxyAddresses memberUid name* canonicalName* structuralObjectClass*',
  ],
  ['string', 'exact', 'homePostalAddress entryUUID* userPassword entryCSN*'],
  ['string', 'telephone', 'telephoneNumber mobile pager homePhone facsimileTelephoneNumber otherTelephone otherMobile ipPhone!'],
  [
    'reference',
    'dn',
    'manager secretary assistant! owner member uniqueMember seeAlso managedBy! roleOccupant ' +
      'distinguishedName* memberOf directReports creatorsName* modifiersName* entryDN* subschemaSubentry*',
  ],
  ['binary', 'exact', 'jpegPhoto photo audio thumbnailPhoto! thumbnailLogo! userCertificate userSMIMECertificate userPKCS12'],
  ['binary', 'exact', 'cACertificate certificateRevocationList authorityRevocationList crossCertificatePair'],
  ['binary', 'exact', 'objectGUID* objectSid* nTSecurityDescriptor! logonHours! mS-DS-ConsistencyGuid! unicodePwd! sIDHistory'],
  ['binary', 'exact', 'msExchMailboxGuid! msExchMailboxSecurityDescriptor! userParameters!'],
  ['instant', 'instant', 'createTimestamp* modifyTimestamp* whenCreated* whenChanged*'],
  ['integer', 'integer', 'uidNumber! gidNumber! userAccountControl! groupType! primaryGroupID! uSNChanged* uSNCreated*'],
];

/** Directory and server attributes written by nobody else, some with several values. */
const READ_ONLY = new Set(['memberof', 'directreports']);

const HINTS: ReadonlyMap<string, Hint> = new Map(
  LISTS.flatMap(([type, matching, names]) =>
    names.split(' ').map((word): [string, Hint] => {
      const name = word.replace(/[!*]$/, '');
      const readOnly = word.endsWith('*') || READ_ONLY.has(name.toLowerCase());
      return [name.toLowerCase(), { name, type, multi: name === word, matching, readOnly }];
    }),
  ),
);

/** The usual spelling of an attribute type, or undefined where none is agreed. */
export function usualSpelling(type: string): string | undefined {
  return HINTS.get(type.toLowerCase())?.name;
}

/** Values are bytes, whatever they look like: by the attribute's nature or by the option `binary` (RFC 4522). */
export function isBinary(type: string, options: readonly string[] = []): boolean {
  return options.includes('binary') || HINTS.get(type.toLowerCase())?.type === 'binary';
}

/** The type of an attribute description such as `mail` or `cn;lang-de`. */
export function attributeHint(description: string): AttributeType & { readonly readOnly?: boolean } {
  const [type = '', ...options] = description.split(';');
  const hint = HINTS.get(type.toLowerCase());
  if (options.includes('binary')) return { type: 'binary', multi: true, matching: 'exact' };
  if (hint === undefined) return { type: 'string', multi: true, matching: 'caseIgnore' };
  const { type: valueType, multi, matching, readOnly } = hint;
  return { type: valueType, multi, matching, ...(readOnly ? { readOnly } : {}) };
}

const DESCRIPTION = /^(?:[a-z][a-z0-9-]*|\d+(?:\.\d+)*)(?:;[a-z0-9-]+)*$/i;

/**
 * The one spelling of an attribute description (RFC 4512 2.5): usual type name where there is one, options lower-case,
 * sorted, without doubles. Null for what is none.
 */
export function canonicalDescription(text: string): string | null {
  if (text.length > 255 || !DESCRIPTION.test(text)) return null;
  const [type = '', ...options] = text.split(';');
  const sorted = [...new Set(options.map((option) => option.toLowerCase()))].sort();
  return [usualSpelling(type) ?? type, ...sorted].join(';');
}
