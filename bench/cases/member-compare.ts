/** A whole group comes again, as from a protocol that sends whole groups, with one member less: its list is compared as a stream. */
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';
import { employeeId } from '../data.ts';
import { append, largeGroup } from '../feed.ts';
import { median } from '../result.ts';

const ROUNDS = 5;

export const memberCompare: Case = {
  name: 'member-compare',
  organisation: 'feed',
  start: 'settled',
  limit: null,
  goal: { text: '≥ 500,000 members/s', reached: ({ objectsPerSecond }) => objectsPerSecond >= 500_000 },
  async run({ data, services: open }) {
    const services = await open();
    const members = largeGroup(data.people);
    const seconds: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const member = Array.from({ length: members - 1 - i }, (_, n) => employeeId(n));
      append(data, 'groups.jsonl', [{ op: 'put', kind: 'group', anchor: 'large', set: { name: 'large', member } }]);
      const took = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
      const written = took.value.connections.reduce((sum, one) => sum + one.written, 0);
      must(written === 1, `one account is changed, not ${written}`);
      seconds.push(took.seconds);
    }
    return { seconds: median(seconds), objects: members };
  },
};
