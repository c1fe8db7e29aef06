/** Systems as their documentation describes them: what each of them takes, and what it must never be sent. */
import { Ajv } from 'ajv';
import { afterEach, expect, it } from 'vitest';
import {
  type Json,
  type Operation,
  type Seen,
  scimTarget,
  type Target,
  TOKEN,
  type Ways,
} from '../../../test/servers/scim-target.ts';
import type { Connection, ReadObject, WriteItem } from '../contract.ts';
import { scim } from './index.ts';

const open = new Set<{ close(): Promise<void> }>();
afterEach(async () => {
  for (const one of open) await one.close();
  open.clear();
});

async function connected(ways: Ways, settings: object): Promise<{ target: Target; connection: Connection }> {
  const target = await scimTarget(ways);
  const config = scim.config.parse({ url: target.url, token: TOKEN, ...settings });
  const context = { connection: 'target', folder: '.', limits: { maxObjectBytes: 1_000_000 }, warn: () => undefined };
  const connection = scim.open(config, context);
  open.add(connection).add(target);
  return { target, connection };
}

const create = (kind: string, set: WriteItem['set']): WriteItem => ({
  attempt: 'a',
  operation: 'create',
  kind,
  anchor: null,
  set,
});
const update = (kind: string, anchor: string, set: WriteItem['set'], more: Partial<WriteItem> = {}): WriteItem => ({
  attempt: 'a',
  operation: 'update',
  kind,
  anchor,
  set,
  ...more,
});
const remove = (anchor: string): WriteItem => ({ attempt: 'a', operation: 'delete', kind: 'person', anchor, set: {} });

async function write({ write: writer }: Connection, ...items: readonly WriteItem[]): Promise<readonly unknown[]> {
  return (await writer!.write(items)).map((one) =>
    one.ok ? 'ok' : `${one.fault.kind} ${one.fault.where.attribute ?? ''}`.trim(),
  );
}

async function read({ read: reader }: Connection): Promise<{ objects: readonly ReadObject[]; complete: boolean; why: string }> {
  const objects: ReadObject[] = [];
  for await (const page of reader!.read({ signal: new AbortController().signal })) {
    objects.push(...(page.objects as ReadObject[]));
    if (page.end !== undefined) return { objects, complete: page.end.complete, why: page.end.reason?.message ?? '' };
  }
  throw new Error('no end');
}

const operations = (seen: Seen): readonly Operation[] => seen.body['Operations'] as readonly Operation[];

it('S1 Salesforce: nobody is deleted, a new user has an entitlement, and of 200 of them not all may be shown', async () => {
  const { target, connection } = await connected(
    {
      configAt: 'ServiceProviderConfigs',
      config: { patch: { supported: true }, etag: { supported: true } },
      versions: true,
      refuses: ({ method, path, body }) =>
        method === 'DELETE'
          ? 'users cannot be deleted'
          : method === 'POST' && path === 'Users' && !Array.isArray(body['entitlements'])
            ? 'a profile is missing'
            : undefined,
    },
    { target: 'salesforce' },
  );
  expect(await connection.test()).toBe(
    'Users (0 on the first page), Groups (0 on the first page); changed by paths, read by index, with versions',
  );
  const ada = { userName: 'ada@example.org', 'name.familyName': 'Lovelace', 'emails.work': 'ada@example.org' };
  expect(await write(connection, create('person', ada))).toEqual(['invalidValue']);
  expect(await write(connection, create('person', { ...ada, 'entitlements.primary': '00e1' }))).toEqual(['ok']);
  expect(target.sent('POST').at(-1)!.body).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'ada@example.org',
    name: { familyName: 'Lovelace' },
    emails: [{ value: 'ada@example.org', type: 'work', primary: true }],
    entitlements: [{ value: '00e1', primary: true }],
  });
  const [[id]] = target.resources['Users']! as unknown as [[string]];
  expect(await write(connection, update('person', id, { active: false }), remove(id))).toEqual(['ok', 'permission']);
  expect(target.resources['Users']!.get(id)).toMatchObject({ active: false });
  expect(target.sent('DELETE')).toEqual([]);
  expect(target.sent('PATCH').map(({ headers }) => headers['if-match'])).toEqual(['W/"1"']);
  target.add('Users', { userName: 'many', entitlements: Array.from({ length: 200 }, (_, i) => ({ value: `e${i}` })) });
  const { objects, complete } = await read(connection);
  expect([complete, objects.map(({ partial }) => partial)]).toEqual([true, [undefined, ['entitlements', 'entitlements.value']]]);
  // What is not shown stays: one goes and one comes, and nothing is replaced.
  await write(
    connection,
    update(
      'person',
      objects[1]!.anchor,
      {},
      { add: { 'entitlements.value': ['new'] }, remove: { 'entitlements.value': ['e7'] } },
    ),
  );
  expect(operations(target.sent('PATCH').at(-1)!)).toEqual([
    { op: 'remove', path: 'entitlements[value eq "e7"]' },
    { op: 'add', path: 'entitlements', value: [{ value: 'new' }] },
  ]);
});

const FILTER = /^(userName|externalId|displayName) eq "[^"]*"$/;

/** PatchGroup and CreateUser of its SCIM developer guide. */
function refusesOfAws({ method, path, query, body }: Seen): string | undefined {
  const filter = query.get('filter');
  if (filter !== null && !FILTER.test(filter)) return 'only eq, and of few attributes';
  if (method === 'GET' && query.has('startIndex')) return 'startIndex is not supported';
  if (method === 'POST' && path === 'Users')
    for (const name of ['emails', 'addresses', 'phoneNumbers'])
      if (((body[name] as unknown[] | undefined) ?? []).length > 1) return `only one value of ${name}`;
  if (method === 'POST' && ((body['members'] as unknown[] | undefined) ?? []).length > 100) return 'more than 100 members';
  if (method !== 'PATCH' || !path.startsWith('Groups')) return undefined;
  const all = (body['Operations'] as Operation[]).filter((one) => one.path?.startsWith('members'));
  if (all.some((one) => one.op === 'replace' || (one.op === 'remove' && !Array.isArray(one.value))))
    return 'members are not replaced';
  return all.flatMap((one) => one.value).length > 100 ? 'more than 100 membership changes' : undefined;
}

it('A1 AWS IAM Identity Center: pages by cursor of fifty, members that nobody sees, a hundred of them a request', async () => {
  const ways: Ways = { page: 50, cursors: true, membersHidden: true, refuses: refusesOfAws };
  const { target, connection } = await connected(ways, { target: 'aws' });
  const ids = target.add('Users', ...Array.from({ length: 120 }, (_, i): Json => ({ userName: `u${i}` })));
  const [group] = target.add('Groups', { displayName: 'All', members: [{ value: ids[0] }] });
  const { objects, complete } = await read(connection);
  expect([objects.length, complete]).toEqual([121, true]);
  // An empty list is no group without members.
  const shown = objects.at(-1)!;
  expect([shown.kind, shown.attributes['members'], shown.partial]).toEqual(['group', undefined, ['members']]);
  const edits = { add: { members: ids.slice(1) }, remove: { members: [ids[0]!, 'nobody'] } };
  expect(await connection.write!.write([update('group', group!, {}, edits)])).toEqual([
    { ok: true, anchor: group, edited: true },
  ]);
  expect(target.resources['Groups']!.get(group!)!['members']).toEqual(ids.slice(1).map((value) => ({ value })));
  expect(target.sent('PATCH').map((one) => operations(one).flatMap(({ value }) => value).length)).toEqual([100, 21]);
  expect(await write(connection, update('group', group!, { members: [] }))).toEqual(['permission members']);
  expect(await connection.lookup!({ attribute: 'userName', value: 'U7' }, 'person')).toMatchObject([{ anchor: ids[7] }]);
  // By another attribute it finds nobody: everybody is looked at.
  target.resources['Users']!.get(ids[119]!)!['title'] = 'Rear Admiral';
  expect(await connection.lookup!({ attribute: 'title', value: 'Rear Admiral' }, 'person')).toMatchObject([{ anchor: ids[119] }]);
  const two = { userName: 'ada', 'emails.work': 'a@x', 'emails.home': 'b@x' };
  expect(await write(connection, create('person', two), create('group', { displayName: 'New', members: ids }))).toEqual([
    'invalidValue',
    'ok',
  ]);
  expect(target.sent('POST').map(({ body }) => (body['members'] as unknown[] | undefined)?.length)).toEqual([undefined, 100]);
});

it('A1 without a cursor only a first page is shown, which says that there are more: nobody counts as gone', async () => {
  const { target, connection } = await connected({ page: 50, cursors: true }, { paging: 'index', kinds: { person: 'Users' } });
  target.add('Users', ...Array.from({ length: 120 }, (_, i): Json => ({ userName: `u${i}` })));
  expect(await read(connection)).toMatchObject({ complete: false, why: 'the server says that it has 120 Users, and showed 50' });
});

/** The bodies of POST and PATCH to /scim/v2/organizations/{org}/Users in GitHub's published description of its API (MIT). */
const text = { type: 'string' };
const mails = {
  type: 'array',
  minItems: 1,
  items: { type: 'object', properties: { value: text, primary: { type: 'boolean' }, type: text }, required: ['value'] },
};
const GITHUB: { readonly [method: string]: object } = {
  POST: {
    type: 'object',
    properties: {
      userName: text,
      displayName: text,
      name: {
        type: 'object',
        properties: { givenName: text, familyName: text, formatted: text },
        required: ['givenName', 'familyName'],
      },
      emails: mails,
      schemas: { type: 'array', items: text },
      externalId: text,
      groups: { type: 'array', items: text },
      active: { type: 'boolean' },
    },
    required: ['userName', 'name', 'emails'],
    additionalProperties: false,
  },
  PATCH: {
    type: 'object',
    properties: {
      schemas: { type: 'array', items: text },
      Operations: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          properties: {
            op: { enum: ['add', 'remove', 'replace'] },
            path: text,
            value: {
              oneOf: [
                {
                  type: 'object',
                  properties: {
                    active: { type: 'boolean' },
                    userName: text,
                    externalId: text,
                    givenName: text,
                    familyName: text,
                  },
                },
                { type: 'array', items: { type: 'object', properties: { value: text, primary: { type: 'boolean' } } } },
                text,
              ],
            },
          },
          required: ['op'],
        },
      },
    },
    required: ['Operations'],
  },
};

it('C1 GitHub: no filters in paths, and who is not active would be deleted, so nobody is made that', async () => {
  const ajv = new Ajv();
  const { target, connection } = await connected(
    {
      refuses({ method, path, body }) {
        if (method === 'PATCH' && (body['Operations'] as Operation[]).some((one) => /[[\]]/.test(one.path ?? '')))
          return 'no filters in paths';
        const schema = path.startsWith('Users') ? GITHUB[method] : undefined;
        return schema === undefined || ajv.validate(schema, body) ? undefined : ajv.errorsText();
      },
    },
    { target: 'github' },
  );
  const ada = {
    userName: 'ada',
    'name.givenName': 'Ada',
    'name.familyName': 'King',
    'emails.work': 'ada@example.org',
    active: true,
  };
  const [made] = await connection.write!.write([create('person', ada)]);
  const { anchor } = made as { anchor: string };
  target.resources['Users']!.get(anchor)!['emails'] = [
    { value: 'ada@example.org', type: 'work', primary: true },
    { value: 'other@example.org' },
  ];
  const set = { 'name.familyName': 'Lovelace', 'emails.work': 'lovelace@example.org', displayName: 'Ada L.' };
  const changed = await connection.write!.write([update('person', anchor, set)]);
  expect(changed).toMatchObject([{ ok: true, object: { attributes: { ...set, 'name.givenName': 'Ada' } } }]);
  expect(operations(target.sent('PATCH')[0]!)).toEqual([
    {
      op: 'replace',
      value: {
        name: { givenName: 'Ada', familyName: 'Lovelace' },
        emails: [{ type: 'work', primary: true, value: 'lovelace@example.org' }, { value: 'other@example.org' }],
        displayName: 'Ada L.',
      },
    },
  ]);
  // One who is cleared goes by its path.
  expect(await write(connection, update('person', anchor, { displayName: null }))).toEqual(['ok']);
  expect(operations(target.sent('PATCH')[1]!)).toEqual([{ op: 'remove', path: 'displayName' }]);
  const before = target.seen.length;
  expect(
    await write(
      connection,
      update('person', anchor, { active: false }),
      update('person', anchor, { active: null }),
      create('person', { ...ada, active: false }),
    ),
  ).toEqual(['invalidValue active', 'invalidValue active', 'invalidValue active']);
  expect(target.seen.length).toBe(before);
  expect(await write(connection, remove(anchor), remove(anchor))).toEqual(['ok', 'notFound']);
  const [group] = target.add('Groups', { displayName: 'G', members: [{ value: 'x' }, { value: 'y', display: 'Y' }] });
  await write(connection, update('group', group!, {}, { add: { members: ['z'] }, remove: { members: ['x'] } }));
  expect(operations(target.sent('PATCH').at(-1)!)).toEqual([
    { op: 'replace', value: { members: [{ value: 'y', display: 'Y' }, { value: 'z' }] } },
  ]);
});

it('C1 PagerDuty: the same, where a list is replaced by its path; an enterprise that suspends says so', async () => {
  const ways: Ways = {
    refuses: ({ body }) =>
      /[[\]]/.test(String(((body['Operations'] as Operation[]) ?? [])[0]?.path)) ? 'no filters' : undefined,
  };
  const { target, connection } = await connected(ways, { target: 'pagerduty' });
  const [id] = target.add('Users', {
    userName: 'ada',
    emails: [{ value: 'a@x', type: 'work', display: 'kept' }],
    roles: [{ value: 'user' }],
  });
  expect(await write(connection, update('person', id!, { active: false }))).toEqual(['invalidValue active']);
  expect(await write(connection, update('person', id!, { 'emails.work': 'b@x', 'roles.value': ['user', 'admin'] }))).toEqual([
    'ok',
  ]);
  expect(operations(target.sent('PATCH')[0]!)).toEqual([
    { op: 'replace', path: 'emails', value: [{ value: 'b@x', type: 'work', display: 'kept' }] },
    { op: 'replace', path: 'roles', value: [{ value: 'user' }, { value: 'admin' }] },
  ]);
  const suspending = await connected({}, { target: 'github', inactive: 'kept' });
  const [other] = suspending.target.add('Users', { userName: 'bo', active: true });
  expect(await write(suspending.connection, update('person', other!, { active: false }))).toEqual(['ok']);
  expect(suspending.target.resources['Users']!.get(other!)).toMatchObject({ active: false });
});
