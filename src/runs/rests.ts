/**
 * Connections that a process that goes on leaves alone for a while, since what it would do there now it would do in vain: sign in with a
 * password that was refused, read again what cannot be used (docs/decisions/0015), or ask a system that did not answer several times in a
 * row. Such a one is tried by a small request before anything else is asked of it; others go on.
 */
import { type Fault, toFault } from '#core/errors';
import { restMs } from './back-off.ts';

/** `incomplete`: it is not read at its rings, and sent to as ever. `refused`, `failing`: it is neither read nor sent to. */
export type RestKind = 'incomplete' | 'refused' | 'failing';

/** Runs in a row that failed there for the system's own sake. */
const MOST_FAILURES = 5;
/** They took a while already: the first rest is as long as the back-off after so many. */
const FAILED_BEFORE = 4;

export interface Rest {
  readonly connection: string;
  readonly why: RestKind;
  readonly fault: Fault;
  readonly forMs: number;
}

export interface Rests {
  /** Whether it is left alone, for either reason. */
  has(connection: string): boolean;
  /** Whether nothing is asked of it. */
  refuses(connection: string): boolean;
  /** Why, while nothing is asked of it, and until when, ms by the wall clock. */
  why(connection: string): { readonly fault: Fault; readonly until: number } | null;
  /** A run failed there, for the system's own sake: after several in a row it is left alone, and tried until it answers. */
  failed(connection: string, fault: Fault): void;
  /** It answered. */
  answers(connection: string): void;
  /** Of its rests, from now on; answers how to end it. */
  listen(listener: RestsListener): () => void;
  /** It refused a password, or whatever else Rollcall signs in with. */
  refused(connection: string, fault: Fault): void;
  /** Its last read took so many ms, and the next one would show the same. Null: nobody needs to be told why. */
  incomplete(connection: string, tookMs: number, fault: Fault | null): void;
  /** It went well with it: its next rest is a first one. */
  well(connection: string): void;
  /**
   * For whoever listens to it: fulfilled when it may be signed in to. True where that is tried after a refusal: it rests for everybody
   * else until `ends`, so that it is tried once.
   */
  elapsed(connection: string): Promise<boolean>;
  ends(connection: string): void;
  /** Forgets every one, and lets nobody wait any more. */
  close(): void;
}

export interface RestsListener {
  /** Once for each reason, until it goes well. */
  readonly tell: (rest: Rest) => void;
  readonly over: (connection: string, why: RestKind) => void;
}

interface Options {
  readonly restMs?: typeof restMs | undefined;
  readonly wall: () => number;
  /** A small request: why it is still to be left alone, or null. */
  readonly probe: (connection: string) => Promise<Fault | null>;
}

interface Resting {
  readonly why: RestKind;
  readonly fault: Fault | null;
  readonly until: number;
  readonly timer: NodeJS.Timeout;
  readonly elapsed: PromiseWithResolvers<void>;
}

const REFUSES: ReadonlySet<RestKind | undefined> = new Set(['refused', 'failing']);

export function createRests({ restMs: lengthOf = restMs, wall, probe }: Options): Rests {
  const listeners = new Set<RestsListener>();
  const failures = new Map<string, number>();
  let closed = false;
  const resting = new Map<string, Resting>();
  const awaited = new Set<string>();
  /** In a row, by connection. */
  const troubles = new Map<string, { readonly times: number; readonly said: string | null; readonly why: RestKind }>();

  const ends = (connection: string): void => {
    const rest = resting.get(connection);
    if (rest === undefined) return;
    resting.delete(connection);
    clearTimeout(rest.timer);
    rest.elapsed.resolve();
    for (const { over } of listeners) over(connection, rest.why);
  };

  const begin = (connection: string, why: RestKind, tookMs: number, fault: Fault | null): void => {
    const { times, said } = troubles.get(connection) ?? { times: 0, said: null };
    const longer = why === 'failing' ? FAILED_BEFORE : 0;
    const forMs = lengthOf(times + longer, tookMs, why === 'refused' ? ['authentication'] : []);
    const before = resting.get(connection);
    clearTimeout(before?.timer);
    const elapsed = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      if (why === 'failing') void tried(connection);
      else if (why === 'refused' && awaited.has(connection)) elapsed.resolve();
      else ends(connection);
    }, forMs);
    resting.set(connection, { why, fault, until: wall() + forMs, timer, elapsed });
    before?.elapsed.resolve();
    troubles.set(connection, { times: times + 1, said: fault?.message ?? said, why });
    if (fault !== null && fault.message !== said) for (const { tell } of listeners) tell({ connection, why, fault, forMs });
  };

  const tried = async (connection: string): Promise<void> => {
    const rest = resting.get(connection);
    const fault = await probe(connection).catch((error: unknown) => toFault(error, { connection }));
    if (closed || resting.get(connection) !== rest) return;
    if (fault === null) ends(connection);
    else begin(connection, 'failing', 0, fault);
  };

  return {
    has: (connection) => resting.has(connection),
    refuses: (connection) => REFUSES.has(resting.get(connection)?.why),
    why(connection) {
      const rest = resting.get(connection);
      return rest?.fault && REFUSES.has(rest.why) ? { fault: rest.fault, until: rest.until } : null;
    },
    failed(connection, fault) {
      const times = (failures.get(connection) ?? 0) + 1;
      failures.set(connection, times);
      if (times >= MOST_FAILURES && !resting.has(connection)) begin(connection, 'failing', 0, fault);
    },
    answers(connection) {
      failures.delete(connection);
      if (troubles.get(connection)?.why === 'failing' && !resting.has(connection)) troubles.delete(connection);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refused: (connection, fault) => begin(connection, 'refused', 0, fault),
    incomplete(connection, tookMs, fault) {
      if (!resting.has(connection)) begin(connection, 'incomplete', tookMs, fault);
    },
    well: (connection) => void troubles.delete(connection),
    async elapsed(connection) {
      awaited.add(connection);
      try {
        for (let rest = resting.get(connection); rest?.why === 'refused'; ) {
          await rest.elapsed.promise;
          const now = resting.get(connection);
          if (now === rest) return true;
          rest = now;
        }
        return false;
      } finally {
        awaited.delete(connection);
      }
    },
    ends,
    close() {
      closed = true;
      for (const { timer, elapsed } of resting.values()) {
        clearTimeout(timer);
        elapsed.resolve();
      }
      resting.clear();
    },
  };
}
