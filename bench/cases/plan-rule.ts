/** One flow is changed and the whole consequence planned, compared with a full sync that finds nothing to do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plan, run } from '#runs/index';
import { type Case, must, timed } from '../case.ts';
import { open } from '../open.ts';

export const planRule: Case = {
  name: 'plan-rule',
  organisation: 'files',
  start: 'settled',
  limit: null,
  goals: [{ text: '≤ 1.2 × a full sync', reached: ({ also }) => also!.timesFullSync! <= 1.2 }],
  async run({ data, services: openHere }) {
    const services = await openHere();
    const full = await timed(() => run({ profile: 'full-sync', connections: null, by: 'bench' }, services));
    const before = await services.store.checksums();
    await services.store.close();
    const file = join(data.folder, 'rollcall.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('title: title # changed by plan-rule', "title: '${person.title.upper()}'"),
    );
    const changed = await open(data.folder);
    try {
      const { seconds, value: planned } = await timed(() =>
        plan({ profile: 'full-sync', connections: null, by: 'bench' }, changed),
      );
      must(planned.lines.filter((line) => line.what === 'export').length === data.people, 'everybody is planned');
      const after = await changed.store.checksums();
      must(JSON.stringify(before) === JSON.stringify(after), 'the store is as it was');
      // The one above finds nothing to do; this one does what was planned.
      const same = await timed(() => run({ profile: 'full-sync', connections: null, by: 'bench' }, changed));
      const also = {
        fullSyncSeconds: full.seconds,
        timesFullSync: seconds / full.seconds,
        timesSameSync: seconds / same.seconds,
      };
      return { seconds, objects: data.people, also };
    } finally {
      await changed.store.close();
    }
  },
};
