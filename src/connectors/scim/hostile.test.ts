/** Servers that lie, break, or want something: what is read of them is no more than they showed, and they are told no more than they need. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Authority, pem } from '../../../scripts/servers/certificates.ts';
import { type Json, scimTarget, type Target, TOKEN, type Ways } from '../../../test/servers/scim-target.ts';
import type { Connection, Page, ReadEnd, ReadObject } from '../contract.ts';
import type { ScimConfig } from './config.ts';
import { scim } from './index.ts';
import { authorizationOf } from './token.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const open = new Set<{ close(): Promise<void> }>();
afterEach(async () => {
  for (const one of open) await one.close();
  open.clear();
});

function connect(url: string, settings: object = {}, warn: (fault: object) => void = () => undefined): Connection {
  const config = scim.config.parse({ url, token: TOKEN, kinds: { person: 'Users' }, ...settings });
  const connection = scim.open(config, { connection: 'target', folder: '.', limits: { maxObjectBytes: 10_000 }, warn });
  open.add(connection);
  return connection;
}

async function connected(ways: Ways, settings: object = {}): Promise<{ target: Target; connection: Connection }> {
  const target = await scimTarget(ways);
  open.add(target);
  return { target, connection: connect(target.url, settings) };
}

async function read({ read: reader }: Connection): Promise<{ objects: readonly ReadObject[]; end: ReadEnd }> {
  const objects: ReadObject[] = [];
  for await (const page of reader!.read({ signal: new AbortController().signal })) {
    objects.push(...(page.objects as ReadObject[]));
    if (page.end !== undefined) return { objects, end: page.end };
  }
  throw new Error('no end');
}

const many = (count: number): Json[] => Array.from({ length: count }, (_, i) => ({ userName: `u${i}` }));
const list = (Resources: readonly object[], more: object = {}): { body: object } => ({
  body: { totalResults: Resources.length, Resources, ...more },
});
const lists = (answer: (from: URLSearchParams) => { body: unknown; status?: number }): Ways => ({
  answers: ({ path, query }) => (path === 'Users' ? answer(query) : undefined),
});

it.each([
  ['by index', { page: 3 }, {}],
  ['by cursor', { page: 3, cursors: true, config: { pagination: { cursor: true } } }, {}],
  ['with short pages', { page: 2 }, { pageSize: 100 }],
])('%s everything is read, each once, whatever the size of a page', async (_, ways, settings) => {
  const { target, connection } = await connected(ways, settings);
  target.add('Users', ...many(7));
  const { objects, end } = await read(connection);
  expect([objects.map(({ attributes }) => attributes['userName']), end]).toEqual([
    many(7).map(({ userName }) => userName),
    { complete: true },
  ]);
});

it('a total that is too small ends nothing, and one that is too large proves nobody gone', async () => {
  const all = many(5).map((one, i) => ({ ...one, id: `id${i}` }));
  const page = (from: URLSearchParams) => all.slice(Number(from.get('startIndex')) - 1, Number(from.get('startIndex')) + 1);
  const small = await connected(lists((from) => list(page(from), { totalResults: 2 })));
  expect(await read(small.connection)).toMatchObject({ objects: all.map(({ id }) => ({ anchor: id })), end: { complete: true } });
  const large = await connected(lists((from) => list(page(from), { totalResults: 6 })));
  expect((await read(large.connection)).end).toMatchObject({
    complete: false,
    reason: { message: 'the server says that it has 6 Users, and showed 5' },
  });
  // Behind its end it refuses to answer, or shows the last page again.
  const refusing = await connected(
    lists((from) => (page(from).length === 0 ? { status: 400, body: {} } : list(page(from), { totalResults: 5 }))),
  );
  expect((await read(refusing.connection)).end).toEqual({ complete: true });
  const repeating = await connected(
    lists((from) => list(page(from).length === 0 ? all.slice(-1) : page(from), { totalResults: 5 })),
  );
  expect((await read(repeating.connection)).end).toEqual({ complete: true });
});

it.each([
  ['by index', {}],
  ['by cursor', { cursors: true, config: { pagination: { cursor: true } } }],
])('%s a read that a server broke off goes on where it was; where that is not known any more it begins anew', async (_, ways) => {
  let asked = 0;
  const broken: Ways = {
    page: 2,
    ...ways,
    answers: ({ path }) => (path === 'Users' && ++asked === 3 ? { status: 429, headers: { 'retry-after': '1' } } : undefined),
  };
  const { target, connection } = await connected(broken);
  target.add('Users', ...many(6), { userName: ['odd'] });
  const seen: string[] = [];
  let resume = '';
  const reading = async (): Promise<ReadEnd | undefined> => {
    for await (const page of connection.read!.read({
      ...(resume === '' ? {} : { resume }),
      signal: new AbortController().signal,
    })) {
      seen.push(...page.objects.map(({ anchor }) => anchor));
      resume = page.resume ?? resume;
      if (page.end !== undefined) return page.end;
    }
    return undefined;
  };
  await expect(reading()).rejects.toMatchObject({ kind: 'rateLimited', retryAfterMs: 1_000 });
  const mark = resume;
  expect(await reading()).toEqual({ complete: true });
  expect(seen).toEqual([...target.resources['Users']!.keys()]);
  let isFirst = true;
  const expired = await connected({
    ...ways,
    answers({ path }) {
      if (path !== 'Users' || !isFirst) return undefined;
      isFirst = false;
      return { status: 400, body: { scimType: 'expiredCursor' } };
    },
  });
  expired.target.add('Users', ...many(2));
  const other = mark.replaceAll(target.url, expired.target.url);
  const pages: Page[] = [];
  for await (const page of expired.connection.read!.read({ resume: other, signal: new AbortController().signal }))
    pages.push(page);
  expect([pages[0]!.restarted, pages.flatMap(({ objects }) => objects).length, pages.at(-1)!.end]).toEqual([
    true,
    2,
    { complete: true },
  ]);
});

it.each([
  ['the last page', undefined],
  ['a page before it', 'next'],
])('a list that was short stays so where a read goes on behind %s', async (_, nextCursor) => {
  let isBusy = true;
  const { connection } = await connected(
    {
      answers({ path, query }) {
        const isNext = query.get('cursor') === 'next';
        if (path === 'Users' && !isNext) return list([{ id: 'a', userName: 'a' }], { totalResults: 500, nextCursor });
        if (path === 'ServiceProviderConfig') return undefined;
        if (isBusy) return { status: 429 };
        return isNext ? { body: { Resources: [{ id: 'b', userName: 'b' }] } } : list([]);
      },
    },
    { paging: 'cursor', kinds: { person: 'Users', group: 'Groups' } },
  );
  const pages: Page[] = [];
  const reading = async (resume?: string): Promise<void> => {
    const more = resume === undefined ? {} : { resume };
    for await (const page of connection.read!.read({ signal: new AbortController().signal, ...more })) pages.push(page);
  };
  await expect(reading()).rejects.toMatchObject({ kind: 'rateLimited' });
  isBusy = false;
  await reading(pages[0]!.resume);
  expect([pages.length > 1, pages.at(-1)!.end]).toMatchObject([true, { complete: false }]);
});

it('pages that do not move, and cursors that lead in a circle, have an end', async () => {
  const still = await connected(lists(() => list([{ id: 'a', userName: 'a' }], { totalResults: 9 })));
  expect((await read(still.connection)).end).toMatchObject({ complete: false });
  let count = 0;
  const circle = await connected(
    lists((from) => list([{ id: `x${++count}`, userName: 'x' }], { nextCursor: from.get('cursor') === 'b' ? 'c' : 'b' })),
    { paging: 'cursor' },
  );
  await expect(read(circle.connection)).rejects.toMatchObject({
    kind: 'unavailable',
    message: 'the pages of Users lead in a circle: nothing new comes, and no end',
  });
  expect(count).toBeLessThan(5);
});

it.each([
  ['a page for people', '<html>Sign in</html>', 200],
  ['another object', { id: 1 }, 200],
  ['no list', { Resources: 'all of them' }, 200],
  ['a list of no resources', { Resources: [1, null] }, 200],
  ['an error of another server', '<h1>Not found</h1>', 404],
  ['what a gateway says', { message: 'no Route matched with those values' }, 404],
  ['nested a million times', '['.repeat(1_000_000), 200],
])('%s is no answer of SCIM: nothing is read, and nobody is gone', async (_, body, status) => {
  const { connection } = await connected({ answers: ({ path }) => (path.startsWith('Users') ? { status, body } : undefined) });
  await expect(read(connection)).rejects.toMatchObject({ kind: 'unavailable', remedy: expect.any(String) });
  for (const by of [{ anchor: 'x' }, { attribute: 'userName', value: 'x' }])
    expect(await connection.lookup!(by, 'person').catch(() => 'refused')).toBe('refused');
  if (typeof body !== 'string' && status === 200) return;
  // Whether it is deleted is not known; that it was not there is not believed.
  const gone = connection.write!.write([{ attempt: 'a', operation: 'delete', kind: 'person', anchor: 'x', set: {} }]);
  if (status === 404) await expect(gone).rejects.toMatchObject({ kind: 'unavailable' });
  else expect(await gone).toMatchObject([{ ok: false, unknown: true }]);
});

it('a server that says nothing of itself, in words of its own, is taken as one of SCIM', async () => {
  const { target, connection } = await connected({
    answers: ({ path }) => (path.startsWith('ServiceProvider') ? { status: 404, body: { message: 'Not Found' } } : undefined),
  });
  target.add('Users', ...many(1));
  expect(await connection.test()).toContain('Users (1 on the first page)');
});

it('resources that are none are named and left out, and names that mean something to JavaScript mean nothing', async () => {
  const told: object[] = [];
  const odd = `{"totalResults":5,"Resources":[
    {"userName":"nobody"}, {"id":"a","userName":["x","y"],"title":"t","active":"True"}, {"id":"b","userName":"${'x'.repeat(20_000)}"},
    {"id":"c","__proto__":{"polluted":1},"constructor":"x","USERNAME":"C","name":{"__proto__":{"givenName":"x"},"GivenName":"Cy"},"emails":"c@x"},
    {"id":7,"userName":"seven","emails":[{"value":"1@x","type":"__proto__"},{"value":"2@x","type":"Work","primary":true}]}]}`;
  const target = await scimTarget({
    answers: ({ path, query }) => (path === 'Users' ? (query.get('startIndex') === '1' ? { body: odd } : list([])) : undefined),
  });
  open.add(target);
  const { objects, end } = await read(connect(target.url, {}, (fault) => told.push(fault)));
  expect(end.complete).toBe(false);
  expect(told).toMatchObject([{ message: 'a resource has no id' }, { where: { object: 'b' } }]);
  const shown = Object.fromEntries(
    objects.map(({ anchor, attributes, refused = [] }) => [
      anchor,
      { ...attributes, refused: refused.map(({ where }) => where.attribute) },
    ]),
  );
  expect(shown).toMatchObject({
    a: { title: 't', active: true, refused: ['userName'] },
    c: { userName: 'C', 'name.givenName': 'Cy', 'emails.primary': 'c@x', refused: [] },
    7: { userName: 'seven', 'emails.work': '2@x', 'emails.primary': '2@x', 'emails.value': ['1@x', '2@x'] },
  });
  expect(Object.keys(Object.prototype)).toEqual([]);
});

it('a redirect is not followed, and the other server learns of no token', async () => {
  const heard: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  open.add({ close: async () => void other.close() });
  const elsewhere = { status: 302, headers: { location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/` } };
  const { connection } = await connected({ answers: () => elsewhere });
  await expect(connection.test()).rejects.toMatchObject({ kind: 'configuration', remedy: expect.stringContaining('token') });
  await expect(connection.write!.write([])).rejects.toMatchObject({ kind: 'configuration' });
  expect(heard).toEqual([]);
});

it('a server that finds nobody by a filter, and says so or refuses it, is read', async () => {
  const saying = await connected({ config: { filter: { supported: false } } });
  saying.target.add('Users', ...many(3));
  expect(await saying.connection.lookup!({ attribute: 'userName', value: 'u2' }, 'person')).toMatchObject([
    { attributes: { userName: 'u2' } },
  ]);
  expect(saying.target.seen.some(({ query }) => query.has('filter'))).toBe(false);
  const refusing = await connected({ refuses: ({ query }) => (query.has('filter') ? 'no filters' : undefined) });
  refusing.target.add('Users', ...many(3));
  expect(await refusing.connection.lookup!({ attribute: 'userName', value: 'u1' }, 'person')).toMatchObject([
    { attributes: { userName: 'u1' } },
  ]);
});

it('a filter that the server does not look at finds nobody by chance', async () => {
  const { connection } = await connected(
    lists(() =>
      list([
        { id: 'a', userName: 'ada', externalId: 'E1' },
        { id: 'b', userName: 'bo', externalId: 'e1' },
      ]),
    ),
  );
  expect(await connection.lookup!({ attribute: 'userName', value: 'zoe' }, 'person')).toEqual([]);
  expect(await connection.lookup!({ attribute: 'userName', value: 'BO' }, 'person')).toMatchObject([{ anchor: 'b' }]);
  // An id of somebody's own is one letter by letter.
  expect(await connection.lookup!({ attribute: 'externalId', value: 'e1' }, 'person')).toMatchObject([{ anchor: 'b' }]);
});

it('one that says nothing is not waited for, and a read that is given up ends at once', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  open.add({ close: async () => void server.close().closeAllConnections() });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(connect(url, { timeout: '1s' }).test()).rejects.toMatchObject({ kind: 'unavailable' });
  const given = new AbortController();
  const reading = connect(url).read!.read({ signal: given.signal });
  const first = reading[Symbol.asyncIterator]().next();
  given.abort(new Error('enough'));
  await expect(first).rejects.toThrow();
});

it('a server is believed by its certificate, and by the name in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-scim-'));
  const ours = new Authority(folder, 'ours');
  const theirs = new Authority(folder, 'theirs');
  const { cert, key } = ours.sign('scim', 'serverAuth', 'DNS:scim.example.org');
  const server = createTlsServer(
    { cert: pem(cert), key: pem(key) },
    (_, response) => void response.end('{"Resources":[],"totalResults":0}'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open
    .add({ close: async () => void server.close().closeAllConnections() })
    .add({ close: () => rm(folder, { recursive: true }) });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const asked = (tls: object): Promise<string> => connect(url, { tls }).test();
  expect(await asked({ ca: ours.certificate, serverName: 'scim.example.org' })).toContain('Users (0');
  await expect(asked({ ca: theirs.certificate, serverName: 'scim.example.org' })).rejects.toMatchObject({
    kind: 'configuration',
  });
  await expect(asked({ ca: ours.certificate, serverName: 'other.example.org' })).rejects.toMatchObject({ kind: 'configuration' });
  await expect(asked({ ca: join(folder, 'none.crt') })).rejects.toMatchObject({ kind: 'notFound' });
});

it('a token that is got is used until shortly before its end, another one is got for one that is refused, and a wrong secret is said to be one', async () => {
  const given: Json[] = [];
  const answers = ['taken-back', TOKEN];
  const tokens = await scimTarget({
    answers({ body, headers }) {
      given.push({ ...body, type: headers['content-type'] });
      const token = answers.shift();
      return token === undefined ? { status: 401, body: {} } : { body: { access_token: token, expires_in: 3600 } };
    },
  });
  open.add(tokens);
  const oauth = { tokenUrl: `${tokens.url}/token`, clientId: 'rollcall', clientSecret: 'of-a-test' };
  const { target, connection } = await connected({}, { token: undefined, oauth });
  target.add('Users', ...many(2));
  expect((await read(connection)).objects.length).toBe(2);
  const form = {
    grant_type: 'client_credentials',
    client_id: 'rollcall',
    client_secret: 'of-a-test',
    type: 'application/x-www-form-urlencoded',
  };
  expect(given).toEqual([form, form]);
  await expect(connect(target.url, { token: undefined, oauth }).test()).rejects.toMatchObject({ kind: 'authentication' });
  const wrong = await scimTarget({ answers: () => ({ status: 404, body: { message: 'no such tenant' } }) });
  open.add(wrong);
  await expect(
    connect(target.url, { token: undefined, oauth: { ...oauth, tokenUrl: `${wrong.url}/token` } }).test(),
  ).rejects.toMatchObject({ kind: 'authentication', message: 'no token is given out (404)' });
});

it.each([401, 400])('a token that a server repeats is in no message (%i)', async (status) => {
  const { connection } = await connected(
    {
      answers: ({ headers }) => ({ status, body: { detail: `bad: ${headers.authorization}`, scimType: 'of_a_test' } }),
    },
    { token: 'of_a_test' },
  );
  await expect(read(connection)).rejects.toMatchObject({ message: expect.not.stringContaining('of_a_test') });
});

it('a token that is refused late does not take the one after it along', async () => {
  let given = 0;
  const tokens = await scimTarget({ answers: () => ({ body: { access_token: ['old', TOKEN, 'more'][given++] } }) });
  open.add(tokens);
  const config = scim.config.parse({
    url: 'http://127.0.0.1:1',
    oauth: { tokenUrl: `${tokens.url}/token`, clientId: 'a', clientSecret: 'b' },
  });
  const authorization = authorizationOf(config as ScimConfig, '.');
  const [old] = await Promise.all([authorization.header(), authorization.header()]);
  expect([authorization.refused(old), await authorization.header()]).toEqual([true, `Bearer ${TOKEN}`]);
  expect([authorization.refused(old), await authorization.header(), given]).toEqual([true, `Bearer ${TOKEN}`, 2]);
});

it('a first rollcall.yaml is made of what resources really have', async () => {
  const target = await scimTarget({});
  open.add(target);
  const context = { connection: 'hr', folder: '.', limits: { maxObjectBytes: 10_000 }, warn: () => undefined };
  const config = scim.config.parse({ url: target.url, token: TOKEN });
  expect(await scim.propose!(config, context)).toEqual({ settings: {} });
  target.add(
    'Users',
    { userName: 'ada', roles: [{ value: 'x' }], [ENTERPRISE]: { manager: { value: 'U-2' } } },
    { userName: 'bo' },
  );
  target.add('Groups', { displayName: 'Team', members: [{ value: 'U-1' }] });
  expect((await scim.propose!(config, context)).columns).toEqual({
    person: [
      { name: 'userName', share: 1 },
      { name: 'roles', share: 0.5, several: true },
      { name: 'roles.value', share: 0.5, several: true },
      { name: 'roles.primary', share: 0.5 },
      { name: 'enterprise.manager', share: 0.5, refersBy: 'anchor' },
    ],
    group: [
      { name: 'displayName', share: 1 },
      { name: 'members', share: 1, several: true, refersBy: 'anchor' },
    ],
  });
});

it.each([
  ['http://scim.example.org/v2', {}, 'must begin with https://'],
  ['https://scim.example.org/v2', { token: undefined }, 'is missing'],
  ['https://me:secret@scim.example.org', {}, 'must hold no user'],
  ['https://scim.example.org/v2?tenant=1', {}, 'must end with its path'],
  ['ldap://x', {}, 'must be a URL'],
  ['https://x', { timeout: '2h' }, 'an hour at most'],
  ['https://x', { token: 'Bearer x' }, 'the token alone'],
  ['https://x', { kinds: { a: 'Users', b: { type: 'User', endpoint: 'users' } } }, 'names an endpoint twice'],
  ['https://x', { oauth: { tokenUrl: 'https://x/t', clientId: 'a', clientSecret: 'b' } }, 'stands in place of `token`'],
])('%s %o is refused', (url, settings, message) => {
  const parsed = scim.config.safeParse({ url, token: TOKEN, ...settings });
  expect(parsed.error?.issues.map((one) => one.message).join()).toContain(message);
});
