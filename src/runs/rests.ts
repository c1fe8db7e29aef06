/**
 * Connections that a process that listens leaves alone for a while, since what it would do there now it would do in vain: sign in with a
 * password that was refused, or read again what cannot be used (docs/decisions/0015).
 */
import type { Fault } from '#core/errors';
import { restMs } from './back-off.ts';

/** `incomplete`: it is not read at its rings, and sent to as ever. `refused`: it is neither read nor sent to. */
export type RestKind = 'incomplete' | 'refused';

export interface Rest {
  readonly connection: string;
  readonly why: RestKind;
  readonly fault: Fault;
  readonly forMs: number;
}

export interface Rests {
  /** Whether it is left alone, for either reason. */
  has(connection: string): boolean;
  /** Whether it is not signed in to. */
  refuses(connection: string): boolean;
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

interface Options {
  readonly restMs?: typeof restMs | undefined;
  /** Once for each reason, until it goes well. */
  readonly tell: (rest: Rest) => void;
  readonly over: (connection: string, why: RestKind) => void;
}

interface Resting {
  readonly why: RestKind;
  readonly timer: NodeJS.Timeout;
  readonly elapsed: PromiseWithResolvers<void>;
}

export function createRests({ restMs: lengthOf = restMs, tell, over }: Options): Rests {
  const resting = new Map<string, Resting>();
  const awaited = new Set<string>();
  /** In a row, by connection. */
  const troubles = new Map<string, { readonly times: number; readonly said: string | null }>();

  const ends = (connection: string): void => {
    const rest = resting.get(connection);
    if (rest === undefined) return;
    resting.delete(connection);
    clearTimeout(rest.timer);
    rest.elapsed.resolve();
    over(connection, rest.why);
  };

  const begin = (connection: string, why: RestKind, tookMs: number, fault: Fault | null): void => {
    const { times, said } = troubles.get(connection) ?? { times: 0, said: null };
    const forMs = lengthOf(times, tookMs, why === 'refused' ? ['authentication'] : []);
    const before = resting.get(connection);
    clearTimeout(before?.timer);
    const elapsed = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      if (why === 'refused' && awaited.has(connection)) elapsed.resolve();
      else ends(connection);
    }, forMs);
    resting.set(connection, { why, timer, elapsed });
    before?.elapsed.resolve();
    troubles.set(connection, { times: times + 1, said: fault?.message ?? said });
    if (fault !== null && fault.message !== said) tell({ connection, why, fault, forMs });
  };

  return {
    has: (connection) => resting.has(connection),
    refuses: (connection) => resting.get(connection)?.why === 'refused',
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
      for (const { timer, elapsed } of resting.values()) {
        clearTimeout(timer);
        elapsed.resolve();
      }
      resting.clear();
    },
  };
}
