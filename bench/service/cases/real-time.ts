/** From a new person's acceptance until the target is written to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { employeeId } from '../../data.ts';
import { median, percentile } from '../../result.ts';
import { createUser } from '../people.ts';
import type { ServiceCase } from '../service-case.ts';
import { NOTES } from '../target.ts';

const PEOPLE = 500;
/** A second. */
const PACE = 50;
/** Until the last of them is written. */
const PATIENCE_MS = 10_000;

export const realTime: ServiceCase = {
  name: 'real-time',
  start: 'everybody',
  goals: [
    { text: 'half of them < 50 ms', reached: ({ also }) => also!.startedP50Ms! < 50 },
    { text: '99 of 100 < 250 ms', reached: ({ also }) => also!.startedP99Ms! < 250 },
    { text: 'everybody is written', reached: ({ also }) => also!.neverWritten === 0 },
  ],
  async run({ data: { people, seed, folder }, serve, client: open }) {
    await serve();
    const client = await open();
    await client.drive(PEOPLE, (i) => createUser(seed, people + i));
    const first = people + PEOPLE;
    const sent: number[] = [];
    const accepted: number[] = [];
    const now = (): number => performance.timeOrigin + performance.now();
    const begun = performance.now();
    await client.pace(
      PACE,
      (i) => i < PEOPLE,
      (i) => {
        sent[i] = now();
        return createUser(seed, first + i);
      },
      (_, i) => {
        accepted[i] = now();
      },
    );
    const seconds = (performance.now() - begun) / 1000;
    const started = await startsOf(
      join(folder, NOTES),
      accepted.map((_, i) => employeeId(first + i)),
    );
    // The write may begin before the answer has come over the network.
    const fromAnswer = started.map((at, i) => Math.max(0, at - accepted[i]!));
    const fromRequest = started.map((at, i) => at - sent[i]!);
    return {
      seconds,
      objects: PEOPLE,
      also: {
        startedP50Ms: median(fromAnswer),
        startedP99Ms: percentile(fromAnswer, 0.99),
        sentP50Ms: median(fromRequest),
        sentP99Ms: percentile(fromRequest, 0.99),
        neverWritten: started.filter((at) => at === Number.POSITIVE_INFINITY).length,
      },
    };
  },
};

/** When the first write of each anchor began, once all of them have; infinity for one that is waited for in vain. */
async function startsOf(file: string, anchors: readonly string[]): Promise<number[]> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const starts = new Map<string, number>();
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [at, ...written] = line.split(' ');
      for (const anchor of written) if (!starts.has(anchor)) starts.set(anchor, Number(at));
    }
    const there = anchors.map((anchor) => starts.get(anchor) ?? Number.POSITIVE_INFINITY);
    if (performance.now() > until || !there.includes(Number.POSITIVE_INFINITY)) return there;
    await pause(100);
  }
}
