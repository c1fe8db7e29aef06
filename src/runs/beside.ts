/** What the runs of one process on one store share (docs/decisions/0010): whose turn it is, who goes next, open pushes. */
import type { Fault } from '#core/errors';
import { createTurns, type Turns } from '#engine/index';
import type { RunId, RunStatus, Store } from '#store/contract';
import type { Notice } from './model.ts';
import type { Session } from './services.ts';

export interface Beside {
  readonly turns: Turns;
  /** The end of the last run that was asked for: the next one begins after it. */
  last: Promise<unknown>;
  /** Runs that go on, pushes not counted. */
  runs: number;
  /** Pushes that are taken and not worked out yet, by whose they are. */
  readonly pushes: Map<string, PushRun>;
  /** The last push of each object that is on its way to the store. */
  readonly tails: Map<string, Promise<unknown>>;
}

/** The run that pushes share which come at the same time. */
export interface PushRun {
  readonly session: Promise<Session>;
  readonly staging: Promise<unknown>[];
  readonly settled: Promise<PushReport>;
}

export interface PushReport {
  readonly run: RunId;
  readonly status: RunStatus;
  readonly faults: readonly Fault[];
  readonly notices: readonly Notice[];
}

const known = new WeakMap<Store, Beside>();

export function besideOf(store: Store): Beside {
  let beside = known.get(store);
  if (!beside) {
    beside = { turns: createTurns(), last: Promise.resolve(), runs: 0, pushes: new Map(), tails: new Map() };
    known.set(store, beside);
  }
  return beside;
}
