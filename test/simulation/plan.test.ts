/** SEMANTICS 15: a plan leaves everything as it is, and the run after it makes exactly its changes. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { PlanLine } from '#runs/model';
import { announce, parameters, tell } from './driver.ts';
import { engineHouse } from './engine-house.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';
import { step } from './random-steps.ts';

beforeAll(() => announce('plans'));

it('a plan changes nothing, and says what the run then does', async () => {
  await fc.assert(
    fc.asyncProperty(organisation(shape, true), fc.array(step(true), { maxLength: 5 }), async (org, day) => {
      const house = await engineHouse(org);
      try {
        await house.settle();
        await tell(house, day);
        const contents = JSON.stringify(house.connections.map((c) => [...house.contents(c)]));
        const before = await house.store.checksums();
        const planned = await house.plan('cycle');
        expect(await house.store.checksums()).toEqual(before);
        expect(JSON.stringify(house.connections.map((c) => [...house.contents(c)]))).toBe(contents);
        const objects = planned.lines.filter((line): line is Extract<PlanLine, { what: 'object' }> => line.what === 'object');
        await house.once('full-import');
        await house.once('delta-sync');
        for (const line of objects) {
          const [row] = await house.store.sync.objects([line.object]);
          const attributes = JSON.parse(row!.attributes) as { [name: string]: unknown };
          for (const [name, value] of Object.entries(line.after ?? {}))
            if (name in attributes || value === null) expect(attributes[name] ?? null).toEqual(value);
        }
        expect((await house.plan('cycle')).lines.filter((line) => line.what === 'object')).toEqual([]);
      } finally {
        await house.close();
      }
    }),
    parameters(4),
  );
});
