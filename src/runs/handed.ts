/**
 * What other processes handed over while this one has the tenure (docs/decisions/0012): carried out as its own pushes, in the order in
 * which it was handed over, and answered. What a process had taken when it died is staged already: it is looked at again.
 */
import { RollcallError, Superseded, toFault } from '#core/errors';
import type { DirtyRange, Handed, ObjectId, SeveralOperations, StagedId } from '#store/contract';
import type { PushReport, Refused, Taken } from './beside.ts';
import type { Services } from './model.ts';
import { lookHere, type Pushed, pushHere } from './push-run.ts';
import { type HandedRequest, parseRequest } from './request-text.ts';

/** Of the store: it passes. */
export function isOutage(error: unknown): boolean {
  return error instanceof RollcallError && error.kind === 'unavailable';
}

/** Never fails: what this process cannot carry out or note is left to whoever has the tenure next. */
export async function carryOut(handed: Handed, several: SeveralOperations, services: Services): Promise<void> {
  let isTaken = handed.taken !== null;
  const note = async (taken: Taken): Promise<void> => {
    await several.note(handed.id, { taken: JSON.stringify(taken) });
    isTaken = true;
  };
  try {
    const { settled } = await begun(handed, note, services);
    await several.note(handed.id, { settled: JSON.stringify((await settled) satisfies PushReport) });
  } catch (error) {
    if (error instanceof Superseded || isOutage(error)) return;
    const refused = JSON.stringify({ refused: toFault(error) } satisfies Refused);
    const what = isTaken ? { settled: refused } : { taken: refused, settled: refused };
    await several.note(handed.id, what).catch(() => undefined);
  }
}

async function begun(
  handed: Handed,
  note: (taken: Taken) => Promise<void>,
  services: Services,
): Promise<Pick<Pushed, 'settled'>> {
  const request = parseRequest(handed.request);
  if ('push' in request && handed.taken === null) return await pushHere(request.push, services, note);
  const again = await lookHere(await rangesOf(request, services), byOf(request), services);
  if (handed.taken === null) await note({ run: again.run, faults: [] });
  return again;
}

const byOf = (request: HandedRequest): string => ('push' in request ? request.push.by : request.by);

async function rangesOf(request: HandedRequest, { store }: Services): Promise<readonly DirtyRange[]> {
  if ('edited' in request) return edits(request.edited);
  const { connection, change } = request.push;
  const rows = await store.spaces.byAnchors(connection, change.kind, [change.anchor]);
  return rows.map(({ id }) => rangeOf('staged', id, 'pushed'));
}

export function edits(objects: readonly ObjectId[]): readonly DirtyRange[] {
  return objects.map((id) => rangeOf('object', id, 'edited'));
}

function rangeOf(subject: DirtyRange['subject'], id: ObjectId | StagedId, cause: string): DirtyRange {
  return { subject, from: id, to: id, cause };
}
