/** A hundred changes come in by a change feed, in a process that has done nothing else yet: first offered to last confirmed. */
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';
import { employeeId, permutation } from '../data.ts';
import { append } from '../feed.ts';

const CHANGES = 100;

export const delta100: Case = {
  name: 'delta-100',
  organisation: 'feed',
  start: 'settled',
  limit: null,
  processes: 9,
  besides: 10_000,
  goals: [
    { text: '< 250 ms', store: 'sqlite', reached: ({ seconds }) => seconds < 0.25 },
    { text: '≤ 1.5 × the same with 10,000 people', reached: ({ also }) => also!.timesBesides! <= 1.5 },
  ],
  async run({ data, round, services: open }) {
    const services = await open();
    const person = permutation(data.people, data.seed + 4);
    const changes = Array.from({ length: CHANGES }, (_, i) => ({
      op: 'patch',
      kind: 'person',
      anchor: employeeId(person((round * CHANGES + i) % data.people)),
      set: { title: `Delegate ${round}` },
    }));
    const { seconds, value: report } = await timed(async () => {
      append(data, 'people.jsonl', changes);
      return await run({ profile: 'cycle', connections: null, by: 'bench' }, services);
    });
    const written = report.connections.reduce((sum, one) => sum + one.written, 0);
    must(written === CHANGES, `${CHANGES} accounts are changed, not ${written}`);
    const waits = Object.entries(await services.store.exports.counts('out'));
    must(waits.length === 0, `all of them are confirmed, and none is ${waits.map(([state]) => state).join(', ')}`);
    return { seconds, objects: CHANGES, rowsWritten: report.rowsWritten };
  },
};
