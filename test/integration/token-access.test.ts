/** Tokens at the port: what each role may, what is refused and how, and that it ends at once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Served, served } from './served.ts';

const YAML = `
connections:
  okta:
    type: csv
    path: hr.csv
    anchor: id
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } } }
`;

let here: Served;
let administrator: Made;
beforeAll(async () => {
  here = await served(YAML, { 'hr.csv': 'id,name\n1,Zoë Çelik\n' });
  const { out } = await here.command('token', 'create', 'the first', '--role', 'administrator', '--json');
  administrator = JSON.parse(out) as Made;
});
afterAll(() => here?.close());

interface Made {
  readonly id: string;
  readonly token: string;
}
const make = async (name: string, what: object): Promise<Made> =>
  (await (await ask('/api/tokens', administrator.token, post({ name, ...what }))).json()) as Made;
const ask = (where: string, token: string | null, init: RequestInit = {}): Promise<Response> =>
  fetch(here.url + where, {
    ...init,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
  });
const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

it('each does what its roles permit; one for SCIM does nothing of the API', async () => {
  const [auditor, operator, scim] = await Promise.all([
    make('A', { roles: ['auditor'] }),
    make('B', { roles: ['operator'] }),
    make('D', { connection: 'okta' }),
  ]);
  const hold = post({ reason: 'moving' });
  const statuses = async (token: string): Promise<number[]> => [
    (await ask('/api/runs', token)).status,
    (await ask('/api/connections/okta/hold', token, hold)).status,
    (await ask('/api/tokens', token)).status,
    (await ask('/api/tokens', token, post({ name: 'E', roles: ['auditor'] }))).status,
  ];
  expect(await statuses(auditor.token)).toEqual([200, 403, 200, 403]);
  expect(await statuses(operator.token)).toEqual([200, 200, 403, 403]);
  expect(await statuses(administrator.token)).toEqual([200, 200, 200, 200]);
  expect(await statuses(scim.token)).toEqual([403, 403, 403, 403]);
  const refused = await ask('/api/connections/okta/hold', auditor.token, hold);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(await refused.json()).toMatchObject({
    status: 403,
    kind: 'permission',
    detail: expect.stringContaining('decisions.make'),
  });
  const { decisions } = (await (await ask('/api/decisions', auditor.token)).json()) as { decisions: { by: string }[] };
  expect(decisions[0]!.by).toBe(`B (token ${operator.id})`);
});

it('what is no token is refused alike, and told apart from none', async () => {
  const { token } = await make('F', { roles: ['auditor'] });
  const answer = async (authorization: string): Promise<unknown> => {
    const response = await fetch(`${here.url}/api/runs`, { headers: { authorization } });
    return [response.status, response.headers.get('www-authenticate'), ((await response.json()) as { detail: string }).detail];
  };
  const invalid = [401, 'Bearer realm="rollcall", error="invalid_token"', 'the token is not valid'];
  const other = `${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`;
  for (const bad of [
    `Bearer ${other}`,
    'Bearer x',
    'Bearer',
    `Basic ${token}`,
    `Bearer ${token} x`,
    `Bearer ${'x'.repeat(5_000)}`,
  ])
    expect(await answer(bad), bad).toEqual(invalid);
  expect((await ask('/api/runs', null)).headers.get('www-authenticate')).toBe('Bearer realm="rollcall"');
});

it('it ends when it is revoked: through the service at once, beside it within seconds', async () => {
  const [first, second] = await Promise.all([make('G', { roles: ['auditor'] }), make('H', { roles: ['auditor'] })]);
  for (const { token } of [first, second]) expect((await ask('/api/runs', token)).status).toBe(200);
  expect((await here.command('token', 'revoke', first.id)).code).toBe(0);
  expect((await ask(`/api/tokens/${second.id}/revocation`, administrator.token, post({}))).status).toBe(200);
  const refused = async ({ token }: Made): Promise<unknown> => {
    const response = await ask('/api/runs', token);
    return [response.status, ((await response.json()) as { detail?: string }).detail];
  };
  expect(await refused(second)).toEqual([401, 'the token is revoked']);
  await expect.poll(() => refused(first), { timeout: 10_000 }).toEqual([401, 'the token is revoked']);
});

it('one that asks too often is told when to come again; others are not kept waiting', async () => {
  const [often, other] = await Promise.all([make('J', { roles: ['auditor'], rate: 1 }), make('K', { roles: ['auditor'] })]);
  const answers = await Promise.all(Array.from({ length: 14 }, () => ask('/api/tokens', often.token)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await ask('/api/tokens', other.token)).status).toBe(200);
});

it('every answer says how a browser is to take it', async () => {
  const { token } = administrator;
  for (const response of [await ask('/api/runs', token), await ask('/api/nowhere', null), await ask('/api/events', token)]) {
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    await response.body?.cancel();
  }
});
