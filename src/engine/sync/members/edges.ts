/** Edges as sync decides them: kept, added, taken back, owed; and their way to the store. */
import type { EdgeRow, EdgeWrite } from '#store/contract';
import type { EngineContext } from '../../context.ts';
import type { Kept } from './groups.ts';

/** Edges read at a time. */
export const PAGE = 5_000;
/** Edges of one commit: about 8 ms of the writer. */
const SLICE = 800;

/** A group that is to be made, again where it was deleted there: nobody is in it, whatever was seen before. */
const isEmpty = ({ row }: Kept): boolean => row.presence === 'pending';

/** A membership that is wanted and there, as `text`: a removal that was decided is taken back. */
export function keep(kept: Kept, edge: EdgeRow, text: string): EdgeWrite | null {
  if (isEmpty(kept)) return edge.state === 'add' ? null : add(kept, edge.key, text);
  if (edge.state !== 'remove') return null;
  // One on its way may be gone already.
  return { ...edge, state: edge.sentAt === null ? 'seen' : 'add' };
}

/** A membership that nobody wants: taken back when never sent, removed when the flow decides about it. */
export function drop(kept: Kept, edge: EdgeRow): EdgeWrite | null {
  if (isEmpty(kept) && edge.state !== 'add') return { ...edge, state: 'drop' };
  const decides = kept.flow.values === 'all' || (kept.flow.values === 'byOrigin' && kept.row.origin !== 'adopted');
  if (edge.state === 'remove' || !(decides || edge.ours)) return null;
  // One on its way may be there already.
  return { ...edge, state: edge.state === 'add' && edge.sentAt === null ? 'drop' : 'remove' };
}

export function add(kept: Kept, key: string, text: string): EdgeWrite {
  return { stagedId: kept.row.id, attribute: kept.flow.attribute, key, text, state: 'add', ours: true, debtSince: null };
}

/** Which memberships of a source cannot be carried: nobody known has the key, or she has no account in a target yet (debt). */
export class Owed {
  readonly #edges = new Map<string, { edge: EdgeRow; owed: boolean }>();

  /** Owed in one target is owed. */
  note(edge: EdgeRow, owed: boolean): void {
    const key = `${edge.stagedId} ${edge.attribute} ${edge.key}`;
    const known = this.#edges.get(key);
    if (known) known.owed ||= owed;
    else if (owed || edge.debtSince !== null) this.#edges.set(key, { edge, owed });
  }

  changes(now: number): EdgeWrite[] {
    return [...this.#edges.values()]
      .filter(({ edge, owed }) => owed !== (edge.debtSince !== null))
      .map(({ edge, owed }) => ({ ...edge, debtSince: owed ? now : null }));
  }
}

/** `most`: rows of a page, for somebody who needs few. */
export async function* edgePages(
  context: EngineContext,
  stagedId: number,
  attribute: string,
  most: number = PAGE,
): AsyncIterable<readonly EdgeRow[]> {
  const limit = Math.min(most, PAGE);
  for (let after: string | undefined; ; ) {
    const page = await context.store.spaces.edgesOf([stagedId], {
      attribute,
      limit,
      ...(after === undefined ? {} : { after }),
    });
    if (page.length > 0) yield page;
    if (page.length < limit) return;
    after = page[page.length - 1]!.key;
  }
}

export async function commitEdges(context: EngineContext, edges: readonly EdgeWrite[]): Promise<void> {
  const last = Math.floor((edges.length - 1) / SLICE);
  const commits: Promise<unknown>[] = [];
  for (let n = 0; n <= last; n++)
    commits.push(
      context.store.sync.commit({
        run: context.run,
        epoch: context.epoch,
        objects: [],
        staged: [],
        keys: { add: [], remove: [] },
        waiting: [],
        edges: edges.slice(n * SLICE, (n + 1) * SLICE),
        parked: [],
        changes: [],
        dirty: [],
        done: [],
        ...(last > 0 ? { slice: n < last ? 'more' : 'last' } : {}),
      }),
    );
  await Promise.all(commits);
}
