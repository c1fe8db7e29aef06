/** Who decides, and why: asked for by every decision. */
import { RollcallError } from '#core/errors';
import type { MemberSources } from '#runs/reasons';
import type { ObjectRow, Store } from '#store/contract';

export interface Decider {
  readonly by: string;
  readonly reason: string;
  /** Wall clock, ms. */
  readonly at: number;
}

export interface Surroundings {
  readonly store: Store;
  readonly config: { readonly connections: readonly { readonly name: string; readonly exports: { readonly size: number } }[] };
}

/** For decisions that a gate may stop. */
export interface GatedSurroundings {
  readonly store: Store;
  /** What whoever decides sees of a name; left out: all of it. */
  readonly called?: (person: ObjectRow) => string;
  readonly config: {
    readonly connections: readonly (Surroundings['config']['connections'][number] & {
      readonly gates: ReadonlyMap<string, { readonly percent: number; readonly count: number }>;
      readonly imports: ReadonlyMap<string, { readonly from: string; readonly many: boolean }>;
    })[];
  };
}

/** For what waits: a new group is shown with its members. */
export type ShownSurroundings = Surroundings & { readonly config: MemberSources };

const LONGEST = 2_000;

/** Errors: invalidValue when the name or the reason is empty. */
export function checked(decider: Decider): Decider {
  const by = decider.by.trim();
  const reason = decider.reason.trim();
  if (by === '' || reason === '') {
    throw new RollcallError('invalidValue', 'A decision needs a name and a reason.', {
      remedy: "Give both, such as --as 'Ada Lovelace' --reason 'checked the list with HR'.",
    });
  }
  if (by.length > LONGEST || reason.length > LONGEST) {
    throw new RollcallError('invalidValue', `A name or a reason has at most ${LONGEST} characters.`);
  }
  return { by, reason, at: decider.at };
}
