/** What is amiss from run to run until somebody mends it: every run says so at its end. */
import { grouped } from '#core/text';
import type { EngineContext } from '#engine/index';
import { isHeld } from './cycle.ts';
import { unignored } from './ignored.ts';

const PAGE = 1_000;

/** What is gone, or was emptied unseen, is only found out by a complete read: one that is due and did not come is told (SEMANTICS 6). */
export function noticeOverdue(context: EngineContext): void {
  for (const connection of context.connections) {
    const { lastCompleteRead: at = null, lastRead = null } = context.states.get(connection.name) ?? {};
    if (isHeld(context, connection)) continue;
    const remedy = `rollcall run ${connection.name} --profile full-import`;
    // Why a read of this run is not complete was told with it.
    if (at === null && lastRead !== null && lastRead < context.now)
      context.notice(
        'staleRead',
        connection.name,
        `${connection.name} was never read completely: nobody is taken as gone there${connection.exports.size > 0 ? ', and nobody is given an account' : ''}`,
        remedy,
      );
    if (at === null || context.now - at <= connection.fullReadEveryMs) continue;
    context.notice(
      'staleRead',
      connection.name,
      `${connection.name} was last read completely ${timeIn(context.now - at)} ago, and should be every ${timeIn(connection.fullReadEveryMs)}; what is gone there since is not known`,
      remedy,
    );
  }
}

/** Parked items that every run tells of, until they are mended: what is amiss with one, and with several. */
const TOLD = {
  notConverging: {
    one: 'one value that Rollcall writes is changed back every time, and not written any more',
    several: 'values that Rollcall writes are changed back every time, and not written any more',
    remedy: 'rollcall parked --kind notConverging shows both sides',
  },
  enabledByHand: {
    one: 'one account of somebody who left was enabled by hand, and is left so',
    several: 'accounts of people who left were enabled by hand, and are left so',
    remedy: 'rollcall parked --kind enabledByHand shows whose',
  },
} as const;

/** Values that were changed back as often as Rollcall wrote them (SEMANTICS 9), and leavers who can sign in (11), without those that somebody said to ignore. */
export async function noticeParked(context: EngineContext): Promise<void> {
  const { decisions } = context.store;
  for (const { kind, connection } of await decisions.parkedCounts()) {
    if ((kind !== 'notConverging' && kind !== 'enabledByHand') || connection === null) continue;
    let count = 0;
    for (let after = 0; ; ) {
      const page = await decisions.parked({ kind, connection }, { after, limit: PAGE });
      count += (await unignored(page, context.store)).length;
      if (page.length < PAGE) break;
      after = page.at(-1)!.id;
    }
    if (count === 0) continue;
    const { one, several, remedy } = TOLD[kind];
    context.notice(kind, connection, `${connection}: ${count === 1 ? one : `${grouped(count)} ${several}`}`, remedy);
  }
}

const HOUR = 3_600_000;

function timeIn(ms: number): string {
  const [count, unit] = ms < 48 * HOUR ? [Math.round(ms / HOUR), 'hour'] : [Math.round(ms / (24 * HOUR)), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
