/**
 * The errors of a run on their way to the store: written while it goes on, so that a run that is killed has not lost them. One
 * batch is under way at a time; what comes meanwhile makes the next. A run without errors does nothing here.
 */
import type { Epoch, ErrorRow, RunId, Store } from '#store/contract';

const BATCH = 1_000;
/** Kept of one connection in one run; a rule that fails for everybody would fill the store. The others are counted. */
const KEPT = 10_000;

export interface ErrorLog {
  add(error: Omit<ErrorRow, 'run'>): void;
  /** When all are in the store. Throws what kept one from getting there. */
  settled(): Promise<void>;
}

/** `begun`: when the run is in the store. */
export function createErrorLog(
  store: Pick<Store, 'runs'>,
  begun: Promise<{ readonly id: RunId; readonly epoch: Epoch }>,
): ErrorLog {
  const kept = new Map<string | null, number>();
  let waiting: Omit<ErrorRow, 'run'>[] = [];
  let writing: Promise<void> | null = null;
  let failure: { readonly error: unknown } | null = null;

  async function write(): Promise<void> {
    // What one step tells at once goes together.
    await undefined;
    try {
      const { id: run, epoch } = await begun;
      while (waiting.length > 0 && failure === null) {
        const batch = waiting.slice(0, BATCH);
        waiting = waiting.slice(BATCH);
        await store.runs.recordErrors(
          batch.map((error) => ({ run, ...error })),
          epoch,
        );
      }
    } catch (error) {
      failure = { error };
    }
    writing = null;
  }
  function put(error: Omit<ErrorRow, 'run'>): void {
    if (failure !== null) return;
    waiting.push(error);
    writing ??= write();
  }

  return {
    add(error) {
      const count = (kept.get(error.connection) ?? 0) + 1;
      kept.set(error.connection, count);
      if (count <= KEPT) put(error);
    },
    async settled() {
      for (const [connection, count] of kept) if (count > KEPT) put(more(connection, count - KEPT));
      kept.clear();
      while (writing !== null) await writing;
      if (failure !== null) throw failure.error;
    },
  };
}

function more(connection: string | null, count: number): Omit<ErrorRow, 'run'> {
  return {
    connection,
    subject: null,
    subjectId: null,
    fault: {
      kind: 'invalidValue',
      message: `${count} more errors were counted and not kept`,
      where: connection === null ? {} : { connection },
      remedy: 'mend the first ones: they tend to have one cause',
    },
  };
}
