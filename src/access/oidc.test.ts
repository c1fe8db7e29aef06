/** Against a real provider (oidc-provider) on this machine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browser, type IdentityProvider, identityProvider } from '../../test/servers/oidc.ts';
import { type Oidc, type OidcSettings, openOidc, type Pending, personIn } from './oidc.ts';

const PLACE = { callback: 'http://127.0.0.1:1/oidc/callback', afterSignOut: 'http://127.0.0.1:1/sign-in' };
const SECRET = 'the-secret-of-the-client';
let provider: IdentityProvider;
let settings: OidcSettings;
let oidc: Oidc;

beforeAll(async () => {
  provider = await identityProvider();
  provider.register({ id: 'rollcall', secret: SECRET, ...PLACE });
  settings = {
    issuer: provider.issuer,
    clientId: 'rollcall',
    clientSecret: SECRET,
    scopes: ['openid', 'profile', 'email'],
    claim: ['groups'],
    roles: new Map([
      ['it', ['operator', 'auditor']],
      ['staff', ['auditor']],
    ]),
    name: 'preferred_username',
    person: ['email'],
    allowHttp: true,
  };
  oidc = openOidc(settings, () => PLACE);
});
afterAll(() => provider.close());

async function back(login: string, from: Oidc = oidc): Promise<{ query: string; pending: Pending }> {
  const { url, pending } = await from.begin();
  return { query: new URL(await browser().signIn(url, login, PLACE.callback)).search.slice(1), pending };
}
const refusal = (work: Promise<unknown>): Promise<{ kind?: string; message?: string }> =>
  work.then(
    () => ({}),
    (error) => error,
  );

test('who signed in there is known by issuer and subject, with the roles of their groups', async () => {
  const { query, pending } = await back('ada.staff.it');
  expect(await oidc.finish(query, pending)).toEqual({
    issuer: provider.issuer,
    subject: 'ada.staff.it',
    name: 'ada',
    roles: ['operator', 'auditor'],
    person: { value: 'ada@example.org' },
  });
  const again = await refusal(oidc.finish(query, pending));
  expect(again.kind).toBe('authentication');
  expect(again.message).not.toContain(new URLSearchParams(query).get('code'));
  const stranger = await back('eve.sales');
  expect((await oidc.finish(stranger.query, stranger.pending)).roles).toEqual([]);
});

test.each([
  ['state', (_: string, pending: Pending) => [_, { ...pending, state: 'other' }]],
  ['nonce', (_: string, pending: Pending) => [_, { ...pending, nonce: 'other' }]],
  ['verifier', (_: string, pending: Pending) => [_, { ...pending, verifier: 'x'.repeat(43) }]],
  ['issuer', (query: string, pending: Pending) => [query.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example.org'), pending]],
  ['code', (query: string, pending: Pending) => [query.replace(/code=[^&]*/, 'code=other'), pending]],
  ['answer', (_: string, pending: Pending) => ['error=access_denied&error_description=Zoe', pending]],
  ['empty answer', (_: string, pending: Pending) => ['', pending]],
] as const)('another %s is refused', async (_, change) => {
  const { query, pending } = await back('ada.it');
  const [changed, kept] = change(query, pending) as [string, Pending];
  const error = await refusal(oidc.finish(changed, kept));
  expect(error.kind).toBe('authentication');
  expect(error.message).not.toContain('Zoe');
});

test('what was meant for another client is refused, and so is a wrong secret', async () => {
  const wrong = openOidc({ ...settings, clientSecret: 'wrong' }, () => PLACE);
  const { query, pending } = await back('ada.it', wrong);
  const error = await refusal(wrong.finish(query, pending));
  expect([error.kind, error.message?.includes('wrong')]).toEqual(['authentication', false]);
  const other = openOidc({ ...settings, clientId: 'other' }, () => PLACE);
  expect((await refusal(other.finish((await back('ada.it')).query, pending))).kind).toBe('authentication');
});

test('it must be the provider that the file names, over TLS unless the file says otherwise', async () => {
  const plain = openOidc({ ...settings, allowHttp: false }, () => PLACE);
  expect((await refusal(plain.begin())).kind).toBe('unavailable');
  const elsewhere = openOidc({ ...settings, issuer: `${provider.issuer.replace('127.0.0.1', 'localhost')}` }, () => PLACE);
  expect((await refusal(elsewhere.begin())).kind).toBe('unavailable');
});

test('one that is away is asked again the next time', async () => {
  let there = 'http://127.0.0.1:9';
  const late = openOidc(
    {
      ...settings,
      get issuer() {
        return there;
      },
    },
    () => PLACE,
  );
  expect((await refusal(late.begin())).kind).toBe('unavailable');
  there = provider.issuer;
  expect((await late.begin()).url).toContain(provider.issuer);
});

test('signing out goes there and comes back', async () => {
  const url = new URL((await oidc.signOut())!);
  expect([url.origin, url.searchParams.get('post_logout_redirect_uri')]).toEqual([provider.issuer, PLACE.afterSignOut]);
});

test.each([
  ['a verified mail', 'email', [{ email: 'a@example.org', email_verified: true }], { value: 'a@example.org' }],
  ['one inside', 'user.email', [{ user: { email: 'a@example.org', email_verified: true } }], { value: 'a@example.org' }],
  ['another claim', 'nr', [{}, { nr: 'E1' }], { value: 'E1' }],
  ['one nobody verified', 'email', [{ email: 'a@example.org', email_verified: false }], null],
  ['of which nothing is said', 'email', [{ email: 'a@example.org' }, { email_verified: true }], null],
  ['verified by a text', 'email', [{ email: 'a@example.org', email_verified: 'true' }], null],
  ['none', 'email', [{}, {}], null],
  ['a list', 'email', [{ email: ['a@example.org'], email_verified: true }], null],
  ['too long', 'nr', [{ nr: 'x'.repeat(1_001) }], null],
])('who somebody is said to be: %s', (_, path, documents, said) => {
  expect(personIn(documents, path.split('.'))).toEqual(said ?? { why: expect.stringMatching(/^the identity provider/) });
});
