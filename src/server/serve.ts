/** `rollcall serve`: the loop that answers (docs/decisions/0023). Starts the one that works, and ends with it. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { RollcallError } from '#core/errors';
import { formatInstant } from '#core/time';
import type { Program, ServeOptions, Serving } from '#operations/operation';
import { servedBases } from '#scim-view/base';
import type { AuditEvent, Store } from '#store/contract';
import { createMetrics } from '#telemetry/metrics';
import { accessThrough } from '#worker/access';
import { scimBases } from '#worker/bases';
import type { Role, ServiceOptions } from '#worker/contract';
import type { ServiceEvent } from '#worker/events';
import { hooksOf } from '#worker/hooks';
import { type ServiceThread, type StartThread, startService } from '#worker/thread';
import { type Auth, openAuth } from './auth/open.ts';
import { hooks } from './hooks/plugin.ts';
import { createApp } from './http/app.ts';
import { guard } from './http/connections.ts';
import { createBroadcast } from './http/events.ts';
import { listenLocally } from './http/local.ts';
import { type Address, addressOf, cannotListen, hostAndPort } from './listen.ts';
import { keepReloading } from './reload.ts';
import { halted, replaceable } from './replaceable.ts';
import { agreed } from './scim/agreed.ts';
import { scim } from './scim/plugin.ts';
import { pushed } from './scim/pushed.ts';
import type { Base } from './scim/service.ts';
import { keepRenewed, readPair } from './tls.ts';
import { openTold } from './told.ts';

const ITSELF = { kind: 'system', name: 'rollcall', token: null, source: null } as const;

/** For the last answers to leave, once all work has ended. */
const LAST_ANSWERS_MS = 1_000;

/** Errors: of the configuration, of the store, of the address. */
export async function serve(
  { file, version, socket, listen, config, logLevel, logFormat }: ServeOptions,
  { openStore, loadConfig, wall }: Pick<Program, 'openStore' | 'loadConfig' | 'wall'>,
  startThread: StartThread,
): Promise<Serving> {
  const address = addressOf(listen);
  const { tls } = config.server;
  const pair = tls === null ? null : await readPair(tls);
  const told = openTold({ config, logLevel, logFormat, wall });
  const { traces } = config.telemetry;
  const endTraces = traces === null ? null : (await import('#telemetry/traces')).startTraces(traces, version);
  const loop = (role: Role): ServiceOptions => ({ role, file, traces });
  const broadcast = createBroadcast();
  const tell = (event: ServiceEvent): void => {
    told.event(event);
    broadcast.tell(event);
  };
  let auth: Auth | null = null;
  // It is opened once the loop that works has made it, or brought it up to date.
  let opened: Store | null = null;
  const metrics = createMetrics({ version, wall, look: () => looked(opened) });
  const tellAll = (event: ServiceEvent): void => {
    metrics.told(event);
    tell(event);
  };
  const works = await replaceable(() =>
    startService(startThread, loop('works'), (event) => {
      if (event.what === 'access') auth?.forget();
      tellAll(event);
    }),
  );
  let reads: Promise<ServiceThread> | null = null;
  const reading = (): Promise<ServiceThread> => {
    // Nobody would end it.
    if (stopping) return Promise.reject(halted());
    reads ??= startService(startThread, loop('reads'), tell);
    reads.catch(() => {
      reads = null;
    });
    return reads;
  };
  const store = await openStore(config, { readOnly: true }).catch(async (error: unknown) => {
    await works.stop();
    throw error;
  });
  opened = store;
  const access = accessThrough(store.access, works);
  const url = (): string => urlOf(address, app, pair === null ? 'http' : 'https');
  const isSecure = config.access.url === null ? pair !== null : config.access.url.startsWith('https:');
  const failed = (error: unknown): void => told.failed(error);
  const noted = (events: readonly AuditEvent[]): Promise<unknown> => works.ask({ ask: 'note', events });
  // Nobody waits for it: how long an answer takes does not say which accounts there are.
  const note = (events: readonly AuditEvent[]): void => void noted(events).catch(failed);
  auth = openAuth({ access, people: store, config: config.access, wall, isSecure, url, onFault: failed, note });
  const { proxies } = config.access;
  const ready = async (): Promise<void> => {
    if (stopping) throw halted();
    await store.runs.latestNow();
  };
  const app: FastifyInstance = createApp({
    version,
    works,
    broadcast,
    metrics,
    ready,
    auth,
    url,
    proxies,
    port: config.server,
    tls: pair?.options ?? null,
    isSecure,
    told,
    reads: reading,
  });
  const { bearer } = auth;
  const bases = await basesOf(config);
  const hooked = new Map(await hooksOf(config));
  const rate = config.access.tokenRate;
  app.register(hooks, { hooks: hooked, bearer, rate, works, wall, note: noted, tell: tellAll });
  app.register(scim, { bases, bearer, store, works, wall, told, publicUrl: config.access.url });
  let beside: Server | null = null;
  const over = Promise.withResolvers<void>();
  const ending = new AbortController();
  let stopping = false;
  let wasReady = false;
  const takeOver = async (to: typeof config, applies: boolean): Promise<void> => {
    const there = await basesOf(to);
    const hookedThere = await hooksOf(to);
    await works.replace();
    exchange(bases, there);
    exchange(hooked, hookedThere);
    await reads?.then((one) => one.stop());
    reads = null;
    // Rules that changed are applied at once, by runs like any other: what gates hold is held.
    for (const profile of applies ? ['full-sync', 'export'] : [])
      await works.ask({ ask: 'operation', name: 'run', input: { profile, by: 'reload' }, caller: ITSELF, url: null });
  };
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    ending.abort();
    broadcast.close();
    // What was asked for is answered; nobody new is heard.
    const heard = Promise.allSettled([app.close(), beside === null ? null : closed(beside)]);
    await Promise.allSettled([works.stop(), reads?.then((one) => one.stop())]);
    // Who has not ended a request by now, and who keeps a connection open, is not waited for.
    const last = setTimeout(() => {
      endConnections();
      beside?.closeAllConnections();
    }, LAST_ANSWERS_MS);
    await heard;
    clearTimeout(last);
    await store.close();
    await endTraces?.();
    if (wasReady) told.say('the service has stopped', {});
    await told.close();
  };
  const end = (error: unknown): void => void stop().then(() => (error === null ? over.resolve() : over.reject(error)));
  const endConnections = guard(app.server, config.server);
  try {
    const reached = (): string | null => (app.server.listening ? url() : null);
    if (socket !== null) beside = await listenLocally(socket, { works, reads: reading, url: reached, listen: broadcast.listen });
    await app.listen(address);
  } catch (error) {
    await stop();
    throw error instanceof RollcallError ? error : await cannotListen(address, error);
  }
  // Before, it would not end what begins to listen after it.
  works.died.then(end);
  if (tls !== null && pair !== null)
    void keepRenewed({
      files: tls,
      pair,
      wall,
      use({ options, until }) {
        if (app.server instanceof TlsServer) app.server.setSecureContext(options);
        tell({ what: 'certificate', until: formatInstant(until) });
      },
      onFault: told.fault,
      signal: ending.signal,
    });
  void keepReloading(config, {
    file,
    loadConfig,
    reads: () => startService(startThread, loop('reads'), () => undefined),
    takeOver,
    tell,
    note: noted,
    wall,
    onFault: told.fault,
    signal: ending.signal,
  });
  wasReady = true;
  told.say('the service is ready', { version, url: url() });
  return { url: url(), setUp: await auth.setUpAddress(), ended: over.promise, stop: () => end(null) };
}

/** What is reached by SCIM: into which is pushed, and from which is read. */
async function basesOf(config: ServeOptions['config']): Promise<Map<string, Base>> {
  const bases = new Map<string, Base>();
  for (const [name, base] of await scimBases(config)) bases.set(name, pushed(name, base));
  for (const [name, base] of servedBases(config)) bases.set(name, agreed(base, config));
  return bases;
}

function urlOf({ host }: Address, app: FastifyInstance, scheme: 'http' | 'https'): string {
  const { port } = app.server.address() as AddressInfo;
  return `${scheme}://${hostAndPort({ host, port })}`;
}

function looked(store: Store | null): ReturnType<Store['queues']['look']> {
  if (store === null) throw new RollcallError('unavailable', 'the store is not open yet');
  return store.queues.look();
}

/** The same map with what is there now. */
function exchange<T>(all: Map<string, T>, there: ReadonlyMap<string, T>): void {
  for (const name of all.keys()) if (!there.has(name)) all.delete(name);
  for (const [name, one] of there) all.set(name, one);
}

/** What was asked for is answered. */
async function closed(server: Server): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await once(server, 'close');
}
