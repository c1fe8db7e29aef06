/**
 * Changes that a target refused for a reason that lies in the system or its set-up: a right that is missing, or the place of a new
 * account. That is mended there, where Rollcall does not see it, so the same change goes out again (SEMANTICS 9). What was refused for
 * its value waits for another value.
 */
import type { ErrorKind, Fault } from '#core/errors';
import type { ExportColumns } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { modeOf } from '../safety/mode.ts';
import { backOff } from './answers.ts';

const PAGE = 1_000;
const MENDED_THERE: ReadonlySet<ErrorKind> = new Set(['permission', 'notFound']);

type Refused = Pick<ExportColumns, 'state' | 'fault' | 'attempts' | 'attemptedAt'>;

/** When it goes out again by itself, ms; null where only another change cures it. */
export function triedAgainAt({ state, fault, attempts, attemptedAt }: Refused): number | null {
  if (state !== 'failed' || fault === null || !MENDED_THERE.has((JSON.parse(fault) as Fault).kind)) return null;
  return (attemptedAt ?? 0) + backOff(Math.max(0, attempts - 1));
}

/** Puts them back among those to be sent, those that may wait for another attempt too where it is `atOnce`. The gates are yet to count them. */
export async function tryRefused(context: EngineContext, connection: EngineConnection, atOnce: boolean): Promise<void> {
  const { name, exports } = connection;
  if (exports.size === 0 || modeOf(context, connection) !== 'on' || context.rests(name)) return;
  const { failed = 0 } = await context.store.exports.counts(name);
  if (failed === 0) return;
  for (let after = 0; ; ) {
    const page = await context.store.exports.list(name, ['failed'], { after, limit: PAGE });
    const rows = page.flatMap(({ id, export: wish }) => {
      const { revision, approved, discarded } = wish!;
      const at = triedAgainAt(wish!);
      if (at === null || (!atOnce && at > context.wall())) return [];
      // branch: retries: refused for what may be mended there
      return [{ id, revision, state: 'waiting' as const, holdId: null, approved, discarded }];
    });
    if (rows.length > 0) await context.store.exports.mark({ connection: name, epoch: context.epoch, rows });
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}
