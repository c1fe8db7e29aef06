/** Collects what a read had to leave out. Nothing left out stops the read; but then it proves no absence (SEMANTICS 6). */
import type { Fault } from '#core/errors';

/** So many are told one by one; a file in the wrong encoding would tell a million. */
const TOLD = 100;

export interface Skipped {
  /** `what`: the things counted, such as `rows`. */
  add(fault: Fault): void;
  readonly count: number;
  /** Why the read is not complete; undefined when nothing was left out. */
  reason(): Fault | undefined;
}

export function skippedIn(file: string, what: string, warn: (fault: Fault) => void): Skipped {
  let count = 0;
  let first: Fault | undefined;
  return {
    get count() {
      return count;
    },
    add(fault) {
      const told = { ...fault, where: { file, ...fault.where } };
      first ??= told;
      if (++count <= TOLD) warn(told);
    },
    reason() {
      if (first === undefined || count === 1) return first;
      return { ...first, message: `${count} ${what} of ${file} were left out; the first: ${first.message}` };
    },
  };
}
