import { describe, expect, it } from 'vitest';
import { holds } from '#core/condition';
import { resourceTypes } from '../resource-types.ts';
import type { ScimAttribute, ScimResourceType } from '../schema.ts';
import { FilterError } from './ast.ts';
import { type CompileOptions, compileElement, compileFilter } from './compile.ts';
import { foldDocument, foldElement } from './document.ts';
import { keysIn, keysOf } from './keys.ts';
import { membersAsked, withMembers } from './members.ts';
import { parseFilter } from './parse.ts';

function attribute(name: string, more: Partial<ScimAttribute> = {}): ScimAttribute {
  return {
    name,
    type: 'string',
    multiValued: false,
    description: '',
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  };
}
const several = (name: string): ScimAttribute =>
  attribute(name, {
    type: 'complex',
    multiValued: true,
    subAttributes: [attribute('value'), attribute('type'), attribute('primary', { type: 'boolean' })],
  });
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const USER: ScimResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: '',
  schema: {
    id: 'urn:ietf:params:scim:schemas:core:2.0:User',
    name: 'User',
    description: '',
    attributes: [
      attribute('userName'),
      attribute('title'),
      attribute('active', { type: 'boolean' }),
      attribute('age', { type: 'integer' }),
      attribute('key', { type: 'binary' }),
      attribute('tags', { multiValued: true }),
      attribute('password', { returned: 'never' }),
      attribute('name', { type: 'complex', subAttributes: [attribute('givenName'), attribute('familyName')] }),
      several('emails'),
      several('roles'),
    ],
  },
  extensions: [
    {
      prefix: 'enterprise',
      required: false,
      schema: {
        id: ENTERPRISE,
        name: 'EnterpriseUser',
        description: '',
        attributes: [
          attribute('department'),
          attribute('manager', {
            type: 'complex',
            subAttributes: [attribute('value', { caseExact: true }), attribute('displayName')],
          }),
        ],
      },
    },
  ],
};
const ADA = {
  schemas: [USER.schema.id, ENTERPRISE],
  id: '2819c223',
  externalId: 'AbC',
  userName: 'Ada.Ångström@Example.org',
  title: '',
  active: true,
  age: 36,
  tags: ['Red', 'blue'],
  password: 'x',
  name: { givenName: 'Ada', familyName: 'Ångström' },
  emails: [
    { value: 'ada@home.example', type: 'home' },
    { value: 'Ada@Work.example', type: 'work', primary: true },
  ],
  roles: [],
  meta: { resourceType: 'User', lastModified: '2026-03-01T08:00:00Z' },
  [ENTERPRISE.toUpperCase()]: { Department: 'IT', manager: { value: 'B7', displayName: null } },
};
const asked = (text: string, options: CompileOptions = { unknown: 'error' }): boolean =>
  holds(compileFilter(parseFilter(text), USER, options), foldDocument(ADA, USER));
const refused = (text: string): string => {
  try {
    return String(asked(text));
  } catch (error) {
    if (error instanceof FilterError) return `${error.at}: ${error.message}`;
    throw error;
  }
};

describe('a folded resource', () => {
  it('has what is assigned, in the form in which it is compared', () => {
    expect(JSON.parse(JSON.stringify(foldDocument(ADA, USER)))).toEqual({
      schemas: [{ value: [USER.schema.id.toLowerCase()] }, { value: [ENTERPRISE.toLowerCase()] }],
      id: ['2819c223'],
      externalId: ['AbC'],
      userName: ['ada.ångström@example.org'],
      active: [true],
      age: [36],
      tags: [{ value: ['red'] }, { value: ['blue'] }],
      name: [{ givenName: ['ada'], familyName: ['ångström'] }],
      emails: [
        { value: ['ada@work.example'], type: ['work'], primary: [true] },
        { value: ['ada@home.example'], type: ['home'] },
      ],
      meta: [{ resourceType: ['User'], lastModified: [1_772_352_000_000] }],
      enterprise: [{ department: ['it'], manager: [{ value: ['B7'] }] }],
    });
  });

  it('keeps hostile names and texts out', () => {
    const hostile = JSON.parse('{"__proto__":{"userName":"x"},"constructor":1,"userName":"a\\u0000b\\ud800"}') as object;
    expect(JSON.stringify(foldDocument(hostile as { [name: string]: unknown }, USER))).toBe('{"userName":["a�b�"]}');
  });
});

describe('a filter', () => {
  it.each([
    'userName eq "ADA.Ångström@example.ORG"',
    'USERNAME sw "ada." and username ew ".org" and username co "A\u030a"',
    'urn:ietf:params:scim:schemas:core:2.0:user:userName eq "ada.ångström@example.org"',
    'externalId eq "AbC" and not (externalId eq "abc") and id eq "2819c223"',
    `${ENTERPRISE}:department eq "it" and department eq "It" and ${ENTERPRISE}:manager.value eq "B7"`,
    'manager eq "B7" and not (manager eq "b7")',
    'emails eq "ada@work.example" and emails.value co "home"',
    'emails[type eq "work"].value eq "ADA@work.example"',
    'not (emails[type eq "home" and primary eq "True"])',
    'emails[primary eq "True"].type eq "work"',
    'tags eq "RED" and tags[value eq "blue"] and tags.value ne "red"',
    'active eq true and active eq "True" and active ne false',
    'age gt 35 and age le 36 and age eq "36"',
    'meta.lastModified ge "2026-03-01T09:00:00+01:00" and meta.lastModified lt "2026-03-01T08:00:00.001Z"',
    'schemas eq "URN:ietf:params:scim:schemas:core:2.0:User"',
    'name pr and not (title pr) and title eq null and title eq "" and not (title ne null) and not (roles pr)',
    'title ne "x" and roles ne "x" and nickname ne "x" and nickname eq null and not (nickname eq "x" or nickname pr)',
    'userName gt "ada" and userName lt "adb"',
    'not (name.givenName sw "ada ") and not (name.givenName co " ")',
  ])('holds: %s', (text) => expect(asked(text, { unknown: 'noMatch' })).toBe(true));

  it.each([
    ['active gt true', 'boolean values are not compared with gt'],
    ['key ge "x"', 'binary values are not compared with ge'],
    ['age co "3"', 'integer values are not compared with co'],
    ['active eq "yes"', 'true or false'],
    ['age eq "x"', 'a number'],
    ['userName eq 1', 'text in double quotes'],
    ['userName gt null', 'null is compared with eq and ne'],
    ['meta.created eq "yesterday"', 'an instant'],
    ['meta.created sw "2026"', 'dateTime values are not compared with sw'],
    ['name eq "x"', 'sub-attributes'],
    ['nickname eq "x"', 'no schema'],
    ['name.nick pr', 'no schema'],
    ['urn:other:User:userName pr', 'no schema'],
    ['userName[value eq "x"]', 'brackets'],
    ['emails[name.x pr]', 'no schema'],
    ['password eq "x"', 'never shown'],
    ['constructor pr', 'no schema'],
  ])('is refused: %s', (text, why) => expect(refused(text)).toContain(why));

  it('says where, in a filter of several', () => expect(refused('userName pr and age co "3"')).toMatch(/^17: /));

  it('between brackets is asked of one value', () => {
    const emails = USER.schema.attributes.find(({ name }) => name === 'emails')!;
    const work = compileElement(parseFilter('Type eq "WORK" and not (primary eq true)'), emails, { unknown: 'error' });
    expect(
      [{ type: 'Work', value: 'x' }, { type: 'work', primary: true }, 'x'].map((one) => holds(work, foldElement(one, emails))),
    ).toEqual([true, false, false]);
  });

  const keyed = new Set(['userName', 'externalId', 'emails.value']);
  it.each([
    ['userName eq "A" and title eq "x"', ['userName=a']],
    ['title eq "x" and (userName eq "a" or emails[type eq "work"].value eq "B")', ['userName=a', 'emails.value=b']],
    ['userName eq "a" or title eq "x"', null],
    ['not (userName eq "a")', null],
    ['userName ne "a" or userName sw "a"', null],
    ['(userName eq "a" or userName eq "b") and emails eq "c"', ['emails.value=c']],
  ])('is found by keys: %s', (text, keys) => {
    const found = keysOf(compileFilter(parseFilter(text), USER, { unknown: 'error' }), keyed);
    expect(found?.map(({ path, norm }) => `${path}=${norm}`) ?? null).toEqual(keys);
  });

  it('finds a document by the keys that are kept of it', () =>
    expect(keysIn(foldDocument({ ...ADA, emails: [...ADA.emails, { value: 'ADA@home.example' }] }, USER), keyed)).toEqual([
      { path: 'userName', norm: 'ada.ångström@example.org' },
      { path: 'externalId', norm: 'AbC' },
      { path: 'emails.value', norm: 'ada@work.example' },
      { path: 'emails.value', norm: 'ada@home.example' },
    ]));

  it('about members is one about the groups that have them', () => {
    const [, group] = resourceTypes([]);
    const asked = (text: string) => compileFilter(parseFilter(text), group!, { unknown: 'error' });
    const condition = asked('id eq "g1" and (members eq "U1" or members[value eq "u2"]) and not (members.value eq "u3")');
    expect(membersAsked(condition)).toEqual(['U1', 'u2', 'u3']);
    const groups: { readonly [member: string]: readonly string[] } = { U1: ['g1', 'g2'], u2: [], u3: ['g2'] };
    const found = withMembers(condition, (member) => groups[member]!);
    expect(['g1', 'g2'].map((id) => holds(found, foldDocument({ id }, group!)))).toEqual([true, false]);
    for (const text of [
      'members pr',
      'members ne "u1"',
      'members.value sw "u"',
      'members[value eq "u" and type eq "User"]',
      'members.type eq "User"',
    ])
      expect(() => membersAsked(asked(text)), text).toThrow(FilterError);
  });
});
