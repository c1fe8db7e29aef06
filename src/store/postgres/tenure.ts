/**
 * The tenure: the right to sync and to export, of one process at a time (docs/decisions/0012). It is a lock that the server frees
 * when its connection ends; a lease by the server's clock, since a process may be frozen with its connection open; and the epoch,
 * by which every commit of whoever was put out is refused (STORE 3, 6).
 *
 *   tenure/lock   the lock      tenure/desk   rows of processes, leases, news      tenure/handed   what is handed over
 */
import { Interrupted } from '#core/errors';
import type { Holder, SeveralOperations } from '../contract.ts';
import type { PostgresPlace } from './connect.ts';
import { isLost, postgresError } from './faults.ts';
import { openDesk } from './tenure/desk.ts';
import { handedRows } from './tenure/handed.ts';
import { createLock } from './tenure/lock.ts';

export interface Several extends SeveralOperations {
  close(): Promise<void>;
}

/** Between two looks at whoever has it, and whether it is alive. */
const WATCH_MS = 2_000;
const REGAIN_MS = 1_000;

/** `takeEpoch`: durable once it is fulfilled; answers it. */
export function openSeveral(place: PostgresPlace, program: string, takeEpoch: (at: number) => Promise<number>): Several {
  let wanted = false;
  let holds = false;
  const desk = openDesk(place, program);
  let times = 0;
  let epoch = 0;
  /** Its connection was lost, perhaps with the server. Whoever was quicker has taken the next epoch: then it is over. */
  const regain = async (time: number): Promise<void> => {
    const still = (): boolean => holds && times === time;
    const had = await desk
      .renew()
      .then(() => lock.try(still))
      .catch(() => false);
    const now = await desk.epoch().catch(() => null);
    if (!still()) return;
    if (now !== null && now !== epoch) {
      void lock.free();
      desk.putOut();
    } else if (!had || now === null) setTimeout(() => void regain(time), REGAIN_MS).unref();
  };
  const waited = async (time: number): Promise<void> => {
    if ((await desk.waited()) && times === time) wanted = true;
  };
  const lock = createLock(place, () => void regain(times));
  desk.onNews((news) => {
    if (news === 'wanted') wanted = true;
    if (news === 'out') holds = false;
    if (news === 'missed' && holds) void waited(times).catch(() => {});
  });

  const had = async (at: number): Promise<void> => {
    wanted = false;
    const taking = [desk.noteTaken(), takeEpoch(at)] as const;
    try {
      const [others, next] = await Promise.all(taking);
      // Somebody may have said so since it was asked.
      wanted ||= others;
      epoch = next;
      holds = true;
      times++;
      // Lost since it was given.
      if (!lock.held) void regain(times);
    } catch (error) {
      // An epoch that is taken late would put out whoever has it next.
      await Promise.allSettled(taking);
      await lock.free();
      throw error;
    }
  };

  const queue = async (waits: (holder: Holder) => void, signal: AbortSignal | undefined): Promise<void> => {
    let told = '';
    let who = 'another process';
    const watch = async (): Promise<void> => {
      const holder = await desk.holder();
      if (holder === null) return;
      who = `Rollcall ${holder.program} (process ${holder.pid} on ${holder.host})`;
      const now = `${who} ${holder.since} ${holder.putOut}`;
      if (now !== told) waits(holder);
      told = now;
    };
    let wants = true;
    const ended = Promise.withResolvers<never>();
    const stop = (): void => ended.reject(new Interrupted(`ended while it waited for ${who}: nothing was done`));
    const unlessItPasses = (error: unknown): void => {
      if (postgresError(error).kind !== 'unavailable') ended.reject(error);
    };
    const watching = setInterval(() => void watch().catch(unlessItPasses), WATCH_MS);
    signal?.addEventListener('abort', stop);
    const granted = lock.wait(() => wants);
    for (const one of [granted, ended.promise]) one.catch(() => {});
    try {
      await watch();
      await desk.tell('wanted');
      if (signal?.aborted) stop();
      await Promise.race([granted, ended.promise]);
    } catch (error) {
      wants = false;
      const waiting = lock.abandon();
      // It may have been given meanwhile.
      void lock.free();
      // On the server it does not hear that it is to end.
      if (waiting !== null) await desk.ask('select pg_terminate_backend($1)', [waiting]).catch(() => {});
      throw error;
    } finally {
      clearInterval(watching);
      signal?.removeEventListener('abort', stop);
    }
  };

  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isLost(error)) throw postgresError(error);
    }
    try {
      return await work();
    } catch (error) {
      throw postgresError(error);
    }
  };

  return {
    ...handedRows(desk),
    get wanted() {
      return wanted;
    },
    onNews: (listener) => desk.onNews(listener),
    async take({ at, signal, waits }) {
      await desk.register();
      await again(async () => {
        if (!(await lock.try())) await queue(waits, signal);
      });
      await had(at);
    },
    async tryTake({ at }) {
      await desk.register();
      const free = await again(async () => {
        if (await lock.try()) return true;
        // Whoever has it may have been put out by now.
        await desk.holder();
        return await lock.try();
      });
      if (free) await had(at);
      return free;
    },
    async leave() {
      holds = false;
      await lock.free();
      await desk.tell('left').catch(() => {});
    },
    async close() {
      holds = false;
      await lock.close();
      await desk.close();
    },
  };
}
