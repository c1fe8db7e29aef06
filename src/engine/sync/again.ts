/** Who is to be looked at again because of what a batch publishes (SEMANTICS 4). */
import type { DirtyRange, KeyRow, ObjectId, StagedKey, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { staleAgain, tellOthers } from './disturbed.ts';
import { sharers } from './doubtful.ts';
import { type Generation, keyText } from './generation.ts';
import { readsUnique } from './hops.ts';
import { membershipsOf } from './members/memberships.ts';
import { referrersOf } from './references.ts';
import type { TargetResult } from './targets.ts';

/** What the objects of one batch published, put together. */
export interface Told {
  readonly targets: TargetResult;
  /** Objects that are written, those left out not among them. */
  readonly written: ObjectId[];
  /** Keys that newly name an object, or name it no more. */
  readonly add: KeyRow[];
  readonly remove: KeyRow[];
  /** Staged objects that got their link. */
  readonly linked: StagedRow[];
  /** What refers to objects of which rules read something that changed. */
  readonly hopTo: StagedRow[];
  readonly hopKeys: StagedKey[];
  /** What refers to objects whose account appeared, was renamed or is gone. */
  readonly movedRows: StagedRow[];
  readonly movedKeys: StagedKey[];
}

export function newTold(targets: TargetResult): Told {
  return {
    targets,
    written: [],
    add: [],
    remove: [],
    linked: [],
    hopTo: [],
    hopKeys: [],
    movedRows: [],
    movedKeys: [],
  };
}

export async function again(context: EngineContext, generation: Generation, told: Told): Promise<DirtyRange[]> {
  const dirty = [...accountsOf(generation, told), ...(await membershipsAgain(context, generation, told))];
  const { add, remove, movedKeys, hopTo, hopKeys } = told;
  // The link pass tried the keys of new objects itself, unless somebody else had a turn since.
  const untried = generation.disturbed ? add : add.filter((key) => !generation.newKeys.has(keyText(key)));
  const movedRows = generation.disturbed ? [...told.movedRows, ...told.linked] : told.movedRows;
  // Keys that newly name an object, or name it no more, were looked for by references too.
  const published = [...untried, ...remove];
  if (movedRows.length + published.length > 0)
    for (const id of await referrersOf(context, generation, movedRows, [...published, ...movedKeys]))
      dirty.push(looksAgain(id, 'reference'));
  // Objects of this generation read the new values anyhow (scope.ts).
  if (hopTo.length > 0)
    for (const id of await referrersOf(context, generation, hopTo, hopKeys))
      if (!generation.ordered.has(id) || readsUnique(context)) dirty.push(looksAgain(id, 'reference'));
  // Who waited for, or was parked over, a key that changed.
  const waiting = new Set(published.length > 0 ? await context.store.sync.waiting(published) : []);
  for (const key of published) for (const id of generation.waitingFor.get(keyText(key)) ?? []) waiting.add(id);
  for (const id of waiting) dirty.push({ subject: 'staged', from: id, to: id, cause: 'key' });
  for (const id of await sharers(context, generation, add, remove)) dirty.push(looksAgain(id, 'key'));
  dirty.push(...(await staleAgain(context, generation)));
  tellOthers(context, generation, [...add, ...remove]);
  return once(dirty);
}

function looksAgain(id: ObjectId, cause: string): DirtyRange {
  return { subject: 'object', from: id, to: id, cause };
}

/** Those that refer to an object without an account, when it gets one: in this batch, in an earlier or a later one. */
function accountsOf(generation: Generation, { targets, written }: Told): DirtyRange[] {
  const dirty: DirtyRange[] = [];
  const tell = (ids: readonly ObjectId[] | undefined): void => {
    for (const id of ids ?? []) dirty.push(looksAgain(id, 'account'));
  };
  for (const id of written) {
    if (targets.again.has(id)) dirty.push(looksAgain(id, 'joins first'));
    if (targets.moved.has(id)) tell(targets.awaited.get(id));
  }
  for (const id of targets.moved) tell(generation.awaited.get(id));
  for (const [id, from] of targets.awaited) {
    generation.awaited.set(id, [...(generation.awaited.get(id) ?? []), ...from]);
    if (generation.moved.has(id)) tell(from);
  }
  for (const id of targets.moved) generation.moved.add(id);
  return dirty;
}

async function membershipsAgain(
  context: EngineContext,
  generation: Generation,
  { movedRows, movedKeys }: Told,
): Promise<DirtyRange[]> {
  if (movedRows.length === 0) return [];
  return (await membershipsOf(context, generation, movedRows, movedKeys)).map(
    ({ staged: id, attribute, key }): DirtyRange => ({
      subject: 'edge',
      from: id,
      to: id,
      cause: 'account',
      detail: `${attribute}\u001f${key}`,
    }),
  );
}

function once(dirty: readonly DirtyRange[]): DirtyRange[] {
  const seen = new Map<string, DirtyRange>();
  for (const range of dirty) seen.set(`${range.subject} ${range.from} ${range.to} ${range.detail ?? ''}`, range);
  return [...seen.values()];
}
