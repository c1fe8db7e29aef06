/**
 * What one process at a time works on, over all that share the store: a schedule that is due, a request that is to be carried out once,
 * and what was answered (SEMANTICS 16), somebody who is told of what is amiss, a connection
 * that somebody said has changed. Whoever takes one gets a number, one higher than the last; with an older number nothing is noted any more. It is
 * theirs until the lease is over, which they put off while they work, and somebody else's then. Times are in ms.
 */
import type { RunId } from './ids.ts';

export type ClaimKind = 'schedule' | 'request' | 'notify' | 'wake';

export interface Claim {
  readonly kind: ClaimKind;
  readonly name: string;
  readonly number: number;
  /** Of a schedule: up to when its times are seen to. Of a request: when it was asked for. Of who is told: when that was looked at. Of what changed: when that was said. */
  readonly at: number;
  /** End of the lease; null = it is over. */
  readonly until: number | null;
  /** What it was taken for: text that only `runs` writes and reads; of who is told, what stands and was told, and only `notify`. */
  readonly detail: string;
  readonly run: RunId | null;
  /** What came of it, likewise. */
  readonly outcome: string | null;
  readonly endedAt: number | null;
}

export interface ClaimOperations {
  get(kind: ClaimKind, name: string): Promise<Claim | null>;
  /** All of a kind, by name. */
  list(kind: ClaimKind): Promise<readonly Claim[]>;
  /**
   * Takes it, where nobody has since `seen`, the number that was found there (0: there was none). Answers the new number, or null.
   * Without a lease nothing is begun, and what is known of the last run stays. `forgetBefore`: of its kind, what was over before then
   * goes, a hundred at a time.
   */
  take(what: {
    readonly kind: ClaimKind;
    readonly name: string;
    readonly seen: number;
    readonly at: number;
    readonly until: number | null;
    readonly detail: string;
    readonly forgetBefore?: number;
  }): Promise<number | null>;
  /** Puts the end of the lease off, and notes the run once there is one. False: somebody else has it by now, or it is over. */
  keep(what: {
    readonly kind: ClaimKind;
    readonly name: string;
    readonly number: number;
    readonly until: number;
    readonly run: RunId | null;
  }): Promise<boolean>;
  /** False: somebody else has it by now. */
  end(what: {
    readonly kind: ClaimKind;
    readonly name: string;
    readonly number: number;
    readonly outcome: string;
    readonly endedAt: number;
  }): Promise<boolean>;
}
