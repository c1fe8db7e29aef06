/** Import two sources, sync, export one target, confirm, into an empty store. Then looks whether the result is all there. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, must } from '../case.ts';
import { complete } from '../complete.ts';
import { employeeId, IN_FOLDER, permutation, STORE_FILE } from '../data.ts';
import { bytesOf } from '../databases.ts';
import { firstCycleOf } from '../first.ts';

const CHECKED = 1_000;

export const firstCycle: Case = {
  name: 'first-cycle',
  organisation: 'files',
  start: 'empty',
  limit: 'readAndWrite',
  goals: [
    { text: '≥ 7,000 people/s', store: 'sqlite', reached: ({ objectsPerSecond }) => objectsPerSecond >= 7_000 },
    { text: '≥ 1,500 people/s', store: 'postgres', reached: ({ objectsPerSecond }) => objectsPerSecond >= 1_500 },
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

    const drawn = permutation(data.people, data.seed + 5);
    for (let i = 0; i < Math.min(CHECKED, data.people); i++) await complete(services, employeeId(drawn(i)));
    const size = data.store === IN_FOLDER ? fileBytes(data.folder) : await bytesOf(data.store);
    return { seconds, objects: data.people, rowsWritten, bytesPerPerson: size / data.people, also: { approveSeconds } };
  },
};

function fileBytes(folder: string): number {
  const size = (file: string): number => statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0;
  return size(STORE_FILE) + size(`${STORE_FILE}-wal`);
}
