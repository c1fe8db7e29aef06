/**
 * Keeps what can be listened to in step until it is told to end (docs/decisions/0015): every change that is heard goes on at once; a
 * cycle over all connections begins it and comes again and again, for what nobody tells: dates, complete reads, what waits.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Bell, createBell } from '#core/bell';
import { type ErrorKind, type Fault, RollcallError, toFault } from '#core/errors';
import type { EngineConnection } from '#engine/index';
import { backOff } from './back-off.ts';
import { type LiveReport, liveRun } from './live-run.ts';
import type { RunReport, Services } from './model.ts';
import { run } from './run.ts';
import { createOpened, openConnection } from './services.ts';

export interface LiveRequest {
  /** Null = all that are to be live. */
  readonly connections: readonly string[] | null;
  readonly by: string;
  /** Between the end of a cycle over all connections and the next one. */
  readonly cycleEveryMs: number;
}

export type LiveEvent =
  | { readonly what: 'listens'; readonly connection: string }
  | { readonly what: 'lost'; readonly connection: string; readonly fault: Fault; readonly againInMs: number }
  | { readonly what: 'changes'; readonly report: LiveReport; readonly elapsedMs: number }
  | { readonly what: 'cycle'; readonly report: RunReport }
  /** Of the store, mostly: nothing goes on until it is over. */
  | { readonly what: 'trouble'; readonly fault: Fault; readonly againInMs: number };

/** Ends when `services.signal` is aborted. Errors: configuration when there is nothing that can be listened to. */
export async function live(request: LiveRequest, services: Services): Promise<void> {
  const { onProgress: _, ...quiet } = services;
  const stop = new AbortController();
  const end = (): void => stop.abort();
  services.signal?.addEventListener('abort', end);
  if (services.signal?.aborted) end();
  const signal = stop.signal;
  const home: Home = {
    request,
    services: { ...quiet, signal },
    signal,
    tell: services.onLive ?? (() => undefined),
    rung: new Set(),
    due: new Set(),
    bell: createBell(),
    cycles: createBell(),
    failures: 0,
    refused: [],
  };
  try {
    const connections = await heard(home);
    // One that fails for good ends the others.
    const ended = (work: Promise<void>): Promise<void> => work.finally(end);
    const begun = firstCycle(home);
    const then = (work: (home: Home) => Promise<void>): Promise<void> => ended(begun.then(() => work(home)));
    const all = await Promise.allSettled([then(cycles), then(changes), ...connections.map((one) => ended(listen(home, one)))]);
    for (const one of all) if (one.status === 'rejected') throw one.reason;
  } finally {
    services.signal?.removeEventListener('abort', end);
  }
}

interface Home {
  readonly request: LiveRequest;
  readonly services: Services;
  readonly signal: AbortSignal;
  readonly tell: (event: LiveEvent) => void;
  /** What may have changed since it was read. */
  readonly rung: Set<EngineConnection>;
  /** What waits for a cycle; null is all. */
  readonly due: Set<EngineConnection | null>;
  readonly bell: Bell;
  readonly cycles: Bell;
  /** Cycles in a row in which something could not be reached: the next one waits for its time, whatever is due. */
  failures: number;
  /** What of their faults nobody but a person mends. */
  refused: readonly ErrorKind[];
}

/** Those that are to be listened to, and can be. */
async function heard({ request: { connections }, services: { config } }: Home): Promise<readonly EngineConnection[]> {
  const chosen = config.connections.filter(({ name, live: isLive }) => connections?.includes(name) ?? isLive);
  if (chosen.length === 0)
    throw new RollcallError('configuration', 'no connection is to be listened to', {
      remedy: "put 'live: true' to those that can be, or name them",
    });
  for (const connection of chosen) {
    const open = openConnection(connection, config, () => undefined);
    const canBe = open.read?.watch !== undefined;
    await open.close();
    if (!canBe) throw deaf(connection);
  }
  return chosen;
}

/** Of a connection without a `watch`. */
export function deaf({ name }: Pick<EngineConnection, 'name'>): RollcallError {
  return new RollcallError('configuration', `${name} cannot be listened to`, {
    where: { connection: name },
    remedy: `take 'live: true' away, or leave ${name} out; rollcall run reads it`,
  });
}

/** Rings whenever the connection does; begins anew when it can listen no more. */
async function listen(home: Home, connection: EngineConnection): Promise<void> {
  const { signal, tell, services } = home;
  const { name } = connection;
  let told: ErrorKind | null = null;
  for (let failures = 0; !signal.aborted; ) {
    const open = openConnection(connection, services.config, (fault) => services.onFault?.(fault));
    let error: unknown = new RollcallError('unavailable', `${name} stopped telling of its changes`);
    let listens = false;
    try {
      for await (const _ of open.read!.watch!(signal)) {
        if (!listens) tell({ what: 'listens', connection: name });
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
    const againInMs = backOff(failures++, [fault.kind], askedBy(error));
    // Settings are what they are until somebody changes them.
    if (fault.kind !== 'configuration' || told !== fault.kind) tell({ what: 'lost', connection: name, fault, againInMs });
    told = fault.kind;
    await passed(againInMs, signal);
  }
}

function ring({ rung, bell }: Home, connection: EngineConnection): void {
  rung.add(connection);
  bell.ring();
}

/** Before any change is passed on. */
async function firstCycle(home: Home): Promise<void> {
  home.due.add(null);
  await cycle(home);
}

/** Further cycles, beside every change as it is heard. */
async function cycles(home: Home): Promise<void> {
  const { signal, cycles: bell } = home;
  let wait = nextCycle(home);
  for await (const _ of bell.heard(signal)) {
    clearTimeout(wait);
    await cycle(home);
    wait = nextCycle(home);
  }
  clearTimeout(wait);
}

/** Timers count no further, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

function nextCycle({ request, due, cycles: bell, failures, refused }: Home): NodeJS.Timeout {
  const every = request.cycleEveryMs;
  const soon = refused.length > 0 ? backOff(failures, refused) : Math.min(backOff(failures), every);
  const ms = failures > 0 ? soon : every;
  return setTimeout(
    () => {
      due.add(null);
      bell.ring();
    },
    Math.min(ms, LONGEST_TIMER),
  );
}

/** What is due. */
async function cycle(home: Home): Promise<void> {
  const { request, services, signal, due, tell } = home;
  const which = [...due];
  due.clear();
  const connections = which.includes(null) ? null : which.map((one) => one!.name);
  try {
    const report = await run({ profile: 'cycle', connections, by: request.by }, services);
    home.failures = report.status !== 'failed' && report.failed.length === 0 ? 0 : home.failures + 1;
    home.refused = passwordsIn(report.faults);
    tell({ what: 'cycle', report });
  } catch (error) {
    if (signal.aborted) return;
    // branch: retries: a cycle of a process that listens broke off
    for (const one of which) due.add(one);
    home.failures++;
    tell({ what: 'trouble', fault: toFault(error), againInMs: backOff(home.failures) });
  }
}

async function changes(home: Home): Promise<void> {
  const { request, services, signal, tell, rung, due, bell } = home;
  const opened = createOpened();
  let failures = 0;
  for await (const _ of bell.heard(signal)) {
    const which = [...rung];
    rung.clear();
    const begun = performance.now();
    try {
      const report = await liveRun(which, { by: request.by, opened }, services);
      if (!signal.aborted) tell({ what: 'changes', report, elapsedMs: performance.now() - begun });
      for (const connection of report.cycle) due.add(connection);
      if (report.waits) due.add(null);
      if (due.size > 0 && home.failures === 0) home.cycles.ring();
      failures = report.again.length === 0 ? 0 : failures + 1;
      void later(home, report.again, backOff(failures - 1, passwordsIn(report.faults)));
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

function passwordsIn(faults: readonly Fault[]): readonly ErrorKind[] {
  return faults.flatMap(({ kind }) => (kind === 'authentication' ? [kind] : []));
}

/** How long the system asked to be left alone, in ms. */
function askedBy(error: unknown): number {
  return error instanceof RollcallError ? (error.retryAfterMs ?? 0) : 0;
}

async function later(home: Home, which: readonly EngineConnection[], ms: number): Promise<void> {
  if (which.length > 0 && (await passed(ms, home.signal))) for (const connection of which) ring(home, connection);
}

/** Whether the time passed before the end. */
async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return await pause(ms, true, { signal }).catch(() => false);
}
