/** Traces of a service, as a receiver of OTLP over HTTP takes them: what belongs together does, and nothing of a person is in it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STORE } from '../store.ts';
import { type Client, servedTo } from './scim-client.ts';
import type { Served } from './served.ts';

type Value = { readonly stringValue?: string; readonly intValue?: number | string };
interface Sent {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
}

let receiver: Server;
let here: Served;
let okta: Client;
let taken = '';
const spans: Sent[] = [];
beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      taken += `${request.url} ${request.headers['x-key']} ${text}\n`;
      const { resourceSpans } = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Sent[] }[] }[] };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const yaml = `
telemetry: { traces: { url: 'http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v1/traces', headers: { x-key: '\${file:key.txt}' } } }
connections:
  okta:
    type: scim-push
    import: { person: { join: [mail], project: true, attributes: { mail: emails.work, familyName: name.familyName } } }
  hr:
    type: csv
    path: hr.csv
    anchor: mail
    owner: true
    import: { person: { join: [mail], project: true, attributes: { mail: mail, familyName: last } } }
`;
  const files = { 'key.txt': 'the key', 'hr.csv': 'mail,last\nplanted.zoe@example.org,Planted\n' };
  ({
    here,
    clients: { okta },
  } = await servedTo(['okta'], yaml, files));
});
afterAll(async () => {
  await here?.close();
  receiver?.close();
});

const said = ({ attributes }: Sent): { readonly [key: string]: unknown } =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));
/** Of a span, and of the one that it belongs to, and so on. */
function lineage(span: Sent): string[] {
  const above = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [span.name, ...(above === undefined ? [] : lineage(above))];
}

it('a request, the push or the run that it begins, its phases, what systems are asked, and commits are one trace', async () => {
  const trace = 'a'.repeat(32);
  const user = {
    userName: 'planted',
    name: { familyName: 'Planted' },
    emails: [{ value: 'planted.kim@example.org', type: 'work' }],
  };
  expect((await okta.ask('POST', '/Users', user, { traceparent: `00-${trace}-${'b'.repeat(16)}-01` })).status).toBe(201);
  await okta.get('/Users?filter=userName%20eq%20%22planted%22', { traceparent: 'planted' });
  await here.command('run');
  // What is not sent yet is sent at the end.
  expect(await here.stop()).toBe(0);

  const post = spans.find(({ name }) => name.startsWith('POST /scim/'))!;
  expect(post).toMatchObject({ traceId: trace, parentSpanId: 'b'.repeat(16), kind: 2 });
  expect(said(post)).toMatchObject({ 'http.response.status_code': 201, 'http.route': '/scim/v2/:name/*' });
  const commit = spans.find(({ name, traceId }) => name === 'store commit' && traceId === trace)!;
  expect(lineage(commit)).toEqual(['store commit', 'sync', 'push', post.name]);
  const get = spans.find(({ name }) => name.startsWith('GET /scim/'))!;
  expect([get.traceId === trace, get.parentSpanId ?? '']).toEqual([false, '']);
});

it.skipIf(STORE !== 'sqlite')(
  'of a run they say which it was, and of which connection (on PostgreSQL a command does its run itself)',
  () => {
    const run = spans.find(({ name }) => name === 'run')!;
    const { 'rollcall.run': number, ...how } = said(run);
    expect(how).toMatchObject({ 'rollcall.profile': 'cycle', 'rollcall.status': 'done' });
    expect(lineage(run)).toEqual(['run', 'operation']);
    const read = spans.find(({ name }) => name === 'connector read')!;
    expect(said(read)).toEqual({ 'rollcall.connection': 'hr', 'rollcall.items': 1 });
    expect(lineage(read)).toEqual(['connector read', 'import', 'run', 'operation']);
    expect(said(spans.find(({ spanId }) => spanId === read.parentSpanId)!)).toEqual({
      'rollcall.run': number,
      'rollcall.connection': 'hr',
    });
  },
);

it('nothing of a person is in them, and their key is in nothing else', async () => {
  expect(taken).toContain('/v1/traces the key {');
  expect(taken).not.toMatch(/planted/i);
  expect(taken.replaceAll('/v1/traces the key {', '') + (await here.printed())).not.toContain('the key');
});
