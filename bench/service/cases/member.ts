/** One member comes and goes, again and again, in a large group and in a small one: does the size of the group matter? */
import { largeGroup } from '../../feed.ts';
import type { Client, Driven } from '../client.ts';
import { costOf, rateOf, timesOf } from '../figures.ts';
import { addMembers, groupId, removeMember, userId } from '../people.ts';
import type { ServiceCase } from '../service-case.ts';

/** How many come, and go, in each: few enough to end where each one costs by the size of the group. */
const COME = 1_000;
const [SMALL, LARGE] = [groupId(0), groupId(1)];

export const scimMember: ServiceCase = {
  name: 'scim-member',
  start: 'everybody',
  goals: [
    { text: '≥ 1,000/s', reached: ({ objectsPerSecond }) => objectsPerSecond >= 1_000 },
    { text: 'at ≥ 0.8 of the rate in a group of 10', reached: ({ also }) => also!.shareOfSmall! >= 0.8 },
  ],
  async run({ data: { people }, serve, client: open }) {
    const server = await serve();
    const client = await open();
    const members = largeGroup(people);
    // Behind the members: nobody is in the group before.
    const newcomer = (i: number): string => userId(members + (i % (people - members)));
    const comeAndGo = async (group: string, count: number): Promise<Driven> => {
      const come = await client.drive(count, (i) => addMembers(group, [newcomer(i)]));
      return both(come, await go(client, group, count, newcomer));
    };
    const count = Math.min(people - members, COME);
    await comeAndGo(SMALL, Math.ceil(count / 10));
    const small = await comeAndGo(SMALL, count);
    const { driven: large, cost } = await costOf(server, () => comeAndGo(LARGE, count));
    const smallPerSecond = rateOf(small);
    return {
      seconds: large.seconds,
      objects: 2 * count,
      also: { members, ...timesOf(large), ...cost, smallPerSecond, shareOfSmall: rateOf(large) / smallPerSecond },
    };
  },
};

const go = (client: Client, group: string, count: number, who: (i: number) => string): Promise<Driven> =>
  client.drive(count, (i) => removeMember(group, who(i)));

function both(one: Driven, other: Driven): Driven {
  return { seconds: one.seconds + other.seconds, ms: Float64Array.of(...one.ms, ...other.ms) };
}
