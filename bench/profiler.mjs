/**
 * Loaded into each thread of a program that is profiled: notes where its time goes, and writes it into the folder ROLLCALL_BENCH_PROFILES
 * when the thread ends. Threads that the end of the program would cut off write when it is about to end, or is told to by SIGWINCH, which
 * means nothing else to a program without a terminal. Threads that end within a second are left out.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

/** Until all threads have written. */
const WRITING_MS = 1_000;

const session = new Session();
const begun = performance.now();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: 1000 });
session.post('Profiler.start');
let written = false;
const write = () => {
  if (written || performance.now() - begun < 1000) return;
  written = true;
  session.post('Profiler.stop', (error, stopped) => {
    const name = isMainThread ? 'calling thread' : `thread ${threadId}`;
    if (!error) writeFileSync(join(process.env.ROLLCALL_BENCH_PROFILES, `${name}.cpuprofile`), JSON.stringify(stopped.profile));
  });
};
process.on('exit', write);
const threads = new BroadcastChannel('rollcall-bench-profiles');
threads.onmessage = write;
threads.unref();
if (isMainThread) {
  const all = () => {
    threads.postMessage(null);
    setTimeout(() => undefined, WRITING_MS);
  };
  process.once('beforeExit', all);
  process.once('SIGWINCH', all);
}
