/**
 * The cycles of a process that listens: over all connections before anything is passed on and again and again in their time, and
 * between them over single ones, for what only a cycle can do, and for what could not be reached (docs/decisions/0015).
 */
import { createBell } from '#core/bell';
import { toFault } from '#core/errors';
import type { EngineConnection } from '#engine/index';
import { backOff } from './back-off.ts';
import type { LiveEvent } from './live.ts';
import type { RunReport, Services } from './model.ts';
import type { Rests } from './rests.ts';
import { run } from './run.ts';

export interface Cycles {
  /** Before any change is passed on. */
  first(): Promise<void>;
  /** Further ones, beside every change as it is heard; ends with the signal. */
  goOn(): Promise<void>;
  /**
   * A cycle over these as soon as there may be one; while something cannot be reached, when that is tried again. What rests is not read
   * in it, and one that refused a password is due once more when its rest is over. `toFinish`: also what is to be worked out or sent.
   */
  due(toRead: readonly EngineConnection[], toFinish: readonly EngineConnection[]): void;
  /** The same over one that has no feed, and is another one now: whatever kept it from being read may be over. */
  rung(connection: EngineConnection): void;
}

interface Options {
  readonly by: string;
  /** Between the end of a cycle over all and the next one. */
  readonly everyMs: number;
  /** Names of those that are listened to and have a feed. What others ring for is never what was read before: they need no rest. */
  readonly feeds: ReadonlySet<string>;
  readonly rests: Rests;
  readonly tell: (event: LiveEvent) => void;
}

/** Timers count no further, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** `signal` is there. */
export function createCycles({ by, everyMs, feeds, rests, tell }: Options, services: Services): Cycles {
  const signal = services.signal!;
  const { connections } = services.config;
  const bell = createBell();
  /** What waits for a cycle; null is all. */
  const waiting = new Set<EngineConnection | null>();
  /** Of these: for which there is more to do than to read them. */
  const left = new Set<EngineConnection | null>();
  /** In a row in which something could not be reached. */
  let failures = 0;
  /** Is to be tried again by then. */
  let missed: readonly (EngineConnection | null)[] = [];
  let inTime: NodeJS.Timeout | undefined;
  /** While it goes on there is no cycle over these. */
  let again: NodeJS.Timeout | undefined;

  const due = (toRead: readonly (EngineConnection | null)[], toFinish: readonly (EngineConnection | null)[]): void => {
    for (const one of [...toRead, ...toFinish]) waiting.add(one);
    for (const one of toFinish) left.add(one);
    if (waiting.size > 0) bell.ring();
  };

  const canBe = (one: EngineConnection | null): boolean =>
    again === undefined || (one !== null && !missed.includes(null) && !missed.includes(one));

  /** What is due, and can be. */
  const cycle = async (): Promise<void> => {
    const which = [...waiting].filter(canBe);
    const more = new Set(which.filter((one) => left.has(one)));
    for (const one of which) {
      waiting.delete(one);
      left.delete(one);
    }
    const all = which.includes(null);
    const chosen = all
      ? connections
      : which.map((one) => one!).filter((one) => !(more.has(one) ? rests.refuses : rests.has)(one.name));
    if (chosen.length === 0) return;
    // What it showed before it rested is worked out, and what waits for it is sent.
    const read = (all ? chosen : chosen.filter(({ name }) => !rests.has(name))).map(({ name }) => name);
    try {
      const of = all ? null : chosen.map(({ name }) => name);
      const report = await run({ profile: 'cycle', connections: all ? null : read, by }, services);
      rested(report, read);
      misses(missedIn(report));
      tell({ what: 'cycle', of, report });
    } catch (error) {
      if (signal.aborted) return;
      // branch: retries: a cycle of a process that listens broke off
      misses(which);
      tell({ what: 'trouble', fault: toFault(error), againInMs: backOff(failures - 1) });
    }
    if (all) {
      clearTimeout(inTime);
      inTime = setTimeout(() => due([null], []), Math.min(everyMs, LONGEST_TIMER));
    }
  };

  /** What others could do beside what is missed says nothing about that. */
  const misses = (found: readonly (EngineConnection | null)[]): void => {
    missed = again === undefined ? found : [...new Set([...missed, ...found])];
    if (again !== undefined) return;
    failures = missed.length === 0 ? 0 : failures + 1;
    if (failures === 0) return;
    again = setTimeout(
      () => {
        again = undefined;
        due([], missed);
      },
      backOff(failures - 1),
    );
  };

  /** Only what is listened to is read more often than in its time. */
  const rested = ({ failed, unfinished }: RunReport, names: readonly string[]): void => {
    for (const [name, { tookMs, reason }] of unfinished) if (feeds.has(name)) rests.incomplete(name, tookMs, reason);
    for (const name of names) if (!rests.has(name) && !failed.includes(name)) rests.well(name);
  };

  /** Everything where nobody knows what was done; not what is left alone until its time, by whoever would sign in. */
  const missedIn = ({ status, failed }: RunReport): readonly (EngineConnection | null)[] =>
    status === 'failed' ? [null] : connections.filter(({ name }) => failed.includes(name) && !rests.refuses(name));

  return {
    async first() {
      waiting.add(null);
      await cycle();
    },
    async goOn() {
      for await (const _ of bell.heard(signal)) await cycle();
      clearTimeout(inTime);
      clearTimeout(again);
    },
    due,
    rung(connection) {
      missed = missed.filter((one) => one !== connection);
      due([connection], []);
    },
  };
}
