/** Import two sources, sync, export one target, confirm, into an empty store. Then looks whether the result is all there. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '#people/explain';
import { type Case, must } from '../case.ts';
import { IN_FOLDER, STORE_FILE } from '../data.ts';
import { bytesOf } from '../databases.ts';
import { firstCycleOf } from '../first.ts';

const CHECKED = 1_000;

export const firstCycle: Case = {
  name: 'first-cycle',
  organisation: 'files',
  start: 'empty',
  limit: 'readAndWrite',
  goals: [
    { text: '≥ 7,000 people/s', reached: ({ objectsPerSecond }) => objectsPerSecond >= 7_000 },
    { text: '≤ 2 × (raw read + raw write)', reached: ({ ratioToLimit }) => ratioToLimit! <= 2 },
  ],
  async run({ data, services: open }) {
    const services = await open();
    const { seconds, approveSeconds, worked, written, rowsWritten } = await firstCycleOf(services);
    must(worked.objects.person?.total === data.people, `${data.people} people are known`);
    must(written === data.people, `${data.people} accounts are written, not ${written}`);
    must(
      worked.faults.every((fault) => fault.message.includes('does not exist')),
      'there are no faults',
    );

    const people = await services.store.sync.scanObjects({ after: 0, limit: CHECKED, kind: 'person' });
    for (const person of people) {
      const explained = await explain(person, null, services);
      must(explained.attributes.length >= 10, `every attribute of #${person.id} is explained`);
    }
    const size = data.store === IN_FOLDER ? fileBytes(data.folder) : await bytesOf(data.store);
    return { seconds, objects: data.people, rowsWritten, bytesPerPerson: size / data.people, also: { approveSeconds } };
  },
};

function fileBytes(folder: string): number {
  const size = (file: string): number => statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0;
  return size(STORE_FILE) + size(`${STORE_FILE}-wal`);
}
