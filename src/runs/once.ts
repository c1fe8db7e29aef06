/**
 * What is asked for with an id is done once: asked again, by a double click, or by somebody who heard no answer, it gives what came of it
 * the first time. Kept for two days.
 */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { type Fault, Interrupted, RollcallError, toFault } from '#core/errors';
import type { Claim, RunId, Store } from '#store/contract';
import type { Services } from './model.ts';
import { isHeldBySomebody, withLease } from './schedule/lease.ts';
import { pause } from './schedule/pause.ts';

/** Between two looks whether somebody else has done it. */
const LOOK_MS = 500;
const KEPT_MS = 2 * 86_400_000;

export interface Asked {
  readonly id: string;
  /** All that says what is to be done. */
  readonly what: object;
  readonly by: string;
}

/** What came of it; an empty text where nothing was begun. */
type Outcome<T> = { readonly answer: T } | { readonly fault: Fault };

/**
 * `work` calls `begun` with its run before anything is done. Errors: as of `work`, the first time and ever after; `conflict` where the id
 * was used for something else, or the process that worked on it is gone; Interrupted.
 */
export async function once<T>(
  { id, what, by }: Asked,
  { store: { claims, runs }, wall, signal = new AbortController().signal }: Pick<Services, 'store' | 'wall' | 'signal'>,
  work: (begun: (run: RunId) => Promise<void>) => Promise<T>,
): Promise<T> {
  const detail = canonicalJson({ by, what: sha256Hex(canonicalJson(what)) });
  for (;;) {
    const claim = await claims.get('request', id);
    if (claim !== null && claim.detail !== detail)
      throw new RollcallError('conflict', 'this request id was used for something else', {
        remedy: 'ask with an id of its own for each thing that is to be done',
      });
    if (claim?.outcome) return answerOf(JSON.parse(claim.outcome) as Outcome<T>);
    if (claim !== null && isHeldBySomebody(claim, wall())) {
      if (!(await pause(LOOK_MS, signal)))
        throw new Interrupted('ended while it waited for what was asked for before: that goes on, or is asked for again');
      continue;
    }
    if (claim?.run) throw await lost(claim, runs);
    const at = wall();
    const wanted = { kind: 'request', name: id, seen: claim?.number ?? 0, at, detail, forgetBefore: at - KEPT_MS } as const;
    const done = await withLease(wanted, claims, { wall, pause }, (begun) => noted(work, begun));
    if (done === null) continue;
    if ('error' in done.answer) throw done.answer.error;
    return done.answer.answer;
  }
}

async function noted<T>(
  work: (begun: (run: RunId) => Promise<void>) => Promise<T>,
  begun: (run: RunId) => Promise<void>,
): Promise<{ readonly outcome: string; readonly answer: { readonly answer: T } | { readonly error: unknown } }> {
  let isBegun = false;
  try {
    const answer = await work(async (run) => {
      isBegun = true;
      await begun(run);
    });
    return { outcome: JSON.stringify({ answer } satisfies Outcome<T>), answer: { answer } };
  } catch (error) {
    return { outcome: isBegun ? JSON.stringify({ fault: toFault(error) } satisfies Outcome<T>) : '', answer: { error } };
  }
}

function answerOf<T>(outcome: Outcome<T>): T {
  if ('answer' in outcome) return outcome.answer;
  const { kind, message, where, remedy } = outcome.fault;
  throw new RollcallError(kind, message, remedy === undefined ? { where } : { where, remedy });
}

async function lost({ run }: Claim, runs: Store['runs']): Promise<RollcallError> {
  const row = await runs.get(run!);
  const state =
    row === null ? 'which is not kept any more' : row.status === 'running' ? 'which did not end' : `which ended as ${row.status}`;
  return new RollcallError('conflict', `this was begun as run ${run}, ${state}: the process that worked on it is gone`, {
    remedy: `look at it with 'rollcall run show ${run}', and ask again with another id for what is still to be done`,
  });
}
