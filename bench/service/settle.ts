/**
 * Makes the store from which the cases start: everybody and two groups as if they had been pushed, by the connection's own receiver in
 * large batches, then HR and the target as at any first cycle. In a process of its own, started by the suite only.
 */
import { readFileSync } from 'node:fs';
import { receiveTogether } from '#engine/index';
import { catchUpSearch } from '#people/searchable';
import { begin } from '#runs/begin';
import { besideOf } from '#runs/beside';
import { endRun } from '#runs/follow';
import { run } from '#runs/index';
import type { Services } from '#runs/model';
import { leaving, tryTenure } from '#runs/tenure';
import { must, timed } from '../case.ts';
import type { DataRequest } from '../data.ts';
import { largeGroup, SMALL_GROUP } from '../feed.ts';
import { firstCycleOf } from '../first.ts';
import { open } from '../open.ts';
import { CONNECTION, groupId, groupOf, userId, userOf } from './people.ts';

type Request = Parameters<typeof receiveTogether>[2][number];

const BATCH = 10_000;

const actor = { kind: 'system', name: 'bench', token: null, source: null } as const;
const create = (kind: string, anchor: string, body: object): Request => ({
  request: { kind, anchor, body: { do: 'create', body } },
  actor,
});

async function receiveAll({ people, seed }: DataRequest, services: Services): Promise<void> {
  const { store, config } = services;
  const connection = config.connections.find(({ name }) => name === CONNECTION)!;
  const leave = await tryTenure(services);
  must(leave !== null, 'nobody else has the store');
  const receive = async (): Promise<{ readonly settled: Promise<unknown> }> => {
    const session = await begin({ profile: 'push', by: 'bench', now: services.wall(), beside: besideOf(store) }, services);
    const together = async (requests: readonly Request[]): Promise<void> => {
      for (const answer of await receiveTogether(session.context, connection, requests))
        if (!JSON.stringify(answer).includes('"changed":true')) must(false, `it is taken: ${JSON.stringify(answer)}`);
    };
    for (let from = 0; from < people; from += BATCH) {
      const count = Math.min(BATCH, people - from);
      await together(Array.from({ length: count }, (_, i) => create('person', userId(from + i), userOf(seed, from + i))));
    }
    for (const [at, [name, size]] of [['small', SMALL_GROUP] as const, ['large', largeGroup(people)] as const].entries()) {
      const members = Array.from({ length: size }, (_, i) => userId(i));
      await together([create('group', groupId(at), groupOf(name, members))]);
    }
    await session.close();
    return { settled: endRun(session, services, 'done', []) };
  };
  await (await leaving(leave!, receive())).settled;
}

const data = JSON.parse(readFileSync(0, 'utf8')) as DataRequest;
const services = await open(data.folder);
const { seconds } = await timed(async () => {
  await receiveAll(data, services);
  const { written } = await firstCycleOf(services);
  must(written >= data.people, `everybody is written, not ${written}`);
  // What is only settled by reading it again is settled here.
  await run({ profile: 'cycle', connections: null, by: 'bench' }, services);
  await catchUpSearch(services);
});
await services.store.close();
process.stdout.write(`${JSON.stringify({ seconds, objects: data.people })}\n`);
