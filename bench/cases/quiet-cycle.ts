/** Both sources and the target are read in full, and nothing has changed. */
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';

export const quietCycle: Case = {
  name: 'quiet-cycle',
  organisation: 'files',
  start: 'settled',
  limit: 'read',
  goals: [
    { text: '≥ 100,000 objects/s', store: 'sqlite', reached: ({ objectsPerSecond }) => objectsPerSecond >= 100_000 },
    { text: '≤ 2 × raw read', reached: ({ ratioToLimit }) => ratioToLimit! <= 2 },
    { text: 'no row written but for cursors', reached: ({ rowsWritten }) => rowsWritten! <= 3 },
  ],
  async run({ data, services: open }) {
    const services = await open();
    const { seconds, value: report } = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
    const seen = report.connections.reduce((sum, one) => sum + one.seen, 0);
    must(seen >= 3 * data.people, `all ${3 * data.people} objects are read, not ${seen}`);
    must(
      report.connections.every((one) => one.written === 0),
      'nothing is written',
    );
    return { seconds, objects: seen, rowsWritten: report.rowsWritten };
  },
};
