/** One attribute of everyone changes in HR and goes to the target. */
import { join } from 'node:path';
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';
import { writeHr } from '../data.ts';

export const massChange: Case = {
  name: 'mass-change',
  organisation: 'files',
  start: 'settled',
  limit: null,
  goals: [{ text: '≥ 10,000 people/s', store: 'sqlite', reached: ({ objectsPerSecond }) => objectsPerSecond >= 10_000 }],
  async run({ data, services: open }) {
    writeHr(data, join(data.folder, 'employees.csv'), () => 'Associate');
    const services = await open();
    const { seconds, value: report } = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
    const written = report.connections.reduce((sum, one) => sum + one.written, 0);
    must(written === data.people, `${data.people} accounts are changed, not ${written}`);
    return { seconds, objects: data.people, rowsWritten: report.rowsWritten };
  },
};
