/** Sixteen clients, each with one new person after the other, durable and worked out before the next, beside a first cycle. */
import { push, run } from '#runs/index';
import type { Services } from '#runs/model';
import { type Case, must, timed } from '../case.ts';
import { open } from '../open.ts';
import { copyOf } from '../organisation.ts';
import { median, percentile } from '../result.ts';

const CLIENTS = 16;

export const pushBesideBulk: Case = {
  name: 'push-beside-bulk',
  organisation: 'files',
  start: 'empty',
  limit: null,
  goals: [
    { text: '≥ 1,500 pushes/s', store: 'sqlite', reached: ({ also }) => also!.pushesPerSecond! >= 1_500 },
    { text: '99 of 100 worked out within 50 ms', reached: ({ also }) => also!.syncedP99Ms! < 50 },
    { text: 'the cycle at ≥ 0.6 of its undisturbed rate', reached: ({ also }) => also!.bulkShare! >= 0.6 },
  ],
  async run({ data, services: opened }) {
    const cycle = (services: Services) => timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
    const alone = await open((await copyOf(data, 'undisturbed')).folder);
    const undisturbed = await cycle(alone);
    await alone.store.close();

    const services = await opened();
    const durable: number[] = [];
    const settled: number[] = [];
    let goes = true;
    const client = async (number: number): Promise<void> => {
      for (let n = 0; goes; n++) {
        const id = `N${number}-${n}`;
        const attributes = { employee_id: id, first_name: 'New', last_name: `Person ${id}`, title: 'Clerk' };
        const begun = performance.now();
        const pushed = await push(
          { connection: 'hr', change: { kind: 'person', anchor: id, attributes }, by: 'bench' },
          services,
        );
        durable.push(performance.now() - begun);
        must(pushed.faults.length === 0, 'nothing is wrong with what is pushed');
        const report = await pushed.settled;
        settled.push(performance.now() - begun);
        must(report.status !== 'failed', 'each push is worked out');
      }
    };
    const clients = Array.from({ length: CLIENTS }, (_, number) => client(number));
    const { seconds, value: report } = await cycle(services);
    goes = false;
    await Promise.all(clients);
    must(report.status !== 'failed', 'the first cycle comes to its end');
    const { operations, commitMs, checkpointMs } = await services.store.slices();
    const slices = Object.values(operations);
    const people = (await services.store.people.counts())['person'];
    must(
      people === data.people + settled.length,
      `each of ${data.people} + ${settled.length} people is there once, not ${people}`,
    );
    return {
      seconds,
      objects: data.people,
      also: {
        pushesPerSecond: settled.length / seconds,
        durableP50Ms: median(durable),
        durableP99Ms: percentile(durable, 0.99),
        syncedP50Ms: median(settled),
        syncedP99Ms: percentile(settled, 0.99),
        bulkShare: undisturbed.seconds / seconds,
        longestSliceMs: Math.max(...slices.map(({ ms }) => ms)),
        mostRowsInSlice: Math.max(...slices.map(({ rows }) => rows)),
        longestCommitMs: commitMs,
        longestCheckpointMs: checkpointMs,
      },
    };
  },
};
