/** The search index of everybody made in slices, then a thousand searches of what people type, first pages and later ones. */
import { search } from '#people/find';
import { catchUpSearch } from '#people/searchable';
import { type Case, must, timed } from '../case.ts';
import { permutation } from '../data.ts';
import { median, percentile } from '../result.ts';
import { searchText } from '../searches.ts';

const ASKED = 1_000;

export const peopleSearch: Case = {
  name: 'people-search',
  organisation: 'files',
  start: 'settled',
  limit: null,
  goals: [{ text: '99 of 100 searches within 30 ms', reached: ({ also }) => also!.p99Ms! < 30 }],
  async run({ data, services: open }) {
    const services = await open();
    const { store } = services;
    const { seconds } = await timed(() => catchUpSearch(services));
    const person = permutation(data.people, data.seed + 3);
    const taken: number[] = [];
    for (let i = 0; i < ASKED; i++) {
      const { text, finds } = searchText(i, person(i % data.people));
      const page = i % 3 === 2 ? { after: Math.floor((data.people * (i % 10)) / 10) } : {};
      const asked = await timed(() => search(store, { text, limit: 50, beside: 1_000, ...page }));
      must(asked.value.unindexed === 0, 'the index is made');
      must(!finds || i % 3 === 2 || asked.value.found.length > 0, `somebody is found by ${text}`);
      taken.push(asked.seconds * 1000);
    }
    return {
      seconds,
      objects: data.people,
      also: { p50Ms: median(taken), p99Ms: percentile(taken, 0.99), longestMs: Math.max(...taken) },
    };
  },
};
