import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { connectorConformance, type SeedObject } from '../conformance/index.ts';
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
    },
    async make(seeds) {
      const folder = await mkdtemp(join(tmpdir(), 'rollcall-csv-'));
      const path = join(folder, 'people.csv');
      const row = ({ key, text = '', other = '', list = [] }: SeedObject) => [key, text, other, list.join('~')].join(';');
      await writeFile(path, ['id;name;note;Labels', ...seeds.map(row), ''].join('\n'));
      return {
        folder,
        config: { path: 'people.csv', anchor: 'id', columns: { Labels: 'tags' }, multi: { tags: '~' } },
        ruin: () => writeFile(path, 'no;such;columns\n'),
        async change({ put, set, remove }) {
          if (put !== undefined) await appendFile(path, `${row(put)}\n`);
          if (set === undefined && remove === undefined) return;
          // As an editor does it.
          const lines = (await readFile(path, 'utf8')).split('\n').flatMap((line) => {
            const [key, text, ...rest] = line.split(';');
            if (key === remove) return [];
            return [key === set?.key ? [key, set?.text ?? text, ...rest].join(';') : line];
          });
          await writeFile(`${path}.new`, lines.join('\n'));
          await rename(`${path}.new`, path);
        },
        dispose: () => rm(folder, { recursive: true }),
      };
    },
  },
);
