/** What clients do wrong, by fault or on purpose, over HTTP: each is told, nobody else suffers, and nothing is an error of the service. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTokens } from '#access/tokens';
import { type Body, type Client, ERROR, type Said, USER, withToken } from './scim-client.ts';
import { type Served, served } from './served.ts';

const CAP = 200;
const YAML = `
server: { connections: ${CAP}, headers: 1s, request: 2s }
connections:
  one: { type: scim-push }
  two: { type: scim-push }
`;
const HOUR = 3_600_000;

let here: Served;
let one: Client;
const texts: { [name: string]: string } = {};
beforeAll(async () => {
  here = await served(YAML, {}, async ({ access }) => {
    let now = Date.now();
    const tokens = openTokens({ access, wall: () => now });
    const make = async (name: string, connection: string, rate: number | null, expiresAt: number | null): Promise<string> => {
      const { token, text } = await tokens.create({ kind: 'scim', roles: [], name, connection, rate, expiresAt, by: 'test' });
      texts[name] = text;
      return token.id;
    };
    await make('good', 'one', 10_000, null);
    await make('other', 'two', null, null);
    await make('slow', 'one', 1, null);
    await tokens.revoke(await make('revoked', 'one', null, null));
    now -= 2 * HOUR;
    await make('expired', 'one', null, now + HOUR);
  });
  one = withToken(here, 'one', texts['good']!);
});
afterAll(() => here?.close());

const goesOn = async (): Promise<void> => {
  expect((await one.get('/Users?count=1')).status).toBe(200);
  expect(await here.printed()).not.toMatch(/not foreseen|TypeError|RangeError/);
};

it('a token that is expired, revoked, for another base URL, malformed or none', async () => {
  const asked = async (authorization: string | undefined, connection = 'one'): Promise<Said> => {
    const answer = await fetch(
      `${here.url}/scim/v2/${connection}/Users`,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
  };
  const [, id, secret] = /^rc_(\w{12})_(.*)$/.exec(texts['good']!)!;
  const swapped = `${secret!.slice(1)}${secret![0]}`;
  const wrong = [
    `Bearer rc_${id}_${swapped}`,
    `Bearer rc_${id!.split('').reverse().join('')}_${secret}`,
    'Bearer x',
    'Bearer',
    'Basic eDp5',
    `Bearer ${'x'.repeat(10_000)}`,
  ];
  const answers = await Promise.all(wrong.map((text) => asked(text)));
  for (const { status, headers, body } of answers) {
    expect([status, body]).toEqual([401, answers[0]!.body]);
    expect(headers.get('www-authenticate')).toBe(answers[0]!.headers.get('www-authenticate'));
  }
  expect(answers[0]!.body).toEqual({ schemas: [ERROR], status: '401', detail: 'the token is not valid' });
  expect((await asked(undefined)).status).toBe(401);
  for (const name of ['expired', 'revoked'])
    expect((await asked(`Bearer ${texts[name]}`)).body).toMatchObject({ status: '401', detail: expect.stringContaining(name) });
  // Nobody learns which connections there are.
  const [another, nowhere] = [await asked(`Bearer ${texts['other']}`), await asked(`Bearer ${texts['other']}`, 'nowhere')];
  expect([another.status, another.body]).toEqual([403, nowhere.body]);
  expect((await asked(`Bearer ${texts['other']}`, 'two')).status).toBe(200);
});

it('who has no token has no body read', async () => {
  const answer = await fetch(`${one.base}/Users`, { method: 'POST', body: '{', headers: { 'content-type': 'text/plain' } });
  expect(answer.status).toBe(401);
});

it('a token that asks too often is told when it may again', async () => {
  const slow = withToken(here, 'one', texts['slow']!);
  const answers = await Promise.all(Array.from({ length: 15 }, () => slow.get('/Users?count=0')));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(15);
  expect(refused.length).toBeGreaterThan(2);
  for (const { headers, body } of refused) {
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body).toMatchObject({ schemas: [ERROR], status: '429' });
  }
  await goesOn();
});

it.each([
  ['its length is said', 'Content-Length: 100000000', ''],
  ['in chunks', 'Transfer-Encoding: chunked', 'f4240\r\n'],
])('a body of 100 MB, %s, is refused, and what was sent before does not hide the answer', async (_, header, before) => {
  const million = Buffer.concat([Buffer.from(before), Buffer.alloc(1_000_000, 'x'), Buffer.from(before === '' ? '' : '\r\n')]);
  const socket = await opened();
  const answered = readToEnd(socket);
  socket.write(`POST /scim/v2/one/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${one.token}\r\n`);
  socket.write(`Content-Type: application/json\r\n${header}\r\n\r\n`);
  for (let i = 0; i < 100 && socket.writable; i++)
    if (!socket.write(million)) await Promise.race([once(socket, 'drain'), answered]);
  socket.end(
    `${before === '' ? '' : '0\r\n\r\n'}GET /scim/v2/one/ServiceProviderConfig HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  expect(await answered).toMatch(/^HTTP\/1\.1 413 .*"status":"413".*HTTP\/1\.1 401 /s);
  await goesOn();
});

async function opened(): Promise<Socket> {
  const socket = connect(Number(new URL(here.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  // Where more come than the kernel keeps for the server (SYN cookies), some are open on this side alone, and who says nothing would never hear that.
  socket.setKeepAlive(true, 1_000);
  return socket;
}

/** All that comes until it is closed. */
async function readToEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

it('who sends slowly is not waited for, and others are served meanwhile', async () => {
  const head = `POST /scim/v2/one/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${one.token}\r\nContent-Type: application/json\r\n`;
  const slow = await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const socket = await opened();
      // Some never end their head, some never end their body, some say nothing at all.
      if (i % 3 === 0) socket.write(head);
      if (i % 3 === 1) socket.write(`${head}Content-Length: 1000\r\n\r\n{"userName":`);
      return readToEnd(socket);
    }).map(async (text) => ({ text: await text })),
  ).then(async (all) => {
    await goesOn();
    return all;
  });
  for (const [i, { text }] of slow.entries()) if (i % 3 === 0) expect(text).toMatch(/^HTTP\/1\.1 408/);
  await goesOn();
});

it('10,000 connections at once: as many as are allowed stay, the others are told 503', async () => {
  const all = await Promise.all(Array.from({ length: 10_000 }, opened));
  const ends = all.map(readToEnd);
  // Said where it is not so, instead of waiting for the limit of the test.
  const left = (): unknown[] => all.filter((one) => !one.closed).map(({ localPort, readyState }) => ({ localPort, readyState }));
  await expect.poll(() => left().slice(0, 5), { timeout: 90_000 }).toEqual([]);
  const texts = await Promise.all(ends);
  const told = texts.filter((text) => text.startsWith('HTTP/1.1 503'));
  expect(told.length).toBeGreaterThan(CAP / 2);
  expect(told[0]).toContain('Retry-After: ');
  await expect.poll(async () => (await one.get('/Users?count=1')).status, { timeout: 30_000 }).toBe(200);
  await goesOn();
});

it('the same name by twenty at once: there is one', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => one.post('/Users', { schemas: [USER], userName: i % 2 ? 'RACED' : 'raced' })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
  expect(await one.found('userName eq "raced"')).toHaveLength(1);
});

it('ten who write on the same version: one does', async () => {
  const { body, headers } = await one.post('/Users', { schemas: [USER], userName: 'written' });
  const at = `/Users/${body.id}`;
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      one.ask(
        'PATCH',
        at,
        { Operations: [{ op: 'replace', path: 'title', value: `t${i}` }] },
        { 'if-match': headers.get('etag')! },
      ),
    ),
  );
  const written = answers.filter(({ status }) => status === 200);
  expect([written.length, answers.filter(({ status }) => status === 412).length]).toEqual([1, 9]);
  expect((await one.get(at)).body.title).toBe(written[0]!.body.title);
});

it('a PATCH that would take long, and a user with very many values', async () => {
  const emails = Array.from({ length: 5_000 }, (_, i) => ({ value: `${i}@example.org`, type: 'work' }));
  const made = await one.post('/Users', { schemas: [USER], userName: 'bomb', emails });
  expect(made.status).toBeLessThan(500);
  const { body } = await one.post('/Users', { schemas: [USER], userName: 'bomb2', emails: emails.slice(0, 100) });
  const Operations = Array.from({ length: 1_000 }, (_, i) => ({
    op: 'replace',
    path: `emails[value co "${i}" or type eq "work"].display`,
    value: `${i}`,
  }));
  expect((await one.ask('PATCH', `/Users/${body.id}`, { Operations })).status).toBeLessThan(500);
  await goesOn();
});
