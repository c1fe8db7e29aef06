import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AuditEvent, Store } from '#store/contract';
import { open } from '#store/sqlite/open';
import { accountFrom, accountOf, newAccount } from './accounts.ts';
import { LINK_LIFETIME_MS, newLink } from './links.ts';
import { openPasswords } from './passwords.ts';
import { isCsrf, openSessions, type Sessions } from './sessions.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createThrottle } from './throttle.ts';

const HOUR = 3_600_000;
let folder: string;
let store: Store;
let access: Store['access'];
let now = 1_000_000_000;
let sessions: Sessions;
let signIn: SignIn;
let noted: AuditEvent[];
const wall = (): number => now;
const address = '10.0.0.1';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-sign-in-'));
  store = await open({ path: join(folder, 'store.db'), program: 'test', create: true });
  access = store.access;
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  now += 24 * HOUR;
  noted = [];
  sessions = openSessions({ access, wall, idleMs: 2 * HOUR, longestMs: 12 * HOUR, providerMs: HOUR });
  const passwords = openPasswords({ n: 16, r: 1, p: 1 });
  signIn = createSignIn({
    access,
    wall,
    passwords,
    throttle: createThrottle(wall),
    sessions,
    shortest: 12,
    note: (events) => void noted.push(...events),
  });
});

const refusal = (work: Promise<unknown>): Promise<{ kind: string; message: string }> =>
  work.then(
    () => ({ kind: 'none', message: '' }),
    (error) => error,
  );

test('the first administrator is made by the link, once; who is not told apart from whom', async () => {
  const { secret } = await newLink({ access, wall }, 'setup', null);
  const given = { link: secret, name: 'Ada', password: 'correct horse battery', address };
  expect(await refusal(signIn.setUp({ ...given, link: `${secret}x` }))).toMatchObject({ kind: 'permission' });
  expect(await refusal(signIn.setUp({ ...given, password: 'short' }))).toMatchObject({ kind: 'invalidValue' });
  expect(await refusal(signIn.setUp({ ...given, name: ' ' }))).toMatchObject({ kind: 'invalidValue' });
  const both = await Promise.allSettled([signIn.setUp(given), signIn.setUp({ ...given, name: 'Eve' })]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await access.anyAccount('administrator')).toBe(true);
  const { name } = (await access.accounts({ after: '', limit: 9 }))[0]!;
  const known = await signIn.signIn({ name: name.toUpperCase(), password: given.password, address });
  expect(known.account.roles).toEqual(['administrator']);
  const wrong = await refusal(signIn.signIn({ name, password: 'wrong', address }));
  expect(wrong.kind).toBe('authentication');
  expect(noted).toMatchObject([{ action: 'access.signIn', outcome: 'refused', actor: { name, source: address } }]);
  expect((await refusal(signIn.signIn({ name: 'nobody', password: 'wrong', address: '10.0.0.9' }))).message).toBe(wrong.message);
});

test('whoever guesses is slowed down, and is not looked at before the time', async () => {
  const waits: string[] = [];
  for (let i = 0; i < 6; i++) waits.push((await refusal(signIn.signIn({ name: 'mallory', password: `${i}`, address }))).kind);
  expect(waits).toEqual([...Array.from({ length: 4 }, () => 'authentication'), 'rateLimited', 'rateLimited']);
});

test('wrong links slow down the address they come from, and nobody else', async () => {
  const ida = newAccount({ name: 'ida', roles: ['operator'], createdAt: now });
  await access.addAccount(ida);
  const link = (await newLink({ access, wall }, 'password', ida.id)).secret;
  const given = { password: 'correct horse battery', address };
  const answers: string[] = [];
  for (let i = 0; i < 21; i++) answers.push((await refusal(signIn.choosePassword({ ...given, link: `wrong ${i}` }))).kind);
  expect(answers).toEqual([...Array.from({ length: 20 }, () => 'permission'), 'rateLimited']);
  expect((await refusal(signIn.choosePassword({ ...given, link }))).kind).toBe('rateLimited');
  expect((await refusal(signIn.choosePassword({ ...given, link, address: '10.0.0.2' }))).kind).toBe('none');
});

test('an account chooses a password by its link; who was signed in is not any more', async () => {
  const bob = newAccount({ name: 'bob@example.org', roles: ['operator'], createdAt: now });
  await access.addAccount(bob);
  expect((await refusal(signIn.signIn({ name: bob.name, password: '', address }))).kind).toBe('authentication');
  const first = await newLink({ access, wall }, 'password', bob.id);
  const link = await newLink({ access, wall }, 'password', bob.id);
  const password = 'battery staple horse';
  expect((await refusal(signIn.choosePassword({ link: first.secret, password, address }))).kind).toBe('permission');
  await signIn.choosePassword({ link: link.secret, password, address });
  expect((await refusal(signIn.choosePassword({ link: link.secret, password, address }))).kind).toBe('permission');
  const { id } = await signIn.signIn({ name: bob.name, password, address });
  expect((await sessions.find(id))?.account.name).toBe(bob.name);
  const again = await newLink({ access, wall }, 'password', bob.id);
  now += LINK_LIFETIME_MS;
  expect((await refusal(signIn.choosePassword({ link: again.secret, password, address }))).kind).toBe('permission');
  const last = await newLink({ access, wall }, 'password', bob.id);
  const other = await signIn.signIn({ name: bob.name, password, address });
  await signIn.choosePassword({ link: last.secret, password: 'another horse battery', address });
  expect(await sessions.find(other.id)).toBeNull();
  await access.changeAccount(bob.id, { disabledAt: now }, { endSessions: true });
  expect((await refusal(signIn.signIn({ name: bob.name, password: 'another horse battery', address }))).kind).toBe(
    'authentication',
  );
});

test('a session ends when nobody uses it, at its longest, when it is ended, and with its account', async () => {
  const eve = newAccount({ name: 'eve', roles: ['auditor'], createdAt: now });
  await access.addAccount(eve);
  const lives = async (id: string): Promise<boolean> => (await sessions.find(id)) !== null;
  const idle = await sessions.begin(eve, address);
  now += HOUR;
  expect(await lives(idle.id)).toBe(true);
  now += 2 * HOUR;
  expect(await lives(idle.id)).toBe(false);
  const busy = await sessions.begin(eve, address);
  for (let i = 0; i < 11; i++) {
    now += HOUR;
    expect(await lives(busy.id)).toBe(true);
  }
  now += HOUR;
  expect(await lives(busy.id)).toBe(false);
  const ended = await sessions.begin(eve, address);
  expect(await lives(ended.id)).toBe(true);
  await sessions.end(ended.id);
  expect(await lives(ended.id)).toBe(false);
  const one = await sessions.begin(eve, address);
  expect(await lives(one.id)).toBe(true);
  await access.changeAccount(eve.id, { disabledAt: now }, { endSessions: false });
  sessions.forget();
  expect(await lives(one.id)).toBe(false);
  for (const bad of ['', 'x', `${one.id}x`, '../../etc/passwd']) expect(await lives(bad)).toBe(false);
});

test('what a page sends along belongs to one session', async () => {
  const zoe = newAccount({ name: 'zoe', roles: ['auditor'], createdAt: now });
  await access.addAccount(zoe);
  const [one, other] = [await sessions.begin(zoe, address), await sessions.begin(zoe, address)];
  expect([isCsrf(one.csrf, one), isCsrf(other.csrf, one), isCsrf('', one), isCsrf(one.id, one)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect((await sessions.find(one.id))!.csrf).toBe(one.csrf);
});

test('who signs in elsewhere is found by issuer and subject, never by a name; roles follow the provider', async () => {
  const there = { issuer: 'https://id.example.org', subject: 'u1', name: 'Grace', roles: ['operator'], person: null };
  const here = { access, wall, address, whose: async () => ({ why: 'nobody has it' }) };
  const grace = await accountFrom(there, here);
  expect(await accountFrom({ ...there, name: 'Other', roles: ['auditor'] }, here)).toMatchObject({
    id: grace.id,
    name: 'Grace',
    roles: ['auditor'],
  });
  const same = await accountFrom({ ...there, subject: 'u2' }, here);
  expect([same.id === grace.id, same.name]).toEqual([false, 'Grace (id.example.org)']);
  expect((await accountFrom({ ...there, subject: 'u3' }, here)).name).toMatch(/^Grace \(\w{12}\)$/);
  const events = (await store.audit.list({ actor: 'Grace' }, { after: 0, limit: 99 })).events.map(({ action }) => action);
  expect(events).toEqual(expect.arrayContaining(['account.create', 'account.change']));
  const { id } = await sessions.begin(same, address);
  expect((await refusal(accountFrom({ ...there, subject: 'u2', roles: [] }, here))).kind).toBe('permission');
  expect(await sessions.find(id)).toBeNull();
  await access.changeAccount(grace.id, { disabledAt: now }, { endSessions: true });
  expect((await refusal(accountFrom(there, here))).kind).toBe('permission');
  expect((await accountOf('GRACE', access)).id).toBe(grace.id);
  expect((await refusal(accountOf('nobody', access))).kind).toBe('notFound');
});

test('who has no role but is somebody here is that person, until the provider says another', async () => {
  const there = { issuer: 'https://id.example.org', subject: 'p1', name: 'Zoe', roles: [], person: { value: 'zoe@example.org' } };
  const known: { [mail: string]: number } = { 'zoe@example.org': 7, 'eve@example.org': 8 };
  const whose = async (value: string) => (value in known ? { person: known[value]! } : { why: 'nobody here has that mail' });
  const here = { access, wall, address, whose };
  const zoe = await accountFrom(there, here);
  expect(zoe).toMatchObject({ roles: ['person'], objectId: 7 });
  expect(await accountFrom({ ...there, person: { value: 'eve@example.org' } }, here)).toMatchObject({ id: zoe.id, objectId: 8 });
  const { id } = await sessions.begin(zoe, address);
  const refused = await refusal(accountFrom({ ...there, person: { value: 'ada@example.org' } }, here));
  expect([refused.kind, refused.message]).toEqual([
    'permission',
    'the identity provider gives no role here, and nobody here has that mail',
  ]);
  expect([await sessions.find(id), (await access.account(zoe.id))!.objectId]).toEqual([null, null]);
  expect(await accountFrom({ ...there, roles: ['operator'], person: { why: 'x' } }, here)).toMatchObject({ roles: ['operator'] });
});

test('who came from the provider comes from there again before long: their roles are read then', async () => {
  const elsewhere = { name: 'ann', roles: ['auditor'], issuer: 'https://id.example.org', subject: 's1', createdAt: now };
  const [ann, zoe] = [newAccount(elsewhere), newAccount({ name: 'zora', roles: ['auditor'], createdAt: now })];
  for (const one of [ann, zoe]) await access.addAccount(one);
  const [theirs, own] = [await sessions.begin(ann, address), await sessions.begin(zoe, address)];
  now += 0.6 * HOUR;
  expect(await Promise.all([theirs, own].map(async ({ id }) => (await sessions.find(id)) !== null))).toEqual([true, true]);
  now += 0.6 * HOUR;
  expect(await Promise.all([theirs, own].map(async ({ id }) => (await sessions.find(id)) !== null))).toEqual([false, true]);
});
