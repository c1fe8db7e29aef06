/**
 * The threads of a store. One that is done waits a moment for more of its kind: where a store is small, starting one (loading what
 * it runs) takes longer than all that it does.
 */
import { once } from 'node:events';
import { MessageChannel, type MessagePort, parentPort, Worker } from 'node:worker_threads';

/** Where the code of a thread lies, and how it is started. */
export interface ThreadPlace {
  readonly url: URL;
  readonly execArgv: string[];
}

export interface Work {
  /** To and from the thread, for this work alone. */
  readonly port: MessagePort;
  /** The thread has closed the port, and all that it said has been heard; or it died: of what. */
  readonly done: Promise<Error | null>;
}

interface Asked {
  readonly data: unknown;
  readonly port: MessagePort;
}

/** Then it ends, and what it had of memory is free. */
const IDLE_MS = 5_000;
const idle = new Map<string, Set<Worker>>();

/** `data`: what the thread is told at first. */
export function startWork(place: ThreadPlace, data: unknown): Work {
  const worker = takeIdle(place) ?? start(place);
  const { port1: port, port2 } = new MessageChannel();
  const closed = once(port, 'close');
  const over = new Promise<Error | null>((resolve) => {
    const settle = (error: Error | null): void => {
      worker.off('message', free).off('error', died).off('exit', ended);
      resolve(error);
    };
    const free = (): void => {
      settle(null);
      keep(place, worker);
    };
    const died = (error: Error): void => {
      settle(error);
      port.close();
    };
    const ended = (code: number): void => died(new Error(`it ended with exit code ${code}`));
    worker.on('message', free).on('error', died).on('exit', ended);
  });
  worker.postMessage({ data, port: port2 } satisfies Asked, [port2]);
  return { port, done: Promise.all([over, closed]).then(([error]) => error) };
}

const waiting = ({ url }: ThreadPlace): Set<Worker> => {
  const there = idle.get(url.href) ?? new Set();
  idle.set(url.href, there);
  return there;
};

function start(place: ThreadPlace): Worker {
  const worker = new Worker(place.url, { execArgv: place.execArgv, stdout: false });
  worker.once('exit', () => waiting(place).delete(worker));
  return worker;
}

function takeIdle(place: ThreadPlace): Worker | undefined {
  const [worker] = waiting(place);
  if (worker === undefined) return undefined;
  waiting(place).delete(worker);
  worker.ref();
  return worker;
}

/** The process may end meanwhile. */
function keep(place: ThreadPlace, worker: Worker): void {
  const there = waiting(place).add(worker);
  worker.unref();
  setTimeout(() => {
    // One that was busy meanwhile is as good as another one.
    if (there.delete(worker)) worker.postMessage(null);
  }, IDLE_MS).unref();
}

/** In a thread: `work` is called for each, one after the other; it is over when the port is closed. */
export function serve<Data>(work: (data: Data, port: MessagePort) => void): void {
  const here = parentPort!;
  here.on('message', (asked: Asked | null) => {
    if (asked === null) return here.close();
    asked.port.once('close', () => here.postMessage(null));
    work(asked.data as Data, asked.port);
  });
}
