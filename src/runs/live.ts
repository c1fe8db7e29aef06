/**
 * Keeps what can be listened to in step until it is told to end (docs/decisions/0015): every change that is heard goes on at once; a
 * cycle over all connections begins it and comes again and again, for what nobody tells: dates, complete reads, what waits.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Bell, createBell } from '#core/bell';
import { type Fault, RollcallError, toFault } from '#core/errors';
import type { EngineConnection } from '#engine/index';
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

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Doubles from one second to one minute. */
function backOff(failures: number, error?: unknown): number {
  const asked = error instanceof RollcallError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, 10), LONGEST_WAIT_MS));
}

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
  };
  try {
    const connections = await heard(home);
    // One that fails for good ends the others.
    const ended = (work: Promise<void>): Promise<void> => work.finally(end);
    const all = await Promise.allSettled([ended(cycles(home)), ...connections.map((one) => ended(listen(home, one)))]);
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
  for (let failures = 0; !signal.aborted; ) {
    const open = openConnection(connection, services.config, (fault) => services.onFault?.(fault));
    let error: unknown = new RollcallError('unavailable', `${name} stopped telling of its changes`);
    let listens = false;
    try {
      for await (const _ of open.read!.watch!(signal)) {
        if (!listens) tell({ what: 'listens', connection: name });
        listens = true;
        failures = 0;
        ring(home, connection);
      }
    } catch (thrown) {
      error = thrown;
    }
    await open.close().catch(() => undefined);
    if (signal.aborted) return;
    // branch: retries: what is listened to tells nothing any more
    const againInMs = backOff(failures++, error);
    tell({ what: 'lost', connection: name, fault: toFault(error, { connection: name }), againInMs });
    await passed(againInMs, signal);
  }
}

function ring({ rung, bell }: Home, connection: EngineConnection): void {
  rung.add(connection);
  bell.ring();
}

/** A cycle, and then every change as it is heard, with further cycles beside that. */
async function cycles(home: Home): Promise<void> {
  const { signal, due, cycles: bell } = home;
  due.add(null);
  home.failures = await cycle(home);
  const beside = changes(home);
  let wait = nextCycle(home);
  for await (const _ of bell.heard(signal)) {
    clearTimeout(wait);
    home.failures = await cycle(home);
    wait = nextCycle(home);
  }
  clearTimeout(wait);
  await beside;
}

/** Timers count no further, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

function nextCycle({ request, due, cycles: bell, failures }: Home): NodeJS.Timeout {
  const ms = failures > 0 ? Math.min(backOff(failures), request.cycleEveryMs) : request.cycleEveryMs;
  return setTimeout(
    () => {
      due.add(null);
      bell.ring();
    },
    Math.min(ms, LONGEST_TIMER),
  );
}

/** What is due. Answers the failures by then. */
async function cycle({ request, services, signal, due, tell, failures }: Home): Promise<number> {
  const which = [...due];
  due.clear();
  const connections = which.includes(null) ? null : which.map((one) => one!.name);
  try {
    const report = await run({ profile: 'cycle', connections, by: request.by }, services);
    tell({ what: 'cycle', report });
    return report.status !== 'failed' && report.failed.length === 0 ? 0 : failures + 1;
  } catch (error) {
    if (signal.aborted) return 0;
    // branch: retries: a cycle of a process that listens broke off
    for (const one of which) due.add(one);
    tell({ what: 'trouble', fault: toFault(error), againInMs: backOff(failures + 1) });
    return failures + 1;
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
      void later(home, report.again, backOff(failures - 1));
    } catch (error) {
      if (signal.aborted) break;
      // branch: retries: what was heard could not be worked out
      const againInMs = backOff(failures++, error);
      tell({ what: 'trouble', fault: toFault(error), againInMs });
      await opened.close(true).catch(() => undefined);
      void later(home, which, againInMs);
    }
  }
  await opened.close(true).catch(() => undefined);
}

async function later(home: Home, which: readonly EngineConnection[], ms: number): Promise<void> {
  if (which.length > 0 && (await passed(ms, home.signal))) for (const connection of which) ring(home, connection);
}

/** Whether the time passed before the end. */
async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return await pause(ms, true, { signal }).catch(() => false);
}
