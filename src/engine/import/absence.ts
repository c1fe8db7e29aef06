/** Objects that a complete, healthy read did not show, and exports it did not answer (SEMANTICS 6 and 9). */

import type { EngineConnection, EngineContext } from '../context.ts';
import type { SeenBitmap } from './import-index.ts';

const PAGE = 5_000;

/** Marks as gone what was staged before `mark`, not touched since, and not seen. Answers how many. */
export async function markMissing(
  context: EngineContext,
  connection: EngineConnection,
  mark: number,
  bitmap: SeenBitmap,
): Promise<number> {
  const { spaces } = context.store;
  let after = 0;
  let gone = 0;
  for (;;) {
    const page = await spaces.untouched(connection.name, mark, { after, limit: PAGE });
    if (page.length === 0) return gone;
    after = page[page.length - 1]!.id;
    const ids = page.filter((row) => !bitmap.has(row.id)).map((row) => row.id);
    if (ids.length === 0) continue;
    gone += ids.length;
    await spaces.markAbsent({
      connection: connection.name,
      run: context.run,
      epoch: context.epoch,
      at: context.now,
      presence: 'gone',
      ids,
    });
  }
}

/**
 * Sent or of unknown outcome, and a complete read that began later did not show it: it is to be sent again, once the time
 * that the target takes to show a write has passed.
 */
export async function settleUnanswered(context: EngineContext, connection: EngineConnection, mark: number): Promise<void> {
  if (connection.exports.size === 0) return;
  const creates = context.open(connection).write?.creates;
  const visibleMs = creates && 'visibleWithinSeconds' in creates ? creates.visibleWithinSeconds * 1000 : 0;
  const wall = context.wall();
  let after = 0;
  for (;;) {
    const page = await context.store.exports.list(connection.name, ['sent', 'unknown'], { after, limit: PAGE });
    if (page.length === 0) return;
    after = page[page.length - 1]!.id;
    const again = page.filter((row) => row.touchedSeq <= mark && wall - (row.export!.attemptedAt ?? 0) >= visibleMs);
    if (again.length === 0) continue;
    await context.store.exports.mark({
      connection: connection.name,
      epoch: context.epoch,
      rows: again.map((row) => ({
        id: row.id,
        revision: row.export!.revision,
        state: row.export!.attempts >= 3 ? 'failed' : 'waiting',
        holdId: null,
        approved: row.export!.approved,
        discarded: row.export!.discarded,
      })),
      gates: [],
    });
    // What was believed sent is not: the wish is made again from what the target shows.
    await context.store.sync.markDirty(
      again.map((row) => ({ subject: 'staged', from: row.id, to: row.id, cause: 'unanswered' })),
      context.epoch,
    );
  }
}
