/**
 * Export: waiting wishes → the target, in batches, each stored as an attempt before it is sent (SEMANTICS 9). Creates before
 * updates before deletes, memberships last. A file-like target counts only what its `commit` made durable.
 */
import type { Writer } from '#connectors/contract';
import { imageText, parseImage } from '#core/canonical';
import { StoreUnavailable, toFault } from '#core/errors';
import { printed } from '#core/generated';
import { bare, hasAny } from '#core/values';
import type { EdgeRow, ExportAnswer, ExportOperation, NewChange, StagedId, StagedRow } from '#store/contract';
import { type EngineConnection, type EngineContext, saveState } from '../context.ts';
import { createLostReferences } from '../import/lost-references.ts';
import { stagingPlan } from '../import/plan.ts';
import { stageLooked } from '../import/push.ts';
import { settlingOf } from '../import/settle.ts';
import { gateConnection, heldPartsOf } from '../safety/gates.ts';
import { modeOf } from '../safety/mode.ts';
import { isClosed, waitingDisables } from '../safety/window.ts';
import { answerOf, NOT_DONE } from './answers.ts';
import { createExpected } from './expected.ts';
import { finishedBatches } from './finished.ts';
import { lookAtStale } from './last-seen.ts';
import { sendMembers } from './members.ts';
import { refuseNotNew } from './not-new.ts';
import { wishes } from './owed.ts';
import { allowed, isTight } from './pace.ts';
import { remembered } from './photos.ts';
import { lookUpWritten, PROVEN_BY } from './proof.ts';
import { afterAnswers, isTaken } from './published.ts';
import { sendWithout } from './refused-values.ts';
import { generateSecrets, MOST_SECRET, readyToTell } from './secrets.ts';
import {
  abandon,
  finish,
  goesOn,
  MOST,
  record,
  recordAll,
  refuse,
  SEND_DEADLINE_MS,
  type Session,
  tellRefusal,
  write,
} from './sending.ts';
import { type Sending, translate } from './translate.ts';
import { isUnmade, tellUnmade, unmadeAnswer } from './unmade.ts';

export interface ExportOutcome {
  readonly sent: number;
  /** Everything sent is proven already: no confirming import is needed. */
  readonly proven: boolean;
  /** Accounts with a generated value that the target has already: the next candidates may go out at once. */
  readonly conflicts: number;
}

/** At a time, while others push: they wait for what is made of so many answers. */
const MOST_BUSY = 250;
/** Of named accounts: so many are looked at again before each take. */
const FEW = 100;

const NOTHING_SENT: ExportOutcome = { sent: 0, proven: true, conflicts: 0 };

/** Not everything that waits, but these accounts. */
export interface ExportScope {
  readonly only: readonly StagedId[];
  /** Memberships that go too; null = none: one person is no word about who else is in a group. */
  readonly members: ((edge: EdgeRow) => boolean) | null;
  /** Whoever asks for it has let the gates count them. */
  readonly gated: boolean;
}

/** `deletable`: accounts that were looked at; no other one is deleted (SEMANTICS 11). */
export async function exportConnection(
  context: EngineContext,
  connection: EngineConnection,
  deletable: ReadonlySet<StagedId>,
  scope: ExportScope | null = null,
): Promise<ExportOutcome> {
  if (connection.exports.size === 0) return NOTHING_SENT;
  if (!scope?.gated) await gateConnection(context, connection);
  const writer = context.open(connection).write;
  if (modeOf(context, connection) === 'hold') {
    // branch: holds: mode hold
    return NOTHING_SENT;
  }
  if (modeOf(context, connection) !== 'on' || !writer) return NOTHING_SENT;
  if (context.rests(connection.name)) {
    // branch: waits: a target that refused to let Rollcall sign in
    return NOTHING_SENT;
  }
  let chosen = scope;
  if (isClosed(context, connection)) {
    const disables = connection.leavers === 'now' ? await waitingDisables(context, connection, scope?.only) : [];
    if (disables.length === 0) {
      // branch: waits: outside of the target's window
      return NOTHING_SENT;
    }
    chosen = { only: disables, members: null, gated: true };
  }
  if (!writer.commit) return await send(context, connection, writer, deletable, chosen, chosen !== scope);
  // What is written as a whole is written by one at a time.
  const free = await context.turns.alone(connection.name);
  try {
    return await send(context, connection, writer, deletable, chosen, chosen !== scope);
  } finally {
    free();
  }
}

async function send(
  context: EngineContext,
  connection: EngineConnection,
  writer: Writer,
  deletable: ReadonlySet<StagedId>,
  scope: ExportScope | null,
  disablesOnly: boolean,
): Promise<ExportOutcome> {
  const session: Session = {
    context,
    connection,
    writer,
    disablesOnly,
    held: new Set(),
    finished: finishedBatches(),
    expected: createExpected(),
    sent: 0,
    conflicts: 0,
    proven: true,
    stopped: false,
    broken: null,
  };
  const counted = { ...context.counters.of(connection.name) };
  let durable = writer.commit === undefined;
  try {
    const may = scope === null ? [...deletable] : scope.only.filter((id) => deletable.has(id));
    if (!disablesOnly && (await isTight(context, connection))) {
      const disables = await waitingDisables(context, connection, scope?.only);
      if (disables.length > 0) await sendAll(session, 'update', new Set(disables));
      if (may.length > 0) await sendAll(session, 'delete', new Set(may));
    }
    const left = scope === null ? undefined : new Set(scope.only);
    for (const operation of ['create', 'update'] as const) await sendAll(session, operation, left);
    if (may.length > 0) await sendAll(session, 'delete', new Set(may));
    if (!session.stopped && scope?.members !== null) await sendMembers(session, scope?.members);
    if (writer.commit && !session.finished.empty) {
      const { fingerprint } = await writer.commit();
      durable = true;
      await recordAll(session);
      await saveState(context, connection.name, { fingerprint });
    }
  } catch (error) {
    if (durable) {
      await session.expected.save(context, connection, { soon: true });
    } else {
      Object.assign(context.counters.of(connection.name), counted);
      await abandon(session, error);
    }
    if (context.signal.aborted || error instanceof StoreUnavailable) throw error;
    context.failed.add(connection.name);
    context.fault(toFault(error, { connection: connection.name }));
    return { ...NOTHING_SENT, proven: false };
  } finally {
    session.finished.close();
  }
  await session.expected.save(context, connection, { soon: true });
  // What was sent until then is committed and recorded; the rest waits as it did.
  context.signal.throwIfAborted();
  return { sent: session.sent, proven: session.proven, conflicts: session.conflicts };
}

/** `left`: those that are to be sent and were not taken yet; taken ones are taken out of it. */
async function sendAll(session: Session, operation: ExportOperation, left: Set<StagedId> | undefined): Promise<void> {
  if (left?.size === 0) return;
  const { context, connection } = session;
  const sending = context.turns.sending(connection.name);
  for (let after = 0; goesOn(session); ) {
    // Nobody is made to wait for a turn that has nothing to take.
    if (left && left.size <= FEW && !(await waits(session, operation, [...left]))) return;
    const attempt = `${context.epoch}-${connection.rank}-${operation}-${context.counters.attempts++}`;
    const allowance = await allowed(context, connection, mostOf(session));
    let rows: readonly StagedRow[] = [];
    try {
      const begun = context.monotonic();
      if (allowance.items > 0) rows = await take(session, operation, attempt, after, left && [...left], allowance.items);
      else session.stopped = true;
      if (rows.length > 0) {
        after = rows[rows.length - 1]!.id;
        const batch = sendBatch(session, attempt, rows, begun);
        sending.add(batch);
        await batch.finally(() => sending.delete(batch));
        context.progress('export', connection.name, session.sent, null);
      }
    } finally {
      await allowance.sent(rows.length);
    }
    for (const { id } of rows) left?.delete(id);
    if (left?.size === 0) return;
    if (rows.length > 0) continue;
    if (after > 0) {
      // What came to wait meanwhile, behind us.
      after = 0;
      continue;
    }
    // What somebody else has on its way may be wanted otherwise by now: it is ours to send once that is answered.
    if (sending.size === 0 || (left && !(await waits(session, operation, [...left])))) return;
    await Promise.allSettled(sending);
  }
}

/** What was decided and not gated yet is nobody's to send: who decides has the turn until it is. */
async function take(
  session: Session,
  operation: ExportOperation,
  attempt: string,
  after: StagedId,
  only: readonly StagedId[] | undefined,
  limit: number,
): Promise<readonly StagedRow[]> {
  const { context, connection } = session;
  const turn = await context.turns.take(only !== undefined);
  try {
    session.held = await heldPartsOf(context, connection);
    return await context.store.exports.take({
      connection: connection.name,
      run: context.run,
      epoch: context.epoch,
      attempt,
      now: context.wall(),
      deadline: context.wall() + SEND_DEADLINE_MS,
      after,
      limit,
      operations: [operation],
      ...(only ? { only } : {}),
    });
  } finally {
    turn.end();
  }
}

function mostOf({ context, connection, writer }: Session): number {
  return Math.min(writer.batch.items, hasSecrets(connection) ? MOST_SECRET : MOST, context.turns.busy ? MOST_BUSY : MOST);
}

function hasSecrets({ exports }: EngineConnection): boolean {
  return [...exports.values()].some(({ secrets }) => secrets.length > 0);
}

async function waits(
  { context, connection: { name } }: Session,
  operation: ExportOperation,
  only: readonly StagedId[],
): Promise<boolean> {
  const rows = await context.store.spaces.byIds(only);
  return rows.some(
    ({ connection, export: wish }) =>
      connection === name && wish?.state === 'waiting' && wish.operation === operation && wish.notBefore <= context.wall(),
  );
}

async function sendBatch(session: Session, attempt: string, rows: readonly StagedRow[], begun: number): Promise<void> {
  const { context, connection, writer } = session;
  const plan = stagingPlan(context, connection);
  const settling = settlingOf(context, connection);
  const durable = context.store.durable();
  durable.catch(() => undefined);
  const sendings = await translate(context, connection, rows, session);
  // Nothing is told or sent that a power cut would make forget. Nobody has the turn for as long; who comes meanwhile waits for this batch.
  await durable;
  const isEmpty = ({ item, sent, secrets }: Sending): boolean =>
    item.operation === 'update' && item.name === undefined && !hasAny(sent) && secrets.length === 0;
  const ready = await readyToTell(
    session,
    sendings.filter((one) => !isEmpty(one)),
  );
  // The process stood still: others may believe this attempt lost by now. Nothing of it is sent.
  if (context.monotonic() - begun > SEND_DEADLINE_MS) {
    const answers = rows.map((row) => ({ ...NOT_DONE, staged: row.id, revision: row.export!.revision }));
    await record(session, { attempt, answers, members: null, changes: [], dirty: [] });
    return;
  }
  const secrets = generateSecrets(session, ready.sendable, () => SEND_DEADLINE_MS - (context.monotonic() - begun));
  const all = { sendings: ready.sendable, results: await write(session, secrets) };
  const inTime = (): boolean => !session.stopped && context.monotonic() - begun <= SEND_DEADLINE_MS;
  const { sendings: written, results: answered } = await sendWithout(
    all,
    secrets.items,
    (items) => write(session, { ...secrets, items }),
    inTime,
    ({ row, item }, fault) => tellRefusal(session, row, item, fault),
  );
  const results = await refuseNotNew(context, connection, written, answered);
  const sendable = await secrets.tell(written, results);
  const answers: ExportAnswer[] = [...ready.waiting];
  const changes: NewChange[] = [];
  const lost = createLostReferences(context, connection);
  await lost.load(rows);
  const seen = await lookUpWritten(session, plan, settling, sendable, results);
  const stale = await lookAtStale(session, plan, sendable, results, settling.shared);
  sendable.forEach((sending, i) => {
    const object = seen.get(i);
    const result = object ? { ...results[i]!, object } : results[i]!;
    const changed = stale.get(i);
    const answer = changed?.answer ?? answerOf(context, plan, settling, sending, result, writer.commit !== undefined, lost);
    answers.push(remembered(answer, sending.row, sending.made));
    count(session, sending, answer, changes);
    if (answer.outcome === 'proven')
      context.counters.add(connection.name, PROVEN_BY[writer.commit ? 'digest' : object ? 'lookup' : 'answer']);
    if (changed?.object || isTaken(context, sending, result)) session.conflicts++;
    else if (!result.ok && result.fault !== session.broken) refuse(session, sending.row, sending.item, result);
  });
  // Nothing of it may be sent now: it waits as it was.
  for (const sending of sendings) if (isEmpty(sending)) answers.push(isUnmade(sending) ? unmadeAnswer(sending) : kept(sending));
  await tellUnmade(context, connection, sendings);
  const { dirty, edges } = await afterAnswers(context, connection, sendable, answers, results, settling.shared);
  const followed = answers.map((one) => (edges.has(one.staged) ? { ...one, edges: edges.get(one.staged)! } : one));
  await finish(session, { attempt, answers: followed, members: null, changes, dirty });
  const news = [...stale.values()].flatMap(({ object }) => object ?? []);
  if (news.length > 0) await stageLooked(context, connection, news);
}

function kept({ row }: Sending): ExportAnswer {
  // branch: holds: all of a change
  const { revision, notBefore, wanted, wantedName, parts } = row.export!;
  return { ...NOT_DONE, staged: row.id, revision, notBefore, remaining: { wanted: wanted!, wantedName, parts, state: 'held' } };
}

function count(session: Session, sending: Sending, answer: ExportAnswer, changes: NewChange[]): void {
  const { context, connection } = session;
  const { row, item, sent, secrets } = sending;
  if (answer.outcome !== 'proven' && answer.outcome !== 'sent') return;
  session.sent++;
  if (answer.outcome === 'sent') session.proven = false;
  const { counters } = context;
  counters.add(connection.name, 'written');
  if (item.operation === 'create') {
    counters.add(connection.name, 'created');
    session.expected.write(row.kind, null, sent);
    const last = changes[changes.length - 1];
    if (last && last.operation === 'create' && last.to + 1 === row.id) changes[changes.length - 1] = { ...last, to: row.id };
    else changes.push({ subject: 'staged', from: row.id, to: row.id, operation: 'create', before: null, after: null });
    return;
  }
  if (item.operation === 'delete') counters.add(connection.name, 'deleted');
  else if (answer.parts.includes('disable')) counters.add(connection.name, 'disabled');
  else counters.add(connection.name, 'updated');
  const seen = row.seen === null ? bare() : parseImage(row.seen);
  const before = bare();
  for (const name in sent) before[name] = seen[name] ?? null;
  if (item.operation === 'delete') session.expected.write(row.kind, seen, null);
  else session.expected.write(row.kind, before, sent);
  changes.push({
    subject: 'staged',
    from: row.id,
    to: row.id,
    operation: item.operation === 'delete' ? 'delete' : 'update',
    before: item.operation === 'delete' ? row.seen : imageText(before),
    after: item.operation === 'delete' ? null : imageText(printed(Object.assign(bare(), sent, wishes(secrets)))),
  });
}
