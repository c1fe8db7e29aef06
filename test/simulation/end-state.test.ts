/** SEMANTICS 18: each end state of the engine is the oracle's answer; 1: delta = full; 2: quiet is silent. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { announce, parameters, tell } from './driver.ts';
import { engineHouse, work, written } from './engine-house.ts';
import { oracleHouse } from './house.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';
import { partialRun, step } from './random-steps.ts';

beforeAll(() => announce('end states'));

/** Objects that a sync works out at a time: all, or so few that nearly every generation is split. */
const batches = fc.constantFrom(2, 1_000);
const days = fc.array(fc.array(step(true), { maxLength: 5 }), { maxLength: 3 });

describe('random organisations', () => {
  it('end as the oracle says, day by day', async () => {
    await fc.assert(
      fc.asyncProperty(organisation(shape, true), days, batches, async (org, story, batch) => {
        const house = await engineHouse(org, { batch });
        const oracle = oracleHouse(org, house.config);
        try {
          for (const day of [[], ...story]) {
            await tell(house, day);
            const expected = oracle.predict(house.systems(), await house.memory(), house.now);
            await house.settle();
            expect(await house.end()).toEqual(expected);
          }
        } finally {
          await house.close();
        }
      }),
      parameters(14),
    );
  });

  it('end the same after any partial runs; then a full read and full sync writes nothing, nor does another cycle', async () => {
    const story = fc.array(fc.oneof({ weight: 3, arbitrary: step(true) }, { weight: 2, arbitrary: partialRun }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(organisation(shape, true), story, batches, async (org, steps, batch) => {
        const house = await engineHouse(org, { batch });
        try {
          await house.settle();
          await tell(house, steps);
          await house.settle();
          // A full read changes nothing but learns the digest of a group that a delta changed member by member.
          const ended = await house.end();
          await house.once('full-import');
          expect(await house.end()).toEqual(ended);
          const before = await work(house);
          for (const profile of ['full-import', 'full-sync', 'export', 'cycle'] as const)
            expect({ profile, rows: await written(house, profile) }).toEqual({ profile, rows: {} });
          expect(await work(house)).toEqual(before);
        } finally {
          await house.close();
        }
      }),
      parameters(10),
    );
  });
});
