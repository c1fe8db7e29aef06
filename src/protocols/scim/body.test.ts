import { describe, expect, it } from 'vitest';
import { refused } from '../../../test/scim.ts';
import { readNew, readReplacement } from './body.ts';
import type { Resource } from './resource.ts';
import { resourceTypes } from './resource-types.ts';
import type { ScimAttribute } from './schema.ts';
import { ENTERPRISE_URN, GROUP_URN, USER_URN } from './schemas.ts';

const plain: Omit<ScimAttribute, 'name'> = {
  type: 'string',
  multiValued: false,
  description: 'x',
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
};
const STAFF_URN = 'urn:example:scim:staff:1.0:User';
const STAFF = {
  schema: {
    id: STAFF_URN,
    name: 'Staff',
    description: 'x',
    attributes: [
      { ...plain, name: 'badge', mutability: 'immutable' as const },
      { ...plain, name: 'grade', type: 'integer' as const },
      { ...plain, name: 'skills', multiValued: true },
      { ...plain, name: 'constructor' },
    ],
  },
  prefix: 'staff',
  required: false,
};
const [USER, GROUP] = resourceTypes([{ resourceType: 'User', extension: STAFF }]) as [
  ReturnType<typeof resourceTypes>[number],
  ReturnType<typeof resourceTypes>[number],
];

const tolerant = (body: unknown, type = USER): Resource => readNew(body, type, { tolerant: true }).resource;
const strict = (body: object): Resource => readNew({ schemas: [USER_URN], ...body }, USER, { tolerant: false }).resource;
const put = (body: object, present: Resource): Resource => {
  const { resource } = readReplacement(body, present, USER, { tolerant: true });
  return resource === 'unchanged' ? present : resource;
};

describe('the body of a POST', () => {
  it('is made a resource with the names of the schema', () => {
    const resource = tolerant({
      schemas: [USER_URN, ENTERPRISE_URN],
      USERNAME: 'ada',
      Name: { GivenName: 'Ada', familyname: 'Lovelace' },
      emails: [{ Type: 'work', VALUE: 'ada@example.org' }],
      [ENTERPRISE_URN.toUpperCase()]: { Department: 'Engines' },
    });
    expect(resource).toEqual({
      userName: 'ada',
      name: { familyName: 'Lovelace', givenName: 'Ada' },
      emails: [{ type: 'work', value: 'ada@example.org' }],
      [ENTERPRISE_URN]: { department: 'Engines' },
    });
    expect(Object.getPrototypeOf(Object.getPrototypeOf(resource))).toBe(null);
  });

  it('E4 null, an empty list and the empty text are unassigned, unknown attributes and a wrong URN do no harm', () => {
    const resource = tolerant({
      schemas: [USER_URN, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User'],
      externalId: 'e1',
      userName: 'ada',
      addresses: null,
      title: null,
      roles: [],
      meta: { resourceType: 'User' },
      unheardOf: { a: [1, { b: 2 }] },
      department: 'Engines',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0User': { costCenter: '7', manager: 'm1' },
    });
    expect(resource).toEqual({
      externalId: 'e1',
      userName: 'ada',
      [ENTERPRISE_URN]: { costCenter: '7', department: 'Engines', manager: { value: 'm1' } },
    });
  });

  it('E4 an attribute of an extension at the top gives way to the extension itself', () => {
    for (const body of [
      { userName: 'a', department: 'top', [ENTERPRISE_URN]: { department: 'own' } },
      { [ENTERPRISE_URN]: { department: 'own' }, department: 'top', userName: 'a' },
    ])
      expect(tolerant(body)[ENTERPRISE_URN]).toEqual({ department: 'own' });
  });

  it('E5 a group may name a schema of Entra, and is made without members', () => {
    const schemas = [GROUP_URN, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'];
    expect(readNew({ schemas, displayName: 'G', members: [] }, GROUP, { tolerant: true })).toEqual({
      resource: { displayName: 'G' },
      members: [],
    });
  });

  it('E5 many members in one list are named once each, as objects or ids', () => {
    const members = [{ value: 'a', $ref: null, display: 'A' }, { Value: 'b' }, 'c', { value: 'a' }];
    expect(readNew({ displayName: 'G', members }, GROUP, { tolerant: true }).members).toEqual(['a', 'b', 'c']);
    expect(refused(() => readNew({ displayName: 'G', members: [{}] }, GROUP, { tolerant: true }))).toBe('400 invalidValue');
  });

  it.each([['m1'], [{ value: 'm1', $ref: '../Users/m1' }], [[{ $ref: null, value: 'm1' }]], [['m1']]])(
    'E10 a manager: %j',
    (manager) => {
      expect(tolerant({ userName: 'a', [ENTERPRISE_URN]: { manager } })[ENTERPRISE_URN]).toEqual({ manager: { value: 'm1' } });
      expect(tolerant({ userName: 'a', manager })[ENTERPRISE_URN]).toEqual({ manager: { value: 'm1' } });
    },
  );

  it('E10 an empty manager is none', () => {
    for (const manager of ['', null, [], {}, { value: '' }])
      expect(tolerant({ userName: 'a', [ENTERPRISE_URN]: { manager } })).toEqual({ userName: 'a' });
  });

  it('O3 a password is never kept, groups are not the client’s to say', () => {
    expect(tolerant({ userName: 'a', password: 'secret', groups: [{ value: 'g' }], locale: 'en', id: 'mine' })).toEqual({
      userName: 'a',
      locale: 'en',
    });
  });

  it('L1 schemas of SCIM 1.1 are taken for what they are meant to be', () => {
    expect(
      tolerant({
        schemas: ['urn:scim:schemas:core:1.0'],
        userName: 'a',
        'urn:scim:schemas:extension:enterprise:1.0': { department: 'D' },
      }),
    ).toEqual({ userName: 'a', [ENTERPRISE_URN]: { department: 'D' } });
    expect(refused(() => readNew({ schemas: ['urn:scim:schemas:core:1.0'], userName: 'a' }, USER, { tolerant: false }))).toBe(
      '400 invalidSyntax',
    );
  });

  it('E7 booleans and numbers may be text, where the reading is tolerant', () => {
    const body = { userName: 7, active: 'False', [STAFF_URN]: { grade: '3' } };
    expect(tolerant(body)).toEqual({ userName: '7', active: false, [STAFF_URN]: { grade: 3 } });
    expect(refused(() => strict({ userName: 'a', active: 'False' }))).toBe('400 invalidValue');
    expect(refused(() => strict({ userName: 'a', [STAFF_URN]: { grade: '3' } }))).toBe('400 invalidValue');
    expect(refused(() => tolerant({ userName: 'a', active: 'perhaps' }))).toBe('400 invalidValue');
    expect(refused(() => tolerant({ userName: 'a', [STAFF_URN]: { grade: 1.5 } }))).toBe('400 invalidValue');
  });

  it('R5 strict: null and an empty list are unassigned, the empty text is a value', () => {
    expect(strict({ userName: 'a', title: null, emails: [], name: {}, displayName: '' })).toEqual({
      userName: 'a',
      displayName: '',
    });
  });

  it('R6 one value at most is the primary one', () => {
    const emails = [
      { value: 'a', primary: true },
      { value: 'b', primary: true },
    ];
    const { emails: kept } = tolerant({ userName: 'u', emails }) as { emails: { primary: boolean }[] };
    expect(kept.filter((one) => one.primary)).toEqual([{ value: 'a', primary: true }]);
    expect(refused(() => strict({ userName: 'u', emails }))).toBe('400 invalidValue');
  });

  it('R18 what is required has to be there', () => {
    for (const body of [{}, { userName: null }, { userName: '' }, { userName: ' ' }])
      expect(refused(() => tolerant(body))).toBe('400 invalidValue');
    expect(refused(() => tolerant({}, GROUP))).toBe('400 invalidValue');
  });

  it('R18 what an extension requires has to be there with it', () => {
    const [attribute] = STAFF.schema.attributes.map((one) => ({ ...one, required: true, mutability: 'readWrite' as const }));
    const of = (required: boolean) =>
      resourceTypes([
        {
          resourceType: 'User',
          extension: { ...STAFF, required, schema: { ...STAFF.schema, attributes: [attribute!, { ...plain, name: 'b' }] } },
        },
      ])[0]!;
    for (const required of [true, false]) {
      expect(refused(() => tolerant({ userName: 'a', [STAFF_URN]: { b: 'x' } }, of(required)))).toBe('400 invalidValue');
      expect(refused(() => tolerant({ userName: 'a', [STAFF_URN]: { badge: 'x' } }, of(required)))).toBe('not refused');
      expect(refused(() => tolerant({ userName: 'a' }, of(required)))).toBe(required ? '400 invalidValue' : 'not refused');
    }
  });

  it('R22 what is no object, or strictly what no schema has, is invalidSyntax', () => {
    for (const body of [null, [], 'x', 1, undefined]) expect(refused(() => tolerant(body))).toBe('400 invalidSyntax');
    expect(refused(() => strict({ userName: 'a', unheardOf: 1 }))).toBe('400 invalidSyntax');
    expect(refused(() => strict({ userName: 'a', name: { nick: 1 } }))).toBe('400 invalidSyntax');
    expect(refused(() => strict({ userName: 'a', department: 'x' }))).toBe('400 invalidSyntax');
  });

  it('R26 inherited names are names like any other', () => {
    const body = JSON.parse(`{"userName":"a","__proto__":{"x":1},"valueOf":{"prototype":{"x":1}},"toString":1,
      "name":{"__proto__":{"x":1},"givenName":"A"},"emails":[{"__proto__":{"x":1},"value":"v"}],
      "${STAFF_URN}":{"constructor":"c","__proto__":{"x":1}}}`);
    const resource = tolerant(body);
    expect(JSON.stringify(resource)).toBe(
      `{"userName":"a","name":{"givenName":"A"},"emails":[{"value":"v"}],"${STAFF_URN}":{"constructor":"c"}}`,
    );
    expect('x' in {}).toBe(false);
    expect(tolerant({ userName: 'a', [STAFF_URN]: {} })).toEqual({ userName: 'a' });
  });

  it('R26 texts, lists and the whole have limits', () => {
    const limits = { text: 10, values: 2, total: 30, members: 2 };
    const read = (body: object, type = USER) => refused(() => readNew(body, type, { tolerant: true, limits }));
    expect(read({ userName: 'a'.repeat(11) })).toBe('400 invalidValue');
    expect(read({ userName: 'a', roles: ['a', 'b', 'c'] })).toBe('400 invalidValue');
    expect(read({ userName: 'a', title: 'a'.repeat(10), nickName: 'a'.repeat(10), locale: 'a'.repeat(10) })).toBe(
      '400 invalidValue',
    );
    expect(read({ displayName: 'a', members: ['a', 'b', 'c'] }, GROUP)).toBe('400 invalidValue');
    expect(read({ userName: 'a\0' })).toBe('400 invalidValue');
    expect(read({ userName: '\ud800' })).toBe('400 invalidValue');
  });

  it('scimmy: takes any type of role and certificate, canonical values are suggestions', () => {
    const body = { userName: 'a', roles: [{ value: 'r', type: 'Own' }], x509Certificates: [{ value: 'AAAA', type: 'Own' }] };
    expect(strict(body)).toEqual({ ...body });
  });

  it('E12 keeps values as they were written, each once and in one order', () => {
    const emails = [{ value: 'B@Example.org', type: 'Work' }, { type: 'Work', value: 'B@Example.org' }, { value: 'a' }];
    const phoneNumbers = [{ value: '(030) 1234-5' }, { value: 'tel:+49-30' }];
    expect(tolerant({ userName: 'Ada', emails, phoneNumbers })).toEqual({
      userName: 'Ada',
      emails: [{ type: 'Work', value: 'B@Example.org' }, { value: 'a' }],
      phoneNumbers,
    });
  });
});

describe('the body of a PUT', () => {
  const present = { id: '1', meta: { version: 'W/"1"' }, userName: 'ada', active: true, title: 'T' };

  it('O4 echoes of id, meta and groups, and an empty middle name, change nothing', () => {
    const body = { ...present, id: 'other', meta: { version: 'x' }, groups: [{ value: 'g' }], name: { middleName: '' } };
    expect(readReplacement(body, present, USER, { tolerant: true }).resource).toBe('unchanged');
  });

  it('O4 R5 without active it is no deactivation; all else that it leaves out is cleared', () => {
    expect(put({ userName: 'ada' }, present)).toEqual({ id: '1', meta: present.meta, userName: 'ada', active: true });
    expect(put({ userName: 'ada', active: false }, present)['active']).toBe(false);
  });

  it('R4 an immutable attribute may be set once, and repeated', () => {
    const badge = (value: string | undefined) => ({ userName: 'ada', [STAFF_URN]: { badge: value } });
    const set = put(badge('7'), present);
    expect(set[STAFF_URN]).toEqual({ badge: '7' });
    expect(put(badge('7'), set)[STAFF_URN]).toEqual({ badge: '7' });
    expect(put({ userName: 'ada' }, set)[STAFF_URN]).toEqual({ badge: '7' });
    expect(refused(() => put(badge('8'), set))).toBe('400 mutability');
  });

  it('keeps what this service says of a manager while it is the same one', () => {
    const before = { ...present, [ENTERPRISE_URN]: { manager: { value: 'm', displayName: 'M' } } };
    expect(put({ userName: 'ada', manager: 'm' }, before)[ENTERPRISE_URN]).toEqual({ manager: { displayName: 'M', value: 'm' } });
    expect(put({ userName: 'ada', manager: 'n' }, before)[ENTERPRISE_URN]).toEqual({ manager: { value: 'n' } });
  });

  it('leaves members that it does not name, or strictly takes them away', () => {
    const group = { id: 'g', displayName: 'G' };
    const read = (body: object, tolerant: boolean) =>
      readReplacement({ schemas: [GROUP_URN], displayName: 'H', ...body }, group, GROUP, { tolerant }).members;
    expect(read({}, true)).toBeUndefined();
    expect(read({}, false)).toEqual([]);
    expect(read({ members: null }, true)).toBeUndefined();
    expect(read({ members: [] }, true)).toEqual([]);
    expect(read({ members: [{ value: 'a' }] }, true)).toEqual(['a']);
  });
});

describe('resource types', () => {
  it('R2 refuse extensions whose names or URNs cannot be told apart', () => {
    const extension =
      (more: object, schema: object = {}) =>
      () =>
        resourceTypes([{ resourceType: 'User', extension: { ...STAFF, schema: { ...STAFF.schema, ...schema }, ...more } }]);
    expect(extension({ prefix: 'name' })).toThrow('taken');
    expect(extension({ prefix: 'enterprise' })).toThrow('taken');
    expect(extension({ prefix: 'a.b' })).toThrow('no name');
    expect(extension({}, { id: ENTERPRISE_URN.toUpperCase() })).toThrow('twice');
    expect(extension({}, { id: 'staff' })).toThrow('no URN');
    expect(extension({}, { attributes: [{ ...plain, name: '__proto__' }] })).toThrow('does not allow');
    expect(extension({}, { attributes: [plain, plain].map((one) => ({ ...one, name: 'a' })) })).toThrow('twice');
    expect(extension({}, { attributes: [{ ...plain, name: 'a', type: 'complex' }] })).toThrow('not both');
  });
});
