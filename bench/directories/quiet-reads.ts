/** Reads in which nothing has changed: the first one fills the store, in a process of its own. */
import { run } from '#runs/index';
import { must, timed } from '../case.ts';
import { median } from '../result.ts';
import type { DirectoryCase } from './directory-case.ts';

export const ROUNDS = 3;
const READ = { profile: 'full-import', connections: null, by: 'bench' };

export const QUIET_READS: Required<Pick<DirectoryCase, 'first' | 'run'>> = {
  async first({ services }) {
    await run(READ, await services());
  },
  async run({ place, services: open }) {
    const services = await open();
    const read = () => run(READ, services);
    const times: number[] = [];
    let rowsWritten = 0;
    for (let i = 0; i < ROUNDS; i++) {
      const { seconds, value: report } = await timed(read);
      must(report.connections[0]!.seen === place.people, `all ${place.people} are read, not ${report.connections[0]!.seen}`);
      times.push(seconds);
      rowsWritten = report.rowsWritten;
    }
    return { seconds: median(times), objects: place.people, rowsWritten };
  },
};
