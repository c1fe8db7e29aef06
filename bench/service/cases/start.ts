/** From the command until the service answers, on a store of everybody. */
import { setTimeout as pause } from 'node:timers/promises';
import { must } from '../../case.ts';
import { median } from '../../result.ts';
import { ended, freePort, spawnServer } from '../server.ts';
import type { ServiceCase } from '../service-case.ts';

const ROUNDS = 5;

export const serveStart: ServiceCase = {
  name: 'serve-start',
  start: 'everybody',
  goals: [{ text: '< 1 s', reached: ({ seconds }) => seconds < 1 }],
  async run({ data: { folder } }) {
    const taken: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const port = await freePort();
      const begun = performance.now();
      const child = spawnServer(folder, port);
      try {
        await answers(`http://127.0.0.1:${port}/api/openapi.json`, () => child.exitCode === null);
        taken.push((performance.now() - begun) / 1000);
      } finally {
        await ended(child);
      }
    }
    return { seconds: median(taken), objects: 1 };
  },
};

async function answers(url: string, goes: () => boolean): Promise<void> {
  for (;;) {
    must(goes(), 'the server starts');
    try {
      const answer = await fetch(url, { headers: { connection: 'close' } });
      must(answer.ok, 'it says what it offers');
      await answer.arrayBuffer();
      return;
    } catch {
      await pause(5);
    }
  }
}
