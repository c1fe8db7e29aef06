/**
 * What other processes handed over while this one has the tenure (docs/decisions/0012): carried out as its own pushes, in the order in
 * which it was handed over, and answered. What a process had taken when it died is staged already: it is looked at again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { RollcallError, Superseded, toFault } from '#core/errors';
import type { DirtyRange, Handed, ObjectId, SeveralOperations, StagedId } from '#store/contract';
import { type Arrival, objectOf, subjectOf } from './arrival.ts';
import type { PushReport, Refused, Stay, Taken } from './beside.ts';
import type { Services } from './model.ts';
import { lookHere, type Pushed, pushHere } from './push-run.ts';
import { type HandedRequest, parseRequest } from './request-text.ts';

/** Of the store: it passes. */
export function isOutage(error: unknown): boolean {
  return error instanceof RollcallError && error.kind === 'unavailable';
}

/** After an outage of the store. */
export const AGAIN_MS = 1_000;

/**
 * Never fails: what this process cannot carry out or note is left to whoever has the tenure next. Answers whether it is to be begun
 * once more: the store could not be asked. `goesOn`: this process still begins what is handed over.
 */
export async function carryOut(
  handed: Handed,
  several: SeveralOperations,
  services: Services,
  { left, goesOn }: Pick<Stay, 'left'> & { readonly goesOn: () => boolean },
): Promise<boolean> {
  let isTaken = handed.taken !== null;
  // What is staged and not noted would be staged again, after what came later.
  const note = async (what: Parameters<SeveralOperations['note']>[1]): Promise<void> => {
    for (;;) {
      try {
        return await several.note(handed.id, what);
      } catch (error) {
        if (!isOutage(error) || !goesOn()) throw error;
      }
      await pause(AGAIN_MS);
    }
  };
  const noteTaken = async (taken: Taken): Promise<void> => {
    await note({ taken: JSON.stringify(taken) });
    isTaken = true;
  };
  try {
    const { settled } = await begun(handed, noteTaken, services, left);
    await note({ settled: JSON.stringify((await settled) satisfies PushReport) });
    return false;
  } catch (error) {
    if (error instanceof Superseded) return false;
    if (isOutage(error)) return true;
    const refused = JSON.stringify({ refused: toFault(error) } satisfies Refused);
    return await note(isTaken ? { settled: refused } : { taken: refused, settled: refused }).then(() => false, isOutage);
  }
}

async function begun(
  handed: Handed,
  note: (taken: Taken) => Promise<void>,
  services: Services,
  left: Stay['left'],
): Promise<Pick<Pushed, 'settled'>> {
  const request = parseRequest(handed.request);
  if ('push' in request && handed.taken === null)
    return await pushHere(request.push, services, {
      alone: true,
      around: (stage) =>
        inItsPlace(left, request.push, handed.id, async () => {
          const taken = await stage();
          await note(taken);
          return taken;
        }),
    });
  const again = await lookHere(await rangesOf(request, services), byOf(request), services);
  if (handed.taken === null) await note({ run: again.run, faults: [] });
  return again;
}

/** After what was handed over before for the same object; `id`: null where it was pushed here. Errors: unavailable while that is left. */
export async function inItsPlace<T>(left: Stay['left'], pushed: Arrival, id: string | null, work: () => Promise<T>): Promise<T> {
  const object = objectOf(pushed);
  const earlier = left.get(object);
  if (earlier !== undefined && earlier !== id)
    throw new RollcallError('unavailable', 'what was pushed before it is not staged yet: the store could not be reached', {
      remedy: 'push it again',
    });
  left.delete(object);
  try {
    return await work();
  } catch (error) {
    if (id !== null && isOutage(error)) left.set(object, id);
    throw error;
  }
}

const byOf = (request: HandedRequest): string => ('push' in request ? request.push.by : request.by);

async function rangesOf(request: HandedRequest, { store }: Services): Promise<readonly DirtyRange[]> {
  if ('edited' in request) return edits(request.edited);
  const { kind, anchor } = subjectOf(request.push);
  const rows = await store.spaces.byAnchors(request.push.connection, kind, [anchor]);
  return rows.map(({ id }) => rangeOf('staged', id, 'pushed'));
}

export function edits(objects: readonly ObjectId[]): readonly DirtyRange[] {
  return objects.map((id) => rangeOf('object', id, 'edited'));
}

function rangeOf(subject: DirtyRange['subject'], id: ObjectId | StagedId, cause: string): DirtyRange {
  return { subject, from: id, to: id, cause };
}
