/** Everybody at once: new people, each answered when person, link and what is to be sent are in the store for good. */

import { IN_FLIGHT } from '../client.ts';
import { costOf, timesOf } from '../figures.ts';
import { createUser } from '../people.ts';
import { requestsOf, type ServiceCase } from '../service-case.ts';

/** Of the commits that the disk makes good for as many as ask at a time. */
const SHARE = 0.4;
const RATE = 2_000;

export const scimCreate: ServiceCase = {
  name: 'scim-create',
  start: 'everybody',
  goals: [
    {
      text: `≥ 2,000/s, or 0.4 × durable commits × ${IN_FLIGHT} in flight`,
      reached: ({ objectsPerSecond, also }) =>
        objectsPerSecond >= Math.min(RATE, SHARE * IN_FLIGHT * also!.durableCommitsPerSecond!),
    },
  ],
  async run({ data: { people, seed }, serve, client: open, durableCommits }) {
    const durableCommitsPerSecond = await durableCommits();
    const server = await serve();
    const client = await open();
    const requests = requestsOf(people);
    // As long as code is new it is slow, once.
    const warm = Math.ceil(requests / 10);
    await client.drive(warm, (i) => createUser(seed, people + i));
    const { driven, cost } = await costOf(server, () => client.drive(requests, (i) => createUser(seed, people + warm + i)));
    const { seconds } = driven;
    const timesDurable = requests / seconds / (durableCommitsPerSecond * IN_FLIGHT);
    return { seconds, objects: requests, also: { ...timesOf(driven), ...cost, durableCommitsPerSecond, timesDurable } };
  },
};
