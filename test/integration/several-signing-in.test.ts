/** Two services on one PostgreSQL store, behind one address: who begins at one of them goes on at the other. */
import { afterAll, beforeAll, expect } from 'vitest';
import { browser, type IdentityProvider, identityProvider } from '../servers/oidc.ts';
import { testOnPostgres } from '../servers/postgres.ts';
import { emptyStore, inDatabase, type TestStore } from '../store.ts';
import { type Served, served } from './served.ts';

const HERE = 'http://rollcall.example.org';
const SECRET = 'of the client';
const YAML = (issuer: string): string => `
access:
  url: ${HERE}
  oidc: { issuer: '${issuer}', allowHttp: true, clientId: rollcall, clientSecret: '\${file:client-secret}', roles: { it: operator } }
connections: {}
`;
const FORM = { 'content-type': 'application/json', origin: HERE };

let provider: IdentityProvider;
let both: readonly Served[] = [];
let store: TestStore;
beforeAll(async () => {
  provider = await identityProvider();
  provider.register({ id: 'rollcall', secret: SECRET, callback: `${HERE}/oidc/callback`, afterSignOut: `${HERE}/sign-in` });
});
afterAll(async () => {
  await Promise.all(both.map((one) => one.close()));
  await store.remove();
  await provider.close();
});

testOnPostgres('signing in at the identity provider, and the first administrator by any of the links', async () => {
  store = inDatabase(await emptyStore());
  const start = (): Promise<Served> =>
    served(YAML(provider.issuer), { 'client-secret': SECRET }, undefined, async () => ({
      ...store,
      remove: async () => undefined,
    }));
  const [one, other] = await Promise.all([start(), start()]);
  both = [one, other];

  const grace = browser();
  const back = new URL(await grace.signIn(`${one.url}/oidc/sign-in`, 'grace.staff.it', `${HERE}/oidc/callback`));
  const cookie = [...grace.cookies(one.url)].map(([name, value]) => `${name}=${value}`).join('; ');
  const ended = await grace.ask(other.url + back.pathname + back.search, { headers: { cookie } });
  expect([ended.status, ended.headers.get('location')]).toEqual([303, '/sign-in']);
  const session = `rollcall=${grace.cookies(other.url).get('rollcall')}`;
  for (const { url } of both) {
    const answer = await fetch(`${url}/session`, { headers: { cookie: session } });
    expect(await answer.json()).toMatchObject({ name: 'grace', roles: ['operator'] });
  }

  const links = await Promise.all(both.map(async (where) => /\/setup#(\S+)/.exec(await where.printed())![1]!));
  const setUp = (where: Served, link: string, name: string): Promise<Response> =>
    fetch(`${where.url}/setup`, {
      method: 'POST',
      headers: FORM,
      body: JSON.stringify({ link, name, password: 'correct horse battery' }),
    });
  expect((await setUp(other, links[0]!, 'ada')).status).toBe(200);
  expect(await Promise.all(both.map(async (where, i) => (await setUp(where, links[i]!, 'eve')).status))).toEqual([403, 403]);
});
