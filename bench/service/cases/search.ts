/** A thousand searches of what people type, over HTTP, one after the other. */
import { must } from '../../case.ts';
import { permutation } from '../../data.ts';
import { searchText } from '../../searches.ts';
import { timesOf } from '../figures.ts';
import type { ServiceCase } from '../service-case.ts';

const ASKED = 1_000;

export const peopleSearchHttp: ServiceCase = {
  name: 'people-search',
  start: 'everybody',
  goals: [{ text: '99 of 100 searches within 30 ms', reached: ({ also }) => also!.p99Ms! < 30 }],
  async run({ data: { people, seed }, serve, client: open }) {
    await serve();
    const client = await open('api', 1);
    const person = permutation(people, seed + 3);
    const ask = (i: number) => {
      const { text } = searchText(i, person(i % people));
      return { method: 'GET', path: `/api/people?text=${encodeURIComponent(text)}&limit=50`, status: 200 } as const;
    };
    // The thread that reads is started by the first one.
    await client.drive(100, ask);
    const driven = await client.drive(ASKED, ask, ({ body }, i) => {
      const { people: found, unindexed } = JSON.parse(body.toString()) as { people: readonly unknown[]; unindexed: number };
      must(unindexed === 0, 'the index is made');
      must(!searchText(i, person(i % people)).finds || found.length > 0, 'whoever is asked for is found');
    });
    return { seconds: driven.seconds, objects: ASKED, also: timesOf(driven) };
  },
};
