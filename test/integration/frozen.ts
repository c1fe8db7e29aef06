/**
 * A process that runs a cycle and stops itself (SIGSTOP) in the middle of its first export: `sending`, when the attempt is open
 * and nothing is sent, or `answered`, when the target has answered and nothing is recorded. By its monotonic clock it stood still
 * for longer than the 30 s an attempt may take, however short it was. Says that it stops, and at the end how many attempts it opened.
 */
import { writeSync } from 'node:fs';
import { createProgram } from '#main';
import { run } from '#runs/index';

const FROZEN_MS = 60_000;

const [file, moment] = process.argv.slice(2) as [string, 'sending' | 'answered'];
const program = await createProgram();
const loaded = await program.loadConfig(file);
if (!loaded.ok) throw new Error('the configuration has faults');
const store = await program.openStore(loaded.config, { readOnly: false });
const { take, answer } = store.exports;
let attempts = 0;
let stopped = false;
const stop = (): void => {
  if (stopped) return;
  stopped = true;
  writeSync(1, 'stops\n');
  process.kill(process.pid, 'SIGSTOP');
};
Object.assign(store.exports, {
  take: async (request: Parameters<typeof take>[0]) => {
    const rows = await take(request);
    if (rows.length > 0) attempts++;
    if (rows.length > 0 && moment === 'sending') stop();
    return rows;
  },
  answer: async (batch: Parameters<typeof answer>[0]) => {
    if (moment === 'answered') stop();
    return await answer(batch);
  },
});
const services = {
  config: loaded.config,
  store,
  wall: program.wall,
  monotonic: () => performance.now() + (stopped ? FROZEN_MS : 0),
};
const { status } = await run({ profile: 'cycle', connections: null, by: 'tester' }, services);
await store.close();
process.stdout.write(JSON.stringify({ status, attempts }));
