import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AppHere, appHere } from '../../../test/app.ts';
import { PROBLEM_TYPE } from './problems.ts';

let here: AppHere;
let headers: { readonly [name: string]: string };
beforeAll(async () => {
  here = await appHere();
  headers = { ...(await here.headersOf('administrator')), 'content-type': 'application/json' };
});
afterAll(() => here.close());

interface Asked {
  readonly url: string;
  readonly method?: 'POST' | 'PUT';
  readonly payload?: string | Buffer;
  readonly headers?: { readonly [name: string]: string };
}
const RUN = { method: 'POST', url: '/api/runs', payload: '{}' } as const;

it.each<[string, Asked, number, string]>([
  ['a body that is no JSON', { ...RUN, payload: '{' }, 400, 'not JSON in UTF-8'],
  ['a body that is no UTF-8', { ...RUN, payload: Buffer.from('{"person":"\xff"}', 'latin1') }, 400, 'not JSON in UTF-8'],
  ['a body of nothing', { ...RUN, payload: '' }, 400, 'the body is empty'],
  ['a body that is too large', { ...RUN, url: '/api/plans', payload: `"${'x'.repeat(1_048_576)}"` }, 413, '1048576 bytes'],
  ['text', { ...RUN, headers: { 'content-type': 'text/plain' } }, 415, 'content type'],
  ['what is packed', { ...RUN, headers: { 'content-encoding': 'gzip' }, payload: gzipSync('{}') }, 415, 'content-encoding'],
  ['a condition', { ...RUN, headers: { 'if-match': '"1"' } }, 412, 'nothing was done'],
  ['a name that stands twice', { url: '/api/runs?limit=1&limit=2' }, 400, "'limit' is said 2 times"],
  ['a name that is not known', { url: '/api/audit/export?since=2026-01-01' }, 400, "no 'since' here"],
  ['an address of nothing', { url: '/api/people/' }, 404, 'nothing at /api/people/'],
  ['an address that is none', { url: '/api/people/%FF' }, 400, 'percent-encoded'],
  ['another method', { ...RUN, method: 'PUT' }, 405, 'PUT is not done here'],
])('%s is refused, and nothing is asked for', async (_, asked, status, said) => {
  const before = here.asked.length;
  const answer = await here.app.inject({ method: 'GET', ...asked, headers: { ...headers, ...asked.headers } });
  expect([answer.statusCode, answer.headers['content-type'], answer.json().status]).toEqual([
    status,
    `${PROBLEM_TYPE}; charset=utf-8`,
    status,
  ]);
  expect(answer.json().detail).toContain(said);
  expect([answer.headers['cache-control'], answer.headers['x-request-id']]).toEqual(['no-store', expect.any(String)]);
  expect(here.asked).toHaveLength(before);
});

it('a mark of the order of bytes is no part of a body', async () => {
  const { statusCode } = await here.app.inject({ ...RUN, payload: '\uFEFF{"profile":"cycle"}', headers });
  expect([statusCode, here.asked.at(-1)]).toMatchObject([200, { input: { profile: 'cycle' } }]);
});

it('what is no request, or by a method that is nowhere, is answered by a problem as well', async () => {
  await here.app.listen({ port: 0, host: '127.0.0.1' });
  const answered = async (request: string): Promise<string> => {
    const socket = connect((here.app.server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.end(request);
    return await text(socket);
  };
  const ended = 'Host: x\r\nConnection: close\r\n\r\n';
  for (const [request, status] of [
    [`FOO / HTTP/1.1\r\n${ended}`, 400],
    [`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n${ended}`, 431],
    [`TRACE /api/runs HTTP/1.1\r\n${ended}`, 501],
  ] as const) {
    const answer = await answered(request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain(`content-type: ${PROBLEM_TYPE}`);
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ status, kind: 'invalidValue' });
  }
});
