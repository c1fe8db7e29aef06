/** Decision 23: the service tells whom rollcall.yaml names of what its own runs find, and sends a trial message when it is asked to. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STORE } from '../store.ts';
import { type Served, served } from './served.ts';

let here: Served;
let server: Server;
const received: { type: string; data: { items: { text: string }[] } }[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  here = await served(`
notify: { ops: { webhook: { url: "http://127.0.0.1:${(server.address() as AddressInfo).port}/" } } }
connections:
  hr: { type: csv, path: hr.csv, anchor: id, owner: true, import: { person: { project: true, attributes: { employeeId: id } } } }
`);
});
afterAll(async () => {
  await here?.close();
  server.close();
  server.closeAllConnections();
});

it('a file that is not there is told of, and a trial message is sent', async () => {
  const tried = await here.command('notify', 'test');
  expect([tried.code, tried.out]).toEqual([0, '✓ ops webhook  took it\n']);
  expect(received.pop()).toMatchObject({ type: 'rollcall.trial' });
  expect((await here.command('notify', 'test', 'nobody')).code).toBe(64);
  expect((await here.command('run')).code).toBe(1);
  // On PostgreSQL the command did it by itself; of what the service runs it tells.
  if (STORE === 'postgres') {
    const made = await here.command('token', 'create', 'cron', '--role', 'operator', '--json');
    const { token } = JSON.parse(made.out) as { readonly token: string };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const ran = await fetch(`${here.url}/api/runs`, { method: 'POST', headers, body: '{}' });
    expect([ran.status, await ran.json()]).toMatchObject([
      200,
      { status: 'warnings', faults: [{ where: { connection: 'hr' } }] },
    ]);
  }
  await expect
    .poll(() => received.flatMap(({ data }) => data.items.map(({ text }) => text)), { timeout: 30_000 })
    .toEqual([expect.stringMatching(/^hr failed in run \d+ \(cycle\): /)]);
  expect(await here.stop()).toBe(0);
});
