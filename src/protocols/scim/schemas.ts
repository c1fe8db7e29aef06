/**
 * The schemas of RFC 7643: User (4.1), its enterprise extension (4.3) and Group (4.2).
 * `canonicalValues` are suggestions: any other value is taken. Where text and listing of the RFC differ (references, binary values:
 * 2.3.6, 2.3.7), and for ids, `caseExact` is true, which is how they are compared.
 */
import type { ScimAttribute, ScimExtension, ScimSchema } from './schema.ts';

export const USER_URN = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP_URN = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE_URN = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

type More = Partial<Omit<ScimAttribute, 'name' | 'description'>>;

function attribute(name: string, description: string, more: More = {}): ScimAttribute {
  return {
    name,
    type: 'string',
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  };
}

const complex = (name: string, description: string, subAttributes: readonly ScimAttribute[], more: More = {}): ScimAttribute =>
  attribute(name, description, { type: 'complex', subAttributes, ...more });

interface Several {
  readonly value: string;
  readonly types?: readonly string[];
  readonly of?: More;
}

/** The default sub-attributes of several values (RFC 7643 2.4). */
function several(name: string, description: string, { value, types, of = {} }: Several): ScimAttribute {
  const type = types === undefined ? {} : { canonicalValues: types };
  return complex(
    name,
    description,
    [
      attribute('value', value, of),
      attribute('display', 'A name of this value for people to read.'),
      attribute('type', 'What this value is used for.', type),
      attribute('primary', 'Whether this value is the preferred one: at most one is.', { type: 'boolean' }),
    ],
    { multiValued: true },
  );
}

const EXACT: More = { caseExact: true };
const URL: More = { type: 'reference', caseExact: true, referenceTypes: ['external'] };
const READ: More = { mutability: 'readOnly' };

export const USER: ScimSchema = {
  id: USER_URN,
  name: 'User',
  description: 'A user account.',
  attributes: [
    attribute('userName', 'What the user signs in with.', { required: true, uniqueness: 'server' }),
    complex('name', 'The parts of the name of the user.', [
      attribute('formatted', 'The full name, for display.'),
      attribute('familyName', 'The family name, in many languages the last one.'),
      attribute('givenName', 'The given name, in many languages the first one.'),
      attribute('middleName', 'The middle names.'),
      attribute('honorificPrefix', 'What stands before the name: a title.'),
      attribute('honorificSuffix', 'What stands behind the name: III.'),
    ]),
    attribute('displayName', 'The name of the user, for display.'),
    attribute('nickName', 'What the user is called casually.'),
    attribute('profileUrl', 'The address of a page about the user.', URL),
    attribute('title', 'What the user is at work: Vice President.'),
    attribute('userType', 'The relation of the user to the organisation: Employee, Contractor.'),
    attribute('preferredLanguage', 'The language the user prefers, as in the header Accept-Language.'),
    attribute('locale', 'Where the user is, for formats of dates and numbers: en-US.'),
    attribute('timezone', 'The time zone of the user: Europe/Berlin.'),
    attribute('active', 'Whether the account may be used.', { type: 'boolean' }),
    attribute('password', 'Never kept and never shown.', { mutability: 'writeOnly', returned: 'never' }),
    several('emails', 'Mail addresses.', { value: 'The mail address.', types: ['work', 'home', 'other'] }),
    several('phoneNumbers', 'Phone numbers.', {
      value: 'The number.',
      types: ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
    }),
    several('ims', 'Addresses for instant messages.', {
      value: 'The address.',
      types: ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo'],
    }),
    several('photos', 'Photos, by their addresses.', {
      value: 'The address of the photo.',
      types: ['photo', 'thumbnail'],
      of: URL,
    }),
    complex(
      'addresses',
      'Postal addresses.',
      [
        attribute('formatted', 'The whole address, for display.'),
        attribute('streetAddress', 'Street, house, floor.'),
        attribute('locality', 'The city.'),
        attribute('region', 'The state or region.'),
        attribute('postalCode', 'The postal code.'),
        attribute('country', 'The country, as in ISO 3166-1 alpha-2.'),
        attribute('type', 'What this address is used for.', { canonicalValues: ['work', 'home', 'other'] }),
        attribute('primary', 'Whether this address is the preferred one: at most one is.', { type: 'boolean' }),
      ],
      { multiValued: true },
    ),
    complex(
      'groups',
      'The groups the user is a member of.',
      [
        attribute('value', 'The id of the group.', { ...EXACT, ...READ }),
        attribute('$ref', 'The address of the group.', {
          type: 'reference',
          ...EXACT,
          ...READ,
          referenceTypes: ['User', 'Group'],
        }),
        attribute('display', 'The name of the group.', READ),
        attribute('type', 'Whether the user is a member itself.', { ...READ, canonicalValues: ['direct', 'indirect'] }),
      ],
      { multiValued: true, ...READ },
    ),
    several('entitlements', 'What the user is entitled to.', { value: 'The entitlement.' }),
    several('roles', 'What the user is: Student, Faculty.', { value: 'The role.' }),
    several('x509Certificates', 'Certificates of the user.', {
      value: 'DER in base64.',
      of: { type: 'binary', ...EXACT },
    }),
  ],
};

export const ENTERPRISE_USER: ScimSchema = {
  id: ENTERPRISE_URN,
  name: 'EnterpriseUser',
  description: 'What an organisation knows of its user.',
  attributes: [
    attribute('employeeNumber', 'What the organisation numbers the user by.'),
    attribute('costCenter', 'The cost center.'),
    attribute('organization', 'The organisation.'),
    attribute('division', 'The division.'),
    attribute('department', 'The department.'),
    complex('manager', 'The manager of the user.', [
      attribute('value', 'The id of the user who is the manager.', EXACT),
      attribute('$ref', 'The address of the manager.', { type: 'reference', ...EXACT, ...READ, referenceTypes: ['User'] }),
      attribute('displayName', 'The name of the manager.', READ),
    ]),
  ],
};

export const GROUP: ScimSchema = {
  id: GROUP_URN,
  name: 'Group',
  description: 'A group of users and groups.',
  attributes: [
    attribute('displayName', 'The name of the group.', { required: true }),
    complex(
      'members',
      'The members of the group.',
      [
        attribute('value', 'The id of the member.', { ...EXACT, mutability: 'immutable' }),
        attribute('$ref', 'The address of the member.', {
          type: 'reference',
          ...EXACT,
          mutability: 'immutable',
          referenceTypes: ['User', 'Group'],
        }),
        attribute('display', 'The name of the member.', READ),
        attribute('type', 'What the member is.', { mutability: 'immutable', canonicalValues: ['User', 'Group'] }),
      ],
      { multiValued: true },
    ),
  ],
};

export const ENTERPRISE: ScimExtension = { schema: ENTERPRISE_USER, prefix: 'enterprise', required: false };
