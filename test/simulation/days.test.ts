/** SEMANTICS 5: random dates, stepped day by day by delta, equal a full sync on each day. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { announce, parameters } from './driver.ts';
import { engineHouse } from './engine-house.ts';
import { DAY } from './organisation.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';

beforeAll(() => announce('days'));

it('day by day, delta and full are the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      organisation(
        shape.map((s) => ({ ...s, dates: true })),
        false,
      ),
      async (org) => {
        const delta = await engineHouse(org);
        const full = await engineHouse(org);
        try {
          for (let day = 0; day < 12; day++) {
            await delta.settle();
            await full.once('full-import');
            await full.once('full-sync');
            await full.settle();
            expect(await delta.end()).toEqual(await full.end());
            delta.now += DAY;
            full.now += DAY;
          }
        } finally {
          await delta.close();
          await full.close();
        }
      },
    ),
    parameters(2),
  );
});
