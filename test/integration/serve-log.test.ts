/** What the service writes about what it does: one JSON object a line, found by run and account, and nothing of a person or a secret in it. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STORE } from '../store.ts';
import { type Client, servedTo } from './scim-client.ts';
import type { Served } from './served.ts';

const YAML = `
log: { level: debug, file: rollcall.log }
attributes: { person: { shoeSize: integer } }
hooks: [{ after: cycle, webhook: 'http://127.0.0.1:9/plantedhook' }]
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: mail
    import:
      person: { join: [mail], project: true, attributes: { mail: mail, familyName: last, shoeSize: size } }
  okta:
    type: scim-push
    import:
      person: { join: [mail], project: true, attributes: { mail: emails.work, familyName: name.familyName, shoeSize: title } }
`;
/** Stands in everything that is personal or secret. */
const PLANTED = /planted/i;

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

let here: Served;
let okta: Client;
beforeAll(async () => {
  const hr = 'mail,last,size\nplanted.zoe@example.org,Planted,41\nplanted.kim@example.org,Planted,planted\n';
  ({
    here,
    clients: { okta },
  } = await servedTo(['okta'], YAML, { 'hr.csv': hr }));
});
afterAll(() => here?.close());

const log = (name = 'rollcall.log'): Promise<string> => readFile(path.join(here.folder, name), 'utf8');
const lines = async (): Promise<readonly Line[]> =>
  (await log())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const lineWith = (holds: (line: Line) => boolean): Promise<Line> => until(async () => (await lines()).find(holds));

it.skipIf(STORE !== 'sqlite')(
  'a run is told with its number, and a value that cannot be used with the account (on PostgreSQL a command does its run itself)',
  async () => {
    await here.command('run');
    const run = await lineWith(({ profile }) => profile === 'cycle');
    expect(run).toMatchObject({ level: 'warn', run: 1, status: 'warnings', connections: { hr: { seen: 2 } } });
    const about = await lineWith(({ account, run }) => account !== undefined && run === 1);
    expect(about).toMatchObject({ kind: 'invalidValue', connection: 'hr', remedy: 'rollcall run show 1' });
  },
);

it('a push is a run: what it took and what came of it is the same in the log, among runs and in the metrics', async () => {
  const person = { userName: 'kim', name: { familyName: 'Kim' }, emails: [{ value: 'kim@example.org', type: 'work' }] };
  expect((await okta.post('/Users', person)).status).toBe(201);
  const counted = { seen: 1, added: 1, projected: 1 };
  const line = await lineWith(
    ({ profile, status, connections }) =>
      profile === 'push' && status === 'done' && Object.keys(connections as object).length > 0,
  );
  expect(line).toMatchObject({ level: 'debug', connections: { okta: counted } });
  const { runs } = JSON.parse((await here.command('runs', '--json')).out) as {
    runs: { run: number; profile: string; status: string; connections: object[] }[];
  };
  const run = runs.find((one) => one.run === line['run']);
  expect(run).toMatchObject({ profile: 'push', status: 'done', connections: [{ connection: 'okta', ...counted }] });
  const { token } = JSON.parse((await here.command('token', 'create', 'watch', '--role', 'monitor', '--json')).out) as {
    token: string;
  };
  const shown = await fetch(`${here.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const done = runs.filter(({ profile, status }) => profile === 'push' && status === 'done').length;
  expect(await shown.text()).toContain(`rollcall_runs_total{profile="push",status="done"} ${done}\n`);
});

it('what is asked is told by route and id, which the answer has as well', async () => {
  const user = {
    userName: 'planted',
    name: { familyName: 'Planted' },
    title: 'planted',
    emails: [{ value: 'planted@example.org', type: 'work' }],
  };
  expect((await okta.post('/Users', user)).status).toBe(201);
  await okta.get('/Users?filter=userName%20eq%20%22planted%22');
  expect((await okta.post('/Users', { ...user, active: 'planted' })).status).toBeGreaterThanOrEqual(400);
  const headers = { authorization: 'Bearer plantedtoken', cookie: 'rollcall=plantedcookie', 'x-request-id': 'planted' };
  const refused = await fetch(`${here.url}/api/people/planted%40example.org?token=plantedtoken`, { headers });
  await fetch(`${here.url}/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'planted', password: 'plantedpassword' }),
  });
  const told = await lineWith(({ request }) => request === refused.headers.get('x-request-id'));
  expect(told).toMatchObject({ level: 'info', route: '/api/people/:person', method: 'GET', status: 401 });
  await lineWith(({ route }) => route === '/sign-in');
  await lineWith(({ connection, kind }) => connection === 'okta' && kind === 'invalidValue');
});

it('a fault of the file is told as it is; SIGHUP begins a new file', async () => {
  const file = path.join(here.folder, 'rollcall.yaml');
  const right = await readFile(file, 'utf8');
  await writeFile(file, right.replace('anchor: mail', 'ancor: mail'));
  const told = await lineWith(({ msg }) => msg.includes('goes on with the configuration that it has'));
  expect(told).toMatchObject({ level: 'warn', kind: 'configuration' });
  await writeFile(file, right);
  await rename(path.join(here.folder, 'rollcall.log'), path.join(here.folder, 'old.log'));
  here.process.kill('SIGHUP');
  await until(async () => {
    await fetch(`${here.url}/healthz`);
    return (await log()).includes('/healthz') ? true : undefined;
  });
});

it('nothing of a person and no secret is in it, from the first line to the last', async () => {
  expect(await here.stop()).toBe(0);
  const [before, after] = [await log('old.log'), await log()];
  const all = `${before}${after}`
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  expect(all.filter((line) => PLANTED.test(JSON.stringify(line)))).toEqual([]);
  expect(
    all.every(({ level, time, msg }) => /^(debug|info|warn|error)$/.test(level) && !Number.isNaN(Date.parse(time)) && msg !== ''),
  ).toBe(true);
  expect(all.map(({ msg }) => msg)).toContain('the service is ready');
  expect(all.at(-1)!.msg).toBe('the service has stopped');
  expect(all.find(({ msg }) => msg === 'the audit log is sealed')).toMatchObject({
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  // Neither what is printed for people.
  expect((await here.printed()).replace(/^There is no administrator.*$/m, '')).not.toMatch(PLANTED);
});
