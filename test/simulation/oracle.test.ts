/** The oracle on its own: it comes to rest, and resting changes nothing. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { announce, configurationOf, parameters, tell } from './driver.ts';
import { oracleHouse } from './house.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';
import { step } from './random-steps.ts';

beforeAll(() => announce('the oracle'));

it('comes to rest, and stays there', async () => {
  await fc.assert(
    fc.asyncProperty(
      organisation(shape, true),
      fc.array(fc.array(step(true), { maxLength: 4 }), { maxLength: 3 }),
      async (org, days) => {
        const house = oracleHouse(org, await configurationOf(org));
        for (const day of [[], ...days]) {
          await tell(house, day);
          await house.settle();
          const end = await house.end();
          await house.settle();
          expect(await house.end()).toEqual(end);
        }
      },
    ),
    parameters(200),
  );
});
