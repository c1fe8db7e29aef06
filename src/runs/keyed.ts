/**
 * What is asked for with a key of whoever asks (Idempotency-Key, draft-ietf-httpapi-idempotency-key-header) is done once, and never twice:
 * asked again it gives the answer of then. Kept for a day, locked with the key, of which the store has a hash.
 */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { type ErrorKind, type Fault, RollcallError, toFault } from '#core/errors';
import { lock, unlock } from '#core/locked';
import type { Services } from './model.ts';
import { isHeldBySomebody, withLease } from './schedule/lease.ts';
import { pause } from './schedule/pause.ts';

export const KEYS_KEPT_MS = 86_400_000;
const MOST_KEPT = 65_536;

export interface Keyed {
  readonly key: string;
  /** Whose key it is: others have the same one for something else. */
  readonly caller: string;
  /** All that says what is to be done. */
  readonly what: object;
  /** The answer holds a secret that is shown once: it is not kept, however well it is locked. */
  readonly isSecret: boolean;
}

/**
 * `other`: the key was used for something else; `working`: that goes on; `lost`: nobody knows whether it was done; `unkept`: it was done,
 * and its answer is not kept.
 */
export type KeyedAnswer =
  | { readonly state: 'done'; readonly answer: unknown; readonly again: boolean }
  | { readonly state: 'other' | 'working' | 'lost' | 'unkept' };

/** An empty text: it was refused with nothing done, and may be asked for again. */
type Outcome = { readonly locked: string } | { readonly unkept: true };
type Came = { readonly answer: unknown } | { readonly error: unknown };
type Ended = { readonly answer: unknown } | { readonly fault: Fault };

/** With one of these nothing was begun. */
const REFUSED: ReadonlySet<ErrorKind> = new Set(['invalidValue', 'notFound', 'permission', 'authentication', 'rateLimited']);

/** Errors: as of `work`, the first time and ever after, but for those that say that nothing was done. */
export async function answeredOnce(
  asked: Keyed,
  services: Pick<Services, 'store' | 'wall'>,
  work: () => Promise<unknown>,
): Promise<KeyedAnswer> {
  const { key, caller, what, isSecret } = asked;
  const { wall } = services;
  const { claims } = services.store;
  const name = sha256Hex(canonicalJson([caller, key]));
  const detail = sha256Hex(canonicalJson(what));
  const at = wall();
  const claim = await claims.get('answer', name);
  if (claim !== null && claim.at > at - KEYS_KEPT_MS) {
    if (claim.detail !== detail) return { state: 'other' };
    if (isHeldBySomebody(claim, at)) return { state: 'working' };
    if (claim.outcome === null) return { state: 'lost' };
    if (claim.outcome !== '') return answerOf(JSON.parse(claim.outcome) as Outcome, key);
  }
  const kept = (ended: Ended): string => {
    const text = JSON.stringify(ended);
    const isUnkept = text.length > MOST_KEPT || (isSecret && 'answer' in ended);
    return JSON.stringify((isUnkept ? { unkept: true } : { locked: lock(text, key) }) satisfies Outcome);
  };
  const wanted = { kind: 'answer', name, seen: claim?.number ?? 0, at, detail, forgetBefore: at - KEYS_KEPT_MS } as const;
  const done = await withLease(
    wanted,
    claims,
    { wall, pause },
    async (): Promise<{ readonly outcome: string; readonly answer: Came }> => {
      try {
        const answer = await work();
        return { outcome: kept({ answer }), answer: { answer } };
      } catch (error) {
        const fault = toFault(error);
        return { outcome: REFUSED.has(fault.kind) ? '' : kept({ fault }), answer: { error } };
      }
    },
  );
  // Somebody else was quicker, or what was kept for a day is gone only now.
  if (done === null) return await answeredOnce(asked, services, work);
  if ('error' in done.answer) throw done.answer.error;
  return { state: 'done', answer: done.answer.answer, again: false };
}

function answerOf(outcome: Outcome, key: string): KeyedAnswer {
  const text = 'locked' in outcome ? unlock(outcome.locked, key) : null;
  if (text === null) return { state: 'unkept' };
  const ended = JSON.parse(text) as Ended;
  if ('answer' in ended) return { state: 'done', answer: ended.answer, again: true };
  const { kind, message, where, remedy } = ended.fault;
  throw new RollcallError(kind, message, remedy === undefined ? { where } : { where, remedy });
}
