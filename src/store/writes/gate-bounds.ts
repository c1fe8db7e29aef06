/**
 * How much may be pending at most, by part of a gate: what was counted last, and every row that an operation since then may have added. A
 * push beside a cycle asks again and again, while a million changes wait that would be counted each time. Only where this process alone
 * writes the store.
 */
import type { OperationInput, OperationName } from './operations.ts';
import { mostTaken } from './slices.ts';
import type { Writer } from './writer.ts';

export interface GateBounds {
  /** The same writer; what goes through it is noted. */
  readonly writer: Writer;
  /** At least as many of each part as are pending. */
  atMost(connection: string): Promise<(part: string) => number>;
  /** As many as are pending; counted anew. */
  counted(connection: string): Promise<ReadonlyMap<string, number>>;
}

type Weights = { readonly [Name in OperationName]?: (input: OperationInput<Name>) => number };

const nothing = (): number => 0;

/** Rows of which each may have got a wish that is pending. What is not named here (what people decide, an outage) may change any. */
const ADDS: Weights = {
  commit: ({ staged }) => staged.length,
  stage: ({ items }) => items.length,
  answer: ({ answers }) => answers.length,
  // What was taken may come back as it was wanted before.
  take: mostTaken,
  ...Object.fromEntries(
    (
      [
        ...[
          'appendAudit',
          'sealAudit',
          'beginRun',
          'progress',
          'finishRun',
          'recordErrors',
          'recordChanges',
          'addToBaseline',
          'saveState',
          'saveBitmap',
        ],
        ...[
          'clearBitmap',
          'markDirty',
          'clearDone',
          'reserve',
          'spend',
          'indexForSearch',
          'putBlobs',
          'touchAccess',
          'addSession',
        ],
        ...['attemptEdges', 'answerEdges', 'decideEdges', 'takeClaim', 'keepClaim', 'endClaim'],
      ] as const
    ).map((name) => [name, nothing]),
  ),
};

export function gateBounds(writer: Writer, pendingOf: (connection: string) => Promise<ReadonlyMap<string, number>>): GateBounds {
  /** Rows that operations which were sent, and those that are done, may have added. */
  let sent = 0;
  let done = 0;
  const known = new Map<string, { readonly pending: ReadonlyMap<string, number>; readonly since: number }>();
  /** How often what was counted stopped being true. */
  let cleared = 0;
  const clear = (): void => {
    cleared++;
    known.clear();
  };
  const noted = async <T, Name extends OperationName>(
    name: Name,
    inputs: readonly OperationInput<Name>[],
    work: Promise<T>,
  ): Promise<T> => {
    const weigh = ADDS[name];
    const rows = weigh === undefined ? null : inputs.reduce((sum, input) => sum + weigh(input), 0);
    if (rows === null) clear();
    else sent += rows;
    try {
      return await work;
    } finally {
      if (rows === null) clear();
      else done += rows;
    }
  };
  const counted: GateBounds['counted'] = async (connection) => {
    // What is on its way may not be counted yet.
    const [since, before] = [done, cleared];
    const pending = await pendingOf(connection);
    // What anything may have changed meanwhile is of no use to who asks next.
    if (cleared === before) known.set(connection, { pending, since });
    return pending;
  };
  return {
    writer: {
      ...writer,
      bulk: (name, input, more) => noted(name, [input], writer.bulk(name, input, more)),
      interactive: (name, input) => noted(name, [input], writer.interactive(name, input)),
      soon: (name, input) => noted(name, [input], writer.soon(name, input)),
      parts: (lane, name, inputs) => noted(name, inputs, writer.parts(lane, name, inputs)),
    },
    counted,
    async atMost(connection) {
      const since = done;
      const { pending, since: then } = known.get(connection) ?? { pending: await counted(connection), since };
      return (part) => (pending.get(part) ?? 0) + sent - then;
    },
  };
}
