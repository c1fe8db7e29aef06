/** One export of a target: what it has sent so far, how a batch is sent, refused, recorded. */
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { RollcallError, toFault } from '#core/errors';
import type { DirtyRange, EdgeWrite, ExportAnswer, GroupChange, NewChange } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { ACTIONS } from './answers.ts';
import type { Expected } from './expected.ts';
import type { Sending } from './translate.ts';

export interface Session {
  readonly context: EngineContext;
  readonly connection: EngineConnection;
  readonly writer: Writer;
  held: ReadonlySet<string>;
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

export interface Finished {
  readonly attempt: string;
  readonly answers: readonly ExportAnswer[];
  readonly changes: readonly NewChange[];
  readonly edges: readonly EdgeWrite[];
  /** What of the edges the gates count: nobody approved it. */
  readonly counted: readonly GroupChange[];
  readonly dirty: readonly DirtyRange[];
}

/** The target's answers, one per item; a batch that failed as a whole is answered for each. */
export async function write(session: Session, items: readonly WriteItem[]): Promise<readonly WriteResult[]> {
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

export function refuse(session: Session, sending: Sending, result: Extract<WriteResult, { ok: false }>): void {
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

/** What a file-like target made durable. One batch is written to the store while the next is put together. */
export async function recordAll(session: Session): Promise<void> {
  let onItsWay: Promise<void> = Promise.resolve();
  for (const done of session.finished) {
    const next = record(session, done);
    next.catch(() => undefined);
    await onItsWay;
    onItsWay = next;
  }
  await onItsWay;
}

export async function record(session: Session, done: Finished): Promise<void> {
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

export async function settle({ context, connection }: Session, { edges, counted }: Finished): Promise<void> {
  await context.store.exports.settleEdges({
    connection: connection.name,
    epoch: context.epoch,
    edges,
    counted: { at: context.wall(), groups: counted },
  });
}
