/** What becomes of writes that are refused, lost, late, or made of what somebody changed meanwhile; and of those to a server with PUT alone. */
import { afterEach, expect, it } from 'vitest';
import {
  type Json,
  type Operation,
  type Scripted,
  type Seen,
  scimTarget,
  type Target,
  TOKEN,
  type Ways,
} from '../../../test/servers/scim-target.ts';
import type { Connection, WriteItem, WriteResult } from '../contract.ts';
import { scim } from './index.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ETAGS = { etag: { supported: true } };

const open = new Set<{ close(): Promise<void> }>();
afterEach(async () => {
  for (const one of open) await one.close();
  open.clear();
});

async function connected(ways: Ways, settings: object = {}): Promise<{ target: Target; connection: Connection }> {
  const target = await scimTarget(ways);
  const config = scim.config.parse({ url: target.url, token: TOKEN, visibleWithin: '0s', ...settings });
  const limits = { maxObjectBytes: 1_000_000 };
  const connection = scim.open(config, { connection: 'target', folder: '.', limits, warn: () => undefined });
  open.add(connection).add(target);
  return { target, connection };
}

const of = (
  operation: WriteItem['operation'],
  anchor: string | null,
  set: WriteItem['set'],
  more: Partial<WriteItem> = {},
): WriteItem => ({
  attempt: 'a',
  operation,
  kind: 'person',
  anchor,
  set,
  ...more,
});

/** Once, for a request of this method. */
function once(method: string, scripted: Scripted | (() => Scripted | undefined)): (seen: Seen) => Scripted | undefined {
  let done = false;
  return (seen) => {
    if (done || seen.method !== method) return undefined;
    done = true;
    return typeof scripted === 'function' ? scripted() : scripted;
  };
}

const short = (one: WriteResult): unknown =>
  one.ok ? 'ok' : { kind: one.fault.kind, ...(one.unknown ? { unknown: true } : {}), ...(one.stale ? { stale: true } : {}) };
async function write({ write: writer }: Connection, ...items: readonly WriteItem[]): Promise<readonly unknown[]> {
  return (await writer!.write(items)).map(short);
}

it('what is changed goes by its path, and nothing else goes', async () => {
  const { target, connection } = await connected({});
  const [id] = target.add('Users', {
    userName: 'ada',
    name: { givenName: 'Ada', familyName: 'King' },
    emails: [
      { value: 'a@x', type: 'work' },
      { value: 'p@x', type: 'home' },
    ],
    addresses: [{ type: 'work', locality: 'Paris', country: 'FR' }],
    [ENTERPRISE]: { department: 'IT', manager: { value: 'U-9', displayName: 'Bo' } },
  });
  const set = {
    userName: 'ada',
    'name.familyName': 'Lovelace',
    'name.givenName': 'Ada',
    title: 'Countess',
    'emails.work': 'b@x',
    'emails.home': null,
    'phoneNumbers.mobile': '+44 1',
    'addresses.work.locality': 'London',
    'addresses.work.country': null,
    'addresses.home.locality': 'Ockham',
    'addresses.home.country': 'GB',
    'enterprise.department': null,
    'enterprise.manager': 'U-2',
  };
  expect(await write(connection, of('update', id!, set))).toEqual(['ok']);
  expect(target.sent('PATCH').flatMap(({ body }) => body['Operations'])).toEqual([
    { op: 'replace', path: 'name.familyName', value: 'Lovelace' },
    { op: 'replace', path: 'title', value: 'Countess' },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'b@x' },
    { op: 'remove', path: 'emails[type eq "home"]' },
    { op: 'add', path: 'phoneNumbers', value: [{ value: '+44 1', type: 'mobile', primary: true }] },
    { op: 'replace', path: 'addresses[type eq "work"].locality', value: 'London' },
    { op: 'remove', path: 'addresses[type eq "work"].country' },
    { op: 'add', path: 'addresses', value: [{ type: 'home', locality: 'Ockham', country: 'GB' }] },
    { op: 'remove', path: `${ENTERPRISE}:department` },
    { op: 'replace', path: `${ENTERPRISE}:manager`, value: { value: 'U-2' } },
  ]);
  // A second time nothing differs, and nothing is sent.
  expect(await write(connection, of('update', id!, set))).toEqual(['ok']);
  expect(target.sent('PATCH').length).toBe(1);
});

it('a server without PATCH gets all that it showed, with what is not known here', async () => {
  const { target, connection } = await connected({ config: { patch: { supported: false } } });
  const own = { 'urn:example:other:1.0:User': { shoe: 41 }, favourite: ['tea'], emails: [{ value: 'a@x', custom: true }] };
  const [id] = target.add('Users', JSON.parse(`{"userName":"ada","__proto__":{"polluted":true},"groups":[{"value":"g"}]}`), own);
  Object.assign(target.resources['Users']!.get(id!)!, own);
  expect(await write(connection, of('update', id!, { title: 'Countess', 'emails.primary': 'b@x', active: 'true' }))).toEqual([
    'ok',
  ]);
  const [{ body }] = target.sent('PUT') as [Seen];
  expect(body).toMatchObject({
    userName: 'ada',
    ...own,
    title: 'Countess',
    active: true,
    emails: [{ value: 'b@x', custom: true }],
  });
  expect([Object.keys(body), Object.hasOwn(body, 'groups')]).toEqual([expect.arrayContaining(['__proto__']), false]);
  const [group] = target.add('Groups', { displayName: 'G', members: [{ value: 'x' }] });
  await write(connection, { ...of('update', group!, {}), kind: 'group', add: { members: ['y'] }, remove: { members: ['x'] } });
  expect(target.resources['Groups']!.get(group!)).toMatchObject({ members: [{ value: 'y' }] });
});

it.each([
  ['as an empty list', []],
  ['not at all', undefined],
])('a group whose members are shown %s is not emptied by what else of it is written', async (_, members) => {
  const { target, connection } = await connected(
    { answers: ({ method }) => (method === 'GET' ? { body: { id: 'g', displayName: 'G', members } } : undefined) },
    { update: 'put', membersShown: false },
  );
  const group = (set: WriteItem['set'], more: Partial<WriteItem>): WriteItem => ({
    ...of('update', 'g', set, more),
    kind: 'group',
  });
  expect(await write(connection, group({ displayName: 'H' }, {}))).toEqual([{ kind: 'permission' }]);
  expect(target.sent('PUT')).toEqual([]);
  const shown = await connected(
    {
      answers: ({ method, path }) =>
        method === 'GET' && path === 'Groups/g' ? { body: { id: 'g', displayName: 'G' } } : undefined,
    },
    { update: 'plain' },
  );
  expect(await write(shown.connection, group({}, { remove: { members: ['x'] } }))).toEqual([{ kind: 'permission' }]);
  expect(shown.target.sent('PATCH')).toEqual([]);
});

it.each(['plain', 'put'])('whoever is in a group stays in it, however the server writes that (%s)', async (update) => {
  const { target, connection } = await connected({}, { update });
  const [id] = target.add('Groups', { displayName: 'G', Members: [{ value: 1 }, { Value: 'x' }, 'y', { value: 'z' }] });
  const remove = { members: ['1', 'z'] };
  await write(connection, { ...of('update', id!, {}), kind: 'group', add: { members: ['y', 'new'] }, remove });
  const sent = [...target.sent('PATCH').flatMap(({ body }) => body['Operations'] as Operation[]), ...target.sent('PUT')];
  const all = [{ Value: 'x' }, 'y', { value: 'new' }];
  expect(sent).toMatchObject([update === 'put' ? { body: { Members: all } } : { op: 'replace', path: 'members', value: all }]);
});

it('a create whose answer is lost may be done: it is not said to have failed, and is found', async () => {
  const { target, connection } = await connected({ answers: once('POST', { lost: 'after' }) });
  const bo = of('create', null, { userName: 'bo', externalId: 'e1' });
  expect(await write(connection, bo)).toEqual([{ kind: 'unavailable', unknown: true }]);
  const { creates } = connection.write!;
  expect(creates).toEqual({ by: 'lookup', attribute: { person: 'userName', group: 'displayName' }, visibleWithinSeconds: 0 });
  const there = await connection.lookup!({ attribute: 'userName', value: 'bo' }, 'person');
  expect(there.map(({ anchor }) => anchor)).toEqual([...target.resources['Users']!.keys()]);
  // Sent again all the same, it is refused, and says who it is.
  const [again] = await connection.write!.write([bo]);
  expect(again).toMatchObject({
    ok: false,
    fault: { kind: 'conflict', where: { attribute: 'userName' }, message: expect.stringContaining(there[0]!.anchor) },
  });
});

it('an answer to a create that says nothing, or only where it is, is one', async () => {
  let location = true;
  const { target, connection } = await connected({});
  const silent = await connected({
    answers: ({ method, body }) => {
      if (method !== 'POST') return undefined;
      const [id] = silent.target.add('Users', body);
      return { status: 201, ...(location ? { headers: { location: `/scim/v2/Users/${id}` } } : {}) };
    },
  });
  expect(await write(silent.connection, of('create', null, { userName: 'a' }))).toEqual(['ok']);
  location = false;
  expect(await write(silent.connection, of('create', null, { userName: 'b' }))).toEqual(['ok']);
  expect(target.seen.length).toBe(0);
  await connection.close();
});

it('what somebody changes between the look and the write is looked at again, and refused as stale only where it was seen', async () => {
  let meddle: (() => void) | null = null;
  const { target, connection } = await connected({
    config: ETAGS,
    versions: true,
    answers: ({ method }) => {
      if (method === 'PATCH') meddle?.();
      return undefined;
    },
  });
  const [id] = target.add('Users', { userName: 'ada', title: 'one', nickName: 'n' });
  const users = target.resources['Users']!;
  const change = (values: Json): void => {
    meddle = null;
    users.set(id!, { ...users.get(id!), ...values, meta: { version: 'W/"77"' } });
  };
  meddle = () => change({ nickName: 'other' });
  expect(await write(connection, of('update', id!, { title: 'two' }, { seen: { title: 'one' } }))).toEqual(['ok']);
  meddle = () => change({ title: 'theirs' });
  expect(await write(connection, of('update', id!, { title: 'three' }, { seen: { title: 'two' } }))).toEqual([
    { kind: 'conflict', stale: true },
  ]);
  expect(users.get(id!)).toMatchObject({ title: 'theirs', nickName: 'other' });
});

it('asked too often, nothing more is sent, and how long to wait is passed on', async () => {
  const { target, connection } = await connected({
    answers: ({ method }) => (method === 'POST' ? { status: 429, headers: { 'retry-after': '7' } } : undefined),
  });
  const many = Array.from({ length: 12 }, (_, i) => of('create', null, { userName: `u${i}` }));
  await expect(connection.write!.write(many)).rejects.toMatchObject({ kind: 'rateLimited', retryAfterMs: 7_000 });
  expect(target.sent('POST').length).toBeLessThanOrEqual(4);
});

it('a server that fails at one is asked for the others, and whether that one was done is not known', async () => {
  const { connection } = await connected({
    answers: ({ method, body }) =>
      method === 'POST' && body['userName'] === 'poison' ? { status: 500, body: { detail: 'bang' } } : undefined,
  });
  const results = await write(connection, of('create', null, { userName: 'poison' }), of('create', null, { userName: 'well' }));
  expect(results).toEqual([{ kind: 'unavailable', unknown: true }, 'ok']);
});

it.each([
  [408, { kind: 'unavailable', unknown: true }],
  [421, { kind: 'unavailable' }],
  [425, { kind: 'unavailable' }],
])('a server that does not take it now is asked again (%i)', async (status, result) => {
  const { connection } = await connected({ answers: ({ method }) => (method === 'POST' ? { status } : undefined) });
  const made = write(connection, of('create', null, { userName: 'x' }));
  if ('unknown' in result) expect(await made).toEqual([result]);
  else await expect(made).rejects.toMatchObject(result);
});

it('a membership that is refused as that of another version is none', async () => {
  const { target, connection } = await connected({ answers: ({ method }) => (method === 'PATCH' ? { status: 412 } : undefined) });
  const [group] = target.add('Groups', { displayName: 'G' });
  const item: WriteItem = { ...of('update', group!, {}), kind: 'group', add: { members: ['a'] } };
  expect(await write(connection, item)).toEqual([{ kind: 'conflict' }]);
});

it('a new group gets its members in requests of a size; a server without PATCH gets all of them, or is not asked', async () => {
  const members = Array.from({ length: 1_001 }, (_, i) => `m${i}`);
  const group: WriteItem = { ...of('create', null, { displayName: 'G', members }), kind: 'group' };
  const sizes = async (settings: object): Promise<unknown> => {
    const { target, connection } = await connected({}, settings);
    const results = await write(connection, group);
    return [
      results,
      ...target.sent('POST').map(({ body }) => (body['members'] as unknown[]).length),
      target.sent('PATCH').length,
    ];
  };
  expect(await sizes({})).toEqual([['ok'], 1_000, 1]);
  expect(await sizes({ update: 'put' })).toEqual([['ok'], 1_001, 0]);
  expect(await sizes({ update: 'put', membersPerPatch: 1_000 })).toEqual([[{ kind: 'invalidValue' }], 0]);
});

it('an answer after some of the members is lost: they may be done, and none is told as done', async () => {
  let patches = 0;
  const { target, connection } = await connected(
    { answers: ({ method }) => (method === 'PATCH' && ++patches === 2 ? { status: 503 } : undefined) },
    { membersPerPatch: 2 },
  );
  const [group] = target.add('Groups', { displayName: 'G' });
  const item: WriteItem = { ...of('update', group!, {}), kind: 'group', add: { members: ['a', 'b', 'c'] } };
  expect(await write(connection, item)).toEqual([{ kind: 'unavailable', unknown: true }]);
  expect(await connection.write!.write([item])).toMatchObject([
    { ok: true, object: { attributes: { members: expect.arrayContaining(['a', 'b', 'c']) } } },
  ]);
});

it('what nobody can write is refused by name before anything is sent', async () => {
  const { target, connection } = await connected({});
  const set = async (values: WriteItem['set']): Promise<unknown> => {
    const [one] = await connection.write!.write([of('create', null, { userName: 'x', ...values })]);
    return one!.ok ? 'ok' : [one!.fault.kind, one!.fault.where.attribute];
  };
  for (const [attribute, value] of Object.entries({
    nonsense: 'x',
    groups: ['x'],
    'meta.created': 'x',
    'name.nickname': 'x',
    'emails.work.value.more': 'x',
    'addresses.work': 'x',
    'staff.badge': 'x',
    active: 'perhaps',
    userName: ['a', 'b'],
    title: 'with \0 in it',
    displayName: new Uint8Array([1]),
  }))
    expect(await set({ [attribute]: value }), attribute).toEqual(['invalidValue', attribute]);
  expect(await set({ userName: null })).toEqual(['invalidValue', 'userName']);
  expect(target.sent('POST')).toEqual([]);
  const { write: writer } = connection;
  expect((await writer!.write([{ ...of('create', null, {}), kind: 'robot' }])).map(short)).toEqual([{ kind: 'invalidValue' }]);
});

it('a refusal does not repeat what was sent', async () => {
  const { connection } = await connected({
    answers: once('POST', { status: 400, body: { detail: 'the password hunter2!x of ada is weak', scimType: 'invalidValue' } }),
  });
  const [one] = await connection.write!.write([of('create', null, { userName: 'ada', password: 'hunter2!x' })]);
  expect(one).toMatchObject({
    ok: false,
    fault: { kind: 'invalidValue', message: expect.stringContaining('the password … of … is weak') },
  });
  const other = await connected({ answers: once('PATCH', { status: 400, body: { detail: 'anna-7Qx!secret of anna, editor' } }) });
  const [id] = other.target.add('Users', { userName: 'x' });
  const item = of('update', id!, { userName: 'anna', password: 'anna-7Qx!secret' }, { add: { 'roles.value': ['editor'] } });
  expect(await other.connection.write!.write([item])).toMatchObject([
    { fault: { message: expect.stringMatching(/: … of …, …$/) } },
  ]);
});

it.each([
  ['emails', 403, undefined, 'this user may not change emails'],
  ['emails', 400, 'mutability', "Attribute 'emails' is readOnly."],
  [
    'enterprise.department',
    400,
    'invalidValue',
    'unknown value for urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
  ],
  ['name.givenName', 400, 'invalidValue', 'givenName is too long'],
])(
  'W1 a refusal that names %s is of that attribute alone, so that the others may go (%i %s)',
  async (name, status, scimType, detail) => {
    const { target, connection } = await connected({ answers: once('PATCH', { status, body: { detail, scimType } }) });
    const [id] = target.add('Users', { userName: 'ada' });
    const set = { title: 't', 'name.givenName': 'Ada', 'emails.work': 'a@x', 'enterprise.department': 'IT' };
    const [one] = await connection.write!.write([of('update', id!, set)]);
    expect(one).toMatchObject({
      ok: false,
      fault: { kind: 'invalidValue', where: { object: id, attribute: Object.keys(set).find((one) => one.startsWith(name)) } },
    });
  },
);

it('an id is part of an address, whatever is in it', async () => {
  const { target, connection } = await connected({});
  target.resources['Users']!.set('a/../b?c#d', { id: 'a/../b?c#d', userName: 'odd', meta: { version: 'W/"1"' } });
  expect(
    await write(connection, of('update', 'a/../b?c#d', { title: 't' }), of('delete', '..', {}), of('delete', '', {})),
  ).toEqual(['ok', { kind: 'invalidValue' }, { kind: 'invalidValue' }]);
  expect(target.sent('PATCH').map(({ path }) => path)).toEqual(['Users/a%2F..%2Fb%3Fc%23d']);
  expect(await connection.lookup!({ anchor: '..' }, 'person').catch(({ kind }: { kind: string }) => kind)).toBe('invalidValue');
});

it('lists are sets, and what the server says of their elements stays', async () => {
  const { target, connection } = await connected({});
  const roles = [{ value: 'editor', display: 'Editor' }, { value: 'author' }];
  const [id] = target.add('Users', { userName: 'ada', roles });
  expect(await write(connection, of('update', id!, { 'roles.value': ['editor', 'admin'] }))).toEqual(['ok']);
  expect(target.resources['Users']!.get(id!)!['roles']).toEqual([roles[0], { value: 'admin' }]);
  const [, patch] = [target.sent('GET'), target.sent('PATCH')[0]!];
  expect(patch.body['Operations'] as Operation[]).toEqual([
    { op: 'remove', path: 'roles[value eq "author"]' },
    { op: 'add', path: 'roles', value: [{ value: 'admin' }] },
  ]);
  const whole = ['{"value":"editor"}', '{"value":"guest","type":"x"}'];
  expect(await write(connection, of('update', id!, { roles: whole }), of('update', id!, { 'roles.value': null }))).toEqual([
    'ok',
    'ok',
  ]);
});
