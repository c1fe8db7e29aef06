/**
 * One export to one target: what was sent and answered so far. Answers of an ordinary target are recorded batch by batch; those
 * of a file-like one when its `commit` made them durable.
 */
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { type ErrorKind, type Fault, RollcallError, toFault } from '#core/errors';
import { accountName } from '#core/label';
import { traced } from '#core/tracing';
import type { StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { isClosed } from '../safety/window.ts';
import { ACTIONS, NOT_DONE } from './answers.ts';
import type { Expected } from './expected.ts';
import type { Finished, FinishedBatches } from './finished.ts';
import { memberAnswer } from './member-changes.ts';
import type { Secrets } from './secrets.ts';
import { usable } from './usable.ts';

/** How long one send may take before its attempt is believed lost (STORE 6). */
export const SEND_DEADLINE_MS = 30_000;
/** Items, or memberships, of one batch. */
export const MOST = 5_000;

export interface Session {
  readonly context: EngineContext;
  readonly connection: EngineConnection;
  readonly writer: Writer;
  /** Outside of the target's window nothing else goes. */
  readonly disablesOnly: boolean;
  held: ReadonlySet<string>;
  /** Batches of a file-like target, answered after its commit. */
  readonly finished: FinishedBatches;
  readonly expected: Expected;
  sent: number;
  conflicts: number;
  proven: boolean;
  stopped: boolean;
  /** The target failed as a whole: this is the answer of each item of that batch, and told once, not for each. */
  broken: Fault | null;
}

/** Whether the next batch may be sent: the window of the target may be over meanwhile. */
export function goesOn({ context, connection, stopped, disablesOnly }: Session): boolean {
  return !stopped && !context.signal.aborted && (disablesOnly || !isClosed(context, connection));
}

/** Without its commit nothing of a file-like target happened: what was written to it waits as it did. */
export async function abandon(session: Session, error: unknown): Promise<void> {
  const { context, connection } = session;
  // branch: retries: a file's commit failed
  await context.open(connection).close();
  const fault = canonicalJson(toFault(error, { connection: connection.name }));
  for (const done of session.finished.all()) {
    const answers = done.answers.map(({ staged, revision }) => ({ ...NOT_DONE, staged, revision, fault }));
    await record(session, { ...done, answers, members: done.members && [], changes: [], dirty: [] });
  }
}

/** Errors by which a target says that it did nothing of a batch: it never came to that. */
const NOTHING_DONE: ReadonlySet<ErrorKind> = new Set(['configuration', 'authentication', 'permission', 'rateLimited']);

/** The target's answers, one per item; a batch that failed as a whole is answered for each. */
export async function write(
  session: Session,
  { items, hide = unchanged }: Pick<Secrets, 'items'> & Partial<Secrets>,
): Promise<readonly WriteResult[]> {
  if (items.length === 0) return [];
  try {
    const asked = { 'rollcall.connection': session.connection.name, 'rollcall.items': items.length };
    const results = await traced('connector write', asked, () => session.writer.write(items), { kind: 'client' });
    if (results.length !== items.length)
      throw new RollcallError('internal', `the connector answered ${results.length} of ${items.length} items`);
    return results.map((result, i) => {
      const item = items[i]!;
      if (isGone(item, result)) return { ok: true, anchor: item.anchor! };
      const answer = usable(item, result, (fault) => tell(session, hide(fault)));
      return answer.ok ? answer : { ...answer, fault: hide(answer.fault) };
    });
  } catch (error) {
    const fault = hide(toFault(error, { connection: session.connection.name }));
    session.context.failed.add(session.connection.name);
    session.context.fault(fault);
    session.stopped = true;
    // None of it is the items' own fault: they wait for the target.
    const broken: Fault = { ...fault, kind: 'unavailable' };
    // branch: retries: a batch failed as a whole
    session.broken = broken;
    const claim = error instanceof RollcallError ? error.kind : null;
    return items.map((item) => ({
      ok: false,
      fault: broken,
      unknown: session.writer.commit === undefined && mayBeDone(item, claim),
      ...(error instanceof RollcallError && error.retryAfterMs !== undefined ? { retryAfterMs: error.retryAfterMs } : {}),
    }));
  }
}

const unchanged = (fault: Fault): Fault => fault;

function tell({ context, connection }: Session, fault: Fault): void {
  context.fault({ ...fault, where: { connection: connection.name, ...fault.where } });
}

/**
 * Sent, and no answer: what happened is not known unless the error says that nothing was done. That a target cannot be reached
 * may also be found out too late: then only what can be repeated is repeated without a look, and no create.
 */
function mayBeDone(item: WriteItem, claim: ErrorKind | null): boolean {
  if (claim === 'unavailable') return item.operation === 'create';
  return claim === null || !NOTHING_DONE.has(claim);
}

/** A delete of what is not there any more, such as one that was done before and never answered: it is as it should be. */
function isGone({ operation }: WriteItem, result: WriteResult): boolean {
  return operation === 'delete' && !result.ok && result.fault.kind === 'notFound';
}

export function refuse(session: Session, row: StagedRow, item: WriteItem, result: Extract<WriteResult, { ok: false }>): void {
  const { context, connection } = session;
  context.counters.add(connection.name, 'failed');
  tellRefusal(session, row, item, result.fault);
  if (ACTIONS[result.fault.kind] !== 'stop') return;
  session.stopped = true;
  context.failed.add(connection.name);
}

export function tellRefusal({ context, connection }: Session, row: StagedRow, item: WriteItem, fault: Fault): void {
  const { object: said } = fault.where;
  const known = said === undefined || said === row.anchor ? accountName(row) : said;
  const object = known ?? item.name ?? item.anchor ?? `#${row.objectId ?? row.id}`;
  context.fault({ ...fault, where: { connection: connection.name, ...fault.where, object } }, { subject: 'staged', id: row.id });
}

/** What a file-like target made durable. One batch is written to the store while the next is put together. */
export async function recordAll(session: Session): Promise<void> {
  let onItsWay: Promise<void> = Promise.resolve();
  for (const done of session.finished.all()) {
    // Memberships were sent after the names of accounts changed some of them, and are recorded after that.
    if (done.members) await onItsWay;
    const next = record(session, done);
    next.catch(() => undefined);
    await onItsWay;
    onItsWay = next;
  }
  await onItsWay;
}

export async function finish(session: Session, done: Finished): Promise<void> {
  if (session.writer.commit) session.finished.add(done);
  else await record(session, done);
}

export async function record(session: Session, done: Finished): Promise<void> {
  const { context, connection } = session;
  const { attempt, answers, changes, dirty } = done;
  const common = { connection: connection.name, run: context.run, epoch: context.epoch, attempt, at: context.wall() };
  if (done.members) await context.store.exports.answerEdges({ ...common, ...memberAnswer(context, done.members) });
  else if (answers.length > 0) await context.store.exports.answer({ ...common, answers, changes, dirty });
}
