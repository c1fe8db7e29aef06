/** A hundred people far behind the first ones: by a cursor that came with the page before, and by their place. */
import { must } from '../../case.ts';
import { median, percentile } from '../../result.ts';
import type { Client } from '../client.ts';
import { listUsers } from '../people.ts';
import type { ServiceCase } from '../service-case.ts';

const PAGE = 100;
const ASKED = 50;
/** Of everybody. */
const DEPTH = 0.9;
/** A page on the way there. */
const STRIDE = 1_000;

interface Listed {
  readonly Resources?: readonly unknown[];
  readonly nextCursor?: string;
}

export const scimList: ServiceCase = {
  name: 'scim-list',
  start: 'everybody',
  goals: [
    { text: 'by cursor < 10 ms', reached: ({ also }) => also!.cursorP50Ms! < 10 },
    { text: 'by startIndex < 100 ms', reached: ({ also }) => also!.indexP50Ms! < 100 },
  ],
  async run({ data: { people }, serve, client: open }) {
    await serve();
    const client = await open('scim', 1);
    const depth = Math.floor(people * DEPTH);
    const byIndex: number[] = [];
    for (let i = 0; i < ASKED; i++) byIndex.push((await page(client, `startIndex=${depth + 1 + (i % PAGE)}`, PAGE)).ms);
    let cursor = '';
    for (let at = 0; at < depth; ) {
      const walked = await page(client, `cursor=${cursor}`, Math.min(STRIDE, depth - at));
      at += walked.count;
      cursor = walked.next;
    }
    const byCursor: number[] = [];
    for (let i = 0; i < ASKED; i++) {
      const one = await page(client, `cursor=${cursor}`, PAGE);
      byCursor.push(one.ms);
      // A small organisation has no fifty pages behind: the last one there is is asked for again.
      if (one.next !== '') cursor = one.next;
    }
    const figures = (ms: readonly number[]): [number, number] => [median(ms), percentile(ms, 0.99)];
    const [cursorP50Ms, cursorP99Ms] = figures(byCursor);
    const [indexP50Ms, indexP99Ms] = figures(byIndex);
    const seconds = [...byIndex, ...byCursor].reduce((sum, ms) => sum + ms, 0) / 1000;
    return { seconds, objects: 2 * ASKED * PAGE, also: { cursorP50Ms, cursorP99Ms, indexP50Ms, indexP99Ms } };
  },
};

async function page(client: Client, from: string, count: number): Promise<{ ms: number; count: number; next: string }> {
  const { body, ms } = await client.ask(listUsers(from, count));
  const { Resources = [], nextCursor = '' } = JSON.parse(body.toString()) as Listed;
  must(Resources.length > 0, `somebody is listed from ${from}`);
  return { ms, count: Resources.length, next: nextCursor };
}
