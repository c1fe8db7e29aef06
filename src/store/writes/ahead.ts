/**
 * Ids that are reserved ahead. A push needs a few, and asks the writer for many of them once: so many pushes ask only one another. What is
 * left of them is kept from push to push; a run that begins alone gives the ids again (beginRun), and then nothing is kept.
 */
import type { Epoch, RunId, RunOperations, SyncOperations } from '../contract.ts';
import type { Writer } from './writer.ts';

/** Reserved at one go for whoever needs no more than `FEW`. */
const [AHEAD, FEW] = [64, 32];

export interface Ahead {
  readonly begin: RunOperations['begin'];
  readonly reserve: SyncOperations['reserve'];
}

export function reservedAhead(writer: Pick<Writer, 'interactive'>): Ahead {
  const nobody = { next: 0, end: 0 };
  let kept = { object: { ...nobody }, staged: { ...nobody } };
  let epoch: Epoch = 0;
  return {
    async begin(run): Promise<{ id: RunId; epoch: Epoch }> {
      const begun = await writer.interactive('beginRun', run);
      // The next epoch is this process's own; where there was one in between, another process may have given them again.
      if (begun.unreserved || begun.epoch > epoch + 1) kept = { object: { ...nobody }, staged: { ...nobody } };
      epoch = begun.epoch;
      return { id: begun.id, epoch };
    },
    async reserve(what, n) {
      if (n > FEW) return await writer.interactive('reserve', { what, n });
      const ids = kept[what];
      while (ids.end - ids.next < n) {
        const first = await writer.interactive('reserve', { what, n: AHEAD });
        // Of what is not followed by these a few are lost: consecutive ones are wanted.
        if (first !== ids.end) ids.next = first;
        ids.end = first + AHEAD;
      }
      const first = ids.next;
      ids.next += n;
      return first;
    },
  };
}
