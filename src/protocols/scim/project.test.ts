import { describe, expect, it } from 'vitest';
import { ScimError } from './errors.ts';
import { selectionOf, showResource, wants } from './project.ts';
import { resourceTypes } from './resource-types.ts';
import type { ScimAttribute } from './schema.ts';
import { ENTERPRISE_URN, GROUP_URN, USER_URN } from './schemas.ts';

const plain: Omit<ScimAttribute, 'name' | 'returned'> = {
  type: 'string',
  multiValued: false,
  description: 'x',
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  uniqueness: 'none',
};
const OWN_URN = 'urn:example:own:1.0:User';
const attributes: ScimAttribute[] = [
  { ...plain, name: 'secret', returned: 'never' },
  { ...plain, name: 'costly', returned: 'request' },
  {
    ...plain,
    name: 'badge',
    returned: 'default',
    type: 'complex',
    subAttributes: [
      { ...plain, name: 'number', returned: 'default' },
      { ...plain, name: 'pin', returned: 'never' },
    ],
  },
];
const [USER, GROUP] = resourceTypes([
  {
    resourceType: 'User',
    extension: { schema: { id: OWN_URN, name: 'Own', description: 'x', attributes }, prefix: 'own', required: false },
  },
]) as [ReturnType<typeof resourceTypes>[number], ReturnType<typeof resourceTypes>[number]];
const baseUrl = 'https://idm.example.org/scim/v2';
const meta = { created: '2026-01-01T00:00:00.000Z', lastModified: '2026-01-02T00:00:00.000Z', version: 'W/"3"' };
const ada = {
  id: 'a/1',
  externalId: 'e',
  meta,
  userName: 'ada',
  name: { familyName: 'L', givenName: 'A' },
  emails: [{ type: 'work', value: 'a@b' }],
  [ENTERPRISE_URN]: { department: 'D', manager: { value: 'm 1' } },
  [OWN_URN]: { secret: 's', costly: 'c', badge: { number: '7', pin: '1' } },
};
const location = `${baseUrl}/Users/a%2F1`;

const asked = (attributes: string[] = [], excludedAttributes: string[] = []) =>
  selectionOf({ attributes, excludedAttributes }, USER);
const show = (attributes?: string[], excluded?: string[]): object =>
  JSON.parse(JSON.stringify(showResource(ada, USER, { baseUrl, selection: asked(attributes, excluded) })));

describe('a resource as it is shown', () => {
  it('R3 names exactly the schemas that are there, its address and its version', () => {
    expect(show()).toEqual({
      schemas: [USER_URN, ENTERPRISE_URN, OWN_URN],
      id: 'a/1',
      externalId: 'e',
      userName: 'ada',
      name: { familyName: 'L', givenName: 'A' },
      emails: [{ type: 'work', value: 'a@b' }],
      [ENTERPRISE_URN]: { department: 'D', manager: { value: 'm 1', $ref: `${baseUrl}/Users/m%201` } },
      [OWN_URN]: { badge: { number: '7' } },
      meta: { resourceType: 'User', ...meta, location },
    });
    expect(showResource({ id: '1', meta, userName: 'a' }, USER, { baseUrl, selection: asked() })['schemas']).toEqual([USER_URN]);
  });

  it('E12 the keys of meta are written as the RFC has them', () => {
    expect(Object.keys((show() as { meta: object }).meta).sort()).toEqual([
      'created',
      'lastModified',
      'location',
      'resourceType',
      'version',
    ]);
  });

  it('R4 what is never shown is not, what is costly on request', () => {
    expect(show([`${OWN_URN}:secret`, `${OWN_URN}:costly`, `${OWN_URN}:badge.pin`, 'password'])).toEqual({
      schemas: [USER_URN, OWN_URN],
      id: 'a/1',
      [OWN_URN]: { costly: 'c' },
    });
  });

  it('R11 attributes are shown alone, beside id and schemas', () => {
    expect(show(['USERNAME', 'name.givenName', 'unheardOf', 'a b', 'emails[type eq "x"]', '__proto__'])).toEqual({
      schemas: [USER_URN],
      id: 'a/1',
      userName: 'ada',
      name: { givenName: 'A' },
    });
    expect(show([ENTERPRISE_URN])).toMatchObject({ [ENTERPRISE_URN]: { department: 'D' } });
    expect(show([`${ENTERPRISE_URN}:manager.value`])).toEqual({
      schemas: [USER_URN, ENTERPRISE_URN],
      id: 'a/1',
      [ENTERPRISE_URN]: { manager: { value: 'm 1' } },
    });
    expect(show(['meta.location', `${USER_URN}:userName`])).toEqual({
      schemas: [USER_URN],
      id: 'a/1',
      userName: 'ada',
      meta: { location },
    });
    expect(show(['unheardOf'])).toEqual({ schemas: [USER_URN], id: 'a/1' });
  });

  it('R11 excludedAttributes are left out, but for what is always shown', () => {
    const rest = show([], ['id', 'schemas', 'userName', 'name.familyName', ENTERPRISE_URN, OWN_URN, 'meta', 'externalId']);
    expect(rest).toEqual({ schemas: [USER_URN], id: 'a/1', name: { givenName: 'A' }, emails: [{ type: 'work', value: 'a@b' }] });
  });

  it('R11 both are refused together', () => {
    expect(() => asked(['a'], ['b'])).toThrow(ScimError);
  });

  it('E3 the members of a group are shown where they are given, and asked for where they are wanted', () => {
    const group = { id: 'g', meta, displayName: 'G' };
    const members = [{ value: 'u', $ref: `${baseUrl}/Users/u`, type: 'User' }];
    const of = (attributes: string[], excludedAttributes: string[]) => selectionOf({ attributes, excludedAttributes }, GROUP);
    expect(showResource(group, GROUP, { baseUrl, selection: of([], []), lists: { members } })).toMatchObject({ members });
    expect(showResource(group, GROUP, { baseUrl, selection: of(['members.value'], []), lists: { members } })).toEqual({
      schemas: [GROUP_URN],
      id: 'g',
      members: [{ value: 'u' }],
    });
    expect(showResource(group, GROUP, { baseUrl, selection: of([], ['members']), lists: { members } })).not.toHaveProperty(
      'members',
    );
    expect(wants(of([], []), GROUP, 'members')).toBe('default');
    expect(wants(of(['Members'], []), GROUP, 'members')).toBe('asked');
    expect(wants(of([], ['members']), GROUP, 'members')).toBe('no');
    expect(wants(of(['displayName'], []), GROUP, 'members')).toBe('no');
  });
});
