import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { connectorConformance } from '../conformance/index.ts';
import { forgetMemorySystem, memory, memorySystem } from './index.ts';

// A system settles creates of unknown outcome in one way or another: both are tried.
describe.each(['callerKey', 'idempotencyKey'] as const)('%s', (creates) => {
  connectorConformance(
    { describe, test, skip: (name) => test.skip(name) },
    {
      definition: memory,
      kind: 'person',
      attributes: { text: 'name', other: 'note', list: 'tags' },
      anchor: (key) => key,
      creates,
      lacks: {},
      async make(seeds) {
        const folder = await mkdtemp(join(tmpdir(), 'rollcall-memory-'));
        const system = randomUUID();
        const attributesOf = ({ text, other, list }: (typeof seeds)[number]) =>
          Object.fromEntries(
            Object.entries({ name: text, note: other, tags: list }).filter(([, value]) => value !== undefined),
          ) as { [name: string]: string };
        const objects = seeds.map((seed) => ({ anchor: seed.key, attributes: attributesOf(seed) }));
        return {
          folder,
          config: {
            system,
            path: 'system.jsonl',
            atomic: true,
            snapshots: true,
            clock: true,
            compare: true,
            pageSize: 2,
            creates,
            objects,
            faults: [{ on: 'test', after: 1, do: { refuse: 'unavailable' } }],
          },
          // The script refuses the second test.
          ruin: async () => undefined,
          crash: async () => forgetMemorySystem(system),
          async change({ put, set, remove }) {
            if (put !== undefined) memorySystem(system).put('person', put.key, attributesOf(put));
            if (set !== undefined) memorySystem(system).edit('person', set.key, attributesOf(set));
            if (remove !== undefined) memorySystem(system).remove('person', remove);
          },
          async dispose() {
            forgetMemorySystem(system);
            await rm(folder, { recursive: true });
          },
        };
      },
    },
  );
});
