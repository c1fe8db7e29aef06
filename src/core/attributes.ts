/**
 * The attributes every person and group has by default. A configuration may add attributes and kinds, and may change what
 * is said here; names follow what people call things, not one directory's schema.
 */
import type { AttributeType, Kind, Matching, ValueType } from './values.ts';

export interface BuiltInAttribute extends AttributeType {
  readonly name: string;
  readonly label: string;
  /** For references: the kind of what is referred to. */
  readonly refersTo?: Kind;
}

/** Attributes that people and groups are searched by unless a configuration says otherwise. */
export const SEARCHED: ReadonlySet<string> = new Set([
  'displayName',
  'name',
  'givenName',
  'familyName',
  'login',
  'mail',
  'aliases',
  'employeeId',
]);

/** The matching rule an attribute of a type has unless told otherwise. */
export function defaultMatching(type: ValueType): Matching {
  if (type === 'instant' || type === 'boolean' || type === 'integer') return type;
  return type === 'string' ? 'caseIgnore' : 'exact';
}

function one(
  name: string,
  label: string,
  type: ValueType = 'string',
  matching: Matching = defaultMatching(type),
): BuiltInAttribute {
  return { name, label, type, multi: false, matching };
}

function many(
  name: string,
  label: string,
  type: ValueType = 'string',
  matching: Matching = defaultMatching(type),
): BuiltInAttribute {
  return { name, label, type, multi: true, matching };
}

function refers(attribute: BuiltInAttribute, refersTo: Kind): BuiltInAttribute {
  return { ...attribute, refersTo };
}

const PERSON = [
  one('employeeId', 'Employee number'),
  one('login', 'Login'),
  one('displayName', 'Name'),
  one('givenName', 'Given name'),
  one('familyName', 'Family name'),
  one('middleName', 'Middle name'),
  one('initials', 'Initials'),
  one('honorific', 'Honorific'),
  one('mail', 'Mail'),
  one('privateMail', 'Private mail'),
  many('aliases', 'Mail aliases'),
  one('phone', 'Phone', 'string', 'telephone'),
  one('mobile', 'Mobile', 'string', 'telephone'),
  one('fax', 'Fax', 'string', 'telephone'),
  one('title', 'Title'),
  one('department', 'Department'),
  one('departmentNumber', 'Department number'),
  one('division', 'Division'),
  one('company', 'Company'),
  one('costCentre', 'Cost centre'),
  one('office', 'Office'),
  one('building', 'Building'),
  one('street', 'Street'),
  one('city', 'City'),
  one('region', 'Region'),
  one('postalCode', 'Postal code'),
  one('country', 'Country'),
  refers(one('manager', 'Manager', 'reference'), 'person'),
  refers(one('assistant', 'Assistant', 'reference'), 'person'),
  one('startDate', 'First day', 'date'),
  one('endDate', 'Last day', 'date'),
  one('birthDate', 'Birth date', 'date'),
  one('nationalId', 'National id'),
  one('employeeType', 'Employment type'),
  one('status', 'Status'),
  one('language', 'Language'),
  one('timeZone', 'Time zone', 'string', 'exact'),
  one('photo', 'Photo', 'binary'),
  many('urls', 'Web pages', 'string', 'exact'),
  one('description', 'Description'),
];

const GROUP = [
  one('name', 'Name'),
  one('displayName', 'Display name'),
  one('description', 'Description'),
  one('mail', 'Mail'),
  many('aliases', 'Mail aliases'),
  one('groupType', 'Type'),
  refers(one('owner', 'Owner', 'reference'), 'person'),
  refers(many('member', 'Members', 'reference'), 'person'),
];

/** Kind → attribute name → attribute. */
export const BUILT_IN: ReadonlyMap<Kind, ReadonlyMap<string, BuiltInAttribute>> = new Map([
  ['person', new Map(PERSON.map((attribute) => [attribute.name, attribute]))],
  ['group', new Map(GROUP.map((attribute) => [attribute.name, attribute]))],
]);
