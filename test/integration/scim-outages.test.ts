/** The service dies, ends, or its store is away, while an identity provider pushes: nothing that was answered is lost, and nobody is there twice. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres.ts';
import { withClient, within } from '../servers/postgres.ts';
import { REQUIRED } from '../servers/required.ts';
import { onSmallTablespace } from '../servers/small-tablespace.ts';
import { type SmallDisk, smallDisk, testOnSmallDisk } from '../small-disk.ts';
import { inDatabase, inFolder, STORE } from '../store.ts';
import { type Client, ERROR, servedTo, USER } from './scim-client.ts';
import type { Served } from './served.ts';

const YAML = `
connections:
  okta:
    type: scim-push
    owner: true
    import: { person: { join: [login], project: true, attributes: { login: userName } } }
`;

let here: Served;
let okta: Client;
beforeAll(async () => {
  ({
    here,
    clients: { okta },
  } = await servedTo(['okta'], YAML));
});
afterAll(() => here?.close());

/** The status of each; null: no answer came. */
function pushed(client: Client, names: readonly string[]): readonly Promise<number | null>[] {
  return names.map((userName) =>
    client.post('/Users', { schemas: [USER], userName }).then(
      ({ status }) => status,
      () => null,
    ),
  );
}

const many = (prefix: string): readonly string[] =>
  Array.from({ length: 60 }, (_, i) => `${prefix}${String(i).padStart(2, '0')}`);

it.each(['SIGKILL', 'SIGTERM'] as const)(
  '%s in the middle of requests: what was answered is there, and who asks again makes nobody twice',
  async (signal) => {
    const names = many(signal.toLowerCase());
    const asked = pushed(okta, names);
    await Promise.any(asked.map((one) => one.then((status) => (status === 201 ? status : Promise.reject(new Error())))));
    // Who never ends a request is not waited for.
    const half = connect(Number(new URL(here.url).port), '127.0.0.1');
    half.on('error', () => undefined).write('POST /scim/v2/okta/Users HTTP/1.1\r\n');
    const code = await here.stop(signal);
    half.destroy();
    if (signal === 'SIGTERM') expect(code).toBe(0);
    const before = await Promise.all(asked);
    for (const status of before) expect([201, 503, null]).toContain(status);
    await here.start();
    const again = await Promise.all(pushed(okta, names));
    for (const [i, status] of again.entries())
      expect({ i, before: before[i], status }).toEqual({
        i,
        before: before[i],
        status: before[i] === 201 ? 409 : expect.toBeOneOf([201, 409]),
      });
    expect(await okta.found(`userName sw "${signal.toLowerCase()}"`)).toEqual(names);
    // The index follows soon after.
    const people = async (): Promise<readonly unknown[]> =>
      JSON.parse((await here.command('people', signal.toLowerCase(), '--limit', '500', '--json')).out).people;
    await expect.poll(people, { timeout: 30_000 }).toHaveLength(60);
  },
);

const DIES = fileURLToPath(new URL('killed/service.ts', import.meta.url));
it('killed before its commit, right after it, and with the answer at hand: who asks again makes nobody twice', async () => {
  const names = ['before', 'staged', 'answering'].map((moment) => `DIES-${moment}@example.org`);
  await here.stop();
  for (const name of names) {
    await here.start(DIES);
    const { process: service } = here;
    expect(await Promise.all(pushed(okta, [name]))).toEqual([null]);
    await expect.poll(() => service.signalCode).toBe('SIGKILL');
  }
  await here.start();
  expect(await Promise.all(pushed(okta, names))).toEqual([201, 409, 409]);
  expect(await okta.found('userName sw "DIES-"')).toEqual(names.toSorted());
  const people = async (): Promise<readonly unknown[]> => JSON.parse((await here.command('people', 'DIES', '--json')).out).people;
  await expect.poll(people, { timeout: 30_000, interval: 300 }).toHaveLength(3);
});

testOnSmallDisk('the disk is full: 503 until there is room, and on without a restart', async () => {
  let disk: SmallDisk | undefined;
  const { here: full, clients } = await servedTo(['okta'], YAML, {}, async (folder) => {
    if (STORE === 'postgres') {
      const tablespace = await onSmallTablespace(36);
      disk = { ...tablespace.disk, remove: () => undefined };
      return inDatabase(tablespace);
    }
    disk = smallDisk(`${folder}/disk`, 12);
    return inFolder(folder, 'sqlite:disk/rollcall.db');
  });
  try {
    expect(await Promise.all(pushed(clients.okta, ['before']))).toEqual([201]);
    disk!.fill(0);
    const names = many('full');
    const answers = await Promise.all(
      names.map((userName) =>
        clients.okta.post('/Users', { schemas: [USER], userName, title: randomBytes(10_000).toString('hex') }),
      ),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, body, headers } of refused) {
      expect([status, body]).toMatchObject([503, { schemas: [ERROR], status: '503' }]);
      expect(headers.get('retry-after')).not.toBeNull();
    }
    expect(await clients.okta.found('userName eq "before"')).toEqual(['before']);
    disk!.free();
    expect(await Promise.all(pushed(clients.okta, ['after']))).toEqual([201]);
  } finally {
    await full.stop('SIGKILL');
    disk?.remove();
    await full.close();
  }
});

test('the server of the store dies and comes back: 503 meanwhile, and on without a restart', async ({ skip }) => {
  skip(STORE !== 'postgres', 'of PostgreSQL');
  let server: PostgresServer;
  try {
    server = await startPostgres({ install: REQUIRED });
  } catch (error) {
    if (REQUIRED) throw error;
    skip(`no PostgreSQL: ${(error as Error).message}`);
    return;
  }
  const gone = async (): Promise<void> => undefined;
  await withClient(server.url, (client) => client.query('create database served'));
  const { here: served, clients } = await servedTo(['okta'], YAML, {}, async () =>
    inDatabase({
      url: within(server.url, 'served'),
      remove: gone,
      disconnect: gone,
      copy: () => Promise.reject(new Error('nobody copies it')),
    }),
  );
  try {
    expect(await Promise.all(pushed(clients.okta, ['before']))).toEqual([201]);
    const names = many('restart');
    const asked = pushed(clients.okta, names);
    await server.crash();
    const before = await Promise.all(asked);
    for (const status of before) expect([201, 503]).toContain(status);
    const { status, body, headers } = await clients.okta.get('/Users?filter=title eq "x"');
    expect([status, body, headers.get('retry-after')]).toMatchObject([503, { schemas: [ERROR] }, expect.any(String)]);
    expect(await Promise.all(pushed(clients.okta, ['meanwhile']))).toEqual([503]);
    await server.start();
    await expect.poll(async () => (await clients.okta.get('/Users?count=0')).status, { timeout: 20_000 }).toBe(200);
    await expect
      .poll(async () => (await Promise.all(pushed(clients.okta, ['after'])))[0], { timeout: 20_000 })
      .toBeOneOf([201, 409]);
    const again = await Promise.all(pushed(clients.okta, names));
    for (const [i, now] of again.entries())
      expect({ before: before[i], now }).toEqual({
        before: before[i],
        now: before[i] === 201 ? 409 : expect.toBeOneOf([201, 409]),
      });
    expect(await clients.okta.found('userName sw "restart"')).toEqual(names);
  } finally {
    await served.close();
    await server.stop();
  }
});
