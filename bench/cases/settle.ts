/** No case of its own: makes the state from which the other cases start. */
import { run } from '#runs/index';
import { type Case, must } from '../case.ts';
import { firstCycleOf } from '../first.ts';

export const settle: Case = {
  name: 'settle',
  organisation: 'files',
  start: 'empty',
  limit: null,
  goals: [],
  async run({ data, services: open }) {
    const services = await open();
    const { seconds, written } = await firstCycleOf(services);
    must(written >= data.people, `everybody is written, not ${written}`);
    // What is only settled by reading it again is settled here.
    await run({ profile: 'cycle', connections: null, by: 'bench' }, services);
    return { seconds, objects: data.people };
  },
};
