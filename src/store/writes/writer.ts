/** The calling side of the writer thread: each operation is a message, each answer settles a promise. */
import { setImmediate as pause } from 'node:timers/promises';
import { RollcallError } from '#core/errors';
import type { Slices } from '../contract.ts';
import { type PlainError, revive } from '../tables/faults.ts';
import { startWork, type ThreadPlace } from '../threads.ts';
import { toColumns } from './columns.ts';
import type { OperationInput, OperationName, OperationResult } from './operations.ts';

export interface WriterRequest {
  readonly id: number;
  readonly lane: 'interactive' | 'bulk';
  /** The next one of its lane belongs to the same batch. */
  readonly more: boolean;
  readonly name: OperationName | 'close' | 'written' | 'slices' | 'scrub';
  /** As columns. */
  readonly input: unknown;
}

export type WriterReply =
  | { readonly id: number; readonly ok: true; readonly result: unknown; readonly shapes: readonly string[] }
  | { readonly id: number; readonly ok: false; readonly error: PlainError; readonly shapes: readonly string[] };

export interface Writer {
  /** Of one slice of a large batch: what it does at one go (slices.ts). */
  readonly rowsAtOnce: number;
  /** @throws invalidValue before anything is written, when a value is outside the domain. */
  bulk<Name extends OperationName>(name: Name, input: OperationInput<Name>, more?: boolean): Promise<OperationResult<Name>>;
  interactive<Name extends OperationName>(name: Name, input: OperationInput<Name>): Promise<OperationResult<Name>>;
  /** Interactively too, together with whatever is sent next, or a moment later: for what nobody waits for. */
  soon<Name extends OperationName>(name: Name, input: OperationInput<Name>): Promise<OperationResult<Name>>;
  /**
   * The parts of one batch, written one after the other with nobody of their lane in between. They are packed one by one, so that
   * others are heard meanwhile, and sent at one go.
   */
  parts<Name extends OperationName>(
    lane: WriterRequest['lane'],
    name: Name,
    inputs: readonly OperationInput<Name>[],
  ): Promise<OperationResult<Name>[]>;
  rowsWritten(): Promise<{ readonly [table: string]: number }>;
  slices(): Promise<Slices>;
  /** Nothing that was deleted is left in the files; when nothing else waits, and for as long as that takes. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

export const NO_SLICES: Slices = { operations: {}, commitMs: 0, checkpointMs: 0 };

/** Then it is sent alone. */
const SOON_MS = 2;

type Trace = (operation: string, shapes: readonly string[]) => void;

/** `options`: what the thread at `place` is told. */
export async function startWriter(
  place: ThreadPlace,
  options: unknown,
  { rowsAtOnce, trace }: { readonly rowsAtOnce: number; readonly trace: Trace | undefined },
): Promise<Writer> {
  const { port, done } = startWork(place, options);
  const waiting = new Map<number, { name: string; resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let lastId = 0;
  let ended: RollcallError | undefined;

  const end = (error: RollcallError): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const settle = (reply: WriterReply): void => {
    const caller = waiting.get(reply.id);
    if (!caller) return;
    waiting.delete(reply.id);
    trace?.(caller.name, reply.shapes);
    if (reply.ok) caller.resolve(reply.result);
    else caller.reject(revive(reply.error));
  };
  port.on('message', (replies: readonly WriterReply[]) => replies.forEach(settle));
  const over = done.then((error) =>
    end(
      error === null
        ? new RollcallError('internal', 'the store is closed')
        : new RollcallError('internal', `the writer thread failed: ${error.message}`, { cause: error }),
    ),
  );

  const answerTo = (id: number, name: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) reject(ended);
      else waiting.set(id, { name, resolve, reject });
    });
  let unsent: WriterRequest[] = [];
  let later: NodeJS.Timeout | null = null;
  const sendAll = (): void => {
    if (later !== null) clearTimeout(later);
    later = null;
    const requests = unsent;
    unsent = [];
    port.postMessage(requests);
  };
  const queue = (lane: WriterRequest['lane'], name: WriterRequest['name'], input: unknown, more = false): Promise<unknown> => {
    const id = ++lastId;
    const answer = answerTo(id, name);
    if (!ended) unsent.push({ id, lane, more, name, input });
    return answer;
  };
  const post: typeof queue = (...request) => {
    const answer = queue(...request);
    if (unsent.length > 0) sendAll();
    return answer;
  };
  const send = (lane: WriterRequest['lane'], name: WriterRequest['name'], input: unknown, more = false): Promise<unknown> =>
    post(lane, name, toColumns(input), more);

  await answerTo(0, 'open');
  return {
    rowsAtOnce,
    bulk: (name, input, more) => send('bulk', name, input, more) as Promise<OperationResult<typeof name>>,
    interactive: (name, input) => send('interactive', name, input) as Promise<OperationResult<typeof name>>,
    soon(name, input) {
      const answer = queue('interactive', name, toColumns(input));
      later ??= setTimeout(sendAll, SOON_MS);
      return answer as Promise<OperationResult<typeof name>>;
    },
    async parts(lane, name, inputs) {
      const packed: unknown[] = [];
      for (const input of inputs) {
        if (packed.length > 0) await pause();
        packed.push(toColumns(input));
      }
      const answers = packed.map((input, n) => post(lane, name, input, lane === 'bulk' && n < packed.length - 1));
      return (await Promise.all(answers)) as OperationResult<typeof name>[];
    },
    rowsWritten: async () => (await send('interactive', 'written', null)) as { readonly [table: string]: number },
    slices: async () => (await send('interactive', 'slices', null)) as Slices,
    scrub: async () => void (await send('bulk', 'scrub', null)),
    async close() {
      if (ended) return;
      const answer = send('bulk', 'close', null).catch((error: unknown) => error);
      ended = new RollcallError('internal', 'the store is closed');
      await over;
      const failure = await answer;
      if (failure instanceof RollcallError && failure.message !== ended.message) throw failure;
    },
  };
}
