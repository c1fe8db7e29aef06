/** SEMANTICS 18: for every attribute of everybody, what explain works out again is what is stored, or a named reason. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { announce, parameters, tell } from './driver.ts';
import { engineHouse } from './engine-house.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';
import { partialRun, step } from './random-steps.ts';
import { unexplained } from './unexplained.ts';

beforeAll(() => announce('explain'));

it('everything is explained once all is quiet', async () => {
  const days = fc.array(fc.array(step(true), { maxLength: 5 }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(organisation(shape, true), days, async (org, story) => {
      const house = await engineHouse(org);
      try {
        for (const day of [[], ...story]) {
          await tell(house, day);
          await house.settle();
          expect(await unexplained(house)).toEqual([]);
        }
      } finally {
        await house.close();
      }
    }),
    parameters(12),
  );
});

it('everything is explained after any part of a run', async () => {
  const story = fc.array(fc.oneof({ weight: 3, arbitrary: step(true) }, { weight: 2, arbitrary: partialRun }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(organisation(shape, true), story, async (org, steps) => {
      const house = await engineHouse(org);
      try {
        await house.settle();
        for (const one of steps) {
          await tell(house, [one]);
          if (one.do === 'run') expect({ after: one.profile, wrong: await unexplained(house) }).toMatchObject({ wrong: [] });
        }
      } finally {
        await house.close();
      }
    }),
    parameters(12),
  );
});
