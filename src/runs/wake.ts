/**
 * Somebody says that something has changed in a connection: an object that is named is looked up, staged, worked out and sent at once;
 * otherwise what changed is read (docs/decisions/0024). Which connection it was is noted before it is answered, so that no crash
 * forgets it.
 */
import type { ReadObject } from '#connectors/contract';
import { type Fault, Interrupted, RollcallError, toFault } from '#core/errors';
import type { Kind } from '#core/values';
import type { EngineConnection } from '#engine/index';
import { backOff, OWN_KINDS } from './back-off.ts';
import { inOrder } from './beside.ts';
import { liveRun } from './live-run.ts';
import type { Services } from './model.ts';
import { push } from './push.ts';
import { connectionOf, type Pushed } from './push-run.ts';
import { run } from './run.ts';
import { pause } from './schedule/pause.ts';
import { createOpened, openConnection } from './services.ts';

export interface WakeRequest {
  readonly connection: string;
  /** None: nobody said which. */
  readonly objects: readonly Named[];
  readonly by: string;
}

/** As `lookup` of the connector contract is asked. */
export interface Named {
  readonly kind: Kind;
  readonly by: { readonly anchor: string } | { readonly attribute: string; readonly value: string };
}

export interface Woken {
  readonly looked: 'objects' | 'changes';
  /** What follows is in the store, and is on its way; false: that it is to be looked at is noted, and goes on. */
  readonly done: boolean;
  /** Objects that were found, and of these such with values that cannot be used. */
  readonly found: number;
  readonly unusable: number;
}

export interface Wakes {
  /** Errors: notFound for an unknown connection, or one that is not read; conflict while it is held. */
  wake(request: WakeRequest): Promise<Woken>;
  /** What a process before this one noted and did not come to. */
  resume(): Promise<void>;
}

interface Options {
  readonly services: () => Promise<Services>;
  /** Told of work that goes on after an answer. */
  readonly keep: (work: Promise<unknown>) => void;
}

/** Senders wait for an answer for ten seconds, mostly. */
const ANSWER_MS = 5_000;
/** More than these are read with whatever else changed. */
const MOST_NAMED = 100;
const BY = 'hook';

export function createWakes({ services: open, keep }: Options): Wakes {
  /** By connection: the last read that was asked for, and the one that has not begun. */
  const last = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();

  /** Begun after this call; of several that wait it is one. */
  const changes = (connection: EngineConnection, services: Services): Promise<void> => {
    const { name } = connection;
    const waiting = next.get(name);
    if (waiting !== undefined) return waiting;
    const work = (last.get(name) ?? Promise.resolve()).then(() => {
      next.delete(name);
      return readChanges(connection, services);
    });
    const over = work.catch(() => undefined);
    next.set(name, work);
    last.set(name, over);
    keep(over);
    void over.then(() => {
      if (last.get(name) === over) last.delete(name);
    });
    return work;
  };

  return {
    async wake(request) {
      const services = await open();
      const connection = connectionOf(request.connection, services);
      await checkReadable(connection, services);
      const looked = request.objects.length > MOST_NAMED ? null : await lookAt(request, connection, services);
      if (looked !== null) {
        for (const { settled } of looked) keep(settled);
        await Promise.all(looked.map(({ worked }) => worked));
        const unusable = looked.filter(({ faults }) => faults.length > 0).length;
        return { looked: 'objects', done: true, found: looked.length, unusable };
      }
      await note(connection.name, services);
      const read = changes(connection, services).then(
        () => true,
        () => false,
      );
      const answered = new AbortController();
      const signal = services.signal === undefined ? answered.signal : AbortSignal.any([answered.signal, services.signal]);
      const done = await Promise.race([read, pause(ANSWER_MS, signal).then(() => false)]);
      answered.abort();
      return { looked: 'changes', done, found: 0, unusable: 0 };
    },
    async resume() {
      const services = await open();
      for (const { name, outcome } of await services.store.claims.list('wake')) {
        const connection = services.config.connections.find((one) => one.name === name);
        if (outcome === null && connection !== undefined) keep(changes(connection, services).catch(() => undefined));
      }
    },
  };
}

async function checkReadable(connection: EngineConnection, { config, store }: Services): Promise<void> {
  const { name } = connection;
  const opened = openConnection(connection, config, () => undefined);
  await opened.close();
  if (opened.read === undefined) throw new RollcallError('notFound', `${name} is not read: nothing can be looked at there`);
  const state = (await store.spaces.states()).find((one) => one.name === name);
  if (state?.held != null)
    throw new RollcallError('conflict', `${name} is held: nothing is taken from it`, { remedy: `rollcall release ${name}` });
}

/** Each as it is now, staged; null where only a read of what changed can say it: one is not there, or the system cannot be asked. */
async function lookAt(
  { connection: name, objects, by }: WakeRequest,
  connection: EngineConnection,
  services: Services,
): Promise<readonly Pushed[] | null> {
  if (objects.length === 0 || services.rests?.refuses(name)) return null;
  const warn = (fault: Fault): void => services.onFault?.(fault);
  const open = openConnection(connection, services.config, warn);
  try {
    if (open.lookup === undefined) return null;
    const pushed: Pushed[] = [];
    for (const object of objects) {
      const one = await inOrder(services.store, `looking ${JSON.stringify([name, object])}`, async () => {
        const found = await present(object, name, (named) => open.lookup!(named.by, named.kind), services);
        return await Promise.all(found.map((change) => push({ connection: name, change, by }, services)));
      });
      // That it is gone is said by what proves it: a feed, or a complete read (SEMANTICS 6).
      if (one.length === 0) return null;
      for (const { faults } of one) faults.forEach(warn);
      pushed.push(...one);
    }
    return pushed;
  } catch (error) {
    const fault = toFault(error, { connection: name });
    if (fault.kind === 'authentication') services.rests?.refused(name, fault);
    else if (!OWN_KINDS.has(fault.kind)) throw error;
    return null;
  } finally {
    await open.close().catch(() => undefined);
  }
}

/** What a read showed while it was looked up may be newer: it is looked up again. */
async function present(
  object: Named,
  connection: string,
  lookUp: (object: Named) => Promise<readonly ReadObject[]>,
  { store: { spaces } }: Services,
): Promise<readonly ReadObject[]> {
  for (let tries = 3; ; tries--) {
    const mark = await spaces.mark();
    const found = await lookUp(object);
    const rows = await spaces.byAnchors(
      connection,
      object.kind,
      found.map(({ anchor }) => anchor),
    );
    const ids = rows.filter(({ presence }) => presence !== 'gone').map(({ id }) => id);
    if (tries === 0 || (await spaces.untouched(connection, mark, ids)).length === ids.length) return found;
  }
}

/** Durably: it changed. An end that is over by now is no lease: nobody has it, and nothing came of it yet. */
async function note(name: string, { store: { claims }, wall }: Services): Promise<void> {
  for (;;) {
    const seen = (await claims.get('wake', name))?.number ?? 0;
    const at = wall();
    if ((await claims.take({ kind: 'wake', name, seen, at, until: at, detail: '' })) !== null) return;
  }
}

/** Until it was read. Errors: Interrupted when the process is to end before; what was noted is for the next one. */
async function readChanges(connection: EngineConnection, services: Services): Promise<void> {
  const { name } = connection;
  const { claims } = services.store;
  const signal = services.signal ?? new AbortController().signal;
  for (let failures = 0; ; failures++) {
    let kinds: readonly Fault['kind'][] = [];
    try {
      const noted = await claims.get('wake', name);
      if (!services.rests?.refuses(name) && (await readOnce(connection, services))) {
        if (noted !== null)
          await claims.end({ kind: 'wake', name, number: noted.number, outcome: 'read', endedAt: services.wall() });
        return;
      }
    } catch (error) {
      if (signal.aborted) break;
      const fault = toFault(error, { connection: name });
      kinds = [fault.kind];
      if (failures === 0) services.onFault?.(fault);
    }
    if (signal.aborted || !(await pause(backOff(failures, kinds), signal))) break;
  }
  throw new Interrupted('ended before what has changed was read: the next process goes on with it');
}

/** False: it could not be asked. */
async function readOnce(connection: EngineConnection, services: Services): Promise<boolean> {
  const { onProgress: _, ...quiet } = services;
  const opened = createOpened();
  const begun = performance.now();
  try {
    const report = await liveRun([connection], { by: BY, opened }, quiet);
    services.onLive?.({ what: 'changes', report, elapsedMs: performance.now() - begun });
    if (report.again.length > 0 || report.status === 'failed' || report.status === 'interrupted') return false;
    if (report.cycle.length + report.waits.length === 0) return true;
    const of = report.cycle.map(({ name }) => name);
    const whole = await run({ profile: 'cycle', connections: of, by: BY }, quiet);
    services.onLive?.({ what: 'cycle', of, report: whole });
    return whole.status !== 'failed' && whole.status !== 'interrupted' && !whole.failed.includes(connection.name);
  } finally {
    await opened.close(true).catch(() => undefined);
  }
}
