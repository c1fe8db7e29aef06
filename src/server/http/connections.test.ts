import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { guard, portServer } from './connections.ts';

const LIMITS = { maxConnections: 5, headersMs: 5_000, requestMs: 200, tls: null };

let end = (): void => undefined;
afterEach(() => end());

/** Both ends of a connection that has asked. */
async function asked(answer: RequestListener): Promise<{ readonly here: Socket; readonly there: Socket }> {
  const server: Server = portServer(LIMITS, null, answer);
  const endConnections = guard(server, LIMITS);
  end = () => {
    server.close();
    endConnections();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const here = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  here.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return { here, there: ((await connected) as [Socket])[0] };
}

it('who does not take the answer is not waited for', async () => {
  let isTaken = false;
  // More than the kernel keeps for both.
  const { there } = await asked((_, response) => {
    response.on('finish', () => {
      isTaken = true;
    });
    response.end(Buffer.alloc(64 * 1_048_576));
  });
  await once(there, 'close');
  expect(isTaken).toBe(false);
});

it('an answer may come late', async () => {
  const { here } = await asked(async (_, response) => {
    await pause(3 * LIMITS.requestMs);
    response.end('late');
  });
  here.setEncoding('utf8');
  const [text] = (await once(here, 'data')) as [string];
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
});

it('all are ended at once where that is asked for, also those who say nothing', async () => {
  const { here, there } = await asked(() => undefined);
  const port = there.localPort!;
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const [gone, silentGone] = [once(here, 'close'), once(silent, 'close')];
  for (const one of [here, silent]) one.resume();
  end();
  await Promise.all([gone, silentGone]);
});
