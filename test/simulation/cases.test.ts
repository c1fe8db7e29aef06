/** Every hand-written case, in the oracle and in the engine; and in the engine nothing is left to do after it. */
import { describe, expect, it } from 'vitest';
import { STORE } from '../store.ts';
import { type Case, type Expected, organisationOf } from './case.ts';
import { cases } from './cases.ts';
import { configurationFrom } from './configuration.ts';
import { engineHouse, written } from './engine-house.ts';
import { apply, type Comparable, type House, oracleHouse } from './house.ts';

describe('the oracle', () => {
  for (const one of cases)
    it(one.says, async () => {
      const organisation = organisationOf(one);
      await play(one, oracleHouse(organisation, await configurationFrom(organisation.yaml, '/nowhere')));
    });
});

/** A batch of a thousand holds a whole case; of two, nearly every generation is split: on PostgreSQL that is enough. */
const BATCHES = [
  ['the engine', 1_000],
  ['the engine, two objects a batch', 2],
] as const;

describe.each(STORE === 'sqlite' ? BATCHES : BATCHES.slice(1))('%s', (_, batch) => {
  for (const one of cases)
    it(one.says, async () => {
      const house = await engineHouse(organisationOf(one), { batch });
      try {
        await play(one, house);
        // Delta = full: whatever the story was, a full read and a full sync find nothing that the cycles left.
        await house.once('full-import');
        for (const profile of ['full-sync', 'export', 'cycle'] as const)
          expect({ profile, rows: await written(house, profile) }).toEqual({ profile, rows: {} });
      } finally {
        await house.close();
      }
    });
});

async function play(one: Case, house: House): Promise<void> {
  for (const step of one.story) {
    if (step === 'settle') await house.settle();
    else if ('do' in step) await apply(house, step);
    else check(step, await house.end());
  }
}

/** Keepers are nobody's business. */
function check({ parked, ...rest }: Expected, end: Comparable): void {
  if (parked) expect(end.parked.filter((line) => !line.includes('zz-keeper'))).toEqual([...parked].sort());
  expect(partLike(rest, end)).toEqual(rest);
}

/** Of what is there, the part that is expected; what must not be there is `undefined` on both sides. */
function partLike(expected: unknown, there: unknown): unknown {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return there;
  if (typeof there !== 'object' || there === null) return there;
  return Object.fromEntries(
    Object.entries(expected).map(([name, inner]) => [name, partLike(inner, (there as { [name: string]: unknown })[name])]),
  );
}
