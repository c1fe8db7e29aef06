/** Idempotency-Key over the wire: what is asked for twice is done once, over a restart as well; a secret is not kept for it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Served, served } from './served.ts';

const YAML = `
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } } }
`;

let here: Served;
const tokens: string[] = [];
beforeAll(async () => {
  here = await served(YAML, { 'hr.csv': 'id,name\n1,Zoë Çelik\n' });
  for (const name of ['first', 'second']) {
    const { out } = await here.command('token', 'create', name, '--role', 'administrator', '--json');
    tokens.push((JSON.parse(out) as { token: string }).token);
  }
});
afterAll(() => here?.close());

interface Answer {
  readonly status: number;
  readonly again: boolean;
  readonly body: { readonly [name: string]: unknown };
}
async function ask(where: string, body: object | null, key: string | null, token = 0): Promise<Answer> {
  const headers: Record<string, string> = { authorization: `Bearer ${tokens[token]}`, 'content-type': 'application/json' };
  if (key !== null) headers['idempotency-key'] = key;
  const init = body === null ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(here.url + where, init);
  return {
    status: response.status,
    again: response.headers.has('idempotency-replayed'),
    body: (await response.json()) as Answer['body'],
  };
}
const hold = (key: string, reason = 'moving', token = 0): Promise<Answer> =>
  ask('/api/connections/hr/hold', { reason }, key, token);
const holds = async (): Promise<number> =>
  ((await ask('/api/decisions?all=true', null, null)).body.decisions as { kind: string }[]).filter(({ kind }) => kind === 'hold')
    .length;

it('the first answer again, after a restart too; something else with the same key is refused; others have keys of their own', async () => {
  const key = '"8e03978e-40d5-43dd-bc93-6894a57f9324"';
  const first = await hold(key);
  const again = await hold(key.slice(1, -1));
  expect([first.status, first.again, again.status, again.again]).toEqual([200, false, 200, true]);
  expect(again.body).toEqual(first.body);
  const other = await hold(key, 'other');
  expect([other.status, other.body.status, other.body.detail]).toEqual([422, 422, expect.stringContaining('something else')]);
  expect((await ask('/api/connections/hr/release', { reason: 'moving' }, key)).status).toBe(422);
  expect((await hold(key, 'moving', 1)).again).toBe(false);
  const before = await holds();
  await here.stop();
  await here.start();
  const later = await hold(key);
  expect([later.body, later.again, await holds()]).toEqual([first.body, true, before]);
});

it('what is refused may be asked for again with the same key; one that is no key is refused; what only reads takes none', async () => {
  const fix = (where: string) => ask(where, { attribute: 'title', values: ['Boss'], reason: 'x' }, 'fix-1');
  expect((await fix('/api/people/hr:1/fixed')).status).toBe(404);
  await ask('/api/connections/hr/release', { reason: 'moved' }, null);
  expect((await ask('/api/runs', {}, 'run-1')).status).toBe(200);
  expect([(await fix('/api/people/hr:1/fixed')).status, (await fix('/api/people/hr:1/fixed')).again]).toEqual([200, true]);
  for (const bad of ['', 'two words', '"open', 'a,b', 'x'.repeat(300)])
    expect([bad, (await hold(bad)).status]).toEqual([bad, 400]);
  expect((await ask('/api/plans', {}, 'run-1')).status).toBe(200);
});

it('of two at once one does it, the other is told', async () => {
  const both = await Promise.all([ask('/api/runs', {}, 'run-2'), ask('/api/runs', {}, 'run-2')]);
  for (const { status, again } of both) expect(status === 409 || status === 200 || again).toBe(true);
  const last = await ask('/api/runs', {}, 'run-2');
  expect([last.status, last.again]).toEqual([200, true]);
  const runs = new Set(both.flatMap(({ body }) => body.run ?? []));
  expect([...runs]).toEqual([last.body.run]);
});

it('a request id that comes once more is answered, and counted as no run', async () => {
  const counted = async (): Promise<string> => {
    const text = await (await fetch(`${here.url}/metrics`, { headers: { authorization: `Bearer ${tokens[0]}` } })).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith('rollcall_runs_total{'))
      .join();
  };
  const first = await ask('/api/runs', { request: 'mine' }, null);
  const before = await counted();
  const again = await ask('/api/runs', { request: 'mine' }, null);
  expect([first.status, first.body.replayed, again.body]).toEqual([200, false, { ...first.body, replayed: true }]);
  expect([before, await counted()]).toEqual([expect.stringContaining('profile="cycle"'), before]);
});

it('a command that is started twice with one request id is one run', async () => {
  const start = (...more: string[]) => here.command('run', '--request', 'nightly', ...more);
  const [first, again] = (await Promise.all([start('--json'), start('--json')])).map(({ out }) => JSON.parse(out));
  expect(again.run).toBe(first.run);
  expect([first.replayed, again.replayed].sort()).toEqual([false, true]);
  expect((await start()).err).toContain('Nothing was run');
});

it('a token is made once, and its text is shown once: the store does not have it', async () => {
  const make = () => ask('/api/tokens', { name: 'Grafana', roles: ['auditor'] }, 'token-1');
  const [first, again] = [await make(), await make()];
  expect([first.status, again.status, again.body.detail]).toEqual([200, 409, expect.stringContaining('not kept')]);
  const listed = (await ask('/api/tokens', null, null)).body.tokens as { name: string }[];
  expect(listed.filter(({ name }) => name === 'Grafana')).toHaveLength(1);
  await here.stop();
  expect((await here.store.contents()).includes(String(first.body['token']).slice(16))).toBe(false);
});
