/** No case of its own: makes the state from which the other cases start. */
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';

export const settle: Case = {
  name: 'settle',
  organisation: 'files',
  start: 'empty',
  limit: null,
  goal: null,
  async run({ data, services: open }) {
    const services = await open();
    const { seconds, value: report } = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
    must(report.faultCount === 0, 'there are no faults');
    return { seconds, objects: data.people };
  },
};
