/** Rows that a driver hands over as they come, as slices that are taken; it waits while nobody takes them. */
import type { Slice, Values } from './driver.ts';
import { silent } from './silent.ts';

/** Rows of a slice, and how many wait before the server has to. */
const SLICE = 500;
const AHEAD = 4 * SLICE;

export interface Told {
  row(values: Values): void;
  ended(): void;
  failed(error: unknown): void;
}

export interface Pushed {
  /** Answers what ends the listening. */
  begin(told: Told): () => void;
  pause(): void;
  resume(): void;
  /** It was not read to its end. */
  giveUp(): void;
}

/** @throws what the driver says, `signal`'s reason, or that it said nothing for `timeoutMs` */
export async function* slicesOf(
  pushed: Pushed,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): AsyncGenerator<Slice> {
  signal.throwIfAborted();
  let rows: Values[] = [];
  let state: { readonly error?: unknown } | null = null;
  let wake: () => void = () => undefined;
  const end = (next: { readonly error?: unknown }): void => {
    state ??= next;
    wake();
  };
  const aborted = (): void => end({ error: signal.reason });
  signal.addEventListener('abort', aborted, { once: true });
  const stop = pushed.begin({
    row(values) {
      rows.push(values);
      if (rows.length >= AHEAD) pushed.pause();
      if (rows.length === SLICE) wake();
    },
    ended: () => end({}),
    failed: (error) => end({ error }),
  });
  try {
    for (;;) {
      const ended = state as { readonly error?: unknown } | null;
      if (ended !== null && 'error' in ended) throw ended.error;
      if (rows.length >= SLICE || (ended !== null && rows.length > 0)) {
        const slice = { rows };
        rows = [];
        pushed.resume();
        yield slice;
      } else if (ended !== null) return;
      else {
        const late = setTimeout(() => end({ error: silent(timeoutMs) }), timeoutMs);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        clearTimeout(late);
      }
    }
  } finally {
    stop();
    signal.removeEventListener('abort', aborted);
    const ended = state as { readonly error?: unknown } | null;
    if (ended === null || 'error' in ended) pushed.giveUp();
  }
}
