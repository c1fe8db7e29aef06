/** The other side of a loop: starts its thread, asks it, hears its events. */
import type { Worker } from 'node:worker_threads';
import { RollcallError } from '#core/errors';
import { traceParent } from '#core/tracing';
import { fromFault } from '#core/unknown-name';
import { type Asked, type Request, type ServiceOptions, type Told, together } from './contract.ts';
import type { ServiceEvent } from './events.ts';

export interface ServiceThread {
  /** Errors: as the operation's own; `unavailable` when the thread has ended. */
  ask(request: Request): Promise<unknown>;
  /** When it has ended without having been told to: why. */
  readonly died: Promise<RollcallError>;
  /** Ends what is at hand cleanly; a second time does nothing. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** For what a thread does after its last answer: its last traces leave. */
const LAST_MS = 10_000;

/** One that waits to be told what it is to do. */
export type StartThread = () => Worker;

/** Its store is open when this is fulfilled. Errors: as of opening it; all faults of the file are in `faults` of the error's `cause`. */
export async function startService(
  start: StartThread,
  options: ServiceOptions,
  onEvent: (event: ServiceEvent) => void,
): Promise<ServiceThread> {
  const worker = start();
  const { role } = options;
  worker.postMessage(options);
  const waiting = new Map<number, Waiting>();
  const death = Promise.withResolvers<RollcallError>();
  let ended: RollcallError | null = null;
  let stopped: Promise<void> | null = null;
  let lastId = 0;
  const end = (why: string): void => {
    ended ??= new RollcallError('unavailable', why, { remedy: 'start the service again' });
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    if (stopped === null) death.resolve(ended);
  };
  const heard = (told: Told): void => {
    if ('event' in told) {
      onEvent(told.event);
      return;
    }
    const asked = waiting.get(told.id);
    waiting.delete(told.id);
    if (told.ok) asked?.resolve(told.answer);
    else asked?.reject(told.foreseen ? fromFault(told.fault, told.wrong) : new Error(told.fault.message));
  };
  worker.on('message', (all: readonly Told[]) => all.forEach(heard));
  worker.on('error', (error) => end(`the ${role === 'works' ? 'working' : 'reading'} thread failed: ${error.message}`));
  worker.on('exit', () => end('the service has ended'));
  // Requests that have come by now go along.
  const refused = ({ id }: Asked): void => {
    waiting.get(id)?.reject(new RollcallError('invalidValue', 'the request is too large or too deep to be passed on'));
    waiting.delete(id);
  };
  const send = together<Asked>(
    (all) => worker.postMessage(all),
    (say) => setImmediate(() => setImmediate(say)),
    refused,
  );
  const answerTo = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) reject(ended);
      else waiting.set(id, { resolve, reject });
    });
  const ask = (request: Request): Promise<unknown> => {
    const id = ++lastId;
    const answer = answerTo(id);
    if (ended === null) send({ ...request, id, trace: traceParent() });
    return answer;
  };
  // What it still holds open then does not keep the process.
  const last = (): void => void setTimeout(() => void worker.terminate(), LAST_MS).unref();
  await answerTo(0).catch((error: unknown) => {
    last();
    throw error;
  });
  return {
    ask,
    died: death.promise,
    stop() {
      stopped ??= ask({ ask: 'stop' }).then(last, last);
      return stopped;
    },
  };
}
