/**
 * What the gates count of memberships (SEMANTICS 8): all of a target together, and each group by itself, so that no group is
 * emptied in slices that are small among all memberships.
 */
import type { EdgePosition, EdgeRow, GroupLoss } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { createFilling } from './creation.ts';
import type { Tripped } from './hold-notice.ts';
import { MOST_UNSHOWN } from './parked.ts';

const PAGE = 2_000;
/** One group losing more than half of this many members. */
const GROUP_SIZE = 10;

interface Losing {
  readonly stagedId: number;
  readonly attribute: string;
  pending: number;
}

export interface MemberTally {
  /** Of the memberships that nobody has decided about yet. */
  readonly digests: readonly string[];
  /** How many of them are counted as sent already. */
  readonly counted: number;
  /** The first group that would lose more than half of its members. */
  readonly emptied: Tripped | null;
  /** Of those left out of a first plan. */
  readonly leftOut: readonly string[];
}

export async function tallyMembers(context: EngineContext, connection: EngineConnection, since: number): Promise<MemberTally> {
  const digests: string[] = [];
  const leftOut: string[] = [];
  let alreadySent = 0;
  const losing = new Map<string, Losing>();
  const filling = createFilling(context);
  for (let after: EdgePosition | null = null; ; ) {
    const page: readonly EdgeRow[] = await context.store.exports.pendingEdges(connection.name, { after, limit: PAGE });
    const comers = page.filter(({ state }) => state === 'add');
    await filling.look(
      comers.map((edge) => edge.stagedId),
      (ids) => context.store.spaces.byIds(ids),
    );
    for (const edge of page) {
      const { stagedId, attribute, key, state, sends, counted } = edge;
      if (sends >= MOST_UNSHOWN) continue;
      const { decided } = filling.decided(edge);
      if (decided === 'held') leftOut.push(`${stagedId}:${attribute}:${key}:${state}`);
      if (decided !== null) continue;
      digests.push(`${stagedId}:${attribute}:${key}:${state}`);
      if (counted) alreadySent++;
      if (state !== 'remove' || counted) continue;
      const group = losing.get(`${stagedId}:${attribute}`) ?? { stagedId, attribute, pending: 0 };
      group.pending++;
      losing.set(`${stagedId}:${attribute}`, group);
    }
    if (page.length < PAGE) break;
    after = page[page.length - 1]!;
  }
  const losses = losing.size === 0 ? [] : await context.store.exports.groupLosses([...losing.values()], since);
  const emptied = losses.map(emptiedBy).find((tripped) => tripped !== null) ?? null;
  return { digests, counted: alreadySent, emptied, leftOut };
}

/** More than half of the members it had before it began to lose them; of a group that was small then, of all that it was given since. */
export function emptiedBy({ pending, removed, added, members }: GroupLoss): Tripped | null {
  const lost = pending + removed;
  const first = members + removed - added;
  const size = first < GROUP_SIZE ? members + removed : first;
  return size >= GROUP_SIZE && lost * 2 > size ? { count: lost, sent: removed, limit: Math.floor(size / 2) } : null;
}
