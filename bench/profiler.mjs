/**
 * Loaded into each thread of a case that is profiled: notes where its time goes, and writes it into the folder ROLLCALL_BENCH_PROFILES
 * when the thread ends. Threads that end within a second are left out.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';

const session = new Session();
const begun = performance.now();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: 1000 });
session.post('Profiler.start');
process.on('exit', () => {
  if (performance.now() - begun < 1000) return;
  session.post('Profiler.stop', (error, stopped) => {
    const name = isMainThread ? 'calling thread' : `thread ${threadId}`;
    if (!error) writeFileSync(join(process.env.ROLLCALL_BENCH_PROFILES, `${name}.cpuprofile`), JSON.stringify(stopped.profile));
  });
});
