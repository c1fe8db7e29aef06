/** A first push as an identity provider makes it: everybody, then the groups, then who is in them, up to a hundred a request. */
import { must } from '../../case.ts';
import { timesOf } from '../figures.ts';
import { addMembers, createGroup, createUser } from '../people.ts';
import { FEW, type ServiceCase } from '../service-case.ts';

/** People for each group. */
const PER_GROUP = 100;
/** Each person is in two or three groups. */
const MEMBERS = 250;
const VALUES = 100;
const TENTHS = 10;

export const scimPush: ServiceCase = {
  name: 'scim-push',
  start: 'few',
  most: 100_000,
  goals: [
    { text: 'the last tenth at ≥ 0.8 of the first one’s rate', reached: ({ also }) => also!.lastTenth! >= 0.8 },
    { text: '< 400 MB', reached: ({ peakRssMb }) => peakRssMb < 400 },
    { text: 'in the second half no more than in the first', reached: ({ also }) => also!.lastTenthMb! < also!.halfMb! * 1.05 },
  ],
  async run({ people, data: { seed }, serve, client: open }) {
    const server = await serve();
    const client = await open();
    const users: string[] = [];
    const tenth = Math.ceil(people / TENTHS);
    const rates: number[] = [];
    const memory: number[] = [];
    const ms: Float64Array[] = [];
    let userSeconds = 0;
    for (let from = 0; from < people; from += tenth) {
      const count = Math.min(tenth, people - from);
      const driven = await client.drive(
        count,
        (i) => createUser(seed, FEW + from + i),
        ({ body }, i) => {
          users[from + i] = idIn(body);
        },
      );
      userSeconds += driven.seconds;
      rates.push(count / driven.seconds);
      memory.push(server.memory().lastMb);
      ms.push(driven.ms);
    }
    const groups: string[] = [];
    const made = await client.drive(
      Math.ceil(people / PER_GROUP),
      (i) => createGroup(`Team ${i}`),
      ({ body }, i) => {
        groups[i] = idIn(body);
      },
    );
    const members = Math.min(MEMBERS, people);
    const requests = Math.ceil(members / VALUES);
    const joined = await client.drive(groups.length * requests, (i) => {
      const [group, part] = [Math.floor(i / requests), i % requests];
      const count = Math.min(VALUES, members - part * VALUES);
      const whom = Array.from({ length: count }, (_, n) => users[(group * PER_GROUP + part * VALUES + n) % people]!);
      return addMembers(groups[group]!, whom);
    });
    const seconds = userSeconds + made.seconds + joined.seconds;
    return {
      seconds,
      objects: people + groups.length,
      also: {
        ...timesOf({ ms: Float64Array.from(ms.flatMap((one) => [...one])) }),
        pushesPerSecond: people / userSeconds,
        lastTenth: rates.at(-1)! / rates[0]!,
        membersPerSecond: (groups.length * members) / joined.seconds,
        firstTenthMb: memory[0]!,
        halfMb: memory[Math.ceil(memory.length / 2) - 1]!,
        lastTenthMb: memory.at(-1)!,
      },
    };
  },
};

function idIn(body: Buffer): string {
  const { id } = JSON.parse(body.toString()) as { readonly id?: string };
  must(id !== undefined, 'the answer says who it is');
  return id!;
}
