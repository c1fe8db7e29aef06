/**
 * Who works on one store side by side, in one process (docs/decisions/0010).
 *
 * What a sync reads and what it commits belong together: only one sync has the turn. A long one lets urgent ones (pushes,
 * edits) go first between two batches; what it keeps in memory over such a pause is its generation, and whoever had a turn
 * meanwhile tells it what is not so any more (sync/disturbed). It then has for itself more than the time that they took (what they have
 * staged meanwhile goes off that): however many come, it keeps some 0.6 of its pace.
 */
import { setImmediate as pause } from 'node:timers/promises';
import type { RunId } from '#store/contract';
import type { Bucket } from './export/pace.ts';
import type { Generation } from './sync/generation.ts';

export interface Turn {
  /** Whether somebody waits urgently who may go now. */
  readonly wanted: boolean;
  /** Lets everybody be heard who asked meanwhile: where nothing is waited for but reads, nobody else comes to speak. */
  heard(): Promise<void>;
  /** Lets those go first who wait urgently at this moment; goes on when nobody does. */
  pass(): Promise<void>;
  end(): void;
}

export interface Turns {
  /** Whether somebody urgent came a short while ago: others may come soon, and wait for less. */
  readonly busy: boolean;
  /** Urgent ones go before others, and not before one that passed its turn to those who waited then. */
  take(urgent: boolean): Promise<Turn>;
  /** Generations in the middle of which somebody else may have a turn. */
  readonly open: Set<Generation>;
  /** Connections that a run reads in full, with its `now`: what the read empties is not judged until that run syncs. */
  readonly reading: Map<string, { readonly run: RunId; readonly since: number }>;
  /** By connection the run that reads it, or read it last. */
  readonly readers: Map<string, { readonly run: RunId; readonly goesOn: boolean }>;
  /** How much may be sent now to targets that take so much a second, by connection. */
  readonly buckets: Map<string, Bucket>;
  /** Batches on their way to a target, by connection. */
  sending(connection: string): Set<Promise<unknown>>;
  /** One at a time by name: a target that is written as a whole, a read of a connection. Answers what lets the next one go. */
  alone(name: string): Promise<() => void>;
}

/** Nobody waits longer than this for the time that is owed to a long sync. */
const MOST_OWED_MS = 50;
/** Of the time that urgent ones took. */
const OWED = 1.6;
/** Pushes come in bursts. */
const SOON_MS = 2_000;

interface Waiter {
  readonly go: () => void;
  readonly asked: number;
  /** `back`: passed its turn to those who waited urgently then; later ones do not go before it. */
  how: 'urgent' | 'back' | 'usual';
}

/** `clock`: ms, never goes back. */
export function createTurns(clock: () => number = () => performance.now()): Turns {
  const queue: Waiter[] = [];
  const sends = new Map<string, Set<Promise<unknown>>>();
  const tails = new Map<string, Promise<void>>();
  let taken = false;
  let urgentAt = Number.NEGATIVE_INFINITY;
  const next = (): void => {
    const waiter = queue.shift();
    if (waiter) waiter.go();
    else taken = false;
  };
  const wait = (how: Waiter['how']): Promise<void> =>
    new Promise((resolve) => {
      // Nor before one that has waited for as long as that.
      for (const waiter of queue) if (clock() - waiter.asked > MOST_OWED_MS && waiter.how === 'usual') waiter.how = 'back';
      const at = how === 'usual' ? queue.length : queue.findLastIndex((waiter) => waiter.how !== 'usual') + 1;
      queue.splice(at, 0, { go: resolve, asked: clock(), how });
    });
  const urgentWait = (): boolean => queue.some((waiter) => waiter.how === 'urgent');
  const urgent: Turn = {
    wanted: false,
    heard: async () => undefined,
    pass: async () => undefined,
    end: next,
  };
  const usual = (): Turn => {
    let mineUntil = 0;
    const wanted = (): boolean => urgentWait() && clock() >= mineUntil;
    return {
      get wanted() {
        return wanted();
      },
      heard: () => pause(),
      async pass() {
        await pause();
        if (!wanted()) return;
        const given = clock();
        const back = wait('back');
        next();
        await back;
        mineUntil = clock() + Math.min(OWED * (clock() - given), MOST_OWED_MS);
      },
      end: next,
    };
  };
  return {
    get busy() {
      return clock() - urgentAt < SOON_MS;
    },
    open: new Set(),
    reading: new Map(),
    readers: new Map(),
    buckets: new Map(),
    async take(urgently) {
      if (urgently) urgentAt = clock();
      if (taken) await wait(urgently ? 'urgent' : 'usual');
      taken = true;
      return urgently ? urgent : usual();
    },
    sending(connection) {
      const set = sends.get(connection) ?? new Set();
      sends.set(connection, set);
      return set;
    },
    async alone(name) {
      const before = tails.get(name);
      let free = (): void => undefined;
      tails.set(
        name,
        new Promise((resolve) => {
          free = resolve;
        }),
      );
      await before;
      return free;
    },
  };
}
