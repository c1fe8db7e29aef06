/**
 * Import: what a system shows → its connector space.
 *
 * A full read compares digests with an index of the connector space and writes only what is new or different; every
 * object seen sets a bit, and what has no bit after a complete, healthy read is gone. A delta read loads just the objects
 * it names. Rows go to the store in batches, two in flight, while the next are parsed.
 */

import type { Page, ReadEnd } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { type Fault, RollcallError, Superseded, toFault } from '#core/errors';
import { grouped } from '#core/text';
import type { ConnectionState } from '#store/contract';
import { buildImportIndex, createSeenBitmap, type ImportIndex } from '#store/import-index';
import { type EngineConnection, type EngineContext, saveState, stateOf } from '../context.ts';
import { createExpected } from '../export/expected.ts';
import { markMissing, settleUnanswered } from './absence.ts';
import { type Checkpoint, interruptedRead } from './checkpoint.ts';
import { dropEmptied, type Emptied } from './emptied.ts';
import { findOutages, nextBaseline, type Outage, outagesText, parseBaseline, parseOutages, Tally, unhealthy } from './health.ts';
import { noticeOutage, noticeUnhealthy } from './health-notice.ts';
import { stagingPlan } from './plan.ts';
import { ReadInFull } from './referring.ts';
import { createStager } from './stager.ts';

export interface ImportOutcome {
  readonly complete: boolean;
  readonly mode: 'full' | 'delta';
  /** Why it is not complete; null where others wrote meanwhile, and nobody needs to mend anything. */
  readonly reason: Fault | null;
}

/** Between two checkpoints of a full read; an interrupted one repeats at most this much. */
const CHECKPOINT_MS = 30_000;

export function importConnection(
  context: EngineContext,
  connection: EngineConnection,
  wanted: 'full' | 'delta',
): Promise<ImportOutcome> {
  return oneByOne(context, connection, () => noted(context, connection, () => importNow(context, connection, wanted)));
}

/** What changed, and nothing else; null where only a read of the whole can tell, or the connection is being read already. */
export async function importChanges(context: EngineContext, connection: EngineConnection): Promise<ImportOutcome | null> {
  if (context.turns.readers.get(connection.name)?.goesOn) return null;
  return await oneByOne(context, connection, async () => {
    const state = stateOf(context, connection.name);
    const { cursor } = state;
    if (cursor === null || onlyInFull(connection, state)) return null;
    try {
      return await noted(context, connection, () => readDelta(context, connection, cursor));
    } catch (error) {
      if (error instanceof ReadInFull) return null;
      if (!isConflict(error)) throw error;
      // branch: retries: a feed lost its place while it was listened to, and all is read
      return null;
    }
  });
}

/** Whether no read of changes can tell what is to be known: one of the whole has to be complete first. */
function onlyInFull(connection: EngineConnection, state: ConnectionState): boolean {
  const { cursor, outages, lastCompleteRead } = state;
  if (cursor === null || lastCompleteRead === null || parseOutages(outages).accepted.length > 0) return true;
  return isOfOtherSettings(connection, state);
}

/** Reads of one connection follow one another, and each begins where the last one ended. */
async function oneByOne<T>(context: EngineContext, { name }: EngineConnection, read: () => Promise<T>): Promise<T> {
  const { store, turns, run, states } = context;
  const free = await turns.alone(`read ${name}`);
  const last = turns.readers.get(name);
  turns.readers.set(name, { run, goesOn: true });
  try {
    // One that began later went before: what this run knows of the connection is from before that.
    if (last && last.run > run) for (const state of await store.spaces.states()) if (state.name === name) states.set(name, state);
    return await read();
  } finally {
    turns.readers.set(name, { run: Math.max(run, last?.run ?? run), goesOn: false });
    free();
  }
}

/** What would read the same again is told to whoever listens: it is not read at each ring. */
async function noted(
  context: EngineContext,
  connection: EngineConnection,
  read: () => Promise<ImportOutcome>,
): Promise<ImportOutcome> {
  const { name } = connection;
  const begun = context.monotonic();
  const before = stateOf(context, name).cursor;
  const outcome = await read();
  const state = stateOf(context, name);
  // Beside a full read that proves nothing, changes are read as they were; not where that is what they wait for.
  const same = onlyInFull(connection, state) || (outcome.mode === 'delta' && state.cursor === before);
  if (outcome.complete || !same) context.unfinished.delete(name);
  else context.unfinished.set(name, { tookMs: context.monotonic() - begun, reason: outcome.reason });
  return outcome;
}

async function importNow(context: EngineContext, connection: EngineConnection, wanted: 'full' | 'delta'): Promise<ImportOutcome> {
  const open = context.open(connection);
  const reader = open.read;
  if (!reader) return { complete: false, mode: wanted, reason: null };
  const state = stateOf(context, connection.name);
  if (reader.deltas === 'only') {
    const begin = await reader.cursor!();
    try {
      return await readDelta(context, connection, (wanted === 'delta' ? state.cursor : null) ?? begin);
    } catch (error) {
      if (!isConflict(error)) throw error;
      context.fault(toFault(error, { connection: connection.name }));
      return await readDelta(context, connection, begin);
    }
  }
  // What a person said about the last full read is for the next one.
  const asked = parseOutages(state.outages).accepted.length > 0;
  if (isOfOtherSettings(connection, state))
    context.notice(
      'rulesChanged',
      connection.name,
      `the settings of ${connection.name} changed; it is read in full, and what is not shown any more is gone from it`,
      'rollcall plan --read shows what comes of it',
    );
  else if (wanted === 'delta' && reader.deltas && state.cursor !== null && !asked) {
    try {
      return await readDelta(context, connection, state.cursor);
    } catch (error) {
      if (!(error instanceof ReadInFull)) {
        // The feed says that it cannot go on from there: a full read can.
        if (!isConflict(error)) throw error;
        // branch: retries: a feed lost its place, and all is read
        context.lostPlace.add(connection.name);
        if ((error as RollcallError).usual)
          context.notice(
            'readInFull',
            connection.name,
            `${connection.name} is read in full: ${(error as RollcallError).message}`,
            (error as RollcallError).remedy ?? '',
          );
        else context.fault(toFault(error, { connection: connection.name }));
      }
    }
  }
  return await readFull(context, connection);
}

/** What is staged was read with other settings: another filter shows others, and tells of the changes of others. */
function isOfOtherSettings({ configHash }: EngineConnection, state: ConnectionState): boolean {
  return state.lastCompleteRead !== null && state.configHash !== null && state.configHash !== configHash;
}

/** The feed says that it cannot go on from where it was left. */
function isConflict(error: unknown): boolean {
  return error instanceof RollcallError && error.kind === 'conflict' && !(error instanceof Superseded);
}

async function readDelta(context: EngineContext, connection: EngineConnection, since: string): Promise<ImportOutcome> {
  const reader = context.open(connection).read!;
  const expected = createExpected();
  const begun = context.wall();
  const mark = await context.store.spaces.mark();
  const stager = createStager(context, connection, { full: false, mark, empty: false, expected });
  let end: ReadEnd | undefined;
  for await (const page of reader.read({ since, signal: context.signal })) {
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

async function readFull(context: EngineContext, connection: EngineConnection): Promise<ImportOutcome> {
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
  for await (const page of pages(reader.read(request), () => context.failed.add(connection.name))) {
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

/** Answers why it is not complete; null where it is. */
function report(context: EngineContext, connection: EngineConnection, end: ReadEnd | undefined): Fault | null {
  if (end?.complete) return null;
  const reason = end?.reason ?? {
    kind: 'unavailable' as const,
    message: 'the read ended without saying that it was complete',
    where: {},
  };
  const fault = { ...reason, where: { connection: connection.name, ...reason.where } };
  context.fault(fault);
  context.notice(
    'incompleteRead',
    connection.name,
    `${connection.name}: the read was not complete (${reason.message}); nobody is taken as gone`,
    `${reason.remedy ?? 'mend the source and run again'}${end?.doubted ? `; if it is right, run: rollcall approve ${connection.name} --read` : ''}`,
  );
  return fault;
}

function without(some: readonly Outage[], others: readonly Outage[]): readonly Outage[] {
  return some.filter((one) => !others.some((other) => other.kind === one.kind && other.attribute === one.attribute));
}

/** What cannot be used may be whoever is missed, or has an account already. */
function reportRefused(context: EngineContext, connection: EngineConnection, refused: number): Fault {
  const { name } = connection;
  const first = connection.exports.size > 0 && stateOf(context, name).lastCompleteRead === null;
  const message = `${grouped(refused)} ${refused === 1 ? 'object' : 'objects'} cannot be used`;
  const remedy = `rollcall run ${name} --profile full-import names them: mend them there, and run again`;
  const rest = `nobody is taken as gone${first ? ', and nobody is given an account there' : ''}`;
  context.notice('incompleteRead', name, `${name}: ${message}; ${rest}`, remedy);
  return { kind: 'invalidValue', message, where: { connection: name }, remedy };
}
