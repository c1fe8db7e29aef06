/** One person by `userName`, as identity providers look before they push. */
import { must } from '../../case.ts';
import { permutation } from '../../data.ts';
import { costOf, timesOf } from '../figures.ts';
import { findUser } from '../people.ts';
import { requestsOf, type ServiceCase } from '../service-case.ts';

export const scimGet: ServiceCase = {
  name: 'scim-get',
  start: 'everybody',
  goals: [
    { text: '≥ 4,000/s', reached: ({ objectsPerSecond }) => objectsPerSecond >= 4_000 },
    { text: '99 of 100 within 20 ms', reached: ({ also }) => also!.p99Ms! < 20 },
  ],
  async run({ data: { people, seed }, serve, client: open }) {
    const server = await serve();
    const client = await open();
    const requests = 2 * requestsOf(people);
    const person = permutation(people, seed + 6);
    const find = (i: number) => findUser(seed, person(i % people));
    await client.drive(Math.ceil(requests / 10), find);
    const { driven, cost } = await costOf(server, () =>
      client.drive(requests, find, ({ body }) =>
        must(body.includes('"totalResults":1,'), `one person is found: ${body.toString().slice(0, 200)}`),
      ),
    );
    return { seconds: driven.seconds, objects: requests, also: { ...timesOf(driven), ...cost } };
  },
};
