import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { connectorConformance, type SeedObject, type Subject } from '../conformance/index.ts';
import type { JsonlConfig } from './config.ts';
import { jsonl } from './index.ts';

const runner = { describe, test, skip: (name: string) => test.skip(name) };
const setOf = ({ text, other, list }: SeedObject) => ({ name: text, note: other, tags: list });
const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

async function bench(content: string, config: object) {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-jsonl-'));
  const path = join(folder, 'people.jsonl');
  await writeFile(path, content);
  return {
    folder,
    path,
    config: { path: 'people.jsonl', ...config },
    async ruin() {
      await rm(path);
      await mkdir(path);
    },
    dispose: () => rm(folder, { recursive: true }),
  };
}

const subject: Omit<Subject<JsonlConfig>, 'lacks' | 'make'> = {
  definition: jsonl,
  kind: 'person',
  attributes: { text: 'name', other: 'note', list: 'tags' },
  anchor: (key) => key,
};

connectorConformance(runner, {
  ...subject,
  lacks: {
    clock: 'a file has no clock',
    compare: 'a file is merged as it is when it is replaced',
    deltas: 'a file of objects says what is, not what changed',
    resume: 'a million lines are read in three seconds',
  },
  async make(seeds) {
    let objects = [...seeds];
    const content = () => lines(objects.map((seed) => ({ id: seed.key, ...setOf(seed) })));
    const made = await bench(content(), {});
    return {
      ...made,
      async change({ put, set, remove }) {
        if (put !== undefined) objects.push(put);
        objects = objects.filter(({ key }) => key !== remove).map((one) => (one.key === set?.key ? { ...one, ...set } : one));
        await writeFile(`${made.path}.new`, content());
        await rename(`${made.path}.new`, made.path);
      },
    };
  },
});

describe('changes', () => {
  connectorConformance(runner, {
    ...subject,
    lacks: {
      clock: 'a file has no clock',
      compare: 'changes are added without working out what all before them come to',
      resume: 'a change file is read on from its cursor',
      commit: 'a change is durable when write answers',
      fingerprint: 'a change file only grows; each record is proven by its own answer',
      lookup: 'one object would cost a read of all records',
    },
    async make(seeds) {
      const made = await bench(lines(seeds.map((seed) => ({ op: 'put', anchor: seed.key, set: setOf(seed) }))), {
        format: 'changes',
        history: 'whole',
      });
      return {
        ...made,
        async change({ put, set, remove }) {
          if (put !== undefined) await appendFile(made.path, lines([{ op: 'put', anchor: put.key, set: setOf(put) }]));
          if (set !== undefined) await appendFile(made.path, lines([{ op: 'patch', anchor: set.key, set: setOf(set) }]));
          if (remove !== undefined) await appendFile(made.path, lines([{ op: 'delete', anchor: remove }]));
        },
      };
    },
  });
});
