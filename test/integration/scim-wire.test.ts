/** What RFC 7643, 7644 and 9865 say and servers get wrong, over HTTP. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BULK, type Client, ENTERPRISE, ERROR, GROUP, LIST, SEARCH, servedTo, USER } from './scim-client.ts';
import type { Served } from './served.ts';

const STAFF = 'urn:example:scim:staff:1.0:User';
const YAML = `
connections:
  one:
    type: scim-push
    extensions:
      - schema: ${STAFF}
        prefix: staff
        attributes: { badge: string, startsOn: dateTime, floor: integer }
  many: { type: scim-push }
  strict: { type: scim-push, strict: true }
`;

let here: Served;
let [one, many, strict]: Client[] = [];
beforeAll(async () => {
  const { clients, ...rest } = await servedTo(['one', 'many', 'strict'], YAML);
  ({ here } = rest);
  ({ one, many, strict } = clients);
});
afterAll(() => here?.close());

let last = 0;
const named = (prefix: string): string => `${prefix}${++last}@example.org`;

interface Made {
  readonly id: string;
  readonly at: string;
  readonly userName: string;
}
async function user(client: Client, more: object = {}): Promise<Made> {
  const userName = named('u');
  const { status, body } = await client.post('/Users', { schemas: [USER], userName, ...more });
  expect({ status, body }).toMatchObject({ status: 201 });
  return { id: body.id, at: `/Users/${body.id}`, userName };
}
const error = (status: number, scimType?: string): object => ({
  status,
  body: { schemas: [ERROR], status: String(status), detail: expect.any(String), ...(scimType === undefined ? {} : { scimType }) },
});

it('R1 R2 names, operators and URNs in any case; values as their schema says', async () => {
  const { id, userName, at } = await user(one!, {
    externalId: 'Ab',
    [STAFF]: { badge: 'B-7', startsOn: '2026-01-05T09:00:00+01:00', floor: 7 },
  });
  for (const filter of [
    `USERNAME Eq "${userName.toUpperCase()}"`,
    `${USER}:userName eq "${userName}"`,
    `${USER.toUpperCase()}:username eq "${userName}"`,
    `externalId eq "Ab" and ${STAFF}:badge eq "b-7"`,
    `${STAFF}:startsOn eq "2026-01-05T08:00:00Z" and id eq "${id}"`,
    `${STAFF}:floor gt 6 and not (${STAFF}:floor gt 7) and id eq "${id}"`,
  ])
    expect({ filter, found: await one!.found(filter) }).toEqual({ filter, found: [userName] });
  for (const filter of [`externalId eq "AB"`, `id eq "${id.toUpperCase()}"`])
    expect({ filter, found: await one!.found(filter) }).toEqual({ filter, found: [] });
  const changed = await one!.patch(at, { op: 'replace', path: `${STAFF.toUpperCase()}:BADGE`, value: 'B-8' });
  expect(changed.body[STAFF]).toMatchObject({ badge: 'B-8' });
  const shown = await one!.get(`${at}?attributes=${STAFF}:badge,${USER}:userName`);
  expect(shown.body).toEqual({ schemas: [USER, STAFF], id, userName, [STAFF]: { badge: 'B-8' } });
});

it('R3 schemas, location and version are told truly', async () => {
  const { status, body, headers } = await one!.post('/Users', {
    schemas: [USER, ENTERPRISE],
    userName: named('r3'),
    meta: { version: 'x' },
  });
  expect([status, body.schemas]).toEqual([201, [USER]]);
  expect(headers.get('location')).toBe(`${one!.base}/Users/${body.id}`);
  expect(body.meta).toEqual({
    resourceType: 'User',
    created: expect.stringMatching(/Z$/),
    lastModified: body.meta.created,
    version: headers.get('etag'),
    location: headers.get('location'),
  });
  const after = await one!.patch(`/Users/${body.id}`, { op: 'add', path: `${ENTERPRISE}:department`, value: 'Bakery' });
  expect(after.body.schemas).toEqual([USER, ENTERPRISE]);
  expect(after.headers.get('etag')).not.toBe(headers.get('etag'));
  expect((await one!.get(`/Users/${body.id}`)).headers.get('etag')).toBe(after.headers.get('etag'));
});

it('R4 what only the service writes, and what is never shown', async () => {
  const { at, id } = await user(one!, { id: 'mine', password: 'secret word', groups: [{ value: 'x' }] });
  expect(id).not.toBe('mine');
  expect(await one!.patch(at, { op: 'replace', path: 'id', value: 'other' })).toMatchObject(error(400, 'mutability'));
  expect((await one!.patch(at, { op: 'replace', path: 'password', value: 'another' })).body).not.toHaveProperty('password');
  expect((await one!.get(`${at}?attributes=password`)).body).toEqual({ schemas: [USER], id });
  expect(await one!.get('/Users?filter=password eq "secret word"')).toMatchObject({ status: 400 });
  expect((await one!.get(`${at}?excludedAttributes=id,userName`)).body).toMatchObject({ id });
});

it('R5 null, nothing and an empty list are the same', async () => {
  const { at, userName } = await user(one!, { title: 'Dr', emails: [{ value: 'a@example.org' }], nickName: 'n' });
  const { body } = await one!.put(at, { schemas: [USER], userName, title: null, emails: [] });
  for (const name of ['title', 'emails', 'nickName']) expect(body).not.toHaveProperty(name);
});

it('R6 there is one primary value', async () => {
  const { at } = await user(one!, { emails: [{ value: 'a@example.org', type: 'work', primary: true }] });
  const { body } = await one!.patch(at, {
    op: 'add',
    path: 'emails',
    value: [{ value: 'b@example.org', type: 'home', primary: true }],
  });
  expect(body.emails.filter(({ primary }) => primary)).toMatchObject([{ value: 'b@example.org' }]);
});

it('R7 members and groups: nested ones, and the groups of a user by themselves', async () => {
  const { id, at } = await user(one!);
  const inner = (await one!.post('/Groups', { schemas: [GROUP], displayName: named('inner'), members: [{ value: id }] })).body;
  const members = [{ value: inner.id, type: 'Group' }, { value: id }];
  const outer = (await one!.post('/Groups', { schemas: [GROUP], displayName: named('outer'), members })).body;
  expect(outer.members).toHaveLength(2);
  expect((await one!.get(`/Groups/${outer.id}`)).body.members).toEqual(
    expect.arrayContaining([
      { value: id, type: 'User', $ref: `${one!.base}/Users/${id}` },
      { value: inner.id, type: 'Group', $ref: `${one!.base}/Groups/${inner.id}` },
    ]),
  );
  const { groups } = (await one!.get(at)).body;
  expect(groups!.map(({ value }) => value).sort()).toEqual([inner.id, outer.id].sort());
  for (const filter of [`members.value eq "${id}"`, `members[value eq "${id}"]`, `members eq "${id}"`])
    expect({ filter, ...(await one!.get(`/Groups?filter=${filter}`)).body }).toMatchObject({ filter, totalResults: 2 });
  await one!.delete(at);
  expect((await one!.get(`/Groups/${inner.id}`)).status).toBe(200);
});

it('R8 filters: precedence, groups, what is absent, one element, escapes', async () => {
  const tag = `r8-${Date.now()}`;
  const [a, b] = [
    await user(many!, {
      externalId: tag,
      title: 'x "y" \\ é',
      displayName: 'A',
      emails: [
        { type: 'work', value: 'w@a' },
        { type: 'home', value: 'h@a' },
      ],
    }),
    await user(many!, { externalId: tag, displayName: 'B', active: true }),
  ];
  const ask = (rest: string): Promise<readonly string[]> => many!.found(`externalId eq "${tag}" and (${rest})`);
  for (const [filter, found] of [
    [`title eq "x \\"y\\" \\\\ \\u00e9"`, [a]],
    ['title pr', [a]],
    ['not (title pr)', [b]],
    ['title eq null', [b]],
    ['title ne "z"', [a, b]],
    ['displayName eq "A" or displayName eq "B" and title pr', [a]],
    ['((displayName eq "a" or displayName eq "b") and active eq true)', [b]],
    ['emails[type eq "work" and value eq "h@a"]', []],
    ['emails[type eq "home" and (value sw "h" or value ew "z")].value co "@"', [a]],
    ['emails.value eq "H@A"', [a]],
  ] as const)
    expect({ filter, found: await ask(filter) }).toEqual({ filter, found: found.map(({ userName }) => userName).sort() });
  for (const filter of [
    'active gt true',
    'userName eq',
    'userName xx "a"',
    '(userName pr',
    'emails[type eq "work"',
    'userName eq "a" and',
    '"a" eq userName',
  ])
    expect({ filter, ...(await many!.get(`/Users?filter=${encodeURIComponent(filter)}`)) }).toMatchObject({
      filter,
      ...error(400, 'invalidFilter'),
    });
});

it('R9 R10 R14 pages by index and by cursor', async () => {
  const prefix = `page${Date.now()}-`;
  for (let i = 0; i < 5; i++)
    expect((await strict!.post('/Users', { schemas: [USER], userName: `${prefix}${i}` })).status).toBe(201);
  const filter = `filter=userName sw "${prefix}"`;
  const asked = async (query: string): Promise<unknown> => {
    const { body } = await strict!.get(`/Users?${filter}&${query}`);
    return [body.totalResults, body.startIndex, body.itemsPerPage, body.Resources?.length];
  };
  expect(await asked('startIndex=-3&count=2')).toEqual([5, 1, 2, 2]);
  expect(await asked('count=-1')).toEqual([5, 1, 0, 0]);
  expect(await asked('count=0')).toEqual([5, 1, 0, 0]);
  expect(await asked('startIndex=5&count=2')).toEqual([5, 5, 1, 1]);
  expect(await asked('startIndex=6')).toEqual([5, 6, 0, 0]);
  expect(await asked('count=100000')).toEqual([5, 1, 5, 5]);
  expect(await strict!.get('/Users?count=x')).toMatchObject(error(400, 'invalidValue'));
  expect(await strict!.get('/Users?filter=nothing eq "x"')).toMatchObject(error(400, 'invalidFilter'));
  expect((await one!.get('/Users?filter=nothing eq "x"')).body).toMatchObject({ totalResults: 0 });
  const seen: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { body } = await strict!.get(`/Users?${filter}&count=2&sortBy=userName&sortOrder=descending&cursor=${cursor}`);
    expect(body).not.toHaveProperty('startIndex');
    seen.push(...body.Resources.map(({ userName }) => userName));
    cursor = body.nextCursor;
  }
  expect(seen).toEqual([4, 3, 2, 1, 0].map((i) => `${prefix}${i}`));
  for (const cursor of ['x', 'WzFd', '%00', 'W10', encodeURIComponent(Buffer.from('[0,1,"\\u0000"]').toString('base64url'))])
    expect({ cursor, ...(await strict!.get(`/Users?cursor=${cursor}`)) }).toMatchObject({
      cursor,
      status: expect.toSatisfy((code) => code < 500),
    });
  expect(await strict!.get('/Users?cursor=W10')).toMatchObject(error(400, 'invalidCursor'));
  expect(await strict!.get('/Users?cursor=&count=0')).toMatchObject(error(400, 'invalidCount'));
});

it('R11 attributes or the others, everywhere', async () => {
  const userName = named('r11');
  const body = { schemas: [USER], userName, title: 't', nickName: 'n' };
  const made = await one!.post('/Users?attributes=title', body);
  const { id } = made.body;
  expect(made.body).toEqual({ schemas: [USER], id, title: 't' });
  expect((await one!.put(`/Users/${id}?attributes=nickName`, { ...body, nickName: 'm' })).body).toEqual({
    schemas: [USER],
    id,
    nickName: 'm',
  });
  const patch = { Operations: [{ op: 'replace', path: 'title', value: 'u' }] };
  expect((await one!.ask('PATCH', `/Users/${id}?excludedAttributes=nickName,meta`, patch)).body).toEqual({
    schemas: [USER],
    id,
    userName,
    title: 'u',
  });
  expect((await one!.get(`/Users/${id}?attributes=name.givenName`)).body).toEqual({ schemas: [USER], id });
  expect(await one!.get('/Users?attributes=title&excludedAttributes=nickName')).toMatchObject(error(400, 'invalidValue'));
});

it('R12 sorting: the primary value, what has none last, case as the schema says', async () => {
  const tag = `r12-${Date.now()}`;
  const mail = (value: string): object => ({
    emails: [
      { value: 'zzz@x', type: 'home' },
      { value, type: 'work', primary: true },
    ],
  });
  const [b, a, none] = [
    await user(one!, { externalId: tag, ...mail('B@x'), name: { familyName: 'b' } }),
    await user(one!, { externalId: tag, ...mail('a@x'), name: { familyName: 'A' } }),
    await user(one!, { externalId: tag }),
  ];
  const sorted = async (query: string): Promise<unknown> =>
    (await one!.get(`/Users?filter=externalId eq "${tag}"&${query}`)).body.Resources.map(({ id }) => id);
  expect(await sorted('sortBy=emails')).toEqual([a.id, b.id, none.id]);
  expect(await sorted('sortBy=name.familyName')).toEqual([a.id, b.id, none.id]);
  expect(await sorted('sortBy=NAME.familyname&sortOrder=descending')).toEqual([none.id, b.id, a.id]);
  expect((await one!.get('/Users?sortBy=nothing')).status).toBe(200);
  expect(await one!.get('/Users?sortBy=userName&sortOrder=up')).toMatchObject({ status: 400 });
});

it('R13 .search is GET; the root has every type; no filter for what the service says of itself', async () => {
  const { userName, id } = await user(one!);
  const filter = `userName eq "${userName}"`;
  const search = { schemas: [SEARCH], filter, attributes: ['userName'], startIndex: 1, count: 10 };
  const wanted = { schemas: [LIST], totalResults: 1, Resources: [{ schemas: [USER], id, userName }] };
  for (const where of ['/Users/.search', '/.search']) expect((await one!.post(where, search)).body).toMatchObject(wanted);
  const { body } = await one!.get(`/?filter=${filter}`);
  expect(body).toMatchObject({ totalResults: 1, Resources: [{ id }] });
  await one!.post('/Groups', { schemas: [GROUP], displayName: named('r13') });
  const types = new Set((await one!.get('/?count=1000')).body.Resources.map((each) => each.meta.resourceType));
  expect(types).toEqual(new Set(['User', 'Group']));
  for (const where of ['/Schemas', '/ResourceTypes', '/ServiceProviderConfig'])
    expect(await one!.get(`${where}?filter=id pr`)).toMatchObject(error(403));
});

it('R15 R16 R17 a PATCH is done whole or not at all, in its order', async () => {
  const { at } = await user(one!, { title: 'first' });
  const before = await one!.get(at);
  const broken = await one!.patch(
    at,
    { op: 'replace', path: 'title', value: 'second' },
    { op: 'replace', path: 'meta.created', value: 'x' },
  );
  expect(broken).toMatchObject(error(400, 'mutability'));
  expect((await one!.get(at)).body).toEqual(before.body);
  const inOrder = await one!.patch(
    at,
    { op: 'remove', path: 'title' },
    { op: 'add', value: { title: 'third', emails: [{ value: 'a@x', type: 'work' }] } },
  );
  expect(inOrder.body).toMatchObject({ title: 'third', emails: [{ value: 'a@x', type: 'work' }] });
  const same = await one!.patch(at, { op: 'add', path: 'emails', value: [{ value: 'a@x', type: 'work' }] });
  expect([same.status, same.headers.get('etag'), same.body.meta]).toEqual([200, inOrder.headers.get('etag'), inOrder.body.meta]);
  expect(await one!.patch(at, { op: 'remove' })).toMatchObject(error(400, 'noTarget'));
  expect(await one!.patch(at, { op: 'remove', path: 'userName' })).toMatchObject(error(400));
  expect(await one!.patch(at, { op: 'move', path: 'title' })).toMatchObject(error(400, 'invalidSyntax'));
  expect(await one!.patch(at, { op: 'replace', path: 'a b', value: 'x' })).toMatchObject(error(400, 'invalidPath'));
  expect((await one!.ask('PATCH', at, { operations: [{ OP: 'ADD', Path: 'title', Value: 'case' }] })).body).toMatchObject({
    title: 'case',
  });
  const exact = await user(strict!);
  expect(await strict!.patch(exact.at, { op: 'replace', path: 'emails[type eq "work"].value', value: 'x' })).toMatchObject(
    error(400, 'noTarget'),
  );
  const group = (
    await one!.post('/Groups', { schemas: [GROUP], displayName: named('r17'), members: [{ value: 'a' }, { value: 'b' }] })
  ).body;
  expect((await one!.patch(`/Groups/${group.id}`, { op: 'remove', path: 'members' })).status).toBe(204);
  expect((await one!.get(`/Groups/${group.id}`)).body).not.toHaveProperty('members');
});

it('R18 a PUT makes nobody; what is deleted is gone everywhere', async () => {
  expect(await one!.put('/Users/nobody', { schemas: [USER], userName: 'x' })).toMatchObject(error(404));
  const { at, userName } = await user(one!);
  const gone = await one!.delete(at);
  expect([gone.status, gone.body]).toEqual([204, null]);
  for (const answer of [await one!.get(at), await one!.delete(at), await one!.put(at, { schemas: [USER], userName })])
    expect(answer).toMatchObject(error(404));
  expect(await one!.found(`userName eq "${userName}"`)).toEqual([]);
});

it('R19 a name that is taken is refused by POST, PUT and PATCH, and free when it was given up', async () => {
  const [a, b] = [await user(one!), await user(one!)];
  const taken = { schemas: [USER], userName: a.userName.toUpperCase() };
  for (const answer of [
    await one!.post('/Users', taken),
    await one!.put(b.at, taken),
    await one!.patch(b.at, { op: 'replace', path: 'userName', value: a.userName }),
  ])
    expect(answer).toMatchObject(error(409, 'uniqueness'));
  expect((await one!.get(b.at)).body.userName).toBe(b.userName);
  await one!.patch(a.at, { op: 'replace', path: 'userName', value: named('free') });
  expect((await one!.post('/Users', taken)).status).toBe(201);
});

it('R20 versions: 412 for another one, 304 for the same', async () => {
  const { at, userName } = await user(one!);
  const tag = (await one!.get(at)).headers.get('etag')!;
  const write = { schemas: [USER], userName, title: 'x' };
  for (const match of ['W/"999"', '"x"', '"a", "b"'])
    expect(await one!.ask('PUT', at, write, { 'if-match': match })).toMatchObject(error(412));
  const same = await one!.get(at, { 'if-none-match': `"other", ${tag}` });
  expect([same.status, same.body, same.headers.get('etag')]).toEqual([304, null, tag]);
  expect((await one!.get(at, { 'if-none-match': 'W/"999"' })).status).toBe(200);
  expect((await one!.ask('PUT', at, write, { 'if-match': tag })).status).toBe(200);
  expect(await one!.ask('DELETE', at, undefined, { 'if-match': tag })).toMatchObject(error(412));
  expect((await one!.ask('DELETE', at, undefined, { 'if-match': '*' })).status).toBe(204);
});

it('R21 bulk: references forward, back and in a circle; errors one by one', async () => {
  const [x, y] = [named('bulk'), named('bulk')];
  const data = (userName: string): object => ({ schemas: [USER], userName });
  const { status, body } = await one!.post('/Bulk', {
    schemas: [BULK],
    Operations: [
      {
        method: 'POST',
        path: '/Groups',
        bulkId: 'g',
        data: { schemas: [GROUP], displayName: named('g'), members: [{ value: 'bulkId:u' }] },
      },
      { method: 'POST', path: '/Users', bulkId: 'u', data: data(x) },
      { method: 'PATCH', path: '/Users/bulkId:u', data: { Operations: [{ op: 'add', path: 'title', value: 'Dr' }] } },
      { method: 'POST', path: '/Users', bulkId: 'v', data: data(x) },
      { method: 'POST', path: '/Users', data: data(y) },
      { method: 'DELETE', path: '/Users/nobody' },
      { method: 'POST', path: '/Groups', bulkId: 'c1', data: { displayName: 'c1', members: [{ value: 'bulkId:c2' }] } },
      { method: 'POST', path: '/Groups', bulkId: 'c2', data: { displayName: 'c2', members: [{ value: 'bulkId:c1' }] } },
    ],
  });
  expect(status).toBe(200);
  expect(body.Operations.map((each) => each.status)).toEqual(['201', '201', '200', '409', '400', '404', '409', '409']);
  expect(body.Operations[0]!.location).toMatch(`${one!.base}/Groups/`);
  expect([4, 5].map((at) => body.Operations[at]!.location)).toEqual([undefined, `${one!.base}/Users/nobody`]);
  const made = (await one!.get(`/Users?filter=userName eq "${x}"`)).body.Resources[0];
  expect(made).toMatchObject({ title: 'Dr', groups: [{ type: 'direct' }] });
  const stopped = await one!.post('/Bulk', {
    schemas: [BULK],
    failOnErrors: 1,
    Operations: [1, 2, 3].map(() => ({ method: 'DELETE', path: '/Users/nobody' })),
  });
  expect(stopped.body.Operations).toHaveLength(1);
  const Operations = Array.from({ length: 1_001 }, () => ({ method: 'DELETE', path: '/Users/nobody' }));
  expect(await one!.post('/Bulk', { schemas: [BULK], Operations })).toMatchObject(error(413));
});

it('R22 R23 every error has a body; content types', async () => {
  const text = JSON.stringify({ schemas: [USER], userName: named('r23') });
  for (const type of ['application/json', 'application/scim+json; charset=utf-8', 'Application/JSON;charset=UTF-8'])
    expect((await one!.ask('POST', '/Users', text.replace('r23', `r23${type.length}`), { 'content-type': type })).status).toBe(
      201,
    );
  for (const [answer, status] of [
    [await one!.ask('POST', '/Users', text, { 'content-type': 'text/plain' }), 415],
    [await one!.ask('POST', '/Users', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }), 415],
    [await one!.ask('POST', '/Users', '{"userName":'), 400],
    [await one!.ask('POST', '/Users', '"text"'), 400],
    [await one!.ask('POST', '/Users', ''), 400],
    [await one!.ask('POST', '/Users'), 400],
    [await one!.get('/Users/%zz'), 400],
    [await one!.get('/Nowhere'), 404],
    [await one!.get('/Users/a/b/c'), 404],
    [await one!.ask('DELETE', '/Users'), 405],
    [await one!.ask('PUT', '/Users', {}), 405],
    [await one!.ask('POST', '/Users/x', {}), 405],
    [await one!.ask('OPTIONS', '/Users'), 405],
    [await one!.ask('POST', '/Schemas', {}), 405],
    [await one!.get('/Bulk'), 405],
    [await one!.get('/Users', { authorization: 'Basic eDp5' }), 401],
    [await one!.post('/Users', `{"userName":"${'x'.repeat(5_000_000)}"}`), 413],
    [await one!.get('/Me'), 501],
  ] as const) {
    expect(answer).toMatchObject(error(status));
    expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/);
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/GET|POST/);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  }
  const head = await one!.ask('HEAD', '/Users?count=1');
  const { headers } = await one!.get('/Users?count=1');
  expect([head.status, head.body, head.headers.get('content-length')]).toEqual([200, null, headers.get('content-length')]);
});

it('R24 R25 what the service says of itself is true and whole', async () => {
  const { body } = await one!.get('/ServiceProviderConfig');
  expect(body).toMatchObject({
    patch: { supported: true },
    bulk: { supported: true, maxOperations: 1_000, maxPayloadSize: 4_194_304 },
    filter: { supported: true, maxResults: 1_000 },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    authenticationSchemes: [{ type: 'oauthbearertoken' }],
    pagination: { cursor: true, index: true, defaultPaginationMethod: 'index', defaultPageSize: 100, maxPageSize: 1_000 },
    meta: { location: `${one!.base}/ServiceProviderConfig` },
  });
  const schemas = (await one!.get('/Schemas')).body.Resources;
  expect(schemas.map(({ id }) => id)).toEqual([USER, ENTERPRISE, STAFF, GROUP]);
  for (const { id, meta } of schemas) {
    const found = await one!.get(`/Schemas/${id}`);
    expect([found.status, found.body]).toMatchObject([200, { id, meta: { location: meta.location } }]);
    expect((await one!.get(meta.location.slice(one!.base.length))).body.id).toBe(id);
  }
  const types = (await one!.get('/ResourceTypes')).body.Resources;
  expect(types).toMatchObject([
    { id: 'User', endpoint: '/Users', schema: USER, schemaExtensions: [{ schema: ENTERPRISE }, { schema: STAFF }] },
    { id: 'Group', endpoint: '/Groups', schema: GROUP },
  ]);
  expect((await one!.get('/ResourceTypes/User')).body.id).toBe('User');
  for (const where of ['/Schemas/urn:none', '/ResourceTypes/Nothing']) expect(await one!.get(where)).toMatchObject(error(404));
});

it('R26 hostile names, numbers, depths and lengths are refused or passed over, and leave no trace', async () => {
  const { at } = await user(one!);
  const deep = (open: string, close: string, times: number): string => open.repeat(times) + close.repeat(times);
  const answers = [
    await one!.patch(at, { op: 'add', path: '__proto__.polluted', value: 'x' }),
    await one!.patch(at, { op: 'add', path: 'toString.x', value: 'x' }),
    await one!.patch(at, { op: 'add', value: { constructor: { prototype: { polluted: 'x' } } } }),
    await one!.ask('POST', '/Users', `{"__proto__":{"polluted":"x"},"userName":"${named('r26')}"}`),
    await one!.ask('POST', '/Users', `{"userName":"${named('r26')}","name":${deep('{"a":', '', 20_000)}1${'}'.repeat(20_000)}}`),
    await one!.ask('POST', '/Users', `{"userName":"${named('r26')}","x":${deep('[', ']', 500_000)}}`),
    await one!.ask('PATCH', at, `{"Operations":[{"op":"add","path":"title","value":${deep('[', ']', 500_000)}}]}`),
    await one!.post('/Users', { userName: 'nul\u0000' }),
    await one!.post('/Users', { userName: named('r26'), displayName: 'nul \u0000', externalId: '\u0000' }),
    await one!.post('/Users', { userName: `${named('r26')}\ud800` }),
    await one!.post('/Users', { userName: named('r26'), title: 'x'.repeat(1_000_000) }),
    await one!.post('/Users', { userName: 'x'.repeat(100_000) }),
    await one!.post('/Users', { userName: { a: 1 } }),
    await one!.post('/Users', { userName: 5, active: 'perhaps', emails: 'x', name: [1], addresses: [[1]] }),
    await one!.get('/Users/%00'),
    await one!.ask('PUT', '/Users/%00', { userName: 'x' }),
    await one!.get('/%00'),
    await one!.post('/Bulk', {
      Operations: [
        { method: 'DELETE', path: '/Users/%00' },
        { method: 'DELETE', path: '/Users/\u0000' },
      ],
    }),
    await one!.post('/Groups', { displayName: named('r26'), members: [{ value: 'nul \u0000' }, { value: 'x'.repeat(10_000) }] }),
    await one!.patch(`/Groups/${(await one!.post('/Groups', { displayName: named('r26') })).body.id}`, {
      op: 'add',
      path: 'members',
      value: [{ value: '\u0000' }],
    }),
    await one!.get('/Users?filter=userName eq "a%00"'),
    await one!.get('/Users?filter=userName eq "a\\u0000"'),
    await one!.get('/Users?filter=title co "\\u0000"'),
    await one!.get('/Users?filter=title eq "\\ud800"'),
    await one!.get('/Groups?filter=members.value eq "\\u0000"'),
    await one!.get('/Users?filter=id eq "\\u0000"'),
    await one!.post('/Users/.search', { filter: `${'('.repeat(5_000)}userName pr${')'.repeat(5_000)}` }),
    await one!.post('/Users/.search', { filter: Array.from({ length: 5_000 }, (_, i) => `userName eq "${i}"`).join(' or ') }),
    await one!.get('/Users?startIndex=99999999999999999999&count=99999999999999999999'),
    await one!.patch(at, ...Array.from({ length: 20_000 }, () => ({ op: 'add', path: 'title', value: 'x' }))),
    await one!.patch('/Users/%F0%9F%98%80', { op: 'add', path: 'title', value: 'x' }),
    await one!.ask('PUT', `/Users/${'x'.repeat(900)}`, { userName: 'x' }),
    await one!.get(`/Users/${'x'.repeat(5_000)}`),
  ];
  expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
  for (const { status, body } of answers)
    if (status >= 400) expect(body).toMatchObject({ schemas: [ERROR], status: String(status) });
  expect((await one!.get(at)).body).not.toHaveProperty('polluted');
  expect((await one!.get('/Users?count=1000')).status).toBe(200);
  expect(await here.printed()).not.toMatch(/not foreseen|TypeError|RangeError/);
});
