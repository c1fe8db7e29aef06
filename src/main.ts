/**
 * The composition root: where a command begins, and a thread of the service. What it is made of is named here and in program.ts, and
 * loaded when it is known which of them it is.
 */
import { realpathSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Program } from '#cli/index';
import { isServiceThread, type ServiceOptions, type ServiceThreadData } from '#worker/contract';
import type { StartThread } from '#worker/thread';

/** This file once more. */
const startWorker: StartThread = () =>
  new Worker(new URL(import.meta.url), {
    execArgv: import.meta.url.endsWith('.ts') ? ['--conditions=source'] : [],
    workerData: { thread: 'service' } satisfies ServiceThreadData,
  });

/** The first one is started at once: it loads what it needs while this thread does. */
function startedAhead(): StartThread {
  let ahead: Worker | null = startWorker().once('exit', () => {
    ahead = null;
  });
  // Where it does not get so far, this thread has the same to say.
  const failed = (): void => undefined;
  ahead.on('error', failed);
  // A command that is none ends without it.
  ahead.unref();
  return () => {
    const worker = ahead ?? startWorker();
    ahead = null;
    worker.off('error', failed).ref();
    return worker;
  };
}

export async function createProgram(startThread: StartThread = startWorker): Promise<Program> {
  const { createProgramWith } = await import('./program.ts');
  return await createProgramWith(startThread);
}

// Threads of the service begin here as well; others find the same command line, and are none of it.
if (isServiceThread(workerData)) {
  const [{ serveLoop }, program] = await Promise.all([import('#worker/loop'), createProgram()]);
  parentPort!.once('message', async (told: ServiceOptions) => {
    if (told.traces !== null) {
      const { startTraces } = await import('#telemetry/traces');
      const end = startTraces(told.traces, program.version);
      parentPort!.once('close', () => void end());
    }
    await serveLoop(program, told, parentPort!);
  });
} else if (isMainThread && process.argv[1] !== undefined && import.meta.filename === realpathSync(process.argv[1])) {
  const argv = process.argv.slice(2);
  const startThread = argv[0] === 'serve' ? startedAhead() : startWorker;
  const [{ main }, program] = await Promise.all([
    import('#cli/index'),
    createProgram(startThread),
    ...(argv[0] === 'serve' ? [import('#server/serve')] : []),
  ]);
  process.exitCode = await main(argv, process.env, process, program);
}
