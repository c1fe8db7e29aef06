/** Decision 24: a system tells of its changes by HTTP, and what follows is in the target without any run that somebody starts. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTokens } from '#access/tokens';
import { hubSignature, standardSignature } from '#core/webhook-signature';
import { type Served, served } from './served.ts';

const SECRET = `whsec_${randomBytes(24).toString('base64')}`;
const YAML = `
gates: { create: { count: 100 }, update: { count: 100, percent: 100 }, delete: { count: 100, percent: 100 }, attribute: { count: 100, percent: 100 } }
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    hook: { secret: "\${file:hook.secret}", object: { value: /employee/number, by: badge } }
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } }
  app:
    type: webhook-push
    records: /people
    anchor: /id
    gone: { value: /status, is: [left] }
    owner: true
    hook: { secret: "\${file:hook.secret}" }
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name.full } }
  out:
    type: csv
    path: out.csv
    anchor: number
    mode: on
    deprovision: { action: delete }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } }
`;

let here: Served;
let token: string;
let other: string;
beforeAll(async () => {
  const files = { 'hr.csv': 'id,name,badge\n1,Zoë,b1\n2,Ada,b2\n3,Bo,b3\n', 'hook.secret': `${SECRET}\n` };
  here = await served(YAML, files, async (store) => {
    await store.spaces.saveState('out', { mode: 'on' }, null);
    const tokens = openTokens({ access: store.access, wall: Date.now });
    const made = async (connection: string): Promise<string> => {
      const kind = { kind: 'scim', roles: [], rate: null, expiresAt: null, by: 'test' } as const;
      return (await tokens.create({ ...kind, name: connection, connection })).text;
    };
    token = await made('hr');
    other = await made('out');
    // As a process leaves it that ends between its answer and the read.
    const at = Date.now();
    await store.claims.take({ kind: 'wake', name: 'hr', seen: 0, at, until: at, detail: '' });
  });
  // Nobody is given an account in a target that was never read.
  expect((await here.command('run')).code).toBe(0);
});
afterAll(() => here?.close());

const people = (...rows: string[]) =>
  writeFile(path.join(here.folder, 'hr.csv'), `id,name,badge\n${rows.map((row) => `${row}\n`).join('')}`);
const written = async () => (await readFile(path.join(here.folder, 'out.csv'), 'utf8')).trim().split('\n').slice(1).sort();
const sent = (...rows: string[]) => expect.poll(written, { timeout: 30_000 }).toEqual(rows);

async function tell(
  body: string,
  headers: Record<string, string>,
  connection = 'hr',
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${here.url}/hooks/${connection}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: answer.status, body: await answer.json() };
}
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
function signed(body: string, seconds = Math.floor(Date.now() / 1_000), secret = SECRET, id = 'msg_1') {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': standardSignature(secret, id, seconds, body),
  };
}

it('what was noted before the process ended is read by the next one', async () => {
  await sent('1,Zoë', '2,Ada', '3,Bo');
  await expect.poll(async () => (await here.command('runs')).out, { timeout: 30_000 }).toMatch(/cycle .* hook$/m);
});

it('an object that is named is looked up and sent; the same once more changes nothing', async () => {
  await people('1,Zoë Çelik,b1', '2,Ada L,b2', '3,Bo,b3');
  const body = JSON.stringify({ event: 'changed', employee: { number: 'b1', name: 'whatever' } });
  const found = { status: 200, body: { looked: 'objects', done: true, found: 1, unusable: 0 } };
  expect(await tell(body, signed(body))).toEqual(found);
  // Of the other one nobody has told.
  await sent('1,Zoë Çelik', '2,Ada', '3,Bo');
  expect(await tell(body, signed(body))).toEqual(found);
  const github = JSON.stringify({ employee: { number: ['b2', 'b3'] } });
  expect(await tell(github, { 'x-hub-signature-256': hubSignature(SECRET, github) })).toMatchObject({
    status: 200,
    body: { found: 2 },
  });
  await sent('1,Zoë Çelik', '2,Ada L', '3,Bo');
});

it('what is not there, and what nobody named, is found by reading what changed', async () => {
  await people('1,Zoë,b1', '3,Bo,b3', '4,Cy,b4');
  const gone = JSON.stringify({ employee: { number: 'b2' } });
  expect(await tell(gone, signed(gone))).toEqual({ status: 200, body: { looked: 'changes', done: true, found: 0, unusable: 0 } });
  await sent('1,Zoë', '3,Bo', '4,Cy');
  await people('1,Zoë,b1', '3,Bo B,b3', '4,Cy,b4');
  expect(await tell('', { ...bearer(token), 'content-type': 'text/plain' })).toMatchObject({
    status: 200,
    body: { looked: 'changes' },
  });
  await sent('1,Zoë', '3,Bo B', '4,Cy');
});

it('records that are pushed are in the target; the same request once more is answered and changes nothing', async () => {
  const push = (id: string, ...people: object[]) => {
    const body = JSON.stringify({ people });
    return tell(body, signed(body, undefined, undefined, id), 'app');
  };
  const answer = (more: object) => ({ status: 200, body: { records: 1, taken: 0, gone: 0, older: 0, refused: [], ...more } });
  const eve = { id: 9, name: { full: 'Eve' } };
  const first = answer({ records: 2, taken: 1, gone: 1 });
  expect(await push('a', eve, { id: '8', status: 'left' })).toEqual(first);
  await sent('1,Zoë', '3,Bo B', '4,Cy', '9,Eve');
  expect(await push('b', { id: 9, name: { full: 'Eve E' } })).toEqual(answer({ taken: 1 }));
  expect(await push('a', eve, { id: '8', status: 'left' })).toEqual(first);
  expect(await push('b', eve)).toMatchObject({ status: 409 });
  await sent('1,Zoë', '3,Bo B', '4,Cy', '9,Eve E');
  expect(await push('c', { name: 'nobody' })).toMatchObject({ status: 400, body: { detail: 'a record has no key' } });
  const bad = { id: 'u', name: { full: 'half \ud800' } };
  expect(await push('d', bad)).toMatchObject({ status: 400 });
  expect(await push('e', bad, { id: '9', status: 'left' })).toMatchObject({ body: { gone: 1, refused: [{ record: 0 }] } });
});

it('nobody is let in who has neither the secret nor a token for this connection, and nobody learns of others', async () => {
  const body = '{}';
  const late = Math.floor(Date.now() / 1_000) - 301;
  const refused = await Promise.all([
    tell(body, {}),
    tell(body, {}, 'nobody'),
    tell(body, signed(body), 'out'),
    tell(body, signed(body), 'nobody'),
    tell('{"a":1}', signed(body)),
    tell(body, signed(body, late)),
    tell(body, signed(body, undefined, 'other')),
    tell(body, bearer('rc_abc')),
  ]);
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 401));
  expect((await tell(body, bearer(other))).status).toBe(403);
  const looked = await Promise.all(['hr', 'nobody'].map((name) => fetch(`${here.url}/hooks/${name}`)));
  expect(looked.map(({ status, headers }) => [status, headers.get('allow')])).toEqual([
    [405, 'POST'],
    [405, 'POST'],
  ]);
  expect((await tell('{', bearer(token))).status).toBe(400);
  expect((await tell(JSON.stringify('x'.repeat(1_100_000)), bearer(token))).status).toBe(413);
  expect(await here.stop()).toBe(0);
  const store = await here.store.open();
  const [noted] = (await store.audit.list({ action: 'hook.wake', actor: 'hr' }, { limit: 1, before: Number.MAX_SAFE_INTEGER }))
    .events;
  expect(noted).toMatchObject({ actor: { kind: 'token', name: 'hr' }, subject: { connection: 'hr' } });
  // A file is read again before an account is deleted from it, by the next cycle.
  expect(await store.spaces.byAnchors('app', 'person', ['9'])).toMatchObject([{ presence: 'gone' }]);
  expect(await store.claims.get('wake', 'hr')).toMatchObject({ outcome: 'read' });
  await store.close();
});
