/** What waits until a target may be written to, or takes more: told with the time at which it will have gone. */
import { finishOf, type Pace, quotasAt } from '#core/pace';
import { grouped } from '#core/text';
import { dateIn, offsetIn, timeOfDayIn } from '#core/time';
import { blackoutAt, nextOpening } from '#core/window';
import type { EngineConnection, EngineContext } from '#engine/index';
import type { Store } from '#store/contract';

const NO_PACE: Pace = { perSecond: null, perHour: null, perDay: null, atOnce: null };

/** When so many changes will have gone to it, ms; null where that is not foreseen. What the target itself takes for them is not known. */
export async function expectedEnd(
  waiting: number,
  { name, pace, openings }: Pick<EngineConnection, 'name' | 'pace' | 'openings'>,
  { store, zone }: { readonly store: Pick<Store, 'quotas'>; readonly zone: string },
  at: number,
): Promise<number | null> {
  const how = { pace: pace ?? NO_PACE, openings, zone };
  const since = quotasAt(how.pace, at, zone).map((one) => one.since);
  return finishOf(waiting, how, at, since.length === 0 ? [] : await store.quotas.spent(name, Math.min(...since)));
}

/** `300 an hour, 2 a second`. */
export function paceText({ perSecond, perHour, perDay }: Pace): string {
  const parts = [
    [perDay, 'a day'],
    [perHour, 'an hour'],
    [perSecond, 'a second'],
  ] as const;
  return parts.flatMap(([most, unit]) => (most === null ? [] : [`${grouped(most)} ${unit}`])).join(', ');
}

/** Memberships are not counted one by one. */
export async function noticeClosed(context: EngineContext, connection: EngineConnection, waiting: number): Promise<void> {
  const { name, openings } = connection;
  const edges = await context.store.exports.pendingEdges(name, { after: null, limit: 1 });
  const what = [...(waiting > 0 ? [changes(waiting)] : []), ...(edges.length > 0 ? ['memberships'] : [])];
  if (what.length === 0) return;
  const now = context.wall();
  const opens = nextOpening(openings!, now);
  const blackout = blackoutAt(openings!.blackouts, now);
  const why = blackout === undefined ? 'its window' : (blackout.reason ?? 'its blackout');
  const until = opens === null ? 'and nothing says until when' : `until ${timeText(opens, context)}`;
  const wait = waiting === 1 && edges.length === 0 ? 'waits' : 'wait';
  const end = connection.pace === null ? null : await expectedEnd(waiting, connection, context, now);
  const gone = end === null || end === opens ? '' : `; sent by about ${timeText(end, context)}`;
  const message = `${name}: ${what.join(' and ')} ${wait} for ${why}, ${until}${gone}`;
  context.notice('outsideWindow', name, message, `what waits: rollcall plan ${name}`);
}

/** Of a target that takes only so much in an hour or a day. */
export async function noticeQuota(context: EngineContext, connection: EngineConnection, waiting: number): Promise<void> {
  const { name, pace } = connection;
  if (pace === null || (pace.perHour === null && pace.perDay === null)) return;
  const end = await expectedEnd(waiting, connection, context, context.wall());
  const gone = end === null ? 'not within a year' : `sent by about ${timeText(end, context)}`;
  const message = `${name}: ${changes(waiting)} ${waiting === 1 ? 'waits' : 'wait'}, since it is given no more than ${paceText(pace)}; ${gone}`;
  context.notice('waitsForQuota', name, message, `what waits: rollcall plan ${name}`);
}

function changes(count: number): string {
  return count === 1 ? '1 change' : `${grouped(count)} changes`;
}

function timeText(at: number, { zone }: Pick<EngineContext, 'zone'>): string {
  return `${dateIn(zone, at)} ${timeOfDayIn(zone, at).slice(0, 5)}${offsetIn(zone, at)}`;
}
