/** One member is added to a large group, and one to a small: does the size of the group matter? */
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';
import { employeeId } from '../data.ts';
import { append, largeGroup } from '../feed.ts';
import { median } from '../result.ts';

const ROUNDS = 9;

export const member1: Case = {
  name: 'member-1',
  organisation: 'feed',
  start: 'settled',
  limit: null,
  goals: [{ text: '≤ 1.2 × the same in a group of 10', reached: ({ also }) => also!.timesSmall! <= 1.2 }],
  async run({ data, services: open }) {
    const services = await open();
    const newcomer = largeGroup(data.people);
    const add = async (group: string, person: number): Promise<number> => {
      append(data, 'groups.jsonl', [{ op: 'patch', kind: 'group', anchor: group, add: { member: [employeeId(person)] } }]);
      const { seconds, value: report } = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
      const written = report.connections.reduce((sum, one) => sum + one.written, 0);
      must(written === 1, `one account is changed, not ${written}`);
      return seconds;
    };
    const small: number[] = [];
    const large: number[] = [];
    await add('small', newcomer + ROUNDS);
    await add('large', newcomer + ROUNDS);
    for (let i = 0; i < ROUNDS; i++) {
      small.push(await add('small', newcomer + i));
      large.push(await add('large', newcomer + i));
    }
    const seconds = median(large);
    return { seconds, objects: 1, also: { members: newcomer, smallSeconds: median(small), timesSmall: seconds / median(small) } };
  },
};
