/** How long the oldest of what is to be worked out again has waited: rows have a number and no time, so the times of numbers are noted. */

export interface Ages {
  /** `oldest`: a seq that waits, null for none; `newest`: the last one given. Answers ms at most since it was given, 0 for none. */
  look(oldest: number | null, newest: number, now: number): number;
}

/** Notes kept: of a queue that stands still for longer, the time since the first of them is said. */
const MOST = 10_000;

/** What was there before the first look is as old as that. */
export function createAges(): Ages {
  const noted: { readonly seq: number; readonly at: number }[] = [];
  return {
    look(oldest, newest, now) {
      if ((noted.at(-1)?.seq ?? -1) < newest) noted.push({ seq: newest, at: now });
      // The first note that has it is the earliest time at which it is known to have been there.
      const since = oldest === null ? noted.length - 1 : noted.findIndex(({ seq }) => seq >= oldest);
      noted.splice(0, Math.max(0, since, noted.length - MOST));
      return oldest === null ? 0 : Math.max(0, now - noted[0]!.at);
    },
  };
}
