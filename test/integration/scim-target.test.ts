/** From a file of HR through one Rollcall into another one by SCIM: each account once, whatever is lost, and what comes back changes nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReadObject } from '#connectors/contract';
import { scim } from '#connectors/scim/index';
import { type Between, proxyTo } from '../servers/proxy.ts';
import { DAY, type Place, place } from './place.ts';
import { type Body, type Client, ENTERPRISE, servedTo } from './scim-client.ts';
import type { Served } from './served.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const FROM_HERE = `
    owner: true
    import:
      person:
        filter: row.active != false
        join: [login]
        project: true
        attributes:
          login: userName
          displayName: displayName
          mail: emails.work
          manager: { reference: enterprise.manager }
          roles: roles.value
      group: { join: [name], project: true, attributes: { name: displayName, member: { reference: members } } }`;

/** The other site: what it is told, and what it shows as agreed. */
const OTHER = `
attributes: { person: { roles: { type: string, multi: true } } }
connections:
  head:
    type: scim-push${FROM_HERE}
  branch: { type: scim-push }
scim:
  agreed: { users: { attributes: { roles.work: roles } } }
`;

const site = (url: string): string => `
attributes: { person: { roles: { type: string, multi: true } } }
gates: { create: { percent: 100, count: 1000 }, disable: { percent: 100, count: 1000 }, member: { percent: 100, count: 1000 } }
connections:
  hr:
    type: jsonl
    path: hr.jsonl
    anchor: id
    owner: true
    import:
      person:
        join: [login]
        project: true
        attributes: { login: login, displayName: name, mail: mail, manager: { reference: boss }, roles: roles }
  teams:
    type: jsonl
    path: teams.jsonl
    kind: group
    anchor: id
    owner: true
    import:
      group:
        join: [name]
        project: true
        attributes: { name: name, member: { reference: members, connection: hr } }
  site:
    type: scim
    url: ${url}/scim/v2/head
    token: \${file:token}
    visibleWithin: 0s
    mode: on
    import:
      person: { join: [login], attributes: { login: userName, phone: phoneNumbers.work } }
      group: { join: [name], attributes: { name: displayName } }
    export:
      person:
        provision: true
        enabled: { attribute: active, on: true, off: false }
        attributes:
          userName: login
          displayName: displayName
          emails.work: mail
          phoneNumbers.work: phone
          roles.value: roles
          enterprise.manager: manager
          password: { generate: {}, deliver: none }
      group: { provision: true, attributes: { displayName: name, members: member } }
    deprovision: { action: disable }
  branch:
    type: scim
    url: ${url}/scim/v2/branch
    token: \${file:branch.token}
    visibleWithin: 0s
    kinds: { person: Users }
    mode: on
    import: { person: { join: [login], attributes: { login: userName } } }
    export: { person: { provision: true, attributes: { userName: login, displayName: displayName } } }
`;

let other: Served;
let clients: { readonly head: Client; readonly branch: Client; readonly agreed: Client };
let between: Between;
let here: Place;

beforeAll(async () => {
  const { here: there, clients: all } = await servedTo(['head', 'branch', 'agreed'], OTHER);
  other = there;
  clients = all;
  between = await proxyTo(there.url);
  here = await place(site(between.url));
  await here.write('token', clients.head.token);
  await here.write('branch.token', clients.branch.token);
});
afterAll(async () => {
  await here?.remove();
  await between?.[Symbol.asyncDispose]();
  await other?.close();
});

interface Row {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly mail: string;
  readonly boss?: string;
  readonly roles: readonly string[];
}

const person = (n: number, more: Partial<Row> = {}): Row => ({
  id: `h${n}`,
  login: `user${n}`,
  name: `Person ${n}`,
  mail: `user${n}@example.org`,
  ...(n === 1 ? {} : { boss: 'h1' }),
  roles: ['editor'],
  ...more,
});
const lines = (all: readonly object[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join('');

async function hr(people: readonly Row[], members: readonly string[]): Promise<void> {
  await here.write('hr.jsonl', lines(people));
  await here.write('teams.jsonl', lines([{ id: 't1', name: 'Team', members }]));
}

/** The answer to the next request that begins so never arrives; what then happens. */
function loses(begins: string, then: () => void): Promise<void> {
  const lost = Promise.withResolvers<void>();
  let isAsked = false;
  between.asked = (chunk) => {
    isAsked ||= chunk.toString('latin1').startsWith(begins);
  };
  between.answers = () => {
    if (!isAsked) return true;
    between.asked = () => undefined;
    between.answers = () => true;
    then();
    lost.resolve();
    return false;
  };
  return lost.promise;
}

async function users(client: Client): Promise<ReadonlyMap<string, Body>> {
  const { body } = await client.get('/Users?count=100');
  const all = new Map(body.Resources.map((one) => [one.userName, one]));
  expect(all.size).toBe(body.totalResults);
  return all;
}

/** Once what was pushed is worked out there. */
async function agreed(holds: (all: ReadonlyMap<string, Body>) => boolean): Promise<ReadonlyMap<string, Body>> {
  for (;;) {
    const all = await users(clients.agreed);
    if (holds(all)) return all;
  }
}

const PEOPLE = [1, 2, 3, 4, 5].map((n) => person(n));

it('an answer that is lost and a process that is killed make no second account, and everything arrives', async () => {
  await hr(PEOPLE, ['h1', 'h2']);
  await here.run();
  for (const name of ['site', 'branch']) {
    const approved = await here.call('approve', name, '--as', 'Ada', '--reason', 'looked at it');
    expect(approved.code, approved.err).toBe(0);
  }
  const lost = loses('POST /scim/v2/head/Users', () => between.cut());
  expect((await here.run()).faultCount).toBeGreaterThan(0);
  await lost;
  // A process of its own, which dies while the group is made.
  const child = spawn(process.execPath, ['--conditions=source', MAIN, 'run'], { cwd: here.folder, stdio: 'ignore' });
  const died = loses('POST /scim/v2/head/Groups', () => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await Promise.race([died, ended]);
  await ended;
  expect(child.signalCode).toBe('SIGKILL');
  // What it had on its way may be sent until its deadline.
  here.now = Date.now() + 120_000;
  await here.run();
  here.now += 1_000;
  await here.run();
  const there = await users(clients.head);
  expect([...there.keys()].sort()).toEqual(PEOPLE.map(({ login }) => login));
  const groups = (await clients.head.get('/Groups')).body;
  expect([
    groups.totalResults,
    (await clients.head.get(`/Groups/${groups.Resources[0].id}`)).body.members?.map(({ value }) => value).sort(),
  ]).toEqual([1, ['user1', 'user2'].map((login) => there.get(login)!.id).sort()]);
  const all = await agreed((now) => now.size === 5 && now.get('user5')?.[ENTERPRISE] !== undefined);
  expect(all.get('user5')).toMatchObject({
    displayName: 'Person 5',
    emails: [{ type: 'work', value: 'user5@example.org' }],
    [ENTERPRISE]: { manager: { value: all.get('user1')!.id } },
  });
  expect((await here.run()).faultCount).toBe(0);
});

it('W1 one name at two sites; roles, leavers and no password go on; what a site says itself comes back, and never as an echo', async () => {
  expect([...(await users(clients.branch)).keys()].sort()).toEqual(PEOPLE.map(({ login }) => login));
  const [one, two, ...rest] = PEOPLE as [Row, Row, ...Row[]];
  await hr(
    [one, { ...two, name: 'Bo Renamed', roles: ['author', 'shop_manager'], boss: 'h3' }, ...rest.slice(0, -1), person(6)],
    ['h2', 'h3'],
  );
  const { id } = (await users(clients.head)).get('user3')!;
  await clients.head.patch(`/Users/${id}`, { op: 'replace', path: 'phoneNumbers', value: [{ type: 'work', value: '+49 30 1' }] });
  let passwords: readonly string[] = [];
  between.asked = (chunk) => {
    passwords = [...passwords, ...[...chunk.toString().matchAll(/"password":"([^"]+)"/g)].map(([, word]) => word!)];
  };
  await here.run();
  const there = await users(clients.head);
  expect(there.get('user2')).toMatchObject({
    displayName: 'Bo Renamed',
    roles: [{ value: 'author' }, { value: 'shop_manager' }],
  });
  expect([there.get('user5')!['active'], there.get('user4')!['active']]).toEqual([false, true]);
  expect(passwords.length).toBe(1);
  for (const text of [await here.contents(), await other.store.contents(), JSON.stringify([...there])])
    expect(text).not.toContain(passwords[0]);
  const all = await agreed((now) => now.get('user5')?.['active'] !== true && now.get('user2')?.displayName === 'Bo Renamed');
  expect(all.get('user2')).toMatchObject({
    roles: [{ value: 'author' }, { value: 'shop_manager' }],
    [ENTERPRISE]: { manager: { value: all.get('user3')!.id } },
  });
  // It is the other site's word: agreed here, and not sent back to where it came from, however often.
  const said = JSON.parse((await here.call('explain', 'user3', 'phone', '--json')).out) as object;
  expect(JSON.stringify(said)).toContain('+49 30 1');
  const methods = new Set<string>();
  between.asked = (chunk) => void methods.add(chunk.toString('latin1').split(' ')[0]!);
  for (let turn = 0; turn < 2; turn++) {
    here.now += DAY;
    await here.run();
  }
  expect(methods).toEqual(new Set(['GET']));
});

it('what is agreed at the other site is a source as well, with its groups and their members', async () => {
  const config = scim.config.parse({ url: clients.agreed.base, token: clients.agreed.token, pageSize: 2 });
  const connection = scim.open(config, {
    connection: 'other',
    folder: here.folder,
    limits: { maxObjectBytes: 100_000 },
    warn: () => undefined,
  });
  const objects: ReadObject[] = [];
  let complete = false;
  for await (const page of connection.read!.read({ signal: new AbortController().signal })) {
    objects.push(...(page.objects as ReadObject[]));
    complete ||= page.end?.complete === true;
  }
  await connection.close();
  const logins = new Map(objects.map(({ anchor, attributes }) => [anchor, attributes['userName']]));
  const members = objects.find(({ kind }) => kind === 'group')!.attributes['members'] as readonly string[];
  expect([complete, members.map((id) => logins.get(id)).sort()]).toEqual([true, ['user2', 'user3']]);
  expect(objects.find(({ attributes }) => attributes['userName'] === 'user3')?.attributes).toMatchObject({
    displayName: 'Person 3',
    active: true,
  });
});
