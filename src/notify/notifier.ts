/**
 * Tells receivers what stands: one row of claims for each of them, so that a restart tells nothing anew and of several processes on one
 * store one tells. What is new is noted before it is sent, and that it was sent after: a message may come twice after a crash, with the
 * same id, and is never lost.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Configuration } from '#config/model';
import type { Receiver } from '#config/notify';
import { createBell } from '#core/bell';
import { type Fault, toFault } from '#core/errors';
import type { Claim, Store } from '#store/contract';
import { createAges } from '#telemetry/ages';
import { type Deliver, sourceOf, deliver as usually } from './deliver.ts';
import { foundIn, look as lookAt, type Opened } from './found.ts';
import { evidenceOf, type Heard } from './heard.ts';
import { messageOf } from './message.ts';
import { advance, delivered, due, type Item, NO_NOTES, type Notes, nextAt, undelivered } from './standing.ts';
import { concerns, type Evidence } from './trouble.ts';

export type NotifyEvent =
  | { readonly what: 'notified'; readonly receiver: string; readonly outcome: 'sent' | 'failed' }
  | { readonly what: 'fault'; readonly fault: Fault };

export interface NotifierOptions {
  readonly config: Pick<Configuration, 'notify' | 'connections' | 'access' | 'schedule'>;
  readonly store: Store;
  readonly wall: () => number;
  readonly tell: (event: NotifyEvent) => void;
  readonly signal: AbortSignal;
  readonly deliver?: Deliver;
}

export interface Notifier {
  heard(event: Heard): void;
  /** Looks, and tells what is to be told. Answers in how many ms to look again. Errors: of the store. */
  look(): Promise<number>;
  /** Looks again and again, and when something was heard; ends with the signal. */
  keep(): Promise<void>;
}

const LOOK_MS = 30_000;
const SOONEST_MS = 1_000;
/** Longer than a message takes. */
const LEASE_MS = 60_000;
/** What is heard while the store cannot be asked. */
const MOST_HEARD = 1_000;

export function createNotifier(options: NotifierOptions): Notifier {
  const { config, store, wall, tell, signal, deliver = usually } = options;
  const bell = createBell();
  const ages = createAges();
  const since = wall();
  const opened: Opened = new Map();
  let heard: Heard[] = [];
  /** For each receiver what is not in its notes yet. */
  const pending = new Map<string, Evidence[]>(config.notify.map(({ name }) => [name, []]));
  const source = sourceOf(config);

  /** In how many ms there is something to do for it. */
  const see = async (receiver: Receiver, found: Evidence): Promise<number> => {
    const { name, againMs } = receiver;
    const claim = await store.claims.get('notify', name);
    const now = wall();
    if (claim !== null && isTakenBySomebody(claim, now)) return LOOK_MS;
    const before = notesOf(claim, receiver, config);
    const all = [...pending.get(name)!, found];
    const notes = all.reduce((so, evidence) => advance(so, only(evidence, receiver), now), before);
    const items = due(notes, againMs, now);
    const wait = (so: Notes): number => Math.max(SOONEST_MS, (nextAt(so, againMs) ?? Number.POSITIVE_INFINITY) - wall());
    if (notes === before && items.length === 0) {
      pending.set(name, []);
      return wait(notes);
    }
    const note = (seen: number, so: Notes, until: number | null): Promise<number | null> =>
      store.claims.take({ kind: 'notify', name, seen, at: now, until, detail: JSON.stringify(so) });
    const mine = await note(claim?.number ?? 0, notes, items.length === 0 ? null : now + LEASE_MS);
    // Somebody else was quicker.
    if (mine === null) return SOONEST_MS;
    pending.set(name, []);
    if (items.length === 0) return wait(notes);
    const after = await send(receiver, notes, items, now);
    await note(mine, after, null);
    return wait(after);
  };

  const send = async (receiver: Receiver, notes: Notes, items: readonly Item[], now: number): Promise<Notes> => {
    const { name } = receiver;
    try {
      await deliver(receiver, messageOf(name, items, source, now), signal);
      tell({ what: 'notified', receiver: name, outcome: 'sent' });
      return delivered(notes, items, wall());
    } catch (error) {
      if (signal.aborted) return notes;
      tell({ what: 'notified', receiver: name, outcome: 'failed' });
      if (notes.tries === 0) tell({ what: 'fault', fault: goesOn(toFault(error)) });
      return undelivered(notes, wall());
    }
  };

  const look = async (): Promise<number> => {
    const now = wall();
    const looked = await lookAt(store, { ages, since, now });
    while (heard.length > 0) {
      const evidence = await evidenceOf(heard[0]!, store);
      heard = heard.slice(1);
      for (const [name, all] of pending) pending.set(name, [...all, evidence]);
    }
    let next = LOOK_MS;
    for (const receiver of config.notify)
      next = Math.min(next, await see(receiver, foundIn(looked, receiver.queueAgeMs, config, opened)));
    return next;
  };

  return {
    heard(event) {
      // Openings and quotas have times as well, of which nobody is told.
      if (event.what === 'skipped' && !config.schedule.has(event.schedule)) return;
      heard = [...heard, event].slice(-MOST_HEARD);
      bell.ring();
    },
    look,
    async keep() {
      bell.ring();
      let timer: NodeJS.Timeout | undefined;
      let failing = false;
      for await (const _ of bell.heard(signal)) {
        clearTimeout(timer);
        let next = LOOK_MS;
        try {
          next = await look();
          failing = false;
        } catch (error) {
          // The store, which others tell of: it is looked at again.
          if (!failing && !signal.aborted) tell({ what: 'fault', fault: toFault(error) });
          failing = true;
          await pause(SOONEST_MS, undefined, { signal }).catch(() => undefined);
        }
        if (!signal.aborted) timer = setTimeout(() => bell.ring(), next);
      }
      clearTimeout(timer);
    },
  };
}

/** An end further ahead than leases reach was said by a clock that was ahead. */
function isTakenBySomebody({ until }: Pick<Claim, 'until'>, now: number): boolean {
  return until !== null && until > now && until <= now + 2 * LEASE_MS;
}

function only({ on, over }: Evidence, receiver: Receiver): Evidence {
  return { on: on.filter((one) => concerns(receiver, one)), over };
}

/** Without what it is not to be told any more: the file was changed. */
function notesOf(claim: Claim | null, receiver: Receiver, { connections }: Pick<Configuration, 'connections'>): Notes {
  if (claim === null) return NO_NOTES;
  const notes = JSON.parse(claim.detail) as Notes;
  const isThere = (name: string | null): boolean => name === null || connections.some((one) => one.name === name);
  const standing = notes.standing.filter((one) => concerns(receiver, one) && isThere(one.connection));
  return standing.length === notes.standing.length ? notes : { ...notes, standing };
}

function goesOn(fault: Fault): Fault {
  return { ...fault, message: `${fault.message}; it is tried again until it is taken` };
}
