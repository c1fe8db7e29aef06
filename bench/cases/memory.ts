/** Twenty cycles with a few changes each: does memory grow? */
import { join } from 'node:path';
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';
import { writeHr } from '../data.ts';
import { memoryOf } from '../memory.ts';

const CYCLES = 20;

export const memory: Case = {
  name: 'memory',
  organisation: 'files',
  start: 'settled',
  limit: null,
  goal: {
    text: '< 450 MB, and after 20 cycles within 10 % of that after the third',
    reached: ({ peakRssMb, also }) => peakRssMb < 450 && also!.afterLast! <= 1.1 * also!.afterThird!,
  },
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
    return { seconds, objects: CYCLES * 3 * data.people, also: { afterThird: after[2]!, afterLast: after.at(-1)! } };
  },
};
