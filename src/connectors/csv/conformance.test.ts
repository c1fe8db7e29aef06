import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { connectorConformance } from '../conformance/index.ts';
import { csv } from './index.ts';

connectorConformance(
  { describe, test, skip: (name) => test.skip(name) },
  {
    definition: csv,
    kind: 'person',
    attributes: { text: 'name', other: 'note', list: 'tags' },
    anchor: (key) => key,
    lacks: {
      clock: 'a file has no clock',
      compare: 'a file is merged as it is when it is replaced',
      deltas: 'a CSV file says what is, not what changed',
      resume: 'a million rows are read in two seconds',
      watch: 'a CSV file says what is, not what changed',
    },
    async make(seeds) {
      const folder = await mkdtemp(join(tmpdir(), 'rollcall-csv-'));
      const path = join(folder, 'people.csv');
      const rows = seeds.map(({ key, text = '', other = '', list = [] }) => [key, text, other, list.join('~')].join(';'));
      await writeFile(path, ['id;name;note;Labels', ...rows, ''].join('\n'));
      return {
        folder,
        config: { path: 'people.csv', anchor: 'id', columns: { Labels: 'tags' }, multi: { tags: '~' } },
        ruin: () => writeFile(path, 'no;such;columns\n'),
        dispose: () => rm(folder, { recursive: true }),
      };
    },
  },
);
