import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#core/canonical';
import { refused } from '../../../test/scim.ts';
import { readNew } from './body.ts';
import { ScimError } from './errors.ts';
import { fromImage, toImage } from './image.ts';
import { applyPatch, type Patched } from './patch.ts';
import type { MemberEdits } from './patch-members.ts';
import { PATCH_URN } from './patch-operations.ts';
import type { Resource } from './resource.ts';
import { resourceTypes } from './resource-types.ts';
import { ENTERPRISE_URN, USER_URN } from './schemas.ts';

const [USER, GROUP] = resourceTypes([]) as [ReturnType<typeof resourceTypes>[number], ReturnType<typeof resourceTypes>[number]];

const user = (body: object = {}): Resource => ({
  ...readNew({ userName: 'ada', ...body }, USER, { tolerant: true }).resource,
  id: 'u1',
  meta: { version: 'W/"1"' },
});
const GROUP_1: Resource = { id: 'g1', displayName: 'G' };

const op = (name: string, path: string | undefined, value?: unknown): object => ({ op: name, path, value });
const body = (...operations: unknown[]): object => ({ schemas: [PATCH_URN], Operations: operations });

function done(patched: Patched): { readonly resource: Resource | 'unchanged'; readonly members: MemberEdits | null } {
  if ('memberFilters' in patched) throw new Error('it asks for members');
  return patched;
}
/** All but `id` and `meta`, as JSON tells it. */
function shown(resource: Resource | 'unchanged'): unknown {
  if (resource === 'unchanged') return resource;
  const { id: _, meta: __, ...rest } = JSON.parse(JSON.stringify(resource)) as Resource;
  return rest;
}
const tolerant = (present: Resource, ...operations: object[]): unknown =>
  shown(done(applyPatch(body(...operations), present, USER, { tolerant: true })).resource);
const strict = (present: Resource, ...operations: object[]): unknown =>
  shown(done(applyPatch(body(...operations), present, USER, { tolerant: false })).resource);
const members = (...operations: object[]): MemberEdits | null =>
  done(applyPatch(body(...operations), GROUP_1, GROUP, { tolerant: true })).members;

describe('PATCH as Entra sends it', () => {
  it('E6 op in any case, and an add that overwrites', () => {
    expect(
      tolerant(user({ title: 'A' }), op('Add', 'title', 'B'), op('Replace', 'displayName', 'D'), op('Remove', 'userType')),
    ).toEqual({
      userName: 'ada',
      title: 'B',
      displayName: 'D',
    });
    expect(refused(() => strict(user(), op('Add', 'title', 'B')))).toBe('400 invalidSyntax');
  });

  it('E7 booleans as text', () => {
    expect(tolerant(user({ active: true }), op('Replace', 'active', 'False'))).toEqual({ userName: 'ada', active: false });
    expect(refused(() => strict(user({ active: true }), op('replace', 'active', 'False')))).toBe('400 invalidValue');
  });

  it('E7 one replace without a path, with keys that are paths and URNs', () => {
    const value = {
      displayName: 'Ada L.',
      'name.givenName': 'Ada',
      'name.familyName': 'Lovelace',
      'emails[type eq "work"].value': 'ada@example.org',
      [`${ENTERPRISE_URN}:employeeNumber`]: '1815',
      [`${ENTERPRISE_URN}:manager`]: 'm1',
      'unheard.of': 1,
      unheard: 1,
      'un heard': 1,
    };
    expect(tolerant(user(), op('replace', undefined, value))).toEqual({
      userName: 'ada',
      displayName: 'Ada L.',
      name: { familyName: 'Lovelace', givenName: 'Ada' },
      emails: [{ type: 'work', value: 'ada@example.org' }],
      [ENTERPRISE_URN]: { employeeNumber: '1815', manager: { value: 'm1' } },
    });
    expect(refused(() => strict(user(), op('replace', undefined, { 'name.givenName': 'A' })))).toBe('400 invalidSyntax');
  });

  it('E8 a remove of members that names them removes these alone', () => {
    expect(members(op('Remove', 'members', [{ value: 'a' }, { value: 'b' }]))).toEqual({
      replace: null,
      add: [],
      remove: ['a', 'b'],
    });
    expect(members(op('Remove', 'members', []))).toBe(null);
    expect(refused(() => applyPatch(body(op('remove', 'members', [{ value: 'a' }])), GROUP_1, GROUP, { tolerant: false }))).toBe(
      '400 invalidValue',
    );
    expect(members(op('Add', 'members', [{ $ref: null, value: 'a' }]))).toEqual({ replace: null, add: ['a'], remove: [] });
  });

  it('E9 SCIM-SDK: an element that is not there is made, once, and later operations join it', () => {
    const address = (part: string, value: string) => op('Add', `addresses[type eq "work"].${part}`, value);
    expect(
      tolerant(
        user(),
        address('streetAddress', 'St James Square'),
        address('Locality', 'London'),
        address('country', 'GB'),
        op('Add', 'phoneNumbers[type eq "mobile"].value', '1'),
        op('Replace', 'PHONENUMBERS[TYPE EQ "MOBILE"].Value', '2'),
        op('Add', 'phoneNumbers[type eq "work"].value', '3'),
      ),
    ).toEqual({
      userName: 'ada',
      addresses: [{ country: 'GB', locality: 'London', streetAddress: 'St James Square', type: 'work' }],
      phoneNumbers: [
        { type: 'mobile', value: '2' },
        { type: 'work', value: '3' },
      ],
    });
    expect(refused(() => strict(user(), op('add', 'emails[type eq "work"].value', 'x')))).toBe('400 noTarget');
  });

  it('E9 a filter may compare a boolean with a text', () => {
    const roles = (value: string) => op('Add', 'roles[primary eq "True"].value', value);
    expect(tolerant(user(), roles('a'), roles('b'))).toEqual({ userName: 'ada', roles: [{ primary: true, value: 'b' }] });
  });

  it('E9 what a filter leaves open is not made', () => {
    for (const filter of ['type ne "work"', 'type eq "a" or type eq "b"', 'value pr', 'type eq "a" and type eq "b"'])
      expect(refused(() => tolerant(user(), op('add', `emails[${filter}].value`, 'x')))).toBe('400 noTarget');
    expect(tolerant(user(), op('remove', 'emails[type eq "work"]'))).toBe('unchanged');
    expect(tolerant(user(), op('add', 'emails[type eq "work"].value', ''))).toBe('unchanged');
  });

  it.each([['m2'], [{ value: 'm2' }], [[{ $ref: null, value: 'm2' }]]])('E10 a manager: %j', (value) => {
    const present = user({ manager: 'm1', department: 'D' });
    const after = { userName: 'ada', [ENTERPRISE_URN]: { department: 'D', manager: { value: 'm2' } } };
    for (const path of ['manager', `${ENTERPRISE_URN}:manager`, `${ENTERPRISE_URN.toUpperCase()}:Manager`])
      expect(tolerant(present, op('Add', path, value))).toEqual(after);
    expect(tolerant(present, op('replace', `${ENTERPRISE_URN}:manager.value`, 'm2'))).toEqual(after);
    expect(tolerant(present, op('replace', undefined, { [ENTERPRISE_URN]: { manager: value } }))).toEqual(after);
  });

  it('E10 a manager is taken away in more ways than one', () => {
    const present = { ...user(), [ENTERPRISE_URN]: { manager: { value: 'm1', displayName: 'M' } } };
    for (const one of [
      op('Remove', 'manager'),
      op('Remove', `${ENTERPRISE_URN}:manager`),
      op('Remove', 'manager.value'),
      op('Remove', ENTERPRISE_URN),
      op('Replace', 'manager', ''),
      op('Replace', 'manager', null),
      op('Replace', 'manager', []),
      op('Replace', 'manager', { value: '' }),
      op('Replace', undefined, { manager: null }),
    ])
      expect(tolerant(present, one)).toEqual({ userName: 'ada' });
    expect(tolerant(present, op('Replace', 'manager', 'm2'))).toEqual({
      userName: 'ada',
      [ENTERPRISE_URN]: { manager: { value: 'm2' } },
    });
  });

  it('E14 no operations are no change, or strictly a mistake', () => {
    expect(tolerant(user())).toBe('unchanged');
    expect(refused(() => strict(user()))).toBe('400 invalidSyntax');
  });
});

describe('PATCH as Okta sends it', () => {
  it('O4 active without a path', () => {
    expect(tolerant(user({ active: true }), op('replace', undefined, { active: false }))).toEqual({
      userName: 'ada',
      active: false,
    });
    expect(tolerant(user(), op('replace', undefined, { password: 'secret' }))).toBe('unchanged');
  });

  it('O6 a group is renamed with its id beside the name', () => {
    const rename = (id: string) =>
      applyPatch(body(op('replace', undefined, { id, displayName: 'H' })), GROUP_1, GROUP, { tolerant: true });
    expect(done(rename('g1'))).toEqual({ resource: { id: 'g1', displayName: 'H' }, members: null });
    expect(refused(() => rename('g2'))).toBe('400 mutability');
  });

  it('O6 members are removed and added in one request, replaced, and taken away without a path', () => {
    expect(members(op('remove', 'members[value eq "a"]'), op('add', 'members', [{ value: 'b', display: 'B' }]))).toEqual({
      replace: null,
      add: ['b'],
      remove: ['a'],
    });
    expect(members(op('replace', 'members', [{ value: 'a' }, { value: 'b' }]))).toEqual({
      replace: ['a', 'b'],
      add: [],
      remove: [],
    });
    expect(members(op('replace', undefined, { members: [] }))).toEqual({ replace: [], add: [], remove: [] });
    expect(members(op('replace', undefined, { displayName: 'H' }))).toBe(null);
  });

  it('J1 a member is removed by a value beside the path', () => {
    expect(members(op('remove', 'members', [{ value: 'a' }]))).toEqual({ replace: null, add: [], remove: ['a'] });
  });
});

describe('PATCH of members', () => {
  it('R15 is in order: the last word on a member counts', () => {
    expect(members(op('add', 'members', ['a', 'b']), op('remove', 'members[value eq "a"]'))).toEqual({
      replace: null,
      add: ['b'],
      remove: ['a'],
    });
    expect(members(op('remove', 'members', ['a']), op('add', 'members', ['a']))).toEqual({
      replace: null,
      add: ['a'],
      remove: [],
    });
    expect(
      members(
        op('add', 'members', ['x']),
        op('replace', 'members', ['a']),
        op('add', 'members', ['b']),
        op('remove', 'members', ['a']),
      ),
    ).toEqual({ replace: ['b'], add: [], remove: [] });
  });

  it('R17 without a filter, and without a value, the group is emptied', () => {
    expect(members(op('remove', 'members'))).toEqual({ replace: [], add: [], remove: [] });
  });

  it('R7 several may be named in a filter, sub-attributes are not for changing', () => {
    expect(members(op('remove', 'members[value eq "a" or value eq "b"]'))).toEqual({
      replace: null,
      add: [],
      remove: ['a', 'b'],
    });
    for (const path of ['members[value eq "a"].display', 'members[value eq "a"].value', 'members.value'])
      expect(refused(() => members(op('replace', path, 'x')))).toBe('400 mutability');
    expect(members(op('add', 'members[value eq "a"]'))).toEqual({ replace: null, add: ['a'], remove: [] });
  });

  it('any other filter is asked for first, then the same request goes on with the answer', () => {
    const request = body(op('add', 'members', ['a']), op('remove', 'members[type eq "Group"]'), op('add', 'members', ['b']));
    const asked = applyPatch(request, GROUP_1, GROUP, { tolerant: true });
    expect(asked).toMatchObject({ memberFilters: [{ compare: 'eq', value: 'Group' }] });
    expect(done(applyPatch(request, GROUP_1, GROUP, { tolerant: true, selected: [['b', 'c']] })).members).toEqual({
      replace: null,
      add: ['a', 'b'],
      remove: ['c'],
    });
    expect(refused(() => members(op('remove', 'members[type gt true]')))).toBe('400 invalidFilter');
  });

  it('scim-patch: a thousand members are added without a look at the group', () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => ({ value: `m${i}` }));
    expect(members(op('add', 'members', ids))!.add.length).toBe(1_000);
    expect(members(...ids.map((one) => op('remove', `members[value eq "${one.value}"]`)))!.remove.length).toBe(1_000);
  });

  it('LangWatch: a replace that is no rename leaves the members', () => {
    expect(members(op('replace', 'externalId', 'x'))).toBe(null);
  });
});

describe('PATCH by the RFC', () => {
  const present = user({
    title: 'T',
    emails: [
      { type: 'work', value: 'w', primary: true },
      { type: 'home', value: 'h' },
    ],
  });

  it('R2 scimmy: names may have the URN of their schema before them, in any case', () => {
    expect(strict(user(), op('replace', `${USER_URN.toUpperCase()}:NAME.givenname`, 'Ada'))).toEqual({
      userName: 'ada',
      name: { givenName: 'Ada' },
    });
    expect(strict(user(), op('add', ENTERPRISE_URN, { department: 'D' }))).toEqual({
      userName: 'ada',
      [ENTERPRISE_URN]: { department: 'D' },
    });
    expect(strict(user({ department: 'D' }), op('remove', `${ENTERPRISE_URN}:department`))).toEqual({ userName: 'ada' });
    expect(strict(user(), op('add', USER_URN, { title: 'T' }))).toEqual({ userName: 'ada', title: 'T' });
  });

  it('R4 what only this service writes is refused, what is unknown too', () => {
    for (const path of ['id', 'meta', 'meta.version', 'groups', 'groups[value eq "g"]', `${ENTERPRISE_URN}:manager.displayName`])
      expect([path, refused(() => tolerant(user(), op('replace', path, 'x')))]).toEqual([path, '400 mutability']);
    for (const path of ['unheardOf', 'name.unheardOf', 'department', 'urn:x:y:z']) {
      expect(refused(() => strict(user(), op('replace', path, 'x')))).toBe('400 invalidPath');
      if (path !== 'department') expect(tolerant(user(), op('replace', path, 'x'))).toBe('unchanged');
    }
  });

  it('R6 a new primary value takes it from the one before', () => {
    const primaries = (after: unknown) =>
      (after as { emails: { value: string; primary?: boolean }[] }).emails.filter((one) => one.primary).map((one) => one.value);
    for (const one of [
      op('add', 'emails', [{ type: 'other', value: 'o', primary: true }]),
      op('add', undefined, { emails: [{ type: 'other', value: 'o', primary: true }] }),
    ])
      expect(primaries(strict(present, one))).toEqual(['o']);
    expect(primaries(strict(present, op('replace', 'emails[type eq "home"].primary', true)))).toEqual(['h']);
    expect(primaries(tolerant(present, op('add', 'emails[type eq "other" and primary eq true].value', 'o')))).toEqual(['o']);
    const both = [op('replace', 'emails[type eq "home"].primary', true), op('replace', 'emails[type eq "work"].primary', true)];
    expect(primaries(strict(present, ...both))).toEqual(['w']);
    expect(refused(() => strict(present, op('replace', 'emails.primary', true)))).toBe('400 invalidValue');
  });

  it('R15 is all or nothing', () => {
    const before = JSON.stringify(present);
    expect(refused(() => tolerant(present, op('replace', 'title', 'X'), op('remove', 'emails'), op('replace', 'id', 'x')))).toBe(
      '400 mutability',
    );
    expect(JSON.stringify(present)).toBe(before);
  });

  it('R15 the body names its schema, and Operations in any case', () => {
    const patch = (of: object, is: boolean) => () => applyPatch(of, user(), USER, { tolerant: is });
    const operations = [op('replace', 'title', 'X')];
    expect(refused(patch({ operations }, true))).toBe('not refused');
    expect(refused(patch({ Operations: operations }, false))).toBe('400 invalidSyntax');
    expect(refused(patch({ schemas: [PATCH_URN], operations }, false))).toBe('400 invalidSyntax');
    for (const of of [null, [], { Operations: {} }, { Operations: [1] }, { Operations: [{ op: 'move' }] }, {}])
      expect(refused(patch(of as object, true))).toBe('400 invalidSyntax');
  });

  it('R16 an add that adds nothing is no change', () => {
    expect(strict(present, op('add', 'emails', [{ type: 'home', value: 'h' }]))).toBe('unchanged');
    expect(strict(present, op('add', undefined, { title: 'T', emails: [] }))).toBe('unchanged');
    expect(strict(present, op('replace', 'title', 'T'))).toBe('unchanged');
    expect(strict(present, op('remove', 'nickName'))).toBe('unchanged');
  });

  it('R16 an add merges, a replace takes the place', () => {
    expect(strict(user({ name: { givenName: 'A', familyName: 'L' } }), op('replace', 'name', { givenName: 'B' }))).toEqual({
      userName: 'ada',
      name: { familyName: 'L', givenName: 'B' },
    });
    expect(strict(present, op('replace', 'emails', [{ value: 'x' }]))).toMatchObject({ emails: [{ value: 'x' }] });
    expect(strict(present, op('add', 'emails', [{ value: 'x' }]))).toMatchObject({
      emails: [{ value: 'w' }, { value: 'h' }, { value: 'x' }],
    });
    expect(strict(present, op('replace', 'emails[type eq "home"]', { value: 'x' }))).toMatchObject({
      emails: [{ type: 'work' }, { value: 'x' }],
    });
    expect(tolerant(present, op('replace', 'emails[type eq "home"]', { value: 'x' }))).toMatchObject({
      emails: [{ type: 'work' }, { type: 'home', value: 'x' }],
    });
  });

  it('R16 a filter that selects nothing has no target', () => {
    for (const path of ['emails[type eq "other"]', 'emails[type eq "other"].value'])
      for (const name of ['add', 'replace', 'remove'])
        expect(refused(() => strict(present, op(name, path, { value: 'x' })))).toBe('400 noTarget');
  });

  it('R16 a remove has a path, and leaves what is required', () => {
    expect(refused(() => strict(user(), op('remove', undefined)))).toBe('400 noTarget');
    expect(refused(() => tolerant(user(), op('remove', 'userName')))).toBe('400 mutability');
    expect(refused(() => tolerant(user(), op('replace', 'userName', '')))).toBe('400 invalidValue');
    expect(refused(() => tolerant(user(), op('replace', 'userName', ['a', 'b'])))).toBe('400 invalidValue');
  });

  it('R16 a remove takes what is selected, the sub-attribute or all', () => {
    const work = { type: 'work', value: 'w', primary: true };
    expect(strict(present, op('remove', 'emails[type eq "home"]'))).toMatchObject({ emails: [work] });
    expect(strict(present, op('remove', 'emails[value pr and not (primary eq true)]'))).toMatchObject({ emails: [work] });
    expect(strict(present, op('remove', 'emails'))).toEqual({ userName: 'ada', title: 'T' });
    expect(strict(present, op('remove', 'emails[type eq "home"].type'))).toMatchObject({ emails: [work, { value: 'h' }] });
    expect(tolerant(present, op('Remove', 'emails', [{ value: 'h' }]))).toMatchObject({ emails: [work] });
  });

  it('SCIM-SDK: a value with spaces is kept whole', () => {
    expect(strict(present, op('replace', 'emails[type eq "home"].value', 'a b  c'))).toMatchObject({
      emails: [{}, { value: 'a b  c' }],
    });
    expect(tolerant(user(), op('add', 'addresses[type eq "work" and locality eq "New York"].country', 'US'))).toMatchObject({
      addresses: [{ country: 'US', locality: 'New York', type: 'work' }],
    });
  });

  it('scim-patch: a filter touches all it selects', () => {
    const both = user({
      emails: [
        { type: 'work', value: 'a' },
        { type: 'Work', value: 'b' },
      ],
    });
    expect(strict(both, op('replace', 'emails[type eq "work"].display', 'D'))).toMatchObject({
      emails: [{ display: 'D' }, { display: 'D' }],
    });
  });

  it('R26 scim-patch: names that objects inherit are no way in', () => {
    for (const path of [
      '__proto__.x',
      'toString.x',
      'constructor.prototype.x',
      'name.__proto__',
      'emails[__proto__ eq "x"].value',
    ])
      for (const is of [true, false]) {
        refused(() => applyPatch(body(op('add', path, 'x')), user(), USER, { tolerant: is }));
        refused(() =>
          applyPatch(body(op('add', undefined, JSON.parse(`{"${path.replaceAll('"', '')}":{"x":1}}`))), user(), USER, {
            tolerant: is,
          }),
        );
      }
    expect(
      tolerant(
        user(),
        op('add', undefined, JSON.parse('{"__proto__":{"x":1},"constructor":{"x":1},"name":{"__proto__":{"x":1}}}')),
      ),
    ).toBe('unchanged');
    expect('x' in {}).toBe(false);
  });

  it('R26 a request has limits', () => {
    const limits = { operations: 2, looks: 10, values: 3 };
    const patch = (...operations: object[]) =>
      refused(() => applyPatch(body(...operations), present, USER, { tolerant: true, limits }));
    expect(patch(...Array.from({ length: 3 }, () => op('replace', 'title', 'x')))).toBe('413');
    expect(patch(op('add', 'emails', ['a', 'b', 'c']))).toBe('400 invalidValue');
    expect(patch(op('replace', 'emails', ['a', 'b', 'c', 'd']))).toBe('400 invalidValue');
    const many = user({ emails: Array.from({ length: 9 }, (_, i) => `e${i}`) });
    const replace = op('replace', 'emails[value eq "e1"].type', 'x');
    expect(refused(() => applyPatch(body(replace, replace), many, USER, { tolerant: true, limits: { looks: 10 } }))).toBe('413');
  });
});

const good = fc.constantFrom(
  'userName',
  'ACTIVE',
  'name',
  'name.givenName',
  'emails',
  'emails.display',
  'emails[type eq "work"]',
  'emails[type eq "work"].value',
  'emails[primary eq true].value',
  'emails[not (type eq "home")]',
  'roles',
  'addresses[type eq "home"].locality',
  'manager',
  `${ENTERPRISE_URN}:department`,
  `${ENTERPRISE_URN}:manager.value`,
  ENTERPRISE_URN,
  'password',
);
const bad = fc.constantFrom(
  'id',
  'meta.version',
  'groups',
  '__proto__',
  '__proto__.x',
  'constructor.prototype',
  'unheardOf',
  'emails[',
);
const text = fc.constantFrom('work', 'home', 'True', 'a b', '1', 'é');
const odd = fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.double(), fc.constantFrom(null, ''));
const path = fc.oneof({ arbitrary: good, weight: 20 }, bad, fc.string({ unit: 'binary' }));
const scalar = fc.oneof({ arbitrary: text, weight: 10 }, odd);
const name = fc.constantFrom('value', 'type', 'primary', 'Type', 'givenName', '$ref', '__proto__', 'constructor', 'display');
const element = fc.oneof(
  fc.record({ value: text, type: text, primary: fc.boolean() }, { requiredKeys: ['value'] }),
  fc.dictionary(name, scalar, { maxKeys: 3 }),
);
const value = fc.oneof(
  scalar,
  element,
  fc.array(element, { maxLength: 3 }),
  fc.dictionary(path, fc.oneof(scalar, element), { maxKeys: 3 }),
);
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'replace', 'remove', 'Add', 'Replace'),
    path: fc.option(path, { freq: 8, nil: undefined }),
    value,
  },
  { requiredKeys: ['op', 'path'] },
);
const operations = fc.array(operation, { minLength: 1, maxLength: 4 });

describe('any PATCH', () => {
  it('ends with a resource or with a ScimError, and leaves what was there as it was', () => {
    const emails = [
      { type: 'work', value: 'w', primary: true },
      { type: 'home', value: 'h' },
    ];
    const present = user({ active: true, emails, manager: 'm', name: { givenName: 'A' } });
    const before = JSON.stringify(present);
    fc.assert(
      fc.property(operations, fc.boolean(), (all, is) => {
        let patched: Patched;
        try {
          patched = applyPatch(body(...all), present, USER, { tolerant: is });
        } catch (error) {
          if (!(error instanceof ScimError)) throw error;
          expect([400, 413]).toContain(error.status);
          return;
        } finally {
          expect(JSON.stringify(present)).toBe(before);
          expect(Object.keys(Object.prototype)).toEqual([]);
        }
        const { resource } = done(patched);
        if (resource === 'unchanged') return;
        expect(resource['userName']).toBeTruthy();
        expect(resource['id']).toBe('u1');
        // A staged object holds all of it, in the same order.
        expect(canonicalJson(fromImage(toImage(resource, USER), 'u1', USER))).toBe(canonicalJson(resource));
        // The same again is nothing new where it says what there is to be.
        if (all.every((one) => one.op === 'replace' && !JSON.stringify([one.path, one.value]).includes('emails')))
          expect(done(applyPatch(body(...all), resource, USER, { tolerant: is })).resource).toBe('unchanged');
      }),
      { numRuns: 300 },
    );
  });
});
