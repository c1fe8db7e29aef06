/** From the command until the service is ready, on a store of everybody: as an installed package, and from the sources. */
import { setTimeout as pause } from 'node:timers/promises';
import { must } from '../../case.ts';
import { processesOf } from '../../memory.ts';
import { median } from '../../result.ts';
import { type Command, checkout, install } from '../installed.ts';
import { cpuMsOf, ended, freePort } from '../server.ts';
import type { ServiceCase } from '../service-case.ts';

const ROUNDS = 9;

export const serveStart: ServiceCase = {
  name: 'serve-start',
  start: 'everybody',
  goals: [
    { text: '< 1 s', reached: ({ seconds }) => seconds < 1 },
    { text: 'the first time too', reached: ({ also }) => also!.firstSeconds! < 1 },
  ],
  async run({ data: { folder } }) {
    const installed = install(folder);
    const first = await start(installed, folder);
    const later = await several(installed, folder);
    // What the sources are stripped to is kept at the first start of a checkout.
    await start(checkout, folder);
    const sources = await several(checkout, folder);
    return {
      seconds: later.seconds,
      objects: 1,
      also: { cpuMs: later.cpuMs, firstSeconds: first.seconds, sourceSeconds: sources.seconds, sourceCpuMs: sources.cpuMs },
    };
  },
};

interface Start {
  readonly seconds: number;
  /** Processor time of the launcher and of what it starts. */
  readonly cpuMs: number;
}

/** The middle of several. */
async function several(command: Command, folder: string): Promise<Start> {
  const starts: Start[] = [];
  for (let round = 0; round < ROUNDS; round++) starts.push(await start(command, folder));
  return { seconds: median(starts.map((one) => one.seconds)), cpuMs: median(starts.map((one) => one.cpuMs)) };
}

async function start(command: Command, folder: string): Promise<Start> {
  const port = await freePort();
  const begun = performance.now();
  const child = command.start(folder, 'serve', '--listen', `127.0.0.1:${port}`);
  try {
    await isReady(`http://127.0.0.1:${port}/readyz`, () => child.exitCode === null);
    const seconds = (performance.now() - begun) / 1000;
    return { seconds, cpuMs: processesOf(child.pid!).reduce((sum, pid) => sum + cpuMsOf(pid), 0) };
  } finally {
    await ended(child);
  }
}

async function isReady(url: string, goes: () => boolean): Promise<void> {
  for (;;) {
    must(goes(), 'the server starts');
    try {
      const answer = await fetch(url, { headers: { connection: 'close' } });
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch {
      // Nobody listens yet.
    }
    await pause(5);
  }
}
