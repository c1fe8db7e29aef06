/**
 * A whole group comes again, as from a protocol that sends whole groups, with one member less: its list is compared as a stream.
 * A small group goes the same way, so that what a cycle costs by itself is not counted as comparing.
 */
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';
import { employeeId } from '../data.ts';
import { append, largeGroup, SMALL_GROUP } from '../feed.ts';
import { median } from '../result.ts';

const ROUNDS = 5;

export const memberCompare: Case = {
  name: 'member-compare',
  organisation: 'feed',
  start: 'settled',
  limit: null,
  goals: [{ text: '≥ 500,000 members/s compared', reached: ({ also }) => also!.comparedPerSecond! >= 500_000 }],
  async run({ data, services: open }) {
    const services = await open();
    const members = largeGroup(data.people);
    const shown = async (group: string, size: number): Promise<number> => {
      const member = Array.from({ length: size }, (_, n) => employeeId(n));
      append(data, 'groups.jsonl', [{ op: 'put', kind: 'group', anchor: group, set: { name: group, member } }]);
      const took = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
      const written = took.value.connections.reduce((sum, one) => sum + one.written, 0);
      must(written === 1, `one account is changed, not ${written}`);
      return took.seconds;
    };
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      small.push(await shown('small', SMALL_GROUP - 1 - i));
      large.push(await shown('large', members - 1 - i));
    }
    const seconds = median(large);
    const comparing = Math.max(seconds - median(small), Number.EPSILON);
    return { seconds, objects: members, also: { smallSeconds: median(small), comparedPerSecond: members / comparing } };
  },
};
