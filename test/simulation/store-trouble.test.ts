/**
 * SEMANTICS 18: a store that fails at any of its operations, before it did it or after, because it is busy, full, or somebody else's by
 * now. A run that fails by it is started again in another process. The end is the oracle's, who knows nothing of all that.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomStoreScript, type StoreOperation, type StoreScript } from '#store/fault-injection';
import { announce, parameters, tell } from './driver.ts';
import { engineHouse } from './engine-house.ts';
import { oracleHouse } from './house.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';
import { step } from './random-steps.ts';

const RUNS = 8;
/** Of a day. */
const MOST = 5;
/** Where what was read, worked out or answered gets in. */
const WORK: readonly StoreOperation[] = ['spaces.stage', 'sync.commit', 'exports.answer', 'exports.answerEdges'];
const WRITES: readonly StoreOperation[] = [
  ...WORK,
  'runs.begin',
  'runs.finish',
  'runs.recordChanges',
  'runs.recordErrors',
  'spaces.saveState',
  'spaces.markAbsent',
  'sync.markDirty',
  'sync.reserve',
  'exports.take',
  'exports.attemptEdges',
  'exports.unshown',
  'exports.mark',
];

const counted = new Map<string, number>();
beforeAll(() => announce('a store in trouble'));
afterAll(() => announce(`happened: ${[...counted].map(([what, n]) => `${what} ${n}`).join(', ')}`));

const trouble = fc.record({
  seed: fc.nat(),
  share: fc.constantFrom(0.05, 0.3),
  within: fc.constantFrom(undefined, new Set(WRITES), new Set(WORK)),
});
const day = fc.record({ steps: fc.array(step(true), { maxLength: 5 }), trouble });

it('a story ends as the oracle says', async () => {
  await fc.assert(
    fc.asyncProperty(organisation(shape, true), fc.array(day, { minLength: 2, maxLength: 4 }), async (org, story) => {
      const met: string[] = [];
      let script: StoreScript = () => [];
      const house = await engineHouse(org, {
        storeFaults: {
          script: (operation) => script(operation),
          happened: (fault, operation) => void met.push(`${operation} ${JSON.stringify(fault)}`),
        },
      });
      const oracle = oracleHouse(org, house.config);
      try {
        for (const [
          i,
          {
            steps,
            trouble: { within, ...chance },
          },
        ] of story.entries()) {
          script = randomStoreScript({ ...chance, most: MOST }, within);
          await tell(house, i === 0 ? [] : steps);
          const expected = oracle.predict(house.systems(), await house.memory(), house.now);
          await house.settle();
          expect({ met, end: await house.end() }).toEqual({ met, end: expected });
        }
        for (const one of met) counted.set(one.split(' ')[0]!, (counted.get(one.split(' ')[0]!) ?? 0) + 1);
      } finally {
        await house.close();
      }
    }),
    parameters(RUNS),
  );
  expect([...counted.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThan(parameters(RUNS).numRuns);
});
