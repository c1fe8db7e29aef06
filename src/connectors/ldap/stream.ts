/** A search as a stream: what came since it was last asked, in pieces; the server waits while nobody asks. */
import type { Control } from '#protocols/ldap/controls';
import type { LdapEntry } from '#protocols/ldap/entry';
import type { LdapResult, ResponseControl } from '#protocols/ldap/responses';
import type { Live } from './session.ts';

export type SearchEvent =
  | { readonly type: 'entry'; readonly entry: LdapEntry; readonly bytes: number; readonly controls: readonly ResponseControl[] }
  | { readonly type: 'info'; readonly name: string; readonly value: Buffer };

/** Events kept while nobody asks; the network waits beyond. */
const MOST = 2000;

export interface Stream extends AsyncIterable<readonly SearchEvent[]> {
  /** Once the pieces have come to an end. */
  result(): LdapResult;
}

/**
 * `patient`: it has no end of its own, and silence is no fault. Pieces end with the result, with whatever broke the connection, or
 * with `signal`'s reason.
 */
export function streamOf(
  { client, decoder }: Live,
  operation: Uint8Array,
  controls: readonly Control[],
  signal: AbortSignal,
  patient = false,
): Stream {
  let end: LdapResult | undefined;
  async function* pieces(): AsyncGenerator<readonly SearchEvent[]> {
    signal.throwIfAborted();
    let kept: SearchEvent[] = [];
    let paused = false;
    let wake = (): void => undefined;
    let failed: unknown;
    const keep = (event: SearchEvent): void => {
      kept.push(event);
      if (kept.length >= MOST && !paused) {
        paused = true;
        client.pause();
      }
      wake();
    };
    const search = client.search(
      operation,
      controls,
      {
        entry(response) {
          const bytes = response.body.end - response.body.at;
          keep({ type: 'entry', entry: decoder.read(response), bytes, controls: response.controls() });
        },
        intermediate: ({ name, value }) => keep({ type: 'info', name, value: Buffer.from(value) }),
      },
      { patient },
    );
    search.result.then(
      (result) => {
        end = result;
        wake();
      },
      (error: unknown) => {
        failed = error;
        wake();
      },
    );
    const aborted = (): void => wake();
    signal.addEventListener('abort', aborted);
    try {
      for (;;) {
        if (kept.length === 0 && end === undefined && failed === undefined && !signal.aborted)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        signal.throwIfAborted();
        const events = kept;
        kept = [];
        if (paused) {
          paused = false;
          client.resume();
        }
        if (events.length > 0) yield events;
        else if (failed !== undefined) throw failed;
        else if (end !== undefined) return;
      }
    } finally {
      signal.removeEventListener('abort', aborted);
      if (paused) client.resume();
      if (end === undefined) search.abandon();
    }
  }
  return {
    [Symbol.asyncIterator]: pieces,
    result: () => end!,
  };
}
