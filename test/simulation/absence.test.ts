/** SEMANTICS 6: a read that is short, broken, empty or lost a column proves nothing; nobody is gone by it. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { FaultRule } from '#connectors/memory/config';
import { announce, parameters } from './driver.ts';
import { engineHouse } from './engine-house.ts';
import { organisation, shape } from './organisation.ts';

beforeAll(() => announce('absence'));

// A lost column is an outage where the system lists its columns or 50 objects had it: test/integration shows both.
const wrong: fc.Arbitrary<FaultRule['do']> = fc.oneof(
  fc.nat({ max: 3 }).map((limit) => ({ limit })),
  fc.nat({ max: 3 }).map((breakAfter) => ({ breakAfter })),
  fc.constant({ refuse: 'permission' as const }),
);

it('a bad read changes nobody, and the next good one finds all as it was', async () => {
  await fc.assert(
    fc.asyncProperty(organisation(shape, false), wrong, fc.constantFrom('hr', 'dir'), async (org, fault, connection) => {
      const house = await engineHouse(org);
      try {
        await house.settle();
        const before = await house.end();
        house.script(connection, { on: 'read', after: 0, times: 1, do: fault });
        await house.once('full-import');
        await house.once('cycle');
        expect(await house.end()).toEqual(before);
        await house.once('full-import');
        await house.settle();
        expect(await house.end()).toEqual(before);
      } finally {
        await house.close();
      }
    }),
    parameters(6),
  );
});
