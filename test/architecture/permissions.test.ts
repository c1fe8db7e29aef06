/**
 * Who may what: every route of the service for every role, against one table. A route without a line in it fails, so that somebody has
 * decided about each. What is reached by tokens of a connection alone (SCIM, webhooks) has tests of its own.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROLES, type Role } from '#core/roles';
import { methodsOf } from '#server/http/methods';
import { type AppHere, appHere } from '../app.ts';

type Caller = Role | 'nobody';
const EVERYBODY: readonly Caller[] = [...ROLES, 'nobody'];
/** With a session: a token is no sign-in. */
const SIGNED_IN: readonly Caller[] = ['person'];
const ADMINISTRATORS: readonly Caller[] = ['administrator'];
const OPERATORS: readonly Caller[] = ['administrator', 'operator'];
const AUDITORS: readonly Caller[] = ['administrator', 'auditor'];
const READERS: readonly Caller[] = ['administrator', 'operator', 'auditor'];
const MONITORS: readonly Caller[] = [...READERS, 'monitor'];
/** By people of themselves: what they reach of others is the operations' to say (own-profile.test). */
const SEEN_BY_THEMSELVES: readonly Caller[] = [...READERS, 'person'];
const DONE_BY_THEMSELVES: readonly Caller[] = [...OPERATORS, 'person'];

const MAY: { readonly [route: string]: readonly Caller[] } = {
  'GET /': EVERYBODY,
  'GET /api/openapi.json': EVERYBODY,
  'GET /sign-in': EVERYBODY,
  'POST /sign-in': EVERYBODY,
  'GET /setup': EVERYBODY,
  'POST /setup': EVERYBODY,
  'GET /password': EVERYBODY,
  'POST /password': EVERYBODY,
  'GET /sign-in.js': EVERYBODY,
  'GET /sign-in.css': EVERYBODY,
  'GET /oidc/sign-in': EVERYBODY,
  'GET /oidc/callback': EVERYBODY,
  'GET /healthz': EVERYBODY,
  'GET /readyz': EVERYBODY,
  'POST /sign-out': EVERYBODY,
  'GET /session': SIGNED_IN,
  'GET /metrics': MONITORS,
  'GET /api/events': READERS,
  'GET /api/check': READERS,
  'GET /api/runs': READERS,
  'GET /api/runs/:run': READERS,
  'GET /api/schedule': READERS,
  'POST /api/plans': READERS,
  'POST /api/previews': READERS,
  'GET /api/people': READERS,
  'GET /api/groups/:group/members': READERS,
  'GET /api/people/:person/explanation': READERS,
  'GET /api/connections/:target/waiting': READERS,
  'GET /api/parked': READERS,
  'GET /api/decisions': READERS,
  'GET /api/people/:person': SEEN_BY_THEMSELVES,
  'GET /api/people/:person/photo': SEEN_BY_THEMSELVES,
  'GET /api/people/:person/reports': SEEN_BY_THEMSELVES,
  'GET /api/people/:person/groups': SEEN_BY_THEMSELVES,
  'GET /api/people/:person/history': SEEN_BY_THEMSELVES,
  'POST /api/people/:person/edits': DONE_BY_THEMSELVES,
  'POST /api/people/:person/photo': DONE_BY_THEMSELVES,
  'POST /api/people/:person/export': DONE_BY_THEMSELVES,
  'POST /api/runs': OPERATORS,
  'POST /api/people': OPERATORS,
  'POST /api/people/:person/fixed': OPERATORS,
  'POST /api/connections/:target/approval': OPERATORS,
  'POST /api/connections/:target/discard': OPERATORS,
  'POST /api/connections/:connection/hold': OPERATORS,
  'POST /api/connections/:connection/release': OPERATORS,
  'POST /api/parked/:id/decision': OPERATORS,
  'POST /api/parked/decisions': OPERATORS,
  'POST /api/links': OPERATORS,
  'POST /api/links/end': OPERATORS,
  'POST /api/decisions/:id/revocation': OPERATORS,
  'GET /api/audit': AUDITORS,
  'GET /api/audit/export': AUDITORS,
  'GET /api/audit/head': AUDITORS,
  'GET /api/audit/verification': AUDITORS,
  'GET /api/accounts': AUDITORS,
  'GET /api/tokens': AUDITORS,
  'POST /api/people/:person/erasure': ADMINISTRATORS,
  'POST /api/people/:person/readmission': ADMINISTRATORS,
  'POST /api/people/:person/audit-erasure': ADMINISTRATORS,
  'POST /api/retention': ADMINISTRATORS,
  'POST /api/notifications/trial': ADMINISTRATORS,
  'POST /api/accounts': ADMINISTRATORS,
  'POST /api/accounts/:name/disabling': ADMINISTRATORS,
  'POST /api/accounts/:name/enabling': ADMINISTRATORS,
  'POST /api/accounts/:name/reset': ADMINISTRATORS,
  'POST /api/tokens': ADMINISTRATORS,
  'POST /api/tokens/:id/rotation': ADMINISTRATORS,
  'POST /api/tokens/:id/revocation': ADMINISTRATORS,
};

let here: AppHere;
beforeAll(async () => {
  // Nobody answers there.
  const oidc = { issuer: 'http://127.0.0.1:9', clientId: 'rollcall', clientSecret: null, scopes: ['openid'], claim: ['groups'] };
  here = await appHere({ ...oidc, roles: new Map(), name: 'name', person: null, allowHttp: true });
});
afterAll(() => here.close());

async function reaches(route: string, headers: { readonly [name: string]: string }): Promise<boolean> {
  const [method, path] = route.split(' ') as ['GET' | 'POST', string];
  const payload = method === 'POST' ? { payload: {} } : {};
  const before = here.asked.length;
  const answer = await here.app.inject({ method, url: path.replace(/:\w+/g, '1'), headers, ...payload });
  const isRefused = answer.statusCode === 403 || (answer.statusCode === 401 && answer.json().detail === 'nobody is signed in');
  if (isRefused && here.asked.length > before) throw new Error(`${route} was done, and refused after that`);
  return !isRefused;
}

test('each role reaches what the table says, and nothing else', async () => {
  const routes = [...methodsOf(here.app)].flatMap(([path, methods]) =>
    [...methods].filter((method) => method !== 'HEAD').map((method) => `${method} ${path}`),
  );
  // Whoever has signed out reaches nothing more.
  routes.sort((a, b) => Number(a.endsWith('/sign-out')) - Number(b.endsWith('/sign-out')));
  const callers: (readonly [Caller, { readonly [name: string]: string }])[] = [['nobody', {}]];
  for (const role of ROLES) callers.push([role, await here.headersOf(role)]);
  const found: { [route: string]: readonly Caller[] } = {};
  for (const route of routes) {
    const may: Caller[] = [];
    for (const [caller, headers] of callers) if (await reaches(route, headers)) may.push(caller);
    found[route] = may.sort();
  }
  expect(found).toEqual(Object.fromEntries(Object.entries(MAY).map(([route, may]) => [route, [...may].sort()])));
  expect(EVERYBODY).toHaveLength(callers.length);
});
