/** Every hand-written case, in the oracle and in the engine. */
import { describe, expect, it } from 'vitest';
import { type Case, type Expected, organisationOf } from './case.ts';
import { cases } from './cases.ts';
import { configurationFrom } from './configuration.ts';
import { apply, type Comparable, type House, oracleHouse } from './house.ts';
import { stubMemory } from './stub.ts';

describe('the oracle', () => {
  for (const one of cases)
    it(one.says, async () => {
      const organisation = organisationOf(one);
      await play(one, oracleHouse(organisation, await configurationFrom(organisation.yaml, '/nowhere', stubMemory)));
    });
});

async function play(one: Case, house: House): Promise<void> {
  try {
    for (const step of one.story) {
      if (step === 'settle') await house.settle();
      else if ('do' in step) await apply(house, step);
      else check(step, await house.end());
    }
  } finally {
    await house.close();
  }
}

/** Keepers are nobody's business. */
function check(expected: Expected, end: Comparable): void {
  const keepers = (line: string): boolean => line.includes('zz-keeper');
  if (expected.parked) expect(end.parked.filter((line) => !keepers(line))).toEqual([...expected.parked].sort());
  expect(end).toMatchObject(withUndefined({ ...expected, parked: undefined }) as object);
}

/** toMatchObject takes `undefined` as "not there". */
function withUndefined(value: object): unknown {
  return Object.fromEntries(Object.entries(value).filter(([name, inner]) => name !== 'parked' || inner !== undefined));
}
