/** What Rollcall remembers of an account's last steps, of values that were undone, and of writes that nobody answered. */
import { canonicalJson } from '#core/canonical';
import type { Blob, Value } from '#core/values';

export interface Undone {
  /** What was written. */
  readonly ours: Value;
  /** How often in a row it did not arrive, or was found changed by the next look after it was written. */
  readonly times: number;
  /** When that was found, or it was written again (ms). */
  readonly at: number;
  /** Since then it was there as it was written. */
  readonly arrived?: true;
}

export interface Steps {
  /** The disable was decided at (ms); absent when somebody else disabled it. */
  readonly disabledAt?: number;
  /** It was seen in the target at (ms): grace starts here (SEMANTICS 5). */
  readonly confirmedAt?: number;
  /** By attribute what did not stay as it was written. */
  readonly undone?: { readonly [attribute: string]: Undone };
  /**
   * Its create, which a person had approved, was done at (ms), in that run; only where what is made refers to others. `members`: of
   * a group, with how many it was shown.
   */
  readonly approved?: { readonly at: number; readonly run: number; readonly members?: number };
  /** How many candidates for a generated value the target answered were taken, one after the other. */
  readonly conflicts?: number;
  /** By attribute what may have been written (import/unanswered.ts). */
  readonly unanswered?: { readonly [attribute: string]: readonly Value[] };
  /** By attribute the photo that was sent last, and by name what it was made of (core/photo). */
  readonly made?: { readonly [attribute: string]: { readonly of: string; readonly as: Blob } };
}

const NONE: Steps = {};

export function parseSteps(text: string | null): Steps {
  return text === null ? NONE : (JSON.parse(text) as Steps);
}

export function stepsText(steps: Steps): string | null {
  return Object.keys(steps).length === 0 ? null : canonicalJson(steps);
}
