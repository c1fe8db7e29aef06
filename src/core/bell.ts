/** A bell: rung by whoever has news, heard by one who waits for it. Rings that nobody heard yet are one. */
export interface Bell {
  ring(): void;
  /** Whoever hears it is thrown this, after what was rung before. */
  fail(error: unknown): void;
  /** Ends when `signal` is aborted. */
  heard(signal: AbortSignal): AsyncGenerator<void>;
}

export function createBell(): Bell {
  let rung = false;
  let broken: { readonly error: unknown } | null = null;
  let wake = (): void => undefined;
  return {
    ring() {
      rung = true;
      wake();
    },
    fail(error) {
      broken ??= { error };
      wake();
    },
    async *heard(signal) {
      const stop = (): void => wake();
      signal.addEventListener('abort', stop);
      try {
        while (!signal.aborted) {
          if (rung) {
            rung = false;
            yield;
            continue;
          }
          if (broken) throw broken.error;
          const waits = Promise.withResolvers<void>();
          wake = waits.resolve;
          await waits.promise;
        }
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
