/**
 * Export: waiting wishes → the target, in batches, each stored as an attempt before it is sent (SEMANTICS 9). Creates before
 * updates before deletes, memberships last. A file-like target counts only what its `commit` made durable.
 */
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { canonicalJson, imageText, parseImage } from '#core/canonical';
import { RollcallError, toFault } from '#core/errors';
import { bare, hasAny } from '#core/values';
import type {
  DirtyRange,
  EdgeRow,
  EdgeWrite,
  ExportAnswer,
  ExportOperation,
  GroupChange,
  NewChange,
  StagedId,
  StagedRow,
} from '#store/contract';
import { type EngineConnection, type EngineContext, saveState } from '../context.ts';
import { stagingPlan } from '../import/plan.ts';
import { gateConnection, heldPartsOf } from '../safety/gates.ts';
import { modeOf } from '../safety/mode.ts';
import { sharedIn } from '../sync/ours.ts';
import { ACTIONS, answerOf, NOT_DONE } from './answers.ts';
import { createExpected, type Expected } from './expected.ts';
import { afterAnswers, isTaken } from './published.ts';
import { ruleOf, type Sending, translate } from './translate.ts';

/** How long one send may take before its attempt is believed lost (STORE 6). */
const SEND_DEADLINE_MS = 30_000;
const MOST = 5_000;

export interface ExportOutcome {
  readonly sent: number;
  /** Everything sent is proven already: no confirming import is needed. */
  readonly proven: boolean;
  /** Accounts with a generated value that the target has already: the next candidates may go out at once. */
  readonly conflicts: number;
}

const NOTHING_SENT: ExportOutcome = { sent: 0, proven: true, conflicts: 0 };

export async function exportConnection(
  context: EngineContext,
  connection: EngineConnection,
  only?: readonly StagedId[],
): Promise<ExportOutcome> {
  if (connection.exports.size === 0) return NOTHING_SENT;
  await gateConnection(context, connection);
  const writer = context.open(connection).write;
  if (modeOf(context, connection) !== 'on' || !writer) return NOTHING_SENT;
  const session: Session = {
    context,
    connection,
    writer,
    held: await heldPartsOf(context, connection),
    finished: [],
    expected: createExpected(),
    sent: 0,
    conflicts: 0,
    proven: true,
    stopped: false,
    broken: false,
  };
  const counted = { ...context.counters.of(connection.name) };
  try {
    for (const operation of ['create', 'update', 'delete'] as const) await sendAll(session, operation, only);
    // A plan, or one person, is no word about who else is in a group.
    if (!session.stopped && only === undefined) await sendMembers(session);
    if (writer.commit && session.finished.length > 0) {
      const { fingerprint } = await writer.commit();
      for (const done of session.finished) await record(session, done);
      await saveState(context, connection.name, { fingerprint });
    }
  } catch (error) {
    if (writer.commit) {
      Object.assign(context.counters.of(connection.name), counted);
      await abandon(session, error);
    }
    if (context.signal.aborted) throw error;
    context.fault(toFault(error, { connection: connection.name }));
    return { ...NOTHING_SENT, proven: false };
  }
  await session.expected.save(context, connection);
  // What was sent until then is committed and recorded; the rest waits as it did.
  context.signal.throwIfAborted();
  return { sent: session.sent, proven: session.proven, conflicts: session.conflicts };
}

interface Session {
  readonly context: EngineContext;
  readonly connection: EngineConnection;
  readonly writer: Writer;
  readonly held: ReadonlySet<string>;
  /** Batches of a file-like target, answered after its commit. */
  readonly finished: Finished[];
  readonly expected: Expected;
  sent: number;
  conflicts: number;
  proven: boolean;
  stopped: boolean;
  /** The target failed as a whole: told once, not for each item. */
  broken: boolean;
}

interface Finished {
  readonly attempt: string;
  readonly answers: readonly ExportAnswer[];
  readonly changes: readonly NewChange[];
  readonly edges: readonly EdgeWrite[];
  /** What of the edges the gates count: nobody approved it. */
  readonly counted: readonly GroupChange[];
  readonly dirty: readonly DirtyRange[];
}

/** Without its commit nothing of a file-like target happened: what was written to it waits as it did. */
async function abandon(session: Session, error: unknown): Promise<void> {
  const { context, connection } = session;
  await context.open(connection).close();
  const fault = canonicalJson(toFault(error, { connection: connection.name }));
  for (const done of session.finished) {
    const answers = done.answers.map(({ staged, revision }) => ({ ...NOT_DONE, staged, revision, fault }));
    await record(session, { ...done, answers, changes: [], edges: [], counted: [], dirty: [] });
  }
}

async function sendAll(session: Session, operation: ExportOperation, only: readonly StagedId[] | undefined): Promise<void> {
  const { context, connection, writer } = session;
  for (let n = 0; !session.stopped && !context.signal.aborted; n++) {
    const attempt = `${context.epoch}-${connection.rank}-${operation}-${n}`;
    const rows = await context.store.exports.take({
      connection: connection.name,
      run: context.run,
      epoch: context.epoch,
      attempt,
      now: context.wall(),
      deadline: context.wall() + SEND_DEADLINE_MS,
      limit: Math.min(writer.batch.items, MOST),
      operations: [operation],
      ...(only ? { only } : {}),
    });
    if (rows.length === 0) return;
    await sendBatch(session, attempt, rows);
    context.progress('export', connection.name, session.sent, null);
  }
}

async function sendBatch(session: Session, attempt: string, rows: readonly StagedRow[]): Promise<void> {
  const { context, connection, writer } = session;
  const plan = stagingPlan(context, connection);
  const settling = { connection, shared: sharedIn(context, connection.exports.values()), now: context.now };
  const sendings = await translate(context, connection, rows, session.held);
  const sendable = sendings.filter((s) => s.item.operation !== 'update' || s.item.name !== undefined || hasAny(s.item.set));
  const results = await write(
    session,
    sendable.map((s) => s.item),
  );
  const answers: ExportAnswer[] = [];
  const changes: NewChange[] = [];
  sendable.forEach((sending, i) => {
    const result = results[i]!;
    const answer = answerOf(context, plan, settling, sending, result, writer.commit !== undefined);
    answers.push(answer);
    count(session, sending, answer, changes);
    if (isTaken(context, sending, result)) session.conflicts++;
    else if (!result.ok && !session.broken) refuse(session, sending, result);
  });
  // Nothing of it may be sent now: it waits as it was.
  const sent = new Set(sendable);
  for (const sending of sendings) if (!sent.has(sending)) answers.push(kept(sending));
  const dirty = await afterAnswers(context, connection, sendable, answers, results, settling.shared);
  const done = { attempt, answers, changes, edges: [], counted: [], dirty };
  if (writer.commit) session.finished.push(done);
  else await record(session, done);
}

/** The target's answers, one per item; a batch that failed as a whole is answered for each. */
async function write(session: Session, items: readonly WriteItem[]): Promise<readonly WriteResult[]> {
  if (items.length === 0) return [];
  try {
    const results = await session.writer.write(items);
    if (results.length !== items.length)
      throw new RollcallError('internal', `the connector answered ${results.length} of ${items.length} items`);
    return results;
  } catch (error) {
    const fault = toFault(error, { connection: session.connection.name });
    session.context.fault(fault);
    session.stopped = true;
    session.broken = true;
    // Sent, and no answer: what happened is not known unless the error says that nothing was done.
    const unknown = session.writer.commit === undefined && (!(error instanceof RollcallError) || error.kind === 'internal');
    return items.map(() => ({
      ok: false,
      // None of it is the items' own fault: they wait for the target.
      fault: { ...fault, kind: 'unavailable' },
      unknown,
      ...(error instanceof RollcallError && error.retryAfterMs !== undefined ? { retryAfterMs: error.retryAfterMs } : {}),
    }));
  }
}

function kept({ row }: Sending): ExportAnswer {
  const { revision, notBefore, wanted, parts } = row.export!;
  return { ...NOT_DONE, staged: row.id, revision, notBefore, remaining: { wanted: wanted!, parts, state: 'held' } };
}

function count(session: Session, sending: Sending, answer: ExportAnswer, changes: NewChange[]): void {
  const { context, connection } = session;
  const { row, item, sent } = sending;
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
    after: item.operation === 'delete' ? null : imageText(sent),
  });
}

function refuse(session: Session, sending: Sending, result: Extract<WriteResult, { ok: false }>): void {
  const { context, connection } = session;
  context.counters.add(connection.name, 'failed');
  context.fault(
    {
      ...result.fault,
      where: {
        connection: connection.name,
        object: sending.item.anchor ?? sending.item.name ?? String(sending.row.id),
        ...result.fault.where,
      },
    },
    { subject: 'staged', id: sending.row.id },
  );
  if (ACTIONS[result.fault.kind] === 'stop') session.stopped = true;
}

async function record(session: Session, done: Finished): Promise<void> {
  const { context, connection } = session;
  if (done.answers.length > 0)
    await context.store.exports.answer({
      connection: connection.name,
      run: context.run,
      epoch: context.epoch,
      attempt: done.attempt,
      at: context.wall(),
      answers: done.answers,
      changes: done.changes,
      dirty: done.dirty,
    });
  if (done.edges.length > 0) await settle(session, done);
}

async function settle({ context, connection }: Session, { edges, counted }: Finished): Promise<void> {
  await context.store.exports.settleEdges({
    connection: connection.name,
    epoch: context.epoch,
    edges,
    counted: { at: context.wall(), groups: counted },
  });
}

/** Memberships decided and not proven: set operations on the groups that exist in the target. */
async function sendMembers(session: Session): Promise<void> {
  const { context, connection, writer } = session;
  for (let after: EdgeRow | null = null; !session.stopped && !context.signal.aborted; ) {
    const edges: readonly EdgeRow[] = await context.store.exports.pendingEdges(connection.name, { after, limit: MOST });
    if (edges.length === 0) return;
    after = edges[edges.length - 1]!;
    const rows = new Map(
      (await context.store.spaces.byIds([...new Set(edges.map((e) => e.stagedId))])).map((row) => [row.id, row]),
    );
    const byGroup = new Map<number, EdgeRow[]>();
    for (const edge of edges) {
      if (edge.decided === 'discarded' || (session.held.has('member') && edge.decided === null)) continue;
      // A group whose create is on its way in this same commit counts as there.
      const row = rows.get(edge.stagedId)!;
      if (row.protected) continue;
      if (
        row.presence !== 'present' &&
        !session.finished.some((f) => f.answers.some((a) => a.staged === row.id && a.outcome === 'proven'))
      )
        continue;
      byGroup.set(edge.stagedId, [...(byGroup.get(edge.stagedId) ?? []), edge]);
    }
    const groups = [...byGroup];
    const items: WriteItem[] = groups.map(([id, list]) =>
      memberItem(rows.get(id)!, list, `${context.epoch}-${connection.rank}-member:${id}`),
    );
    const results = await write(session, items);
    const settled: EdgeWrite[] = [];
    const counted: GroupChange[] = [];
    groups.forEach(([id, list], i) => {
      const result = results[i]!;
      if (!result.ok) {
        if (session.broken) return;
        refuse(
          session,
          {
            row: rows.get(id)!,
            rule: ruleOf(connection, rows.get(id)!.kind)!,
            item: items[i]!,
            sent: bare(),
            rest: null,
          },
          result,
        );
        return;
      }
      session.sent++;
      context.counters.add(connection.name, 'written');
      for (const edge of list)
        settled.push({ ...edge, state: edge.state === 'add' ? 'seen' : 'drop', ours: edge.state === 'add' });
      counted.push(...countedOf(list));
    });
    const changes: NewChange[] = groups.flatMap(([id, list], i) => (results[i]!.ok ? [memberChange(id, list)] : []));
    const done = { attempt: '', answers: [], changes, edges: settled, counted, dirty: [] };
    if (writer.commit) session.finished.push(done);
    else await settle(session, done);
    if (changes.length > 0) await context.store.runs.recordChanges(context.run, context.epoch, changes);
    if (edges.length < MOST) return;
  }
}

/** By attribute; what a person approved does not count. */
function countedOf(edges: readonly EdgeRow[]): GroupChange[] {
  const out = new Map<string, { stagedId: StagedId; attribute: string; added: number; removed: number }>();
  for (const { stagedId, attribute, state, decided } of edges) {
    if (decided !== null) continue;
    const change = out.get(attribute) ?? { stagedId, attribute, added: 0, removed: 0 };
    out.set(attribute, change);
    if (state === 'add') change.added++;
    else change.removed++;
  }
  return [...out.values()];
}

function memberItem(row: StagedRow, edges: readonly EdgeRow[], attempt: string): WriteItem {
  const add: { [attribute: string]: string[] } = bare();
  const remove: { [attribute: string]: string[] } = bare();
  for (const edge of edges) {
    const into = edge.state === 'add' ? add : remove;
    into[edge.attribute] = [...(into[edge.attribute] ?? []), edge.text];
  }
  return { attempt, operation: 'update', kind: row.kind, anchor: row.anchor, set: {}, add, remove };
}

function memberChange(id: number, edges: readonly EdgeRow[]): NewChange {
  const of = (state: string): string =>
    imageText(
      Object.assign(bare(), {
        member: edges
          .filter((e) => e.state === state)
          .map((e) => e.text)
          .slice(0, 100),
      }),
    );
  return { subject: 'staged', from: id, to: id, operation: 'export', before: of('remove'), after: of('add') };
}
