/** What the runs of one process on one store share (docs/decisions/0010, 0012): whose turn it is, who goes next, open pushes. */
import type { Fault } from '#core/errors';
import { createTurns, type Turns } from '#engine/index';
import type { RunId, RunStatus, Store } from '#store/contract';
import type { ConnectionCounts, Notice } from './model.ts';
import type { StagePush } from './push-staging.ts';
import type { Session } from './services.ts';

export interface Beside {
  readonly turns: Turns;
  /** The end of the last run that was asked for: the next one begins after it. */
  last: Promise<unknown>;
  /** Runs that go on, pushes not counted. */
  runs: number;
  /** Pushes that are taken and not worked out yet, by whose they are. */
  readonly pushes: Map<string, PushRun>;
  /** The last that came to be staged of each object (inLine). */
  readonly lines: Map<string, Standing>;
  /** The last step of the pushes of each object (inOrder). */
  readonly tails: Map<string, Promise<unknown>>;
  /** By connection: up to this number of the list of what waits nobody of it is on it (early.ts). */
  readonly lookedUpTo: Map<string, number>;
  /** The tenure of this process, where several work on the store (tenure.ts). */
  stay: Stay | null;
  /** Handed over to others and not settled yet (asked.ts). */
  readonly asked: Map<string, Asked>;
  /** Has what was handed over looked at now; null while nothing is. */
  look: (() => void) | null;
}

/** A tenure, from before it is taken until it is given up. */
export interface Stay {
  /** `out`: others have put this process out; what it began goes on, and is refused. */
  state: 'taking' | 'held' | 'out' | 'leaving';
  /** Runs, pushes and what others handed over; the last of them gives it up. */
  users: number;
  runs: number;
  /** A run waits for it behind other processes; a push never does. */
  readonly queues: boolean;
  /** Handed over by others and begun here, each until it is done. */
  readonly begun: Map<string, Promise<void>>;
  /** By object: handed over for it, not staged for an outage, and to be begun again before all that came after it. */
  readonly left: Map<string, string>;
  /** Looks for what was handed over that go on: each may begin something. */
  readonly looks: Set<Promise<void>>;
  /** The next look after one that failed. */
  again: NodeJS.Timeout | null;
  /** Whether it was to be had. */
  readonly taken: PromiseWithResolvers<boolean>;
  readonly ended: PromiseWithResolvers<void>;
}

/** Noted in place of an answer. */
export interface Refused {
  readonly refused: Fault;
}

/** What is noted of something handed over when it was taken, as `push` answers; or why it was not. */
export interface Taken {
  readonly run: RunId;
  readonly faults: readonly Fault[];
  readonly answer?: unknown;
}

export interface Asked {
  readonly taken: PromiseWithResolvers<Taken>;
  readonly settled: PromiseWithResolvers<PushReport>;
}

/** Who stands in the line of an object. */
interface Standing {
  readonly into: PushRun;
  /** Whoever shares its run may follow as soon as it has `entered` what is staged together; others when it is `done`. */
  readonly shares: boolean;
  readonly entered: Promise<void>;
  readonly done: Promise<void>;
}

/** The run that pushes share which come at the same time. */
export interface PushRun {
  readonly session: Promise<Session>;
  readonly stage: StagePush;
  readonly staging: Promise<unknown>[];
  readonly worked: Promise<void>;
  readonly settled: Promise<PushReport>;
}

export interface PushReport {
  readonly run: RunId;
  readonly status: RunStatus;
  readonly faults: readonly Fault[];
  readonly notices: readonly Notice[];
}

/** Of all pushes that shared a run. */
export interface PushesReport extends PushReport {
  readonly connections: readonly ConnectionCounts[];
  readonly faultCount: number;
  /** From the first of them to what was sent last. */
  readonly elapsedMs: number;
}

const known = new WeakMap<Store, Beside>();

export function besideOf(store: Store): Beside {
  let beside = known.get(store);
  if (!beside) {
    beside = {
      turns: createTurns(),
      last: Promise.resolve(),
      runs: 0,
      pushes: new Map(),
      lines: new Map(),
      tails: new Map(),
      lookedUpTo: new Map(),
      stay: null,
      asked: new Map(),
      look: null,
    };
    known.set(store, beside);
  }
  return beside;
}

/** One after the other, by name: a step of what is done to one object. */
export function inOrder<T>(store: Store, key: string, work: () => Promise<T>): Promise<T> {
  const { tails } = besideOf(store);
  const done = (tails.get(key) ?? Promise.resolve()).then(work);
  const tail = done.then(
    () => undefined,
    () => undefined,
  );
  tails.set(key, tail);
  void tail.then(() => {
    if (tails.get(key) === tail) tails.delete(key);
  });
  return done;
}

/**
 * Staged in the order of the calls for an object: together with those before that go `into` the same run, after all others. `shares`: what
 * comes next may be staged together with it. `work` says when its place among what is staged together is taken.
 */
export function inLine<T>(
  store: Store,
  object: string,
  { into, shares }: Pick<Standing, 'into' | 'shares'>,
  work: (enter: () => void) => Promise<T>,
): Promise<T> {
  const { lines } = besideOf(store);
  const before = lines.get(object);
  const place = Promise.withResolvers<void>();
  const joins = before !== undefined && before.into === into && before.shares && shares;
  const staged = (joins ? before.entered : (before?.done ?? Promise.resolve())).then(() => work(place.resolve));
  const over = (): void => {
    place.resolve();
    if (lines.get(object) === mine) lines.delete(object);
  };
  const mine: Standing = { into, shares, entered: place.promise, done: staged.then(over, over) };
  lines.set(object, mine);
  return staged;
}
