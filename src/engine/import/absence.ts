/** Objects that a complete, healthy read did not show, and exports it did not answer (SEMANTICS 6 and 9). */

import { canonicalJson } from '#core/canonical';
import type { Fault } from '#core/errors';
import type { EdgePosition, EdgeRow, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { settleByLookup } from '../export/look-up.ts';
import { SEND_DEADLINE_MS } from '../export/sending.ts';
import { heldPartsOf } from '../safety/gates.ts';
import { MOST_UNSHOWN } from '../safety/parked.ts';
import { createJudge, HOLDS_ALL, type Judge } from './moving.ts';
import { settlingOf } from './settle.ts';
import { stepsOfCreate, stepsUndone } from './unanswered.ts';
import { undoneParts } from './undone.ts';

/** Rows read at one go. */
const PAGE = 1_000;
/** Written at one go, with what hangs on them: whoever writes interactively waits for no more. */
const SLICE = 400;

/**
 * Marks as gone those of `missing` that were staged before `mark` and not touched since. Answers how many, and how many are held: not
 * believed gone yet.
 */
export async function markMissing(
  context: EngineContext,
  connection: EngineConnection,
  mark: number,
  missing: Float64Array,
): Promise<{ readonly gone: number; readonly held: number }> {
  const { spaces } = context.store;
  const count = { gone: 0, held: 0 };
  const judge = judgeOf(context, connection);
  for (let from = 0; from < missing.length; from += PAGE) {
    const page = await spaces.untouched(connection.name, mark, Array.from(missing.subarray(from, from + PAGE)));
    const said = judge === null ? { gone: page.map(({ id }) => id), held: [] } : await judge.judge(page);
    for (const presence of ['gone', 'held'] as const) {
      count[presence] += said[presence].length;
      for (let i = 0; i < said[presence].length; i += SLICE)
        await spaces.markAbsent({
          connection: connection.name,
          run: context.run,
          epoch: context.epoch,
          at: context.now,
          presence,
          unlessTouchedSince: mark,
          ids: said[presence].slice(i, i + SLICE),
        });
    }
  }
  judge?.end();
  return count;
}

/** Null where what is missing is gone. */
function judgeOf(context: EngineContext, connection: EngineConnection): Judge | null {
  if (context.lostPlace.has(connection.name)) return HOLDS_ALL;
  return context.open(connection).read?.moving === true ? createJudge(context, connection) : null;
}

/**
 * Sent or of unknown outcome, and a complete read that began later did not show it, as `isUnshown` says: it is to be sent again, once
 * the time that the target takes to show a write has passed.
 */
export async function settleUnanswered(
  context: EngineContext,
  connection: EngineConnection,
  isUnshown: (row: StagedRow) => boolean,
): Promise<void> {
  for await (const page of unanswered(context, connection)) {
    const unshown = page.filter(isUnshown);
    const found = await settleByLookup(context, connection, unshown);
    const again = unshown.filter((row) => !found.has(row.id));
    if (again.length === 0) continue;
    const held = await heldPartsOf(context, connection);
    // branch: retries: sent or unknown, and not shown
    await context.store.exports.unshown({
      connection: connection.name,
      run: context.run,
      epoch: context.epoch,
      at: context.now,
      rows: again.map((row) => unshownRow(context, connection, row, held)),
    });
    // What was believed sent is not: the wish is made again from what the target shows.
    await context.store.sync.markDirty(
      again.map((row) => ({ subject: 'staged', from: row.id, to: row.id, cause: 'unanswered' })),
      context.epoch,
    );
  }
}

function unshownRow(context: EngineContext, connection: EngineConnection, row: StagedRow, held: ReadonlySet<string>) {
  const { id, revision, steps } = row;
  // No answer is no refusal, however often: only what was answered and never shown is given up.
  if (row.export!.state === 'unknown') {
    // An account that the read showed may be the one that was made: whose it is, the next sync says.
    const made = row.export!.operation === 'create';
    const left = made ? stepsOfCreate(row, settlingOf(context, connection).shared) : stepsUndone(steps);
    return { id, revision, fault: null, steps: left, undone: undoneParts(connection, row, held) };
  }
  if (row.export!.attempts < MOST_UNSHOWN) return { id, revision, fault: null, steps, undone: [] };
  // branch: parks refused: what never arrives
  const fault: Fault = {
    kind: 'invalidValue',
    message: `the target answered ${row.export!.attempts} times that this was done, and no complete read showed it`,
    where: { connection: connection.name, object: row.anchor ?? row.name ?? String(row.id) },
    remedy: 'look at it in the target: whether what is shown is what was written; then try it again',
  };
  context.fault(fault, { subject: 'staged', id });
  return { id, revision, fault: canonicalJson(fault), steps, undone: [] };
}

/** Whether only a complete read can tell what became of something sent: a feed says nothing of what was not done. */
export async function hasUnanswered(context: EngineContext, connection: EngineConnection): Promise<boolean> {
  for await (const page of unanswered(context, connection)) if (page.length > 0) return true;
  if (connection.exports.size === 0) return false;
  const before = context.wall() - visibleMs(context, connection);
  for (let after: EdgePosition | null = null; ; ) {
    const page: readonly EdgeRow[] = await context.store.exports.pendingEdges(connection.name, {
      after,
      limit: PAGE,
      sent: true,
    });
    if (page.some((edge) => edge.sentAt! <= before)) return true;
    if (page.length < PAGE) return false;
    after = page[page.length - 1]!;
  }
}

/**
 * Sent or of unknown outcome for longer than the target takes to show a write, in pages. What a process had on its way when it died or was
 * put out may be sent until its deadline: where only a look-up keeps a create from being done twice, it waits for that first (STORE 6).
 */
async function* unanswered(context: EngineContext, connection: EngineConnection): AsyncGenerator<readonly StagedRow[]> {
  if (connection.exports.size === 0) return;
  const visible = visibleMs(context, connection);
  const wall = context.wall();
  const looked = context.open(connection).write?.creates?.by === 'lookup';
  for (let after = 0; ; ) {
    const page = await context.store.exports.list(connection.name, ['sent', 'unknown'], { after, limit: PAGE });
    if (page.length === 0) return;
    after = page[page.length - 1]!.id;
    yield page.filter(
      (row) => wall - (row.export!.attemptedAt ?? 0) >= visible + (looked && isLostCreate(row) ? SEND_DEADLINE_MS : 0),
    );
  }
}

/** Nobody answered it, not even with a fault. */
function isLostCreate({ export: wish }: StagedRow): boolean {
  return wish!.operation === 'create' && wish!.state === 'unknown' && wish!.fault === null;
}

/** How long the target may take to show what it was told. */
function visibleMs(context: EngineContext, connection: EngineConnection): number {
  const creates = context.open(connection).write?.creates;
  return creates && 'visibleWithinSeconds' in creates ? creates.visibleWithinSeconds * 1000 : 0;
}
