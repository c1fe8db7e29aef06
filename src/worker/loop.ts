/**
 * The loop that works (docs/decisions/0023): one session on the store, kept open; operations as they are asked for, and what goes on by
 * itself. Runs in a thread of its own; all that it knows of the other one is a port.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { seal } from '#audit/seal';
import { RollcallError, toFault } from '#core/errors';
import { formatInstant } from '#core/time';
import { traced } from '#core/tracing';
import { WrongCommand } from '#core/unknown-name';
import type { Heard } from '#notify/heard';
import { createNotifier } from '#notify/notifier';
import { OPERATIONS } from '#operations/all';
import { type Program, perform, type Session } from '#operations/operation';
import type { RunOutput } from '#operations/run';
import { openSession } from '#operations/session';
import { catchUpSearch } from '#people/searchable';
import {
  answeredOnce,
  createRests,
  createWakes,
  keepSchedules,
  keptOpen,
  live,
  once,
  probe,
  push,
  type ReceiveRequest,
  run,
} from '#runs/index';
import type { Services } from '#runs/model';
import { type Asked, type Request, type ServiceOptions, type Told, together } from './contract.ts';
import { faultEvent, fromLive, fromPushes, fromSchedule, runEvent, type ServiceEvent } from './events.ts';
import { heapOfRuns } from './heap.ts';
import { retention } from './retention.ts';

/** Between two cycles over all connections where some are listened to. */
const CYCLE_EVERY_MS = 3_600_000;
/** After a push: so many come together, mostly. */
const INDEX_AFTER_MS = 200;
/** Events go along with the next answer, or by themselves after so long: each message wakes who hears it. */
const EVENTS_MS = 10;
/** Between two looks for events of the audit log that are to be sealed. */
const SEAL_EVERY_MS = 60_000;

/** Answers id 0 when the store is open, or says why it is not; ends with the answer to `stop`. */
export async function serveLoop(program: Program, { role, file }: ServiceOptions, port: MessagePort): Promise<void> {
  const stop = new AbortController();
  // Whoever waits for an answer gets it before anything else is worked out.
  const unsaid = (told: Told, error: unknown): void => {
    if ('event' in told) return;
    port.postMessage([{ id: told.id, ok: false, fault: toFault(error), wrong: false, foreseen: false } satisfies Told]);
  };
  const say = together<Told>((all) => port.postMessage(all), queueMicrotask, unsaid);
  const unheard: ServiceEvent[] = [];
  let later: NodeJS.Timeout | null = null;
  const sayEvents = (): void => {
    if (later !== null) clearTimeout(later);
    later = null;
    for (const event of unheard.splice(0)) say({ event });
  };
  /** What happened before an answer is heard before it. */
  const tell = (told: Told): void => {
    sayEvents();
    say(told);
  };
  let heard = (_: Heard): void => undefined;
  const event = (one: ServiceEvent): void => {
    // Of pushes there are many: those that went well end nobody's trouble.
    const told = one.what === 'run' && (one.profile !== 'push' || one.status === 'failed');
    if (told || one.what === 'rests' || one.what === 'trouble' || one.what === 'skipped') heard(one);
    unheard.push(one);
    later ??= setTimeout(sayEvents, EVENTS_MS);
  };
  const rests = createRests({
    wall: program.wall,
    probe: async (name) => await probe(name, await session.services('write')),
  });
  const opened = keptOpen((error) => event(faultEvent(error)));
  const session = openSession(program, file, {
    rests,
    keptOpen: opened,
    signal: stop.signal,
    onProgress: (progress) => event({ what: 'progress', progress }),
    onFault: (fault, about) => event({ what: 'fault', fault, ...(about === undefined ? {} : { about }) }),
    onRun: heapOfRuns(),
    onWaits: (holder) => event({ what: 'waits', holder }),
    onLive: (one) => event(fromLive(one)),
    onPushes: (report) => event(fromPushes(report)),
  });
  const atHand = new Set<Promise<unknown>>();
  const keep = <T>(work: Promise<T>): Promise<T> => {
    atHand.add(work);
    const gone = (): void => void atHand.delete(work);
    work.then(gone, gone);
    return work;
  };
  let indexing = false;
  /** Who was pushed is found by a search soon after; many together. */
  const findable = (): void => {
    if (indexing || stop.signal.aborted) return;
    indexing = true;
    const index = async (): Promise<void> => {
      await pause(INDEX_AFTER_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      indexing = false;
      await catchUpSearch(await session.services('write'), stop.signal);
    };
    keep(index()).catch((error: unknown) => event(faultEvent(error)));
  };
  const receive = async (request: ReceiveRequest): Promise<unknown> => {
    const { answer, worked, settled } = await push(request, await session.services('write'));
    keep(settled).then(findable, (error: unknown) => event(faultEvent(error)));
    await worked;
    return answer;
  };
  const receivedOnce = async ({ receive: request, once: id }: Extract<Request, { ask: 'receive' }>): Promise<unknown> => {
    if (id === undefined) return await receive(request);
    const asked = { key: id, caller: 'receive', what: { request: request.request, connection: request.connection } };
    return (await once(asked, await session.services('write'), () => receive(request))).answer;
  };
  const wakes = createWakes({
    services: () => session.services('write'),
    keep: (work) => void keep(work).then(findable, (error: unknown) => event(faultEvent(error))),
  });
  const operated = async (asked: Extract<Request, { ask: 'operation' }>): Promise<unknown> => {
    const { once } = asked;
    if (once !== undefined) {
      const { name, caller } = asked;
      const keyed = { key: once.key, caller: `${caller.kind} ${caller.token ?? caller.name}`, what: { name, sent: once.sent } };
      const how = { isSecret: OPERATIONS.get(name)?.isSecret === true, saysBegun: false };
      const { once: _, ...plain } = asked;
      return await answeredOnce({ ...keyed, ...how }, await session.services('write'), () => operated(plain));
    }
    const done = await operate(asked, session);
    // Told before the answer: whoever asked is not let in by what was remembered.
    if (OPERATIONS.get(asked.name)?.permission === 'access.manage') event({ what: 'access' });
    if (asked.name === 'run' && !(done as RunOutput).replayed) event(runEvent(done as RunOutput));
    return done;
  };
  const answer = async (asked: Request): Promise<unknown> => {
    if (asked.ask === 'access') return await keep(writeAccess(asked, session));
    if (asked.ask === 'note') return await keep(note(asked, session));
    if (asked.ask !== 'stop') {
      if (stop.signal.aborted) throw stopping();
      if (asked.ask === 'wake') return await keep(wakes.wake(asked.wake));
      return await keep(asked.ask === 'operation' ? operated(asked) : receivedOnce(asked));
    }
    stop.abort();
    rests.close();
    clearInterval(sealing);
    await Promise.allSettled(atHand);
    await opened.close();
    await sealNow?.();
    await session.close();
    return null;
  };
  const answered = (asked: Request, from: string | undefined): Promise<unknown> => {
    if (asked.ask === 'operation')
      return traced('operation', { 'rollcall.operation': asked.name }, () => answer(asked), { from });
    if (asked.ask !== 'receive') return answer(asked);
    return traced('push', { 'rollcall.connection': asked.receive.connection }, () => answer(asked), { from });
  };
  let sealing: NodeJS.Timeout | undefined;
  let sealNow: (() => Promise<void>) | null = null;
  /** Each new hash is told: whoever keeps it elsewhere has something to hold the log against. */
  const sealEvery = (store: Services['store']): void => {
    const now = async (): Promise<void> => {
      if ((await seal(store, program.wall())) === 0) return;
      const { to, hash, at } = (await store.audit.head())!;
      event({ what: 'sealed', to, hash, at: formatInstant(at) });
    };
    sealNow = () => keep(now()).catch((error: unknown) => event(faultEvent(error)));
    sealing = setInterval(sealNow, SEAL_EVERY_MS);
  };
  const take = ({ id, trace, ...asked }: Asked): void => {
    answered(asked, trace).then(
      (result) => {
        tell({ id, ok: true, answer: result });
        if (asked.ask === 'stop') setImmediate(() => port.close());
      },
      (error: unknown) => {
        const foreseen = error instanceof RollcallError;
        // Whoever asked is not told what nobody foresaw.
        if (!foreseen) event(faultEvent(error));
        tell({ id, ok: false, fault: toFault(error), wrong: error instanceof WrongCommand, foreseen });
      },
    );
  };
  port.on('message', (all: readonly Asked[]) => all.forEach(take));
  try {
    const services = await session.services(role === 'works' ? 'write' : 'readOrEmpty');
    tell({ id: 0, ok: true, answer: null });
    if (role === 'reads') return;
    await keep(unfinished(services)).catch((error: unknown) => event(faultEvent(error)));
    // Told to stop meanwhile: nobody would end what begins now.
    if (stop.signal.aborted) return;
    sealEvery(services.store);
    const going = { ...services, signal: stop.signal };
    const goesOn = [
      keepSchedules({ by: 'schedule', chores: [retention(going)], tell: (one) => event(fromSchedule(one)) }, going),
    ];
    const failed = (error: unknown): void => event(faultEvent(error));
    if (services.config.notify.length > 0) {
      const notifier = createNotifier({ ...services, signal: stop.signal, tell: event });
      heard = notifier.heard;
      goesOn.push(notifier.keep());
    }
    if (services.config.connections.some((one) => one.live))
      goesOn.push(live({ connections: null, by: 'serve', cycleEveryMs: CYCLE_EVERY_MS }, services));
    else
      rests.listen({
        tell: (rest) => event({ what: 'rests', ...rest }),
        over(name) {
          const made = run({ profile: 'cycle', connections: [name], by: 'serve' }, services);
          void keep(made.then((report) => event(runEvent(report)))).catch(failed);
        },
      });
    goesOn.push(wakes.resume());
    await Promise.all(goesOn.map((work) => keep(work).catch(failed)));
  } catch (error) {
    tell({ id: 0, ok: false, fault: toFault(error), wrong: false, foreseen: true });
    await session.close();
    setImmediate(() => port.close());
  }
}

function operate({ name, input, caller, url }: Extract<Request, { ask: 'operation' }>, session: Session): Promise<unknown> {
  const operation = OPERATIONS.get(name);
  if (operation === undefined) throw new RollcallError('notFound', `there is no operation '${name}'`);
  return perform(operation, input, { ...session, caller, url });
}

async function writeAccess({ name, input }: Extract<Request, { ask: 'access' }>, session: Session): Promise<unknown> {
  const { store } = await session.services('write');
  return await (store.access[name] as (...input: readonly unknown[]) => Promise<unknown>)(...input);
}

async function note({ events }: Extract<Request, { ask: 'note' }>, session: Session): Promise<null> {
  const { store } = await session.services('write');
  await store.audit.append(events);
  return null;
}

/** What was taken before this process began, and not worked out or sent any more, is not left to the next cycle. */
async function unfinished(services: Services): Promise<void> {
  const { ranges } = await services.store.sync.dirty();
  if (ranges.length === 0) return;
  for (const profile of ['delta-sync', 'export']) await run({ profile, connections: null, by: 'serve' }, services);
}

function stopping(): RollcallError {
  return new RollcallError('unavailable', 'the service is stopping', { remedy: 'try again when it is back' });
}
