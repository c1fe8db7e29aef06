/** Changes that a target did not take and that wait for another attempt: by the back-off most runs send nothing of them, and say so. */
import { grouped } from '#core/text';
import { dateIn, offsetIn, timeOfDayIn } from '#core/time';
import { type EngineConnection, type EngineContext, isClosed, modeOf } from '#engine/index';
import { noticeClosed, noticeQuota } from './later.ts';

/** Rows looked at for why they wait, and until when. */
const PAGE = 1_000;

/** Of runs that send. */
export async function noticeWaits(context: EngineContext): Promise<void> {
  for (const connection of context.connections) {
    if (connection.exports.size === 0 || modeOf(context, connection) !== 'on') continue;
    const { waiting = 0 } = await context.store.exports.counts(connection.name);
    const closed = isClosed(context, connection);
    const why = waiting === 0 || closed ? null : await lastFailure(context, connection);
    if (why === null) {
      if (closed) await noticeClosed(context, connection, waiting);
      else if (waiting > 0) await noticeQuota(context, connection, waiting);
      continue;
    }
    const { name } = connection;
    context.failed.add(name);
    const wait = waiting === 1 ? 'change waits' : 'changes wait';
    context.notice(
      'waitsForTarget',
      name,
      `${name}: ${grouped(waiting)} ${wait}; the last attempt failed (${why.message}); tried again ${when(why.notBefore, context)}`,
      why.remedy ?? `mend it there; what waits: rollcall plan ${name}`,
    );
  }
}

async function lastFailure(
  { store }: EngineContext,
  { name }: EngineConnection,
): Promise<{ readonly message: string; readonly remedy?: string; readonly notBefore: number } | null> {
  for (let after = 0; ; ) {
    const page = await store.exports.list(name, ['waiting'], { after, limit: PAGE });
    const failed = page.flatMap((row) => (row.export!.fault === null ? [] : [row.export!]));
    if (failed.length > 0) {
      const first = failed.reduce((one, other) => (other.notBefore < one.notBefore ? other : one));
      const { message, remedy } = JSON.parse(first.fault!) as { readonly message: string; readonly remedy?: string };
      return { message, notBefore: first.notBefore, ...(remedy === undefined ? {} : { remedy }) };
    }
    if (page.length < PAGE) return null;
    after = page.at(-1)!.id;
  }
}

/** `after 2026-11-22 09:17:00+01:00`; of today without the day. */
export function when(at: number, { wall, zone }: Pick<EngineContext, 'wall' | 'zone'>): string {
  const now = wall();
  if (at <= now) return 'with the next run';
  const day = dateIn(zone, at);
  return `after ${day === dateIn(zone, now) ? '' : `${day} `}${timeOfDayIn(zone, at)}${offsetIn(zone, at)}`;
}
