/** What is amiss from run to run until somebody mends it: every run says so at its end. */
import type { Fault } from '#core/errors';
import { grouped } from '#core/text';
import { againUntil, type EngineContext } from '#engine/index';
import { isHeld } from './cycle.ts';
import { unignoredIn } from './ignored.ts';
import type { Services } from './model.ts';
import { when } from './waits.ts';

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

/** Systems that are left alone for now: nothing was asked of them. */
export function noticePaused(context: EngineContext, { rests }: Pick<Services, 'rests'>): void {
  for (const { name } of context.connections) {
    const why = rests?.why(name) ?? null;
    if (why === null) continue;
    const message = `${name} is left alone, since ${why.fault.message}; tried again ${when(why.until, context)}`;
    context.notice('leftAlone', name, message, why.fault.remedy ?? 'mend it there; it goes on by itself once it answers');
  }
}

/** Parked items that every run tells of, until they are mended: what is amiss with one, and with several. */
const TOLD = {
  notConverging: {
    one: 'one value that Rollcall writes is changed back every time, and not written any more',
    several: 'values that Rollcall writes are changed back every time, and not written any more',
    remedy: "'rollcall parked --kind notConverging' shows both sides",
  },
  enabledByHand: {
    one: 'one account of somebody who left was enabled by hand, and is left so',
    several: 'accounts of people who left were enabled by hand, and are left so',
    remedy: "'rollcall parked --kind enabledByHand' shows whose",
  },
} as const;

/**
 * Values that were changed back as often as Rollcall wrote them (SEMANTICS 9), leavers who can sign in (11), and changes that a target
 * refused, without those that somebody said to ignore.
 */
export async function noticeParked(context: EngineContext): Promise<void> {
  for (const { kind, connection } of await context.store.decisions.parkedCounts()) {
    if (connection === null) continue;
    if (kind === 'refused') await noticeRefused(context, connection);
    if (kind !== 'notConverging' && kind !== 'enabledByHand') continue;
    let count = 0;
    for await (const page of unignoredIn({ kind, connection }, context.store)) count += page.length;
    if (count === 0) continue;
    const { one, several, remedy } = TOLD[kind];
    context.notice(kind, connection, `${connection}: ${count === 1 ? one : `${grouped(count)} ${several}`}`, remedy);
  }
}

/** How many, why the first of them, and what becomes of them: some go out again by themselves. */
async function noticeRefused(context: EngineContext, connection: string): Promise<void> {
  const { count, first } = await context.store.decisions.refusals(connection);
  if (count === 0) return;
  let again: number | null = null;
  for await (const page of againUntil(context, connection, Number.MAX_SAFE_INTEGER))
    for (const { export: wish } of page) again = Math.min(again ?? wish!.notBefore, wish!.notBefore);
  const what = count === 1 ? 'one change was refused' : `${grouped(count)} changes were refused`;
  const { message } = JSON.parse(first ?? '{}') as Partial<Fault>;
  const why = message === undefined ? '' : ` (${message})`;
  const then = again === null ? 'not tried again until it is another change' : `tried again ${when(again, context)}`;
  const atOnce = again === null ? '' : `; once its cause is mended, at once: rollcall run ${connection}`;
  const remedy = `rollcall parked --kind refused --connection ${connection}${atOnce}`;
  context.notice('refused', connection, `${connection}: ${what}${why}; ${then}`, remedy);
}

const HOUR = 3_600_000;

function timeIn(ms: number): string {
  const [count, unit] = ms < 48 * HOUR ? [Math.round(ms / HOUR), 'hour'] : [Math.round(ms / (24 * HOUR)), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
