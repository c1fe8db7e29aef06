/** People are asked for, come and change at a pace while a cycle, asked for over the API, has a change of everybody from HR. */
import { join } from 'node:path';
import { timed } from '../../case.ts';
import { permutation, writeHr } from '../../data.ts';
import { median, percentile } from '../../result.ts';
import { createUser, findUser, setDepartment, userId } from '../people.ts';
import type { ServiceCase } from '../service-case.ts';

/** Requests a second, a third of each sort: six large identity providers. */
const PACE = 150;

export const serveBeside: ServiceCase = {
  name: 'serve-beside',
  start: 'everybody',
  goals: [
    { text: 'of GET 99 of 100 within 50 ms', reached: ({ also }) => also!.getP99Ms! < 50 },
    { text: 'of POST', reached: ({ also }) => also!.postP99Ms! < 50 },
    { text: 'of PATCH', reached: ({ also }) => also!.patchP99Ms! < 50 },
  ],
  async run({ data, serve, client: open }) {
    const { people, seed, folder } = data;
    await serve();
    const client = await open();
    const person = permutation(people, seed + 8);
    const sorts = [
      (i: number) => findUser(seed, person(i % people)),
      (i: number) => createUser(seed, people + i),
      (i: number) => setDepartment(userId(person(i % people)), `Department ${i}`),
    ] as const;
    const ask = (i: number) => sorts[i % sorts.length]!(Math.floor(i / sorts.length));
    const warm = 600;
    await client.drive(warm, ask);
    writeHr(data, join(folder, 'employees.csv'), () => 'Associate');
    let goes = true;
    const operator = await open('operator', 1);
    const cycle = timed(() => operator.ask({ method: 'POST', path: '/api/runs', body: '{}', status: 200 })).finally(() => {
      goes = false;
    });
    const taken: readonly number[][] = sorts.map(() => []);
    await client.pace(
      PACE,
      () => goes,
      (i) => ask(warm + i),
      (ms, i) => taken[(warm + i) % sorts.length]!.push(ms),
    );
    const { seconds } = await cycle;
    const [get, post, patch] = taken as [number[], number[], number[]];
    return {
      seconds,
      objects: people,
      also: {
        getP50Ms: median(get),
        getP99Ms: percentile(get, 0.99),
        postP50Ms: median(post),
        postP99Ms: percentile(post, 0.99),
        patchP50Ms: median(patch),
        patchP99Ms: percentile(patch, 0.99),
        longestMs: taken.flat().reduce((most, ms) => Math.max(most, ms), 0),
      },
    };
  },
};
