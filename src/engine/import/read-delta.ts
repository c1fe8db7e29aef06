/** A read of what changed: just the objects that it names are loaded. */
import type { ReadEnd } from '#connectors/contract';
import { type EngineConnection, type EngineContext, saveState } from '../context.ts';
import { createExpected } from '../export/expected.ts';
import { settleUnanswered } from './absence.ts';
import { type ImportOutcome, report } from './outcome.ts';
import { readTraced } from './read-traced.ts';
import { createStager } from './stager.ts';

export async function readDelta(context: EngineContext, connection: EngineConnection, since: string): Promise<ImportOutcome> {
  const reader = context.open(connection).read!;
  const expected = createExpected();
  const begun = context.wall();
  const mark = await context.store.spaces.mark();
  const stager = createStager(context, connection, { full: false, mark, empty: false, expected });
  let end: ReadEnd | undefined;
  for await (const page of readTraced(connection, reader, { since, signal: context.signal })) {
    context.signal.throwIfAborted();
    await stager.changes(page.objects);
    context.progress('import', connection.name, stager.seen, null);
    if (page.end) end = page.end;
  }
  await stager.finish();
  await expected.save(context, connection);
  const reason = report(context, connection, end);
  const complete = end?.complete === true;
  // What somebody else wrote to meanwhile is asked again, from where this read began.
  const next = stager.left === 0 ? end?.next : since;
  // Where there is only a feed, what it could not say is not said better by asking again.
  const only = reader.deltas === 'only';
  // No complete read will ever come. What nobody answered is in the feed by now, or was not done; what was answered may have been taken
  // out of it again.
  if (complete && only)
    await settleUnanswered(
      context,
      connection,
      ({ export: wish }) => wish!.state === 'unknown' && (wish!.attemptedAt ?? 0) < begun,
    );
  await saveState(context, connection.name, {
    ...((complete || only) && next !== undefined ? { cursor: next } : {}),
    // Changes to come will not repeat what was left out of a new object: a full read does.
    ...(stager.waiting > 0 && !only ? { cursor: null } : {}),
    ...(complete && only ? { lastCompleteRead: context.now, configHash: connection.configHash } : {}),
    ...(complete || only ? { readMark: await context.store.spaces.mark() } : {}),
    lastRead: context.now,
  });
  return { complete: complete && stager.left === 0, mode: 'delta', reason };
}
