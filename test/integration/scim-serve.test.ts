/** Base URLs at which applications read people and groups as they are agreed: over HTTP, from what several sources say. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, ENTERPRISE, ERROR, GROUP, SEARCH, servedTo, USER } from './scim-client.ts';
import type { Served } from './served.ts';

const STAFF = 'urn:example:scim:staff:1.0:User';
const YAML = `
attributes:
  person:
    nationalId: { see: [administrator, self] }
    birthDate: { see: [administrator] }
    badge: { label: Badge, matching: exact }
    floor: integer
    mobile: { edit: [administrator], pattern: '^[+][0-9]+$' }
    title: { edit: [operator] }
connections:
  people: { type: people }
  hr:
    type: csv
    path: hr.csv
    anchor: id
    import:
      person:
        join: [employeeId]
        project: true
        attributes:
          employeeId: id
          login: user
          givenName: given
          familyName: family
          department: department
          nationalId: national
          birthDate: born
          badge: badge
          floor: floor
          manager: { reference: boss }
  okta:
    type: scim-push
    import:
      person:
        join: [login]
        project: true
        attributes: { login: userName, mail: emails.primary, department: enterprise.department, displayName: displayName }
      group:
        join: [name]
        project: true
        attributes: { name: displayName, member: { reference: members } }
scim:
  desk: { write: true, groups: false }
  apps:
    users:
      attributes: { staff.badge: badge, staff.floor: floor, staff.born: birthDate }
    extensions: [{ schema: '${STAFF}', prefix: staff }]
  bakery:
    users: { filter: '${ENTERPRISE}:department eq "Bakery"', usual: false, attributes: { userName: login, enterprise.department: department } }
`;
const HR = `id,user,given,family,department,national,born,badge,floor,boss
1,ada,Ada,Lovelace,Bakery,N-1,1990-05-06,B-1,3,2
2,Bob,Bob,Brown,Kitchen,N-2,1991-05-06,b-1,4,
3,cleo,Cleo,Clark,Bakery,N-3,1992-05-06,C-1,,1
`;

let here: Served;
let [okta, apps, bakery, desk]: Client[] = [];
const ids = new Map<string, string>();
beforeAll(async () => {
  const { clients, ...rest } = await servedTo(['okta', 'apps', 'bakery', 'desk'], YAML, { 'hr.csv': HR });
  ({ here } = rest);
  ({ okta, apps, bakery, desk } = clients);
  const { code, err } = await here.command('run', '--json');
  expect({ code, err }).toMatchObject({ code: 0 });
  for (const { id, userName } of (await apps!.get('/Users')).body.Resources) ids.set(userName, id);
});
afterAll(() => here?.close());

const error = (status: number, scimType?: string): object => ({
  status,
  body: { schemas: [ERROR], status: String(status), detail: expect.any(String), ...(scimType === undefined ? {} : { scimType }) },
});

it('shows what is agreed of all sources, by the id that it has here, and nothing that is hidden', async () => {
  await okta!.post('/Users', {
    schemas: [USER],
    userName: 'ADA',
    displayName: 'Ada L.',
    emails: [{ value: 'ada@example.org', primary: true }],
    [ENTERPRISE]: { department: 'says Okta' },
  });
  const { status, body, headers } = await apps!.get(`/Users/${ids.get('ada')}`);
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      schemas: [USER, ENTERPRISE, STAFF],
      id: ids.get('ada'),
      userName: 'ada',
      displayName: 'Ada L.',
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      active: true,
      emails: [{ value: 'ada@example.org', type: 'work', primary: true }],
      [ENTERPRISE]: {
        employeeNumber: '1',
        department: 'Bakery',
        manager: { value: ids.get('Bob'), $ref: `${apps!.base}/Users/${ids.get('Bob')}` },
      },
      [STAFF]: { badge: 'B-1', floor: 3, born: '1990-05-06' },
      meta: {
        resourceType: 'User',
        created: expect.any(String),
        lastModified: expect.any(String),
        version: headers.get('etag'),
        location: `${apps!.base}/Users/${ids.get('ada')}`,
      },
    },
  });
  const all = JSON.stringify((await apps!.get('/?count=1000')).body);
  expect(all).not.toMatch(/N-\d/);
  expect(JSON.stringify((await apps!.get('/Schemas')).body)).not.toContain('nationalId');
  expect(await bakery!.get('/Users?sortBy=userName')).toMatchObject({
    body: { totalResults: 2, Resources: [{ userName: 'ada' }, { userName: 'cleo' }] },
  });
  expect(JSON.stringify((await bakery!.get('/Users')).body)).not.toMatch(/Lovelace|B-1/);
  expect(await bakery!.get(`/Users/${ids.get('Bob')}`)).toMatchObject(error(404));
});

it('a token is good for its own base URL', async () => {
  const { token } = okta!;
  const ask = (authorization: Record<string, string>) => fetch(`${apps!.base}/Users`, { headers: authorization });
  expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(403);
  expect((await ask({ authorization: `Bearer ${bakery!.token}` })).status).toBe(403);
  expect((await ask({})).status).toBe(401);
  const { code } = await here.command('token', 'create', 'An application', '--connection', 'apps');
  expect(code).toBe(0);
});

it('finds by a filter, sorts, and shows what is asked for', async () => {
  for (const [filter, found] of [
    ['userName eq "BOB"', ['Bob']],
    [`id eq "${'x'}" or userName eq "cleo"`, ['cleo']],
    ['emails[type eq "work" and value co "@EXAMPLE"]', ['ada']],
    [`${STAFF}:badge eq "b-1"`, ['Bob']],
    [`${STAFF}:floor gt 3`, ['Bob']],
    [`${STAFF}:floor eq 3 or not (${STAFF}:floor pr)`, ['ada', 'cleo']],
    [`${ENTERPRISE}:manager.value eq "${ids.get('Bob')}"`, ['ada']],
    ['active eq false', []],
    ['active eq true and name.familyName sw "cl"', ['cleo']],
    ['meta.lastModified gt "2000-01-01T00:00:00Z" and not (userName eq "bob")', ['ada', 'cleo']],
  ] as const)
    expect({ filter, found: await apps!.found(filter) }).toEqual({ filter, found });
  expect(await apps!.get('/Users?filter=nationalId eq "N-1"')).toMatchObject(error(400, 'invalidFilter'));
  expect(await apps!.get('/Users?filter=groups.value eq "1"')).toMatchObject(error(400, 'invalidFilter'));
  expect(await apps!.get('/Users?filter=active gt true')).toMatchObject(error(400, 'invalidFilter'));
  const { body } = await apps!.ask('POST', '/Users/.search', {
    schemas: [SEARCH],
    sortBy: 'userName',
    sortOrder: 'descending',
    count: 2,
    attributes: ['userName'],
  });
  expect(body).toMatchObject({ totalResults: 3, itemsPerPage: 2, startIndex: 1 });
  expect(body.Resources).toEqual(['cleo', 'Bob'].map((userName) => ({ schemas: [USER], id: ids.get(userName), userName })));
});

it('groups have the members that are agreed, and users their groups', async () => {
  const boss = (await okta!.post('/Users', { schemas: [USER], userName: 'zoe' })).body.id;
  const ada = (await okta!.get('/Users?filter=userName eq "ada"')).body.Resources[0].id;
  const group = { schemas: [GROUP], displayName: 'bakers', members: [{ value: boss }, { value: ada }] };
  const { id: pushed } = (await okta!.post('/Groups', group)).body;
  await expect.poll(async () => (await apps!.get('/Groups')).body.totalResults).toBe(1);
  const [{ id, members }] = (await apps!.get('/Groups')).body.Resources;
  const zoe = (await apps!.get('/Users?filter=userName eq "zoe"')).body.Resources[0].id;
  const member = (value: string) => ({ value, type: 'User', $ref: `${apps!.base}/Users/${value}` });
  expect(members).toEqual(expect.arrayContaining([member(zoe), member(ids.get('ada')!)]));
  const before = await apps!.get(`/Groups/${id}`);
  expect(before.body.members).toHaveLength(2);
  const etag = before.headers.get('etag')!;
  expect((await apps!.get(`/Groups/${id}`, { 'if-none-match': etag })).status).toBe(304);
  expect((await apps!.get(`/Groups?filter=members eq "${zoe}"&attributes=displayName`)).body.Resources).toEqual([
    { schemas: [GROUP], id, displayName: 'bakers' },
  ]);
  expect((await apps!.get(`/Users/${zoe}?attributes=groups`)).body.groups).toEqual([
    { value: id, type: 'direct', $ref: `${apps!.base}/Groups/${id}` },
  ]);
  await okta!.patch(`/Groups/${pushed}`, { op: 'remove', path: `members[value eq "${boss}"]` });
  await expect.poll(async () => (await apps!.get(`/Groups/${id}`, { 'if-none-match': etag })).status).toBe(200);
  expect((await apps!.get(`/Users/${zoe}?attributes=groups`)).body.groups).toBeUndefined();
});

it('an answer that is known already is not sent again, until something of it changes', async () => {
  const at = `/Users/${ids.get('cleo')}`;
  const etag = (await apps!.get(at)).headers.get('etag')!;
  expect((await apps!.get(at, { 'if-none-match': etag })).status).toBe(304);
  await okta!.post('/Users', { schemas: [USER], userName: 'cleo', displayName: 'Cleo' });
  await expect.poll(async () => (await apps!.get(at, { 'if-none-match': etag })).status).toBe(200);
});

it('says truly what it can do, and refuses the rest as SCIM does', async () => {
  const { body } = await apps!.get('/ServiceProviderConfig');
  expect(body).toMatchObject({
    patch: { supported: false },
    bulk: { supported: false },
    filter: { supported: true },
    sort: { supported: true },
    etag: { supported: true },
    pagination: { cursor: true, index: true },
  });
  type Shown = { readonly name: string; readonly subAttributes?: readonly Shown[] };
  const [user] = (await apps!.get('/Schemas')).body.Resources;
  const named = (name: string) => (user['attributes'] as readonly Shown[]).find((one) => one.name === name);
  expect(named('userName')).toMatchObject({ mutability: 'readOnly', required: false });
  expect(named('emails')!.subAttributes!.map(({ name }) => name)).toEqual(['value', 'type', 'primary']);
  expect(named('nickName')).toBeUndefined();
  const at = `/Users/${ids.get('ada')}`;
  for (const [method, where] of [
    ['POST', '/Users'],
    ['PUT', at],
    ['PATCH', at],
    ['DELETE', at],
  ] as const)
    expect(await apps!.ask(method, where, method === 'DELETE' ? undefined : {})).toMatchObject(error(403));
  expect(await apps!.ask('POST', '/Bulk', {})).toMatchObject(error(501));
  expect(await apps!.get('/Users/0')).toMatchObject(error(404));
  expect(await apps!.get('/Users/constructor')).toMatchObject(error(404));
  expect(await apps!.get(`/Groups/${ids.get('ada')}`)).toMatchObject(error(404));
});

it('writes what may be edited, as an edit with its place among the sources, and nothing else', async () => {
  const at = `/Users/${ids.get('cleo')}`;
  expect((await desk!.get('/ServiceProviderConfig')).body).toMatchObject({
    patch: { supported: true },
    bulk: { supported: true },
  });
  const first = await desk!.get(at);
  const mobile = { op: 'add', path: 'phoneNumbers', value: [{ type: 'mobile', value: '+4912' }] };
  const { status, body, headers } = await desk!.patch(at, mobile);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { phoneNumbers: [{ type: 'mobile', value: '+4912', primary: true }] },
  });
  expect((await apps!.get(at)).body['phoneNumbers']).toEqual([{ type: 'mobile', value: '+4912', primary: true }]);
  const other = { op: 'replace', path: 'phoneNumbers[type eq "mobile"].value', value: '+4913' };
  const patch = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [other] };
  expect(await desk!.ask('PATCH', at, patch, { 'if-match': first.headers.get('etag')! })).toMatchObject(error(412));
  expect((await desk!.ask('PATCH', at, patch, { 'if-match': headers.get('etag')! })).status).toBe(200);
  // Two at once: neither is lost.
  const both = await Promise.all(['+1', '+2'].map((value) => desk!.patch(at, { ...other, value })));
  expect(both.map((one) => one.status)).toEqual([200, 200]);
  expect(await desk!.patch(at, { ...other, value: 'no number' })).toMatchObject(error(400, 'invalidValue'));
  // Not with the rights of an administrator, and of no rule that takes it as it is.
  for (const [path, value] of [
    ['title', 'Boss'],
    ['userName', 'other'],
    ['active', false],
  ] as const)
    expect(await desk!.patch(at, { op: 'replace', path, value })).toMatchObject(error(400));
  const { phoneNumbers: _, ...rest } = (await desk!.get(at)).body;
  expect(await desk!.put(at, rest)).toMatchObject({ status: 200 });
  expect((await desk!.get(at)).body['phoneNumbers']).toBeUndefined();
  expect(await desk!.post('/Users', { schemas: [USER], userName: 'nobody' })).toMatchObject(error(501));
  expect(await desk!.delete(at)).toMatchObject(error(501));
  expect(await desk!.patch('/Users/999', mobile)).toMatchObject(error(404));
  const { out } = await here.command('audit', '--json', '--action', 'person.edit');
  const events = (JSON.parse(out) as { events: readonly { actor: unknown }[] }).events;
  expect(events).toHaveLength(5);
  expect(JSON.stringify(events[0])).toContain('desk');
});

it('a token that only reads changes nothing where others may, and is listed as such', async () => {
  const create = (...more: string[]) => here.command('token', 'create', 'Wiki', ...more);
  const made = await create('--connection', 'desk', '--read-only');
  expect([made.code, made.err]).toEqual([0, expect.stringContaining('put it into the application now')]);
  const headers = { authorization: `Bearer ${made.out.trim()}`, 'content-type': 'application/scim+json' };
  const ask = async (method: string, where: string, body?: object) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${desk!.base}${where}`, { method, headers, ...sent });
    return [answer.status, (await answer.json()) as object] as const;
  };
  const at = `/Users/${ids.get('cleo')}`;
  expect((await ask('GET', at))[0]).toBe(200);
  expect(await ask('GET', '/ServiceProviderConfig')).toMatchObject([200, { patch: { supported: false } }]);
  expect((await ask('POST', '/Users/.search', { schemas: [SEARCH], filter: 'userName eq "cleo"' }))[0]).toBe(200);
  for (const [method, where] of [
    ['PATCH', at],
    ['PUT', at],
    ['DELETE', at],
    ['POST', '/Users'],
    ['POST', '/Bulk'],
  ] as const)
    expect(await ask(method, where)).toMatchObject([403, { detail: 'the token is for reading alone' }]);
  expect((await here.command('token', 'list')).out).toContain('desk (reads only)');
  // Who pushes writes; and base URLs are among what there is.
  expect((await create('--connection', 'okta', '--read-only')).code).toBe(1);
  expect((await create('--role', 'operator', '--read-only')).code).toBe(1);
  const wrong = await create('--connection', 'nowhere');
  expect([wrong.code, wrong.err]).toEqual([64, expect.stringContaining('desk')]);
});

it('pages by cursor go on where they were, while people come', async () => {
  const seen: string[] = [];
  let cursor = '';
  for (let n = 0; n < 20; n++) {
    const { status, body } = await apps!.get(`/Users?count=2&cursor=${cursor}&filter=userName pr`);
    expect(status).toBe(200);
    seen.push(...body.Resources.map((one: { userName: string }) => one.userName));
    if (body.nextCursor === undefined) break;
    cursor = body.nextCursor;
    if (n === 0) {
      await okta!.post('/Users', { schemas: [USER], userName: 'new' });
      await expect.poll(() => apps!.found('userName eq "new"')).toEqual(['new']);
    }
  }
  expect(seen).toEqual(['ada', 'Bob', 'cleo', 'zoe', 'new']);
  const index = await apps!.get('/Users?startIndex=2&count=2');
  expect(index.body).toMatchObject({ totalResults: 5, startIndex: 2, itemsPerPage: 2, Resources: [{ userName: 'Bob' }, {}] });
  expect(await apps!.get('/Users?cursor=nonsense')).toMatchObject(error(400, 'invalidCursor'));
});
