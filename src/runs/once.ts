/**
 * What is asked for with a key of whoever asks (a request id; Idempotency-Key, draft-ietf-httpapi-idempotency-key-header) is done once:
 * asked again, by a double click, or by somebody who heard no answer, it gives what came of it the first time. Kept for two days, locked
 * with the key, of which the store has a hash.
 */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { type ErrorKind, type Fault, Interrupted, RollcallError, toFault } from '#core/errors';
import { lock, unlock } from '#core/locked';
import { fromFault, WrongCommand } from '#core/unknown-name';
import type { RunId, Store } from '#store/contract';
import type { Services } from './model.ts';
import { isHeldBySomebody, withLease } from './schedule/lease.ts';
import { pause } from './schedule/pause.ts';

export const KEPT_MS: number = 2 * 86_400_000;
/** Characters. */
const MOST_KEPT = 65_536;
/** Between two looks whether somebody else has done it. */
const LOOK_MS = 500;

export interface Asked {
  readonly key: string;
  /** Whose key it is: others have the same one for something else. */
  readonly caller: string;
  /** All that says what is to be done. */
  readonly what: object;
}

interface How {
  /** It says with `begun` when something is done that is not to be done twice: what ended before that is done anew. */
  readonly saysBegun: boolean;
  /** The answer holds a secret that is shown once: it is not kept, however well it is locked. */
  readonly isSecret: boolean;
}

/**
 * `other`: the key was used for something else; `working`: that goes on; `lost`: nobody knows whether it was done; `unkept`: it was done,
 * and its answer is not kept. `run`: as which it was begun, where it said so.
 */
export type Answered<T = unknown> =
  | { readonly state: 'done'; readonly answer: T; readonly again: boolean }
  | { readonly state: 'other' }
  | { readonly state: 'working' }
  | { readonly state: 'lost' | 'unkept'; readonly run: RunId | null };

type Begun = (run: RunId) => Promise<void>;
/** An empty text: nothing was done, and it may be asked for again. */
type Outcome = { readonly locked: string } | { readonly unkept: true };
type Came<T> = { readonly answer: T } | { readonly error: unknown };
type Ended<T> = { readonly answer: T } | { readonly fault: Fault; readonly wrong: boolean };

/** With one of these nothing was begun. */
const REFUSED: ReadonlySet<ErrorKind> = new Set(['invalidValue', 'notFound', 'permission', 'authentication', 'rateLimited']);

/** `work` calls `begun` with its run before anything is done. Errors: as of `work`, the first time and ever after, but where nothing was done. */
export async function answeredOnce<T>(
  asked: Asked & How,
  services: Pick<Services, 'store' | 'wall'>,
  work: (begun: Begun) => Promise<T>,
): Promise<Answered<T>> {
  const { key, caller, what, saysBegun, isSecret } = asked;
  const { wall } = services;
  const { claims } = services.store;
  const name = sha256Hex(canonicalJson([caller, key]));
  const detail = sha256Hex(canonicalJson(what));
  const at = wall();
  const claim = await claims.get('request', name);
  if (claim !== null && claim.at > at - KEPT_MS) {
    const { outcome, run } = claim;
    if (claim.detail !== detail) return { state: 'other' };
    if (isHeldBySomebody(claim, at)) return { state: 'working' };
    if (outcome === null && !(saysBegun && run === null)) return { state: 'lost', run };
    if (outcome) return answerOf<T>(JSON.parse(outcome) as Outcome, key, run);
  }
  const kept = (ended: Ended<T>): string => {
    const text = JSON.stringify(ended);
    const isUnkept = text.length > MOST_KEPT || (isSecret && 'answer' in ended);
    return JSON.stringify((isUnkept ? { unkept: true } : { locked: lock(text, key) }) satisfies Outcome);
  };
  const wanted = { kind: 'request', name, seen: claim?.number ?? 0, at, detail, forgetBefore: at - KEPT_MS } as const;
  const done = await withLease(
    wanted,
    claims,
    { wall, pause },
    async (begins): Promise<{ readonly outcome: string; readonly answer: Came<T> }> => {
      let isBegun = false;
      const begun = async (run: RunId): Promise<void> => {
        isBegun = true;
        await begins(run);
      };
      try {
        const answer = await work(begun);
        return { outcome: kept({ answer }), answer: { answer } };
      } catch (error) {
        const fault = toFault(error);
        const isUndone = !isBegun && (saysBegun || REFUSED.has(fault.kind));
        return { outcome: isUndone ? '' : kept({ fault, wrong: error instanceof WrongCommand }), answer: { error } };
      }
    },
  );
  // Somebody else was quicker, or what was kept is gone only now.
  if (done === null) return await answeredOnce(asked, services, work);
  if ('error' in done.answer) throw done.answer.error;
  return { state: 'done', answer: done.answer.answer, again: false };
}

/**
 * As `answeredOnce` of work that says when it begins; whoever asks while it goes on waits for it. Errors: also `conflict` where the key was
 * used for something else, the process that worked on it is gone, or its answer is not kept; Interrupted.
 */
export async function once<T>(
  asked: Asked,
  services: Pick<Services, 'store' | 'wall' | 'signal'>,
  work: (begun: Begun) => Promise<T>,
): Promise<Extract<Answered<T>, { state: 'done' }>> {
  const { signal = new AbortController().signal, store } = services;
  for (;;) {
    const answered = await answeredOnce({ ...asked, saysBegun: true, isSecret: false }, services, work);
    if (answered.state === 'done') return answered;
    if (answered.state !== 'working') throw await noAnswer(answered, store.runs);
    if (!(await pause(LOOK_MS, signal)))
      throw new Interrupted('ended while it waited for what was asked for before: that goes on, or is asked for again');
  }
}

function answerOf<T>(outcome: Outcome, key: string, run: RunId | null): Answered<T> {
  const text = 'locked' in outcome ? unlock(outcome.locked, key) : null;
  if (text === null) return { state: 'unkept', run };
  const ended = JSON.parse(text) as Ended<T>;
  if ('fault' in ended) throw fromFault(ended.fault, ended.wrong);
  return { state: 'done', answer: ended.answer, again: true };
}

async function noAnswer(answered: Exclude<Answered, { state: 'done' | 'working' }>, runs: Store['runs']): Promise<RollcallError> {
  if (answered.state === 'other')
    return new RollcallError('conflict', 'this request id was used for something else', {
      remedy: 'ask with an id of its own for each thing that is to be done',
    });
  const { state, run } = answered;
  const again = 'ask again with another id for what is still to be done';
  if (run === null) return new RollcallError('conflict', 'this was done, and its answer is not kept', { remedy: again });
  const row = await runs.get(run);
  const how =
    row === null ? 'which is not kept any more' : row.status === 'running' ? 'which did not end' : `which ended as ${row.status}`;
  const why = state === 'lost' ? 'the process that worked on it is gone' : 'its answer is too long to be kept';
  return new RollcallError('conflict', `this was begun as run ${run}, ${how}: ${why}`, {
    remedy: `look at it with 'rollcall run show ${run}', and ${again}`,
  });
}
