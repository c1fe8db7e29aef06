/** Whoever signs in as themselves: their own profile over the wire, and nothing of anybody else, however they ask. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Browser, browser, type IdentityProvider, identityProvider } from '../servers/oidc.ts';
import { type Served, served } from './served.ts';

const YAML = (issuer: string): string => `
access:
  oidc: { issuer: '${issuer}', allowHttp: true, clientId: rollcall, clientSecret: '\${file:client-secret}', roles: { it: operator } }
  person: { attribute: mail, claim: email }
attributes:
  person:
    mobile: { edit: [self] }
    photo: { edit: [self] }
    manager: { type: reference, see: [self, administrator, operator], edit: [self] }
    nationalId: { see: [administrator], indexed: true }
    displayName: { see: [self, administrator, operator] }
    employeeId: { see: [self, administrator, operator] }
    mail: { see: [self, administrator, operator] }
connections:
  people: { type: people }
  hr:
    type: csv
    path: hr.csv
    anchor: id
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, mail: mail, mobile: tel, nationalId: nid } } }
  out:
    type: csv
    path: out.csv
    anchor: key
    mode: hold
    export: { person: { provision: true, anchor: employeeId, attributes: { key: employeeId, tax: '\${"NR-" + person.nationalId}', phone: mobile } } }
`;
const row = (id: number, name: string, mail: string, more = ''): string => `${id},${name},${mail},0${id},NID-${id}${more}\n`;
const HR = `id,name,mail,tel,nid\n${row(1, 'Zoë Çelik', 'zoe@example.org')}${row(2, 'Bob Stone', 'bob@example.org')}${row(3, 'Tim One', 'twin@example.org')}${row(4, 'Tom Two', 'twin@example.org')}`;

let provider: IdentityProvider;
let here: Served;
let token: string;
beforeAll(async () => {
  provider = await identityProvider();
  here = await served(YAML(provider.issuer), { 'hr.csv': HR, 'out.csv': 'key,tax,phone\n', 'client-secret': 'planted-4711' });
  const place = { callback: `${here.url}/oidc/callback`, afterSignOut: `${here.url}/sign-in` };
  provider.register({ id: 'rollcall', secret: 'planted-4711', ...place });
  const made = await here.command('token', 'create', 'the first', '--role', 'administrator', '--json');
  token = (JSON.parse(made.out) as { token: string }).token;
  expect((await admin('/api/runs', {})).status).toBe(200);
});
afterAll(async () => {
  await here?.close();
  await provider.close();
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: { readonly [name: string]: unknown };
}
async function ask(who: Browser, where: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await who.ask(here.url + where, { ...init, headers: { ...json, ...headers } });
  if (response.headers.get('content-type') === 'text/event-stream') {
    await response.body?.cancel();
    return { status: response.status, text: '', body: {} };
  }
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
}
const admin = (where: string, body?: object): Promise<Answer> =>
  ask(browser(), where, body, { authorization: `Bearer ${token}` });

interface Person {
  readonly who: Browser;
  readonly session: Answer;
  ask(where: string, body?: object): Promise<Answer>;
}
async function signIn(login: string): Promise<Person & { readonly back: Answer }> {
  const who = browser();
  const at = new URL(await who.signIn(`${here.url}/oidc/sign-in`, login, `${here.url}/oidc/callback`));
  const back = await ask(who, at.pathname + at.search);
  const session = await ask(who, '/session');
  const csrf = { 'x-csrf-token': String(session.body.csrf) };
  return { who, back, session, ask: (where, body) => ask(who, where, body, csrf) };
}

let zoe: Person;
it('who has a verified mail that one person has is that person; anybody else is told why not', async () => {
  zoe = await signIn('zoe');
  expect(zoe.session.body).toMatchObject({ name: 'zoe', roles: ['person'], person: expect.any(Number) });
  for (const [login, why] of [
    ['bob.unverified', 'does not say that email is verified'],
    ['twin', 'several people here have that mail'],
    ['eve', 'nobody here has that mail'],
  ] as const) {
    const { back, session } = await signIn(login);
    expect([back.status, session.status, back.body.detail]).toEqual([403, 401, expect.stringContaining(why)]);
    expect(back.text).not.toContain('@example.org');
  }
  expect((await signIn('grace.it')).session.body).toMatchObject({ roles: ['operator'], person: null });
});

it('they see and edit what is theirs, have their photo, their history and all that is held about them', async () => {
  const { body } = await zoe.ask('/api/people/me');
  const attribute = (name: string) => (body.attributes as { attribute: string }[]).find((one) => one.attribute === name);
  expect([body.label, attribute('mobile'), attribute('nationalId')]).toEqual([
    'Zoë Çelik',
    expect.objectContaining({ value: '01', editable: true }),
    undefined,
  ]);
  expect((await zoe.ask('/api/people/me/edits', { set: { mobile: '99' } })).body).toMatchObject({
    run: expect.any(Number),
  });
  const refused = await zoe.ask('/api/people/me/edits', { set: { displayName: 'Queen' } });
  const where = { attribute: 'displayName' };
  expect(refused.body).toMatchObject({
    type: 'about:blank',
    status: refused.status,
    kind: 'permission',
    where,
    faults: [{ where }],
  });
  expect(refused.status).toBe(403);
  const png = await sharp({ create: { width: 60, height: 60, channels: 3, background: '#888' } })
    .png()
    .toBuffer();
  expect((await zoe.ask('/api/people/me/photo', { base64: png.toString('base64') })).status).toBe(200);
  expect((await zoe.ask('/api/people/me/photo?size=48')).body.type).toBe('image/jpeg');
  const history = await zoe.ask('/api/people/me/history');
  expect((history.body['changes'] as readonly { after: object }[])[0]!.after).toHaveProperty('photo');
  const held = await zoe.ask('/api/people/me/export', {});
  expect(held.body).toMatchObject({ held: { object: { attributes: { mobile: '99' } } }, hidden: ['nationalId'] });
  for (const { text } of [history, held]) expect(text).not.toMatch(/NID-1|NR-NID/);
  expect((await admin('/api/people/hr:1/export', {})).text).toContain('NID-1');
});

it('nobody else is reached: not by search, number, anchor, login, reference, photo, list, preview, events', async () => {
  const bob = (await admin('/api/people/hr:2')).body.id as number;
  const names = [`${bob}`, `%23${bob}`, 'hr:2', 'bob@example.org', 'Bob%20Stone', '2', 'NID-2', 'people:1'];
  const ways = names.flatMap((name) =>
    ['', '/photo', '/history', '/explanation', '/reports', '/groups'].map((way) => `/api/people/${name}${way}`),
  );
  const others = [
    '/api/people',
    '/api/people?text=bob',
    `/api/groups/${bob}/members`,
    '/api/runs',
    '/api/runs/1',
    '/api/parked',
    '/api/decisions',
    '/api/audit',
    '/api/audit/head',
    '/api/accounts',
    '/api/tokens',
    '/api/check',
    '/api/schedule',
    '/api/connections/out/waiting',
    '/api/events',
    '/metrics',
  ];
  const posts: readonly (readonly [string, object])[] = [
    ...names.flatMap((name) => [
      [`/api/people/${name}/edits`, { set: { mobile: '666' } }] as const,
      [`/api/people/${name}/export`, {}] as const,
      [`/api/people/${name}/photo`, { base64: null }] as const,
      [`/api/people/${name}/erasure`, {}] as const,
    ]),
    ['/api/previews', { connection: 'hr', anchor: '2' }],
    ['/api/plans', {}],
    ['/api/runs', { person: 'hr:2' }],
    ['/api/people', { set: { displayName: 'New' } }],
    ['/api/people/me/edits', { set: { manager: 'Bob Stone' } }],
    ['/api/people/me/edits', { set: { manager: `#${bob}` } }],
  ];
  const mine = (await zoe.ask('/api/people/me/edits', { set: { mobile: '98' } })).body.person as number;
  for (const where of [...ways, ...others]) {
    const { status, text } = await zoe.ask(where);
    expect([where, [403, 404].includes(status)]).toEqual([where, true]);
    // What was asked for is said again in a refusal.
    const asked = decodeURIComponent(where.split('/')[3] ?? '');
    expect(text.replaceAll(where, '').replaceAll(`'${asked}'`, '')).not.toMatch(/Stone|NID-|bob@|"id"/);
  }
  for (const [where, body] of posts) {
    const { status, text, body: said } = await zoe.ask(where, body);
    if (status === 200) expect([where, said.person]).toEqual([where, mine]);
    else expect([where, [403, 404].includes(status)]).toEqual([where, true]);
    expect(text.replace(/'[^']*'/, '')).not.toMatch(/Stone|bob@|NID-/);
  }
  // Who asks, and of whom, is said by nothing in a body.
  for (const said of [{ person: `#${bob}` }, { who: null }, { by: 'ada' }])
    expect((await zoe.ask('/api/people/me/edits', { set: { mobile: '1' }, ...said })).status).toBe(400);
  // Somebody who is there and somebody who is not are told apart by nothing.
  const refusal = async (id: number) => (await zoe.ask(`/api/people/${id}`)).text.replaceAll(String(id), 'N');
  expect(await refusal(bob)).toBe(await refusal(999_999));
  expect((await admin('/api/people/hr:2')).text).not.toContain('666');
});

it('an operator does not see what is hidden from operators, wherever it would stand', async () => {
  await writeFile(path.join(here.folder, 'hr.csv'), HR.replace('NID-2', 'NID-22').replace('Bob', 'Rob'));
  await admin('/api/runs', {});
  await admin('/api/people/hr:2/fixed', { attribute: 'nationalId', values: ['NID-23'], reason: 'typo' });
  const grace = await signIn('grace.it');
  const runs = (await grace.ask('/api/runs')).body.runs as { run: number }[];
  const asks: readonly (readonly [string, object?])[] = [
    ['/api/previews', { connection: 'hr', anchor: '2' }],
    ['/api/previews', { connection: 'hr', anchor: '1' }],
    ['/api/plans', { profile: 'full-sync' }],
    ['/api/connections/out/waiting'],
    ['/api/decisions'],
    ['/api/parked'],
    ['/api/people?text=rob'],
    ['/api/people/hr:2'],
    ['/api/people/hr:2/explanation'],
    ['/api/people/hr:2/history'],
    ...runs.map(({ run }) => [`/api/runs/${run}`] as const),
  ];
  let shownToAll = '';
  let whole = '';
  for (const [where, body] of asks) {
    const theirs = await grace.ask(where, body);
    expect([where, theirs.status]).toEqual([where, 200]);
    expect([where, theirs.text]).not.toEqual([where, expect.stringMatching(/NID-\d/)]);
    shownToAll += theirs.text;
    whole += (await admin(where, body)).text;
  }
  expect(shownToAll).toContain('Rob Stone');
  for (const found of ['NID-22', 'NID-23', 'NR-NID']) expect(whole.includes(found)).toBe(true);
  for (const where of ['/api/people?text=NID-22', '/api/people?text=nid'])
    expect((await grace.ask(where)).body.people).toEqual([]);
  for (const [where, body] of [
    ['/api/people/NID-23'],
    ['/api/decisions?person=NID-23'],
    ['/api/plans', { profile: 'full-sync', person: 'NID-23' }],
    ['/api/runs', { person: 'NID-23' }],
    ['/api/people/NID-23/fixed', { attribute: 'title', values: [], reason: 'guess' }],
  ] as const)
    expect([where, (await grace.ask(where, body)).status]).toEqual([where, 404]);
  const auditor = (await admin('/api/tokens', { name: 'a', roles: ['auditor'] })).body.token as string;
  const audit = await ask(browser(), '/api/audit?limit=100', undefined, { authorization: `Bearer ${auditor}` });
  expect((audit.body['events'] as readonly { action: string }[]).map(({ action }) => action)).toContain('decision.fixed');
  expect(audit.text).not.toContain('NID-2');
  expect((await admin('/api/audit?limit=100')).text).toContain('NID-23');
});

it('who leaves is nobody here from then on, whoever stays signed in', async () => {
  expect((await zoe.ask('/api/people/me')).status).toBe(200);
  await writeFile(path.join(here.folder, 'hr.csv'), HR.replace(/^1,.*\n/m, ''));
  const erased = (await zoe.ask('/session')).body.person as number;
  await admin('/api/runs', {});
  const { status, body } = await admin(`/api/people/%23${erased}/erasure`, {
    confirm: true,
    reason: 'she asked for it',
    accountsStay: true,
  });
  expect([status, body.erased]).toEqual([200, expect.anything()]);
  const after = await zoe.ask('/api/people/me');
  expect([after.status, after.body.detail]).toEqual([403, expect.stringContaining('nobody here is that person')]);
  expect((await zoe.ask('/session')).body).toMatchObject({ roles: [], person: null });
});

it('whoever is invited as somebody sees the own profile, without a role that says so', async () => {
  const { out } = await here.command('account', 'invite', 'tom', '--person', 'hr:4', '--json');
  expect(JSON.parse(out)).toMatchObject({ roles: ['person'], person: expect.any(Number) });
  expect((await here.command('account', 'invite', 'nobody')).err).toContain('Name one or more of administrator,');
});
