/** A report on the generators: every reason to park that random organisations can reach was reached, in oracle and engine. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PARKED_KINDS } from '#engine/safety/parked';
import { organisationOf } from './case.ts';
import { cases } from './cases.ts';
import { configurationOf, seed, tell } from './driver.ts';
import { apply, oracleHouse } from './house.ts';
import { organisation, sample } from './random-organisation.ts';
import { shape } from './random-rules.ts';
import { step } from './random-steps.ts';

/** Reached by tests of their own: they need a stale read, or rules that fight. */
const ELSEWHERE = ['staleOwners', 'noCandidate', 'circular'];

it('random organisations and the cases reach every kind of parked item', async () => {
  const seen = new Set<string>();
  const note = (parked: readonly string[]): void => {
    for (const line of parked) seen.add(line.split(' ')[0]!);
  };
  const stories = sample(fc.tuple(organisation(shape, true), fc.array(step(true), { maxLength: 8 })), seed, 150);
  for (const [org, steps] of stories) {
    const house = oracleHouse(org, await configurationOf(org));
    await house.settle();
    note((await house.end()).parked);
    await tell(house, steps);
    await house.settle();
    note((await house.end()).parked);
  }
  for (const one of cases) {
    const org = organisationOf(one);
    const house = oracleHouse(org, await configurationOf(org));
    for (const part of one.story) {
      if (part === 'settle') {
        await house.settle();
        note((await house.end()).parked);
      } else if ('do' in part) await apply(house, part);
    }
  }
  expect(PARKED_KINDS.filter((kind) => !seen.has(kind) && !ELSEWHERE.includes(kind))).toEqual([]);
  expect([...seen].filter((kind) => !(PARKED_KINDS as readonly string[]).includes(kind))).toEqual([]);
});
