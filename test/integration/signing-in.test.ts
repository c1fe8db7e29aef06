/** People at the port: the first administrator, sessions and their cookies, an identity provider; and no secret anywhere. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readExport } from '#audit/export';
import { verify } from '#audit/verify';
import { type Browser, browser, type IdentityProvider, identityProvider } from '../servers/oidc.ts';
import { type Served, served } from './served.ts';

const CLIENT_SECRET = 'planted-client-secret-4711';
const PASSWORD = 'planted correct horse battery';
const OTHER = 'planted battery staple horse';
const YAML = (issuer: string): string => `
access:
  oidc:
    issuer: ${issuer}
    allowHttp: true
    clientId: rollcall
    clientSecret: \${file:client-secret}
    roles: { it: operator }
attributes: { person: { nationalId: { see: [administrator] } } }
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, nationalId: nid } } }
`;

let provider: IdentityProvider;
let here: Served;
/** Whatever must be nowhere but with whom it was given to. */
const planted = new Set([CLIENT_SECRET, PASSWORD, OTHER]);
/** Whatever was answered and printed. */
const seen: string[] = [];
let setUp: string;

beforeAll(async () => {
  provider = await identityProvider();
  here = await served(YAML(provider.issuer), { 'hr.csv': 'id,name,nid\n1,Zoë Çelik,NID-77\n', 'client-secret': CLIENT_SECRET });
  const place = { callback: `${here.url}/oidc/callback`, afterSignOut: `${here.url}/sign-in` };
  provider.register({ id: 'rollcall', secret: CLIENT_SECRET, ...place });
  setUp = /\/setup#(\S+)/.exec(await here.printed())![1]!;
  planted.add(setUp);
});
afterAll(async () => {
  await here?.close();
  await provider.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly [what: string]: unknown;
    readonly csrf: string;
    readonly link: string;
    readonly token: string;
    readonly next: string | null;
    readonly decisions: readonly [{ readonly by: string }];
  };
}
async function ask(who: Browser, where: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await who.ask(here.url + where, { ...init, headers: { ...json, ...headers } });
  const text = await response.text();
  const { link, token, csrf, ...rest } = text.startsWith('{') ? JSON.parse(text) : { text };
  // What is answered once, to whom it is for, is looked for in everything else.
  for (const secret of [link?.split('#')[1], token?.slice(16)]) if (secret !== undefined) planted.add(secret);
  for (const [name, value] of who.cookies(here.url)) if (name === 'rollcall') planted.add(value);
  seen.push(JSON.stringify(rest));
  return { status: response.status, headers: response.headers, body: { ...rest, link, token, csrf } };
}

const ada = browser();
let csrf: string;

it('the first administrator is made by the printed link, once', async () => {
  const page = await ada.ask(`${here.url}/setup`);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';(?!.*unsafe)/);
  expect(await page.text()).not.toMatch(/<script>|onclick=|style=/);
  const first = { link: setUp, name: 'ada', password: PASSWORD };
  expect((await ask(ada, '/setup', { ...first, password: 'ada' })).status).toBe(400);
  expect((await ask(ada, '/setup', { ...first, link: 'other' })).status).toBe(403);
  const done = await ask(ada, '/setup', first);
  expect([done.status, done.body.roles]).toEqual([200, ['administrator']]);
  expect(done.headers.get('set-cookie')).toMatch(/^rollcall=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  csrf = done.body.csrf;
  expect((await ask(browser(), '/setup', { ...first, name: 'eve' })).status).toBe(403);
  expect((await ask(ada, '/session')).body).toMatchObject({ name: 'ada', roles: ['administrator'], csrf });
});

it('a session opens the API; what changes something must come from a page of ours', async () => {
  expect((await ask(ada, '/api/runs')).status).toBe(200);
  const hold = (headers: Record<string, string>): Promise<Answer> =>
    ask(ada, '/api/connections/hr/hold', { reason: 'moving' }, headers);
  expect((await hold({})).status).toBe(403);
  expect((await hold({ 'x-csrf-token': 'other' })).status).toBe(403);
  expect((await hold({ 'x-csrf-token': csrf, origin: 'https://evil.example.org' })).status).toBe(403);
  expect((await hold({ 'x-csrf-token': csrf, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await hold({ 'x-csrf-token': csrf, origin: here.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  const { body } = await ask(ada, '/api/decisions');
  expect(body.decisions[0].by).toBe('ada');
  const eve = { name: 'ada', password: PASSWORD };
  expect((await ask(browser(), '/sign-in', eve, { origin: 'https://evil.example.org' })).status).toBe(403);
});

it('an account is invited, chooses a password, signs in and out, and is disabled at once', async () => {
  const post = (where: string, body: object): Promise<Answer> => ask(ada, where, body, { 'x-csrf-token': csrf });
  const { body } = await post('/api/accounts', { name: 'bob@example.org', roles: ['auditor'] });
  const link = body.link.split('#')[1];
  const bob = browser();
  expect((await ask(bob, '/password', { link, password: OTHER })).status).toBe(204);
  expect((await ask(bob, '/password', { link, password: OTHER })).status).toBe(403);
  const signedIn = await ask(bob, '/sign-in', { name: 'Bob@example.org', password: OTHER });
  expect([signedIn.status, signedIn.body.roles]).toEqual([200, ['auditor']]);
  const own = { 'x-csrf-token': signedIn.body.csrf as string };
  expect((await ask(bob, '/api/tokens', { name: 'x', roles: ['auditor'] }, own)).status).toBe(403);
  const stolen = bob.cookies(here.url).get('rollcall')!;
  expect((await ask(bob, '/sign-out', {}, own)).body.next).toBeNull();
  expect((await ask(browser(), '/session', undefined, { cookie: `rollcall=${stolen}` })).status).toBe(401);
  await ask(bob, '/sign-in', { name: 'bob@example.org', password: OTHER });
  expect((await ask(bob, '/api/runs')).status).toBe(200);
  expect((await post(`/api/accounts/${encodeURIComponent('bob@example.org')}/disabling`, {})).status).toBe(200);
  expect((await ask(bob, '/api/runs')).status).toBe(401);
});

it('whoever guesses is told to wait', async () => {
  const guess = (): Promise<Answer> => ask(browser(), '/sign-in', { name: 'mallory', password: PASSWORD });
  const answers = await Promise.all(Array.from({ length: 8 }, guess));
  const waits = answers.filter(({ status }) => status === 429);
  expect(waits.length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(8 - waits.length);
  expect(Number(waits[0]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
});

it('somebody signs in at the identity provider, with the roles of their groups', async () => {
  const grace = browser();
  const back = await grace.signIn(`${here.url}/oidc/sign-in`, 'grace.staff.it', `${here.url}/oidc/callback`);
  planted.add(new URL(back).searchParams.get('code')!);
  const { pathname, search } = new URL(back);
  expect((await ask(browser(), pathname + search)).status).toBe(401);
  expect((await ask(grace, pathname + search)).headers.get('location')).toBe('/sign-in');
  const { body } = await ask(grace, '/session');
  expect(body).toMatchObject({ name: 'grace', roles: ['operator'] });
  expect((await ask(grace, '/api/runs')).status).toBe(200);
  expect((await ask(grace, '/api/tokens')).status).toBe(403);
  const { next } = (await ask(grace, '/sign-out', {}, { 'x-csrf-token': body.csrf })).body;
  expect(new URL(next!).origin).toBe(provider.issuer);
  const eve = browser();
  const refused = new URL(await eve.signIn(`${here.url}/oidc/sign-in`, 'eve.sales', `${here.url}/oidc/callback`));
  expect((await ask(eve, refused.pathname + refused.search)).status).toBe(403);
  expect(eve.cookies(here.url).get('rollcall')).toBeUndefined();
});

it('who may not see an attribute finds it neither in the reasons nor in the history', async () => {
  await ask(ada, '/api/connections/hr/release', { reason: 'moved' }, { 'x-csrf-token': csrf });
  await ask(ada, '/api/runs', {}, { 'x-csrf-token': csrf });
  await writeFile(path.join(here.folder, 'hr.csv'), 'id,name,nid\n1,Zoë Demir,NID-78\n');
  await ask(ada, '/api/runs', {}, { 'x-csrf-token': csrf });
  const { body } = await ask(ada, '/api/tokens', { name: 'reader', roles: ['auditor'] }, { 'x-csrf-token': csrf });
  const authorization = { authorization: `Bearer ${body.token}` };
  for (const where of ['/api/people/hr:1/explanation', '/api/people/hr:1/history']) {
    expect(JSON.stringify((await ask(ada, where)).body)).toContain('NID-78');
    const theirs = JSON.stringify((await ask(browser(), where, undefined, authorization)).body);
    expect(theirs).toContain('Demir');
    expect(theirs).not.toContain('NID-7');
  }
});

it('who came in, who was refused and what was done about accounts is in the audit log', async () => {
  const { body } = await ask(ada, '/api/audit?limit=100');
  const events = (body.events as { action: string; by: string; source: string; outcome: string }[]).map(
    ({ action, by, source, outcome }) => `${action} ${by} ${source} ${outcome}`,
  );
  expect(events).toEqual(
    expect.arrayContaining([
      'account.setUp ada 127.0.0.1 done',
      'access.signIn ada 127.0.0.1 done',
      'account.create ada 127.0.0.1 done',
      'account.password bob@example.org 127.0.0.1 done',
      'account.disable ada 127.0.0.1 done',
      'access.signIn grace 127.0.0.1 done',
    ]),
  );
});

it('the audit log is taken away whole, without values that its reader may not see; it verifies for both', async () => {
  const fixed = { attribute: 'nationalId', values: ['NID-79'], reason: 'seen on paper' };
  expect((await ask(ada, '/api/people/hr:1/fixed', fixed, { 'x-csrf-token': csrf })).status).toBe(200);
  const { body } = await ask(ada, '/api/tokens', { name: 'archive', roles: ['auditor'] }, { 'x-csrf-token': csrf });
  const where = `${here.url}/api/audit/export`;
  const texts = [ada.ask(where), fetch(where, { headers: { authorization: `Bearer ${body.token}` } })].map(async (answer) => {
    expect((await answer).headers.get('content-type')).toBe('application/x-ndjson');
    return await (await answer).text();
  });
  const [whole, theirs] = (await Promise.all(texts)) as [string, string];
  const found = await Promise.all([whole, theirs].map((text) => verify(readExport(Readable.from(text.trim().split('\n'))))));
  expect(found.map(({ findings, erased }) => [findings, erased])).toEqual([
    [[], 0],
    [[], 1],
  ]);
  expect(found[0]!.events).toBe(found[1]!.events);
  expect([whole.includes('NID-79'), theirs.includes('NID-79')]).toEqual([true, false]);
  const eve = await ask(browser(), '/api/audit/export');
  expect(eve.status).toBe(401);
});

it('no secret is in the store, in what was printed, in an answer or in an error', async () => {
  const { body } = await ask(ada, '/api/tokens', { name: 'planted', roles: ['auditor'] }, { 'x-csrf-token': csrf });
  await ask(browser(), '/api/runs', undefined, { authorization: `Bearer ${body.token}` });
  await ask(browser(), '/api/runs', undefined, { authorization: `Bearer ${body.token}x` });
  for (const where of ['/api/tokens', '/api/accounts', '/api/check', '/api/nowhere']) await ask(ada, where);
  const broken = `${here.url}/api/runs?token=${body.token}`;
  await ada.ask(broken, { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"password":"${PASSWORD}"` });
  seen.push((await here.command('token', 'list', '--json')).out);
  expect(await here.stop()).toBe(0);
  const printed = (await here.printed()).replace(`/setup#${setUp}`, '');
  const stored = await here.store.contents();
  expect(planted.size).toBeGreaterThan(8);
  for (const secret of planted) {
    expect(printed).not.toContain(secret);
    expect(stored).not.toContain(secret);
    for (const answer of seen) expect(answer).not.toContain(secret);
  }
});
