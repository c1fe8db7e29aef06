/**
 * Keeps what can be listened to in step until it is told to end (docs/decisions/0015): every change that is heard goes on at once; a
 * cycle over all connections begins it and comes again and again, for what nobody tells: dates, complete reads, what waits.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Bell, createBell } from '#core/bell';
import { type ErrorKind, type Fault, RollcallError, toFault } from '#core/errors';
import type { EngineConnection } from '#engine/index';
import { backOff, type restMs } from './back-off.ts';
import { type Cycles, createCycles } from './live-cycles.ts';
import { type LiveReport, liveRun } from './live-run.ts';
import type { RunReport, Services } from './model.ts';
import { probe } from './probe.ts';
import { createRests, type Rest, type Rests } from './rests.ts';
import { createOpened, openConnection } from './services.ts';

export interface LiveRequest {
  /** Null = all that are to be live. */
  readonly connections: readonly string[] | null;
  readonly by: string;
  /** Between the end of a cycle over all connections and the next one. */
  readonly cycleEveryMs: number;
  /** How long a connection is left alone; the engine's own where it is left out. */
  readonly restMs?: typeof restMs;
}

export type LiveEvent =
  | { readonly what: 'listens'; readonly connection: string }
  | { readonly what: 'lost'; readonly connection: string; readonly fault: Fault; readonly againInMs: number }
  | { readonly what: 'changes'; readonly report: LiveReport; readonly elapsedMs: number }
  /** `of`: null is all. */
  | { readonly what: 'cycle'; readonly of: readonly string[] | null; readonly report: RunReport }
  | ({ readonly what: 'rests' } & Rest)
  /** Of the store, mostly: nothing goes on until it is over. */
  | { readonly what: 'trouble'; readonly fault: Fault; readonly againInMs: number };

/** Ends when `services.signal` is aborted. Errors: configuration when there is nothing that can be listened to. */
export async function live(request: LiveRequest, services: Services): Promise<void> {
  const { onProgress: _, ...quiet } = services;
  const stop = new AbortController();
  const signal = stop.signal;
  const tell = services.onLive ?? (() => undefined);
  const { restMs } = request;
  const rests = services.rests ?? createRests({ restMs, wall: services.wall, probe: (name) => probe(name, services) });
  let deaf = (): void => undefined;
  const end = (): void => {
    stop.abort();
    deaf();
    if (rests !== services.rests) rests.close();
  };
  services.signal?.addEventListener('abort', end);
  if (services.signal?.aborted) end();
  try {
    const { connections, whole } = await heard(request, services);
    const feeds = new Set(connections.filter((one) => !whole.has(one)).map(({ name }) => name));
    deaf = rests.listen({
      tell: (rest) => tell({ what: 'rests', ...rest }),
      over(name, why) {
        const connection = services.config.connections.find((one) => one.name === name)!;
        if (why === 'incomplete') ring(home, connection);
        else home.cycles.due([connection], []);
      },
    });
    const inside: Services = { ...quiet, signal, rests };
    const cycles = createCycles({ by: request.by, everyMs: request.cycleEveryMs, feeds, rests, tell }, inside);
    const home: Home = { request, services: inside, signal, tell, whole, rung: new Set(), bell: createBell(), cycles, rests };
    // One that fails for good ends the others.
    const ended = (work: Promise<void>): Promise<void> => work.finally(end);
    const begun = cycles.first();
    const then = (work: () => Promise<void>): Promise<void> => ended(begun.then(work));
    const all = await Promise.allSettled([
      then(() => cycles.goOn()),
      then(() => changes(home)),
      ...connections.map((one) => ended(listen(home, one))),
    ]);
    for (const one of all) if (one.status === 'rejected') throw one.reason;
  } finally {
    end();
    services.signal?.removeEventListener('abort', end);
  }
}

interface Home {
  readonly request: LiveRequest;
  readonly services: Services;
  readonly signal: AbortSignal;
  readonly tell: (event: LiveEvent) => void;
  /** Those without a feed: what changed there, only a cycle can say. */
  readonly whole: ReadonlySet<EngineConnection>;
  /** What may have changed since it was read. */
  readonly rung: Set<EngineConnection>;
  readonly bell: Bell;
  readonly cycles: Cycles;
  readonly rests: Rests;
}

/** Those that are to be listened to, and can be. `whole`: these have no feed. */
async function heard(
  { connections }: LiveRequest,
  { config }: Services,
): Promise<{ readonly connections: readonly EngineConnection[]; readonly whole: ReadonlySet<EngineConnection> }> {
  const chosen = config.connections.filter(({ name, live: isLive }) => connections?.includes(name) ?? isLive);
  if (chosen.length === 0)
    throw new RollcallError('configuration', 'no connection is to be listened to', {
      remedy: "put 'live: true' to those that can be, or name them",
    });
  const whole = new Set<EngineConnection>();
  for (const connection of chosen) {
    const open = openConnection(connection, config, () => undefined);
    await open.close();
    if (open.read?.watch === undefined) throw deaf(connection);
    if (open.read.deltas === false) whole.add(connection);
  }
  return { connections: chosen, whole };
}

/** Of a connection without a `watch`. */
export function deaf({ name }: Pick<EngineConnection, 'name'>): RollcallError {
  return new RollcallError('configuration', `${name} cannot be listened to`, {
    where: { connection: name },
    remedy: `take 'live: true' away, or leave ${name} out; 'rollcall run' reads it`,
  });
}

/** Rings whenever the connection does; begins anew when it can listen no more. */
async function listen(home: Home, connection: EngineConnection): Promise<void> {
  const { signal, tell, services, rests } = home;
  const { name } = connection;
  let told: ErrorKind | null = null;
  for (let failures = 0; !signal.aborted; ) {
    const first = await rests.elapsed(name);
    if (signal.aborted) return;
    const open = openConnection(connection, services.config, (fault) => services.onFault?.(fault));
    let error: unknown = new RollcallError('unavailable', `${name} stopped telling of its changes`);
    let listens = false;
    try {
      for await (const _ of open.read!.watch!(signal)) {
        if (!listens) tell({ what: 'listens', connection: name });
        if (!listens && first) rests.ends(name);
        listens = true;
        failures = 0;
        told = null;
        ring(home, connection);
      }
    } catch (thrown) {
      error = thrown;
    }
    await open.close().catch(() => undefined);
    if (signal.aborted) return;
    // branch: retries: what is listened to tells nothing any more
    const fault = toFault(error, { connection: name });
    if (fault.kind === 'authentication') {
      rests.refused(name, fault);
      continue;
    }
    if (first && !listens) rests.ends(name);
    const againInMs = backOff(failures++, [fault.kind], askedBy(error));
    // Settings are what they are until somebody changes them.
    if (fault.kind !== 'configuration' || told !== fault.kind) tell({ what: 'lost', connection: name, fault, againInMs });
    told = fault.kind;
    await passed(againInMs, signal);
  }
}

function ring({ whole, cycles, rung, bell }: Home, connection: EngineConnection): void {
  if (whole.has(connection)) {
    cycles.rung(connection);
    return;
  }
  rung.add(connection);
  bell.ring();
}

async function changes(home: Home): Promise<void> {
  const { request, services, signal, tell, rung, bell, cycles, rests } = home;
  const opened = createOpened();
  let failures = 0;
  for await (const _ of bell.heard(signal)) {
    // What rings while it rests is answered at the end of that.
    const which = [...rung].filter(({ name }) => !rests.has(name));
    if (which.length === 0) continue;
    for (const connection of which) rung.delete(connection);
    const begun = performance.now();
    try {
      const report = await liveRun(which, { by: request.by, opened }, services);
      if (!signal.aborted) tell({ what: 'changes', report, elapsedMs: performance.now() - begun });
      for (const [name, { tookMs, reason }] of report.unfinished) rests.incomplete(name, tookMs, reason);
      for (const { name } of report.again) rests.incomplete(name, 0, null);
      for (const one of which) if (!rests.has(one.name) && !report.cycle.includes(one)) rests.well(one.name);
      cycles.due(report.cycle, report.waits);
      failures = 0;
    } catch (error) {
      if (signal.aborted) break;
      // branch: retries: what was heard could not be worked out
      const againInMs = backOff(failures++, [], askedBy(error));
      tell({ what: 'trouble', fault: toFault(error), againInMs });
      await opened.close(true).catch(() => undefined);
      void later(home, which, againInMs);
    }
  }
  await opened.close(true).catch(() => undefined);
}

/** How long the system asked to be left alone, in ms. */
function askedBy(error: unknown): number {
  return error instanceof RollcallError ? (error.retryAfterMs ?? 0) : 0;
}

async function later(home: Home, which: readonly EngineConnection[], ms: number): Promise<void> {
  if (await passed(ms, home.signal)) for (const connection of which) ring(home, connection);
}

/** Whether the time passed before the end. */
async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return await pause(ms, true, { signal }).catch(() => false);
}
