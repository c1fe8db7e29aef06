/** What identity providers really send, over HTTP, in the order in which their connectors and validators send it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, ENTERPRISE, ERROR, GROUP, LIST, PATCH, servedTo, USER, withToken } from './scim-client.ts';
import type { Served } from './served.ts';

const YAML = `
connections:
  entra: { type: scim-push }
  okta: { type: scim-push }
  other: { type: scim-push }
  strict: { type: scim-push, strict: true }
`;

let here: Served;
let [entra, okta, other, strict]: Client[] = [];
beforeAll(async () => {
  const { clients, ...rest } = await servedTo(['entra', 'okta', 'other', 'strict'], YAML);
  ({ here } = rest);
  ({ entra, okta, other, strict } = clients);
});
afterAll(() => here?.close());

let last = 0;
const named = (prefix: string): string => `${prefix}${++last}@example.org`;

async function user(
  client: Client,
  more: object = {},
): Promise<{ readonly id: string; readonly at: string; readonly userName: string }> {
  const userName = named('u');
  const { status, body } = await client.post('/Users', { schemas: [USER], userName, active: true, ...more });
  expect(status).toBe(201);
  return { id: body.id, at: `/Users/${body.id}`, userName };
}

async function group(client: Client, members: readonly string[] = []): Promise<string> {
  const { status, body } = await client.post('/Groups', {
    schemas: [GROUP],
    displayName: named('g'),
    members: members.map((value) => ({ value })),
  });
  expect(status).toBe(201);
  return `/Groups/${body.id}`;
}

async function membersOf(client: Client, at: string): Promise<readonly string[]> {
  const { body } = await client.get(at);
  return (body.members ?? []).map(({ value }) => value).sort();
}

it('E1 Entra tests the connection by a filter that finds nobody', async () => {
  const { status, body, headers } = await entra!.get(`/Users?filter=userName eq "${crypto.randomUUID()}"`);
  expect([status, body]).toEqual([200, { schemas: [LIST], totalResults: 0, itemsPerPage: 0, startIndex: 1, Resources: [] }]);
  expect(headers.get('content-type')).toMatch(/^application\/scim\+json/);
});

it('E2 finds by what Entra matches by, whatever the case', async () => {
  const manager = await user(entra!);
  const mail = named('mail');
  const externalId = crypto.randomUUID();
  const { id, userName } = await user(entra!, {
    externalId,
    emails: [
      { type: 'home', value: 'home@example.org' },
      { type: 'work', value: mail, primary: true },
    ],
    [ENTERPRISE]: { manager: { value: manager.id } },
  });
  for (const filter of [
    `userName eq "${userName}"`,
    `userName eq "${userName.toUpperCase()}"`,
    `USERNAME EQ "${userName}"`,
    `externalId eq "${externalId}"`,
    `emails[type eq "work"].value eq "${mail}"`,
    `emails[type eq "Work"].value eq "${mail.toUpperCase()}"`,
    `id eq "${id}" and manager eq "${manager.id}"`,
    `id eq "${id}" and ${ENTERPRISE}:manager eq "${manager.id}"`,
  ])
    expect({ filter, found: await entra!.found(filter) }).toEqual({ filter, found: [userName] });
  for (const filter of [
    `externalId eq "${externalId.toUpperCase()}"`,
    `emails[type eq "home"].value eq "${mail}"`,
    `id eq "${id}" and manager eq "${id}"`,
  ])
    expect({ filter, found: await entra!.found(filter) }).toEqual({ filter, found: [] });
  const at = await group(entra!);
  const { displayName } = (await entra!.get(at)).body;
  const groups = await entra!.get(`/Groups?filter=displayName eq "${displayName.toUpperCase()}"`);
  expect(groups.body.totalResults).toBe(1);
});

it('E3 groups without their members, one and many, wherever the parameter stands', async () => {
  const { id } = await user(entra!);
  const at = await group(entra!, [id]);
  const { displayName } = (await entra!.get(at)).body;
  expect((await entra!.get(`${at}?excludedAttributes=members`)).body).not.toHaveProperty('members');
  for (const query of [
    `excludedAttributes=members&filter=displayName eq "${displayName}"`,
    `filter=displayName eq "${displayName}"&excludedAttributes=members`,
  ]) {
    const { body } = await entra!.get(`/Groups?${query}`);
    expect(body).toMatchObject({ totalResults: 1, Resources: [{ displayName }] });
    expect(body.Resources[0]).not.toHaveProperty('members');
  }
  expect((await entra!.get(`/Groups?filter=displayName eq "${displayName}"`)).body.Resources[0].members).toMatchObject([
    { value: id, type: 'User', $ref: `${entra!.base}/Users/${id}` },
  ]);
});

it('E4 a user as Entra writes one: nulls, what no schema has, a URN that is none', async () => {
  const userName = named('e4');
  const { status, body, headers } = await entra!.post('/Users', {
    schemas: [USER, ENTERPRISE],
    externalId: 'e4',
    userName,
    active: true,
    addresses: null,
    title: null,
    department: 'Bakery',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0User': { employeeNumber: '17' },
    emails: [{ primary: true, type: 'work', value: userName }],
    meta: { resourceType: 'User' },
    name: { formatted: 'Zoë Çelik', familyName: 'Çelik', givenName: 'Zoë' },
    nonsense: { a: [1] },
    roles: [],
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    userName,
    name: { givenName: 'Zoë' },
    [ENTERPRISE]: { department: 'Bakery', employeeNumber: '17' },
  });
  for (const name of ['addresses', 'title', 'roles', 'nonsense']) expect(body).not.toHaveProperty(name);
  expect(headers.get('location')).toBe(`${entra!.base}/Users/${body.id}`);
});

it('E5 a group with an extra schema, filled by one operation with many members', async () => {
  const { status, body } = await entra!.post('/Groups', {
    schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    externalId: 'e5',
    displayName: named('e5'),
    meta: { resourceType: 'Group' },
  });
  expect(status).toBe(201);
  const ids = Array.from({ length: 100 }, () => crypto.randomUUID());
  const answer = await entra!.patch(`/Groups/${body.id}`, {
    op: 'Add',
    path: 'members',
    value: ids.map((value) => ({ $ref: null, value })),
  });
  expect([answer.status, answer.body]).toEqual([204, null]);
  expect(await membersOf(entra!, `/Groups/${body.id}`)).toEqual(ids.sort());
});

it('E6 operations with capitals, in any order; an add overwrites what has one value', async () => {
  const { at } = await user(entra!, { displayName: 'before', title: 'gone' });
  const { status, body } = await entra!.patch(
    at,
    { op: 'Add', path: 'nickName', value: 'Zo' },
    { op: 'Remove', path: 'title' },
    { op: 'Add', path: 'displayName', value: 'after' },
    { op: 'Replace', path: 'name.familyName', value: 'Çelik' },
  );
  expect([status, body]).toMatchObject([200, { nickName: 'Zo', displayName: 'after', name: { familyName: 'Çelik' } }]);
  expect(body).not.toHaveProperty('title');
});

it('E7 booleans as text, and one replace with dotted and URN keys; a flag in the address', async () => {
  const { at } = await user(entra!);
  expect((await entra!.patch(at, { op: 'Replace', path: 'active', value: 'False' })).body).toMatchObject({ active: false });
  const flagged = await entra!.patch(`${at}?aadOptscim062020`, {
    op: 'replace',
    value: { active: true, displayName: 'x', 'name.givenName': 'Ada', [`${ENTERPRISE}:employeeNumber`]: '701984' },
  });
  expect([flagged.status, flagged.body]).toMatchObject([
    200,
    { active: true, displayName: 'x', name: { givenName: 'Ada' }, [ENTERPRISE]: { employeeNumber: '701984' } },
  ]);
  expect((await entra!.get('/Users?aadOptscim062020&count=1')).status).toBe(200);
});

it('E8 members are removed by a list, or by a filter', async () => {
  const ids = await Promise.all([1, 2, 3, 4].map(async () => (await user(entra!)).id));
  const at = await group(entra!, ids);
  await entra!.patch(at, { op: 'Remove', path: 'members', value: [{ $ref: null, value: ids[0] }] });
  expect(await membersOf(entra!, at)).toEqual(ids.slice(1).sort());
  await entra!.patch(at, { op: 'remove', path: `members[value eq "${ids[1]}"]` });
  expect(await membersOf(entra!, at)).toEqual(ids.slice(2).sort());
  expect((await entra!.patch(at, { op: 'Remove', path: 'members', value: [{ value: 'nobody' }] })).status).toBe(204);
  expect(await membersOf(entra!, at)).toEqual(ids.slice(2).sort());
});

it('E9 what a filter does not find is made, once', async () => {
  const { at } = await user(entra!, { roles: [{ value: 'old', primary: true }] });
  const { status, body } = await entra!.patch(
    at,
    { op: 'Add', path: 'emails[type eq "work"].value', value: 'zoe@example.org' },
    { op: 'Add', path: 'phoneNumbers[type eq "mobile"].Value', value: '+49 30 1' },
    { op: 'Add', path: 'addresses[type eq "work"].formatted', value: 'A street' },
    { op: 'Add', path: 'addresses[type eq "work"].Locality', value: 'Berlin' },
    { op: 'Add', path: 'addresses[type eq "work"].country', value: 'DE' },
    { op: 'Replace', path: 'roles[primary eq "True"].value', value: 'new' },
  );
  expect(status).toBe(200);
  expect(body).toMatchObject({
    emails: [{ type: 'work', value: 'zoe@example.org' }],
    phoneNumbers: [{ type: 'mobile', value: '+49 30 1' }],
    addresses: [{ type: 'work', formatted: 'A street', locality: 'Berlin', country: 'DE' }],
    roles: [{ value: 'new', primary: true }],
  });
  expect(body.addresses).toHaveLength(1);
});

it('E10 a manager as text, as an object, in a list, and none', async () => {
  const [boss, next] = [await user(entra!), await user(entra!)];
  const { at } = await user(entra!);
  const managerOf = async (...operations: object[]): Promise<unknown> =>
    (await entra!.patch(at, ...operations)).body[ENTERPRISE]?.manager?.value;
  expect(await managerOf({ op: 'Add', path: `${ENTERPRISE}:manager`, value: boss.id })).toBe(boss.id);
  expect(await managerOf({ op: 'Replace', path: 'manager', value: [{ $ref: `../Users/${next.id}`, value: next.id }] })).toBe(
    next.id,
  );
  expect(await managerOf({ op: 'Replace', path: `${ENTERPRISE}:manager`, value: { value: boss.id } })).toBe(boss.id);
  expect((await entra!.get(at)).body[ENTERPRISE]!.manager!.$ref).toBe(`${entra!.base}/Users/${boss.id}`);
  expect(await managerOf({ op: 'Remove', path: `${ENTERPRISE}:manager` })).toBeUndefined();
  expect(await managerOf({ op: 'Add', path: 'manager', value: boss.id })).toBe(boss.id);
  expect(await managerOf({ op: 'Replace', path: 'manager', value: '' })).toBeUndefined();
});

it('E11 who is not active is still there, and comes back', async () => {
  const { at, id, userName } = await user(entra!);
  await entra!.patch(at, { op: 'Replace', path: 'active', value: false });
  expect((await entra!.get(at)).body).toMatchObject({ id, active: false });
  expect(await entra!.found(`userName eq "${userName}"`)).toEqual([userName]);
  expect((await entra!.patch(at, { op: 'Replace', path: 'active', value: true })).body).toMatchObject({ id, active: true });
  expect((await entra!.delete(at)).status).toBe(204);
  for (const answer of [
    await entra!.get(at),
    await entra!.delete(at),
    await entra!.patch(at, { op: 'replace', path: 'active', value: true }),
  ])
    expect([answer.status, answer.body]).toMatchObject([404, { schemas: [ERROR], status: '404' }]);
});

it('E12 values come back as they were sent; schemas and types are lists without nulls', async () => {
  const phoneNumbers = [{ type: 'work', value: 'tel: (030) 12-34 ext.5' }];
  const { at } = await user(entra!, { phoneNumbers, displayName: '  Zoë  Çelik ' });
  expect((await entra!.get(at)).body).toMatchObject({
    phoneNumbers,
    displayName: '  Zoë  Çelik ',
    meta: { resourceType: 'User' },
  });
  for (const where of ['/Schemas', '/ResourceTypes']) {
    const { body, headers } = await entra!.get(where);
    expect(headers.get('content-type')).toMatch(/^application\/scim\+json/);
    expect(body).toMatchObject({ schemas: [LIST], totalResults: body.Resources.length, startIndex: 1 });
    expect(JSON.stringify(body)).not.toContain('null');
  }
});

it('E13 25 requests at once, again and again, by one token that stays good; who was created and is not known is found again', async () => {
  const { out } = await here.command('token', 'create', 'Entra', '--connection', 'entra', '--expires', 'never', '--json');
  const entra = withToken(here, 'entra', (JSON.parse(out) as { readonly token: string }).token);
  const at: string[] = [];
  for (let round = 0; round < 4; round++) {
    const made = await Promise.all(Array.from({ length: 25 }, () => user(entra)));
    at.push(...made.map((one) => one.at));
  }
  const userName = named('e13');
  const sent = { schemas: [USER], userName, externalId: 'e13', active: true };
  const { body } = await entra.post('/Users', sent);
  const again = await entra.post('/Users', { ...sent, userName: userName.toUpperCase(), displayName: 'once more' });
  expect([again.status, again.body]).toMatchObject([409, { schemas: [ERROR], status: '409', scimType: 'uniqueness' }]);
  const found = await entra.get(`/Users?filter=userName eq "${userName}"`);
  expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id: body.id }] });
  const patched = await entra.patch(`/Users/${body.id}`, { op: 'Add', path: 'displayName', value: 'once more' });
  expect([patched.status, patched.body]).toMatchObject([200, { id: body.id, userName, displayName: 'once more' }]);
  expect(new Set(at).size).toBe(100);
});

it('E14 a PATCH without operations changes nothing, and is refused where the RFC is kept to', async () => {
  const { at } = await user(entra!);
  const before = await entra!.get(at);
  const after = await entra!.patch(at);
  expect([after.status, after.headers.get('etag')]).toEqual([200, before.headers.get('etag')]);
  const exact = await user(strict!);
  expect((await strict!.patch(exact.at)).body).toMatchObject({ status: '400', scimType: 'invalidSyntax' });
});

it('E15 filters over instants and mixed case, and an index from 0', async () => {
  const { userName } = await user(entra!);
  const [from, to] = [Date.now() - 3_600_000, Date.now() + 3_600_000].map((at) => new Date(at).toISOString());
  const filter = `active eq true and (META.lastmodified ge "${from}" and meta.lastModified le "${to}") and userName sw "${userName}"`;
  const { status, body } = await entra!.get(`/Users?startindex=0&filter=${encodeURIComponent(filter)}`);
  expect([status, body]).toMatchObject([200, { totalResults: 1, startIndex: 1 }]);
});

it('O1 Okta looks for users, and their names, mail and state', async () => {
  const mail = [{ primary: true, type: 'work', value: 'a@example.org' }];
  for (let i = 0; i < 2; i++) await user(okta!, { name: { givenName: 'A', familyName: 'B' }, emails: mail });
  const { body } = await okta!.get('/Users?startIndex=1&count=2');
  expect(body).toMatchObject({ itemsPerPage: 2, startIndex: 1 });
  for (const one of body.Resources)
    expect(one).toMatchObject({ name: { givenName: 'A', familyName: 'B' }, emails: mail, active: true });
});

it('O2 one by userName, and nobody', async () => {
  const { userName } = await user(okta!);
  const asked = async (name: string): Promise<unknown> =>
    (await okta!.get(`/Users?filter=userName eq "${name}"&startIndex=1&count=100`)).body;
  expect(await asked(userName.toUpperCase())).toMatchObject({ totalResults: 1, Resources: [{ userName }] });
  expect(await asked('nobody')).toMatchObject({ totalResults: 0, Resources: [] });
});

it('O3 a user with a password, groups and a locale: all of it comes back but the password; a second one is refused', async () => {
  const userName = named('o3');
  const wanted = {
    schemas: [USER],
    userName,
    name: { givenName: 'Test', familyName: 'User' },
    emails: [{ primary: true, value: userName, type: 'work' }],
    displayName: 'Test User',
    locale: 'en-US',
    externalId: '00ujl29u0le5T6Aj10h7',
    active: true,
  };
  const sent = { ...wanted, groups: [], password: '1mz050nq' };
  const made = await okta!.ask('POST', '/Users', sent, { 'content-type': 'application/json' });
  expect(made.status).toBe(201);
  expect(made.body).toEqual({ ...wanted, id: made.body.id, meta: made.body.meta });
  expect(made.body.meta).toMatchObject({
    resourceType: 'User',
    location: made.headers.get('location'),
    version: made.headers.get('etag'),
  });
  const again = await okta!.post('/Users', { ...sent, userName: userName.toUpperCase() });
  expect([again.status, again.body]).toMatchObject([409, { schemas: [ERROR], status: '409', scimType: 'uniqueness' }]);
});

it('O4 a PUT of what was read with a change: what only the service writes is passed over; without active nobody is deactivated', async () => {
  const { at, id } = await user(okta!, { name: { givenName: 'A', middleName: 'M' } });
  const { body } = await okta!.get(at);
  const changed = await okta!.put(at, {
    ...body,
    id: 'another',
    groups: [{ value: 'x' }],
    meta: { ...body.meta, created: '2001-01-01T00:00:00Z' },
    name: { givenName: 'B', middleName: '' },
  });
  expect([changed.status, changed.body]).toMatchObject([
    200,
    { id, name: { givenName: 'B' }, meta: { created: body.meta.created } },
  ]);
  const { active: _, ...without } = body;
  expect((await okta!.put(at, without)).body).toMatchObject({ active: true });
  expect((await okta!.patch(at, { op: 'replace', value: { active: false } })).body).toMatchObject({ active: false });
  expect((await okta!.put(at, without)).body).toMatchObject({ active: false });
});

it('O5 who is assigned again is the same one', async () => {
  const { at, id, userName } = await user(okta!);
  await okta!.patch(at, { op: 'replace', value: { active: false } });
  const { body } = await okta!.get(`/Users?filter=userName eq "${userName}"`);
  expect(body.Resources).toMatchObject([{ id, active: false }]);
  expect((await okta!.put(at, { ...body.Resources[0], active: true })).body).toMatchObject({ id, active: true });
});

it('O6 groups: a new name with its id, members in and out in one request, all of them, none', async () => {
  const [a, b, c] = (await Promise.all([1, 2, 3].map(() => user(okta!)))).map(({ id }) => id);
  const at = await group(okta!, [a!]);
  const id = at.split('/')[2];
  expect((await okta!.patch(at, { op: 'replace', value: { id, displayName: 'O6 renamed' } })).status).toBe(204);
  expect((await okta!.get(at)).body).toMatchObject({ displayName: 'O6 renamed', members: [{ value: a }] });
  const both = await okta!.patch(
    at,
    { op: 'remove', path: `members[value eq "${a}"]` },
    { op: 'add', path: 'members', value: [{ value: b, display: 'b@example.org' }] },
  );
  expect([both.status, await membersOf(okta!, at)]).toEqual([204, [b]]);
  await okta!.patch(at, { op: 'replace', path: 'members', value: [{ value: a }, { value: c }] });
  expect(await membersOf(okta!, at)).toEqual([a, c].sort());
  await okta!.patch(at, { op: 'replace', value: { id, displayName: 'O6 renamed', members: [] } });
  expect(await membersOf(okta!, at)).toEqual([]);
  expect((await okta!.delete(at)).status).toBe(204);
  expect((await okta!.get(at)).status).toBe(404);
});

it('O7 pages are stable and numbered; errors have a body', async () => {
  const seen: string[] = [];
  const { totalResults } = (await okta!.get('/Users?count=0')).body;
  for (let startIndex = 1; startIndex <= totalResults; startIndex += 3) {
    const { body } = await okta!.get(`/Users?startIndex=${startIndex}&count=3`);
    expect(body).toMatchObject({ totalResults, startIndex, itemsPerPage: body.Resources.length });
    seen.push(...body.Resources.map((one: { id: string }) => one.id));
  }
  expect(new Set(seen).size).toBe(totalResults);
  const unknown = await okta!.get('/Users/010101001010101011001010101011');
  expect([unknown.status, unknown.body]).toMatchObject([404, { schemas: [ERROR], status: '404', detail: expect.any(String) }]);
  const nobody = await okta!.get('/Users', { authorization: '' });
  expect([nobody.status, nobody.body]).toMatchObject([401, { schemas: [ERROR], status: '401', detail: expect.any(String) }]);
});

it('O8 what is asked for beyond users and groups is not there, and says so', async () => {
  for (const where of ['/Roles', '/Entitlements']) {
    const { status, body } = await okta!.get(`${where}?count=1&startIndex=1`);
    expect([status, body]).toMatchObject([404, { schemas: [ERROR] }]);
  }
});

it('G1 Google deletes without a suspend, or suspends and never deletes', async () => {
  const [a, b] = [await user(other!), await user(other!)];
  expect((await other!.delete(a.at)).status).toBe(204);
  expect((await other!.patch(b.at, { op: 'replace', path: 'active', value: false })).body).toMatchObject({ active: false });
  expect((await other!.post('/Users', { schemas: [USER], userName: a.userName })).body.id).not.toBe(a.id);
});

it('J1 JumpCloud makes a test user and a test group and takes them away; members as Entra sends them', async () => {
  const { at, id } = await user(other!);
  const changed = await other!.put(at, { schemas: [USER], userName: named('j1'), active: true });
  expect(changed.status).toBe(200);
  const group1 = await group(other!);
  await other!.patch(group1, { op: 'add', path: 'members', value: [{ value: id }] });
  expect(await membersOf(other!, group1)).toEqual([id]);
  expect((await other!.get(at)).body.groups).toMatchObject([{ value: group1.split('/')[2], type: 'direct' }]);
  await other!.patch(group1, { op: 'remove', path: 'members', value: [{ value: id }] });
  expect(await membersOf(other!, group1)).toEqual([]);
  for (const one of [at, group1]) expect((await other!.delete(one)).status).toBe(204);
});

it('L1 OneLogin sends what an administrator wrote: schemas of another version, or none', async () => {
  for (const schemas of [['urn:scim:schemas:core:1.0'], [], undefined]) {
    const { status, body } = await other!.post('/Users', { schemas, userName: named('l1'), active: 'true' });
    expect([status, body]).toMatchObject([201, { schemas: [USER], active: true }]);
  }
  expect((await strict!.post('/Users', { schemas: ['urn:scim:schemas:core:1.0'], userName: named('l1') })).status).toBe(400);
  expect((await other!.get('/Groups')).status).toBe(200);
});

it('P1 PingFederate updates by PUT and goes through all groups', async () => {
  const { at } = await user(other!, { title: 'Dr' });
  const { body } = await other!.put(at, { schemas: [USER], userName: named('p1'), active: true });
  expect(body).not.toHaveProperty('title');
  const at1 = await group(other!, ['a', 'b']);
  const { displayName } = (await other!.get(at1)).body;
  await other!.put(at1, { schemas: [GROUP], displayName, members: [{ value: 'c' }] });
  expect(await membersOf(other!, at1)).toEqual(['c']);
  const all = await other!.get('/Groups?attributes=displayName&count=1000');
  expect(all.body.Resources.map((one: object) => Object.keys(one).sort())).toContainEqual(['displayName', 'id', 'schemas']);
});

it('W1 from site to site: one name at each, roles as a list, no password comes back, what comes back as it was changes nothing', async () => {
  const userName = named('w1');
  const sent = { schemas: [USER], userName, roles: [{ value: 'editor' }, { value: 'shop_manager' }], password: 'of one site' };
  const [one, two] = await Promise.all([entra!.post('/Users', sent), other!.post('/Users', sent)]);
  expect([one.status, two.status]).toEqual([201, 201]);
  const read = await entra!.get(`/Users/${one.body.id}`);
  expect(read.body).toMatchObject({ userName, roles: sent.roles });
  expect(JSON.stringify(read.body)).not.toContain('of one site');
  const echo = await entra!.put(`/Users/${one.body.id}`, read.body);
  expect([echo.status, echo.headers.get('etag')]).toEqual([200, read.headers.get('etag')]);
  const late = await entra!.ask(
    'PUT',
    `/Users/${one.body.id}`,
    { ...read.body, nickName: 'z' },
    { 'if-match': 'W/"of another"' },
  );
  expect(late.status).toBe(412);
});

it('the schemas of PATCH are looked at where the RFC is kept to', async () => {
  const { at } = await user(strict!);
  const operations = [{ op: 'replace', path: 'active', value: false }];
  expect((await strict!.ask('PATCH', at, { Operations: operations })).body).toMatchObject({ scimType: 'invalidSyntax' });
  expect((await strict!.ask('PATCH', at, { schemas: [PATCH], Operations: operations })).status).toBe(200);
});
