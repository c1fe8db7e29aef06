/** Changes that a target did not take and that wait for another attempt: by the back-off most runs send nothing of them, and say so. */
import { grouped } from '#core/text';
import { dateIn, timeOfDayIn } from '#core/time';
import { blackoutAt, nextOpening } from '#core/window';
import { type EngineConnection, type EngineContext, isClosed, modeOf } from '#engine/index';

/** Rows looked at for why they wait, and until when. */
const PAGE = 1_000;

/** Of runs that send. */
export async function noticeWaits(context: EngineContext): Promise<void> {
  for (const connection of context.connections) {
    if (connection.exports.size === 0 || modeOf(context, connection) !== 'on') continue;
    const { waiting = 0 } = await context.store.exports.counts(connection.name);
    if (isClosed(context, connection)) {
      await noticeClosed(context, connection, waiting);
      continue;
    }
    const why = waiting === 0 ? null : await lastFailure(context, connection);
    if (why === null) continue;
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

/** Memberships are not counted one by one. */
async function noticeClosed(context: EngineContext, { name, openings }: EngineConnection, waiting: number): Promise<void> {
  const edges = await context.store.exports.pendingEdges(name, { after: null, limit: 1 });
  const what = [
    ...(waiting > 0 ? [waiting === 1 ? '1 change' : `${grouped(waiting)} changes`] : []),
    ...(edges.length > 0 ? ['memberships'] : []),
  ];
  if (what.length === 0) return;
  const now = context.wall();
  const opens = nextOpening(openings!, now);
  const blackout = blackoutAt(openings!.blackouts, now);
  const why = blackout === undefined ? 'its window' : (blackout.reason ?? 'its blackout');
  const until =
    opens === null ? 'and nothing says until when' : `until ${dateIn(context.zone, opens)} ${timeOfDayIn(context.zone, opens)}`;
  const wait = waiting === 1 && edges.length === 0 ? 'waits' : 'wait';
  context.notice(
    'outsideWindow',
    name,
    `${name}: ${what.join(' and ')} ${wait} for ${why}, ${until}`,
    `what waits: rollcall plan ${name}`,
  );
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

/** `after 2026-11-22 09:17`. */
export function when(at: number, { wall, zone }: Pick<EngineContext, 'wall' | 'zone'>): string {
  const now = wall();
  if (at <= now) return 'with the next run';
  const day = dateIn(zone, at);
  return `after ${day === dateIn(zone, now) ? '' : `${day} `}${timeOfDayIn(zone, at)}`;
}
