/** One attribute of one person after the other. */
import { permutation } from '../../data.ts';
import { costOf, timesOf } from '../figures.ts';
import { setDepartment, userId } from '../people.ts';
import { requestsOf, type ServiceCase } from '../service-case.ts';

export const scimPatch: ServiceCase = {
  name: 'scim-patch',
  start: 'everybody',
  goals: [{ text: '≥ 2,000/s', reached: ({ objectsPerSecond }) => objectsPerSecond >= 2_000 }],
  async run({ data: { people, seed }, serve, client: open }) {
    const server = await serve();
    const client = await open();
    const requests = requestsOf(people);
    const person = permutation(people, seed + 7);
    // Everybody gets another department each time.
    const patch = (i: number) => setDepartment(userId(person(i % people)), `Department ${i}`);
    const warm = Math.ceil(requests / 10);
    await client.drive(warm, patch);
    const { driven, cost } = await costOf(server, () => client.drive(requests, (i) => patch(warm + i)));
    return { seconds: driven.seconds, objects: requests, also: { ...timesOf(driven), ...cost } };
  },
};
