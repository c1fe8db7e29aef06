/** Import two sources, sync, export one target, confirm, into an empty store. Then looks whether the result is all there. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '#people/explain';
import { run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';

const CHECKED = 1_000;

export const firstCycle: Case = {
  name: 'first-cycle',
  organisation: 'files',
  start: 'empty',
  limit: 'readAndWrite',
  goal: {
    text: '≥ 7,000 people/s and ≤ 2 × (raw read + raw write)',
    reached: ({ objectsPerSecond, ratioToLimit }) => objectsPerSecond >= 7_000 && ratioToLimit! <= 2,
  },
  async run({ data, services: open }) {
    const services = await open();
    const { seconds, value: report } = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
    const written = report.connections.reduce((sum, one) => sum + one.written, 0);
    must(report.objects.person?.total === data.people, `${data.people} people are known`);
    must(written === data.people, `${data.people} accounts are written, not ${written}`);
    must(report.faultCount === 0, 'there are no faults');

    const people = await services.store.sync.scanObjects({ after: 0, limit: CHECKED, kind: 'person' });
    for (const person of people) {
      const explained = await explain(person, null, services);
      must(explained.attributes.length >= 10, `every attribute of #${person.id} is explained`);
    }
    const size = ['rollcall.db', 'rollcall.db-wal'].reduce(
      (sum, file) => sum + (statSync(join(data.folder, file), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
    return { seconds, objects: data.people, rowsWritten: report.rowsWritten, bytesPerPerson: size / data.people };
  },
};
