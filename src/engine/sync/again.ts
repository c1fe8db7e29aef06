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
  /** Objects that came out otherwise than others had read them ahead of their turn. */
  readonly beliedRows: StagedRow[];
  readonly beliedKeys: StagedKey[];
  /** What refers to known objects whose account appeared, was renamed or is gone. */
  readonly movedRows: StagedRow[];
  readonly movedKeys: StagedKey[];
  /** Where somebody else had a turn: the same of new objects. */
  readonly newRows: StagedRow[];
  readonly newKeys: StagedKey[];
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
    beliedRows: [],
    beliedKeys: [],
    movedRows: [],
    movedKeys: [],
    newRows: [],
    newKeys: [],
  };
}

export async function again(context: EngineContext, generation: Generation, told: Told): Promise<DirtyRange[]> {
  const dirty = [...accountsOf(generation, told), ...(await membershipsAgain(context, generation, told))];
  const { add, remove, movedRows, movedKeys, hopTo, hopKeys } = told;
  // Objects of this generation know what is linked in it, and read its new values (scope.ts), unless somebody else worked them out.
  const unaware = (id: ObjectId): boolean => !generation.workedOut.has(id) || generation.elsewhere.has(id);
  // The link pass tried the keys of new objects itself.
  const { tried = [], untried = [] } = Object.groupBy(add, (key) => (generation.newKeys.has(keyText(key)) ? 'tried' : 'untried'));
  // Keys that newly name an object, or name it no more, were looked for by references too.
  if (movedRows.length + untried.length + remove.length > 0)
    for (const id of await referrersOf(context, generation, movedRows, [...untried, ...remove, ...movedKeys]))
      dirty.push(looksAgain(id, 'reference'));
  if (generation.disturbed)
    for (const id of await referrersOf(context, generation, told.linked, tried))
      if (unaware(id)) dirty.push(looksAgain(id, 'reference'));
  if (hopTo.length > 0)
    for (const id of await referrersOf(context, generation, hopTo, hopKeys))
      if (unaware(id) || readsUnique(context)) dirty.push(looksAgain(id, 'reference'));
  if (told.beliedRows.length > 0)
    for (const id of await referrersOf(context, generation, told.beliedRows, told.beliedKeys))
      dirty.push(looksAgain(id, 'reference'));
  // Who waited for, or was parked over, a key that changed.
  const published = [...(generation.disturbed ? add : untried), ...remove];
  const waiting = new Set(published.length > 0 ? await context.store.sync.waiting(published) : []);
  for (const key of published) for (const id of generation.waitingFor.get(keyText(key)) ?? []) waiting.add(id);
  for (const id of waiting) dirty.push({ subject: 'staged', from: id, to: id, cause: 'key' });
  for (const id of await sharers(context, generation, add, remove)) dirty.push(looksAgain(id, 'key'));
  dirty.push(...(await staleAgain(context, generation)));
  tellOthers(context, generation, [...add, ...remove], told.written);
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
  { movedRows, movedKeys, newRows, newKeys }: Told,
): Promise<DirtyRange[]> {
  if (movedRows.length + newRows.length === 0) return [];
  return (await membershipsOf(context, generation, [...movedRows, ...newRows], [...movedKeys, ...newKeys])).map(
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
