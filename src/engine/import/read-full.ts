/**
 * A full read compares digests with an index of the connector space and writes only what is new or different; every object seen sets a
 * bit, and what has no bit after a complete, healthy read is gone. Rows go to the store in batches, two in flight, while the next are
 * parsed.
 */
import type { Page, ReadEnd } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { RollcallError, toFault } from '#core/errors';
import type { ConnectionState } from '#store/contract';
import { buildImportIndex, createSeenBitmap, type ImportIndex } from '#store/import-index';
import { type EngineConnection, type EngineContext, saveState, stateOf } from '../context.ts';
import { markMissing, settleUnanswered } from './absence.ts';
import { type Checkpoint, interruptedRead } from './checkpoint.ts';
import { dropEmptied, type Emptied } from './emptied.ts';
import { findOutages, nextBaseline, type Outage, outagesText, parseBaseline, parseOutages, Tally, unhealthy } from './health.ts';
import { noticeOutage, noticeUnhealthy } from './health-notice.ts';
import { type ImportOutcome, report, reportRefused } from './outcome.ts';
import { stagingPlan } from './plan.ts';
import { readTraced } from './read-traced.ts';
import { createStager } from './stager.ts';

/** Between two checkpoints of a full read; an interrupted one repeats at most this much. */
const CHECKPOINT_MS = 30_000;

export async function readFull(context: EngineContext, connection: EngineConnection): Promise<ImportOutcome> {
  const spaces = context.store.spaces;
  // Of several reads in one run the last one says how many there are.
  context.counters.of(connection.name).seen = 0;
  const open = context.open(connection);
  const reader = open.read!;
  context.turns.reading.set(connection.name, { run: context.run, since: context.now });
  const state = stateOf(context, connection.name);
  const interrupted = await interruptedRead(context, connection);
  let checkpoint = interrupted ? (JSON.parse(interrupted.checkpoint) as Checkpoint) : null;
  const bitmap = createSeenBitmap(interrupted?.pages ?? []);
  // The delta cursor is taken before the read starts, so that nothing falls between the two.
  let next = checkpoint ? checkpoint.next : ((await reader.cursor?.()) ?? null);
  let mark = checkpoint?.mark ?? (await spaces.mark());
  const staged = async (): Promise<ImportIndex> => buildImportIndex(await spaces.importIndex(connection.name));
  let index = await staged();
  const tally = new Tally(checkpoint?.tally);
  const emptied: Emptied[] = [...(checkpoint?.emptied ?? [])];
  const stager = createStager(context, connection, { full: true, mark, empty: index.count === 0, index, bitmap, tally, emptied });
  let refusedBefore = checkpoint?.refused ?? 0;
  let stored = interrupted !== null;
  let end: ReadEnd | undefined;
  let saved = performance.now();
  const last = lastPrint(connection, state);
  const request = {
    ...(checkpoint ? { resume: checkpoint.resume } : {}),
    ...(last === null ? {} : { last }),
    signal: context.signal,
  };
  for await (const page of pages(readTraced(connection, reader, request), () => context.failed.add(connection.name))) {
    context.signal.throwIfAborted();
    if (checkpoint && page.restarted) {
      bitmap.clear();
      tally.clear();
      emptied.length = 0;
      refusedBefore = 0;
      next = (await reader.cursor?.()) ?? null;
      mark = await spaces.mark();
      index = await staged();
      stager.restart(mark, index);
    }
    checkpoint = null;
    await stager.objects(page.objects);
    context.progress('import', connection.name, stager.seen, index.count || null);
    if (page.resume !== undefined && performance.now() - saved > CHECKPOINT_MS) {
      await stager.flush();
      const refused = refusedBefore + stager.refused;
      const note: Checkpoint = {
        settings: connection.configHash,
        mark,
        next,
        resume: page.resume,
        tally: tally.baseline(),
        refused,
        emptied,
      };
      await spaces.saveBitmap(connection.name, context.epoch, canonicalJson(note), bitmap.changedPages());
      stored = true;
      saved = performance.now();
    }
    if (page.end) end = page.end;
  }
  await stager.finish();
  let reason = report(context, connection, end);
  const outages = parseOutages(state.outages);
  const before = parseBaseline(state.baseline);
  const now = tally.baseline();
  const doubted = end?.doubted === true;
  const sick = end?.complete ? unhealthy(before, now, outages) : null;
  if (sick !== null) noticeUnhealthy(context, connection, sick, end?.absent);
  if (sick !== null || doubted) {
    // branch: holds: a read that looks wrong proves no absence
    // What a person may approve is this read, and no smaller one.
    const accepted = outages.accepted.filter((one) => one !== 'read');
    await saveState(context, connection.name, { outages: outagesText({ ...outages, accepted, shown: now.counts }) });
  }
  // A read that came to its end is not gone on with.
  if (stored && end?.complete) await spaces.clearBitmap(connection.name, context.epoch);
  const plan = stagingPlan(context, connection);
  const out = findOutages(before, now, end?.attributes, outages, context.now).filter(({ attribute }) =>
    plan.named.has(attribute),
  );
  const refused = refusedBefore + stager.refused;
  const usable = end?.complete === true && sick === null && refused === 0;
  if (end?.complete && sick === null && refused > 0) reason = reportRefused(context, connection, refused);
  // A read that proves nothing ends no outage.
  const outs = new Set([...out, ...(usable ? [] : outages.attributes)].map((one) => `${one.kind}.${one.attribute}`));
  await dropEmptied(context, connection, plan, mark, emptied, (kind, attribute) => outs.has(`${kind}.${attribute}`));
  if (!end || !usable) {
    await saveState(context, connection.name, { lastRead: context.now });
    return { complete: false, mode: 'full', reason };
  }
  for (const outage of out) {
    // branch: holds: an attribute is out
    noticeOutage(context, connection, outage);
  }
  const { gone, held } = await markMissing(context, connection, mark, index.missing(bitmap));
  context.counters.add(connection.name, 'gone', gone);
  const older = context.lostPlace.has(connection.name);
  if (!older) await settleUnanswered(context, connection, (row) => row.touchedSeq <= mark);
  const lifted = without(outages.attributes, out);
  // What is wanted of a target's attribute waits while that is out.
  const began = connection.exports.size > 0 ? without(out, outages.attributes) : [];
  if (lifted.length > 0 || began.length > 0)
    await context.store.sync.markDirty(
      [{ subject: 'staged', from: 1, to: Number.MAX_SAFE_INTEGER, cause: `connection:${connection.name}` }],
      context.epoch,
    );
  await saveState(context, connection.name, {
    cursor: end.next ?? next,
    // Whether they are gone, only another complete read can say.
    ...(older && held > 0 ? { cursor: null } : {}),
    fingerprint: end.fingerprint ?? null,
    baseline: canonicalJson(nextBaseline(before, now, out)),
    outages: outagesText({ attributes: out, accepted: [] }),
    lastCompleteRead: context.now,
    configHash: connection.configHash,
    readMark: await spaces.mark(),
    lastRead: context.now,
  });
  return { complete: true, mode: 'full', reason: null };
}

/** What is staged was read with other settings: another filter shows others, and tells of the changes of others. */
export function isOfOtherSettings({ configHash }: EngineConnection, state: ConnectionState): boolean {
  return state.lastCompleteRead !== null && state.configHash !== null && state.configHash !== configHash;
}

/** What the system held when it was believed; null where nothing is known, where it is another one, or a person says that it is right. */
function lastPrint(connection: EngineConnection, state: ConnectionState): string | null {
  if (isOfOtherSettings(connection, state)) return null;
  return parseOutages(state.outages).accepted.includes('read') ? null : state.fingerprint;
}

/** A read that breaks off ends as an incomplete one: what came is staged, nothing is proven absent. */
async function* pages(source: AsyncIterable<Page>, brokenOff: () => void): AsyncIterable<Page> {
  try {
    yield* source;
  } catch (error) {
    if (error instanceof RollcallError && (error.kind === 'unavailable' || error.kind === 'rateLimited')) {
      // branch: retries: a read broke off
      brokenOff();
      yield { objects: [], end: { complete: false, reason: toFault(error) } };
      return;
    }
    throw error;
  }
}

function without(some: readonly Outage[], others: readonly Outage[]): readonly Outage[] {
  return some.filter((one) => !others.some((other) => other.kind === one.kind && other.attribute === one.attribute));
}
