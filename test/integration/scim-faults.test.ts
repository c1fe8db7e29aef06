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
/** Of a user with a hundred mail addresses. */
let bomb: string;
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
  bomb = (await one.post('/Users', bombed(100))).body.id;
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

it('who sends slowly is told so when its time is over, and others are served meanwhile', async () => {
  const head = (more: string): string =>
    `POST /scim/v2/one/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${one.token}\r\nContent-Type: application/json\r\n${more}`;
  const body = 'Content-Length: 1000\r\n\r\n{"userName":';
  const said: readonly (readonly [text: string, drips: boolean])[] = [
    ['', false],
    [head(''), false],
    [head('X-Slow: '), true],
    [head(body), false],
    [head(body), true],
    [head('Transfer-Encoding: chunked\r\n\r\n'), true],
    [head(body).replace('/scim/v2/one/Users', '/api/run'), true],
    [head(body).replace('/scim/v2/one/Users', '/hooks/one'), true],
  ];
  const slow = await Promise.all(
    Array.from({ length: 10 }, () => said)
      .flat()
      .map(async ([text, drips]) => {
        const socket = await opened();
        if (text !== '') socket.write(text);
        const end = readToEnd(socket);
        const dripping = drips ? setInterval(() => socket.write(text.endsWith('\r\n\r\n') ? '1\r\n \r\n' : 'x'), 100) : undefined;
        return { socket, end: end.finally(() => clearInterval(dripping)), says: text !== '' };
      }),
  );
  await goesOn();
  expect(slow.some(({ socket }) => !socket.closed)).toBe(true);
  for (const { end, says } of slow) expect((await end).slice(0, 12)).toBeOneOf(says ? ['HTTP/1.1 408'] : ['HTTP/1.1 408', '']);
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

const bombed = (values: number): object => ({
  schemas: [USER],
  userName: `bomb${values}`,
  emails: Array.from({ length: values }, (_, i) => ({ value: `${i}@example.org`, type: 'work' })),
});
const times = (n: number, make: (i: number) => object): readonly object[] => Array.from({ length: n }, (_, i) => make(i));
const replaced = (path: string, value: unknown): object => ({ op: 'replace', path, value });

it('a user with very many values', async () => {
  const { status, body } = await one.post('/Users', bombed(5_000));
  expect([status, body]).toMatchObject([400, { schemas: [ERROR], status: '400', scimType: 'invalidValue' }]);
});

const nested = (n: number): unknown => JSON.parse(`${'{"a":'.repeat(n)}1${'}'.repeat(n)}`);
const wide = times(1_000, (i) => replaced(`emails[value co "${i}" or type eq "work"].display`, 'd'));
const long = times(50, (i) => replaced(i % 2 === 0 ? 'title' : 'nickName', 'x'.repeat(60_000)));
const values = times(5_000, (i) => ({ value: `${i}` }));

it.each<[what: string, refused: string, operations: readonly object[]]>([
  ['more operations than are allowed', '413', times(10_001, (i) => replaced('title', `${i}`))],
  ['filters over many values', '413', wide],
  ['more than 4 MB', '413', [replaced('title', 'x'.repeat(5_000_000))]],
  ['parentheses in each other', '400 invalidFilter', [replaced(`emails[${'('.repeat(1_000)}type pr${')'.repeat(1_000)}]`, 'd')]],
  ['brackets in each other', '400 invalidFilter', [replaced(`${'emails['.repeat(500)}type pr${']'.repeat(500)}`, 'd')]],
  ['a path without end', '400 invalidPath', [replaced(`name.${'x'.repeat(100_000)}`, 'd')]],
  ['objects in each other', '400 invalidSyntax', [replaced('name', nested(1_000))]],
  ['one text without end', '400 invalidValue', [replaced('title', 'x'.repeat(1_000_000))]],
  ['texts that are long together', '400 invalidValue', long],
  ['too many values', '400 invalidValue', [replaced('emails', values)]],
  ['too many values, one by one', '413', values.map((value) => ({ op: 'add', path: 'emails', value }))],
])('a PATCH with %s is refused, and nothing of it is done', async (_, refused, operations) => {
  const before = await one.get(`/Users/${bomb}`);
  const { status, body } = await one.patch(`/Users/${bomb}`, replaced('title', 'done'), ...operations);
  expect([status, body['scimType']].join(' ').trim()).toBe(refused);
  expect(body).toMatchObject({ schemas: [ERROR], status: String(status) });
  expect((await one.get(`/Users/${bomb}`)).headers.get('etag')).toBe(before.headers.get('etag'));
  await goesOn();
});

it('a PATCH of as many operations as are allowed is carried out', async () => {
  const { status, body } = await one.patch(`/Users/${bomb}`, ...times(10_000, (i) => replaced('title', `${i}`)));
  expect([status, body]).toMatchObject([200, { title: '9999' }]);
  await goesOn();
});
