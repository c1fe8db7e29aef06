/** Who is told when something is amiss, by a real receiver: what a run, a gate and a queue tell, over outages and restarts. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { standardSignature } from '#core/webhook-signature';
import { createNotifier, type Notifier, type NotifyEvent } from '#notify/notifier';
import { runEvent } from '#worker/events';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const MINUTE = 60_000;
let here: Firm;
let server: Server;
let received: Received[];
let status: number;
let top: string;
afterEach(async () => {
  await here.close();
  server.close();
  server.closeAllConnections();
});

async function begin(more = ''): Promise<void> {
  received = [];
  status = 204;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  top = `schedule: { "*": "0 2 * * *" }\naccess: { url: "https://rollcall.example.org" }\nnotify: { ops: { webhook: { url: "${url}" }, again: 24h${more} } }`;
  here = await firm(yaml());
}
const yaml = (hr?: string, dir = '') =>
  hrAndDirectory({
    top,
    ...(hr ? { hr } : {}),
    dir: `gates: { disable: { count: 0 } }\ndeprovision: { action: disable }\n${dir}`,
    account: ENABLED,
  });
const fails = (on: string): string => `faults: [{ on: ${on}, do: { refuse: unavailable } }]`;

const told: NotifyEvent[] = [];
/** Of a process. */
function notifier(): Notifier {
  told.length = 0;
  return createNotifier({
    config: {
      ...here.config,
      notify: here.config.notify.map((one) => ({ ...one, to: { webhook: { ...webhookOf(one), secret: 'between us' } } })),
    },
    store: here.store,
    wall: () => here.now,
    tell: (event) => told.push(event),
    signal: new AbortController().signal,
  });
}
function webhookOf({ to }: Firm['config']['notify'][number]) {
  if ('mail' in to) throw new TypeError('a webhook');
  return to.webhook;
}

/** A cycle, heard as the service hears it. */
async function cycle(by: readonly Notifier[]): Promise<number> {
  const report = await here.run();
  for (const one of by) one.heard(runEvent(report));
  return report.run;
}
const taken = () => {
  const all = received.map(({ body }) => (JSON.parse(body) as { data: { items: { state: string; text: string }[] } }).data.items);
  received.length = 0;
  return all.map((items) => items.map(({ state, text }) => `${state} ${text}`));
};

it('a run that fails is told once over restarts and processes, signed, again after a day, and when it is over', async () => {
  await begin();
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Zoë Çelik' });
  await here.restart(yaml(fails('read')));
  const [one, other] = [notifier(), notifier()];
  const run = await cycle([one, other]);
  await Promise.all([one.look(), other.look()]);
  here.now += 2 * MINUTE;
  await Promise.all([one.look(), other.look()]);
  expect(received).toHaveLength(1);
  const { headers, body } = received[0]!;
  const seconds = Number(headers['webhook-timestamp']);
  expect(headers['webhook-signature']).toBe(standardSignature('between us', String(headers['webhook-id']), seconds, body));
  expect(JSON.parse(body)).toMatchObject({
    type: 'rollcall.notification',
    data: {
      from: 'https://rollcall.example.org',
      items: [
        {
          ...{ state: 'new', event: 'run-failed', connection: 'hr', command: `rollcall run show ${run}` },
          url: `https://rollcall.example.org/api/runs/${run}`,
        },
      ],
    },
  });
  taken();
  await here.restart();
  const again = notifier();
  const newest = await cycle([again]);
  await again.look();
  here.now += 24 * HOUR;
  await again.look();
  expect(newest).toBeGreaterThan(run);
  expect(taken()).toEqual([[`still hr failed in run ${newest} (cycle): it does not answer`]]);
  await here.restart(yaml());
  here.now += HOUR;
  const last = notifier();
  await cycle([last]);
  await last.look();
  expect(taken()).toEqual([[`over hr failed in run ${newest} (cycle): it does not answer`]]);
});

it('gates and a queue are in one message, which a receiver that was away gets later, with what stands by then', async () => {
  await begin(', queueAge: 4h');
  let one = notifier();
  for (const id of ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7']) here.system('hr').put('person', id, { id, name: `Person ${id}` });
  await here.first();
  await cycle([one]);
  await one.look();
  expect(taken()).toEqual([]);
  for (const id of ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']) here.system('hr').remove('person', id);
  here.system('hr').put('person', 'p8', { id: 'p8', name: 'Nobody Knows' });
  await here.restart(yaml('', fails('create')));
  one = notifier();
  status = 503;
  await cycle([one]);
  here.now += 5 * HOUR;
  await one.look();
  expect(told).toMatchObject([
    { what: 'notified', outcome: 'failed' },
    { what: 'fault', fault: { kind: 'unavailable' } },
  ]);
  const sent = received.map(({ body }) => body).join();
  expect(sent).not.toMatch(/Nobody|p8|Person/);
  taken();
  await here.restart();
  const next = notifier();
  status = 200;
  here.now += MINUTE;
  await next.look();
  const [items] = taken();
  expect(items).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^new dir: the gate 'disable' holds changes: with those sent in the last 24 hours it counted \d, and its limit is \d$/,
      ),
      expect.stringMatching(/^new dir: 1 change waits to be sent, the oldest for 5 hours$/),
      expect.stringMatching(/^new dir failed in run \d+ \(cycle\): it does not answer$/),
    ]),
  );
  expect(told).toEqual([{ what: 'notified', receiver: 'ops', outcome: 'sent' }]);
});

it('a redirect is not followed; what was missed is told once, and what rested is over when it was read', async () => {
  await begin();
  status = 302;
  const one = notifier();
  one.heard({ what: 'rests', connection: 'hr', why: 'refused', fault: { kind: 'authentication', message: 'cn=zoe', where: {} } });
  await one.look();
  expect(told).toMatchObject([
    { outcome: 'failed' },
    { fault: { kind: 'configuration', message: expect.stringContaining('302') } },
  ]);
  expect(taken()).toEqual([['new hr is left alone for now, and tried again by and by: it refuses to let Rollcall sign in']]);
  status = 204;
  here.now += MINUTE;
  // Only those of the file are schedules to whoever is told.
  for (const schedule of ['*', 'opening of hr']) one.heard({ what: 'skipped', schedule });
  await one.look();
  const paused = 'hr is left alone for now, and tried again by and by: it refuses to let Rollcall sign in';
  expect(taken()).toEqual([[`new ${paused}`, 'new the schedule of all missed its time, and waits for the next one']]);
  here.now += MINUTE;
  await cycle([one]);
  await one.look();
  expect(taken()).toEqual([[`over ${paused}`]]);
});
