/** Twenty cycles with a few changes each: does memory grow? */
import { join } from 'node:path';
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';
import { writeHr } from '../data.ts';
import { memoryOf } from '../memory.ts';
import { median } from '../result.ts';

const CYCLES = 20;

export const memory: Case = {
  name: 'memory',
  organisation: 'files',
  start: 'settled',
  limit: null,
  goals: [
    { text: '< 450 MB', reached: ({ peakRssMb }) => peakRssMb < 450 },
    {
      text: 'after 20 cycles at most 10 % more than after the third',
      reached: ({ also }) => also!.afterLast! <= 1.1 * also!.afterThird!,
    },
  ],
  async run({ data, services: open }) {
    const services = await open();
    const after: number[] = [];
    const { seconds } = await timed(async () => {
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        writeHr(data, join(data.folder, 'employees.csv'), (index) => (index % 1_000 === cycle ? `Advisor ${cycle}` : undefined));
        const report = await run({ profile: 'cycle', connections: null, by: 'bench' }, services);
        must(report.status === 'done', `cycle ${cycle} is done`);
        after.push(memoryOf(process.pid));
      }
    });
    // How much of it is garbage that waits to be collected differs from one cycle to the next: the middle one of three around.
    const also = { afterThird: median(after.slice(1, 4)), afterLast: median(after.slice(-3)) };
    return { seconds, objects: CYCLES * 3 * data.people, also };
  },
};
