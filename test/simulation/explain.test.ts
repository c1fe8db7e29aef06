/** SEMANTICS 18: for every attribute of everybody, what explain works out again is what is stored, or a named reason. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { explain } from '#people/explain';
import { DIFFERENCES } from '#people/reasons';
import type { ObjectRow } from '#store/contract';
import { announce, parameters, tell } from './driver.ts';
import { type EngineHouse, engineHouse } from './engine-house.ts';
import { organisation, partialRun, shape, step } from './organisation.ts';

beforeAll(() => announce('explain'));

const NAMED: ReadonlySet<string> = new Set(DIFFERENCES.filter((reason) => reason !== 'unexplained'));

async function everybody(house: EngineHouse): Promise<ObjectRow[]> {
  const all: ObjectRow[] = [];
  for (let after = 0; ; after = all.at(-1)!.id) {
    const page = await house.store.sync.scanObjects({ after, limit: 100 });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** Differences without a reason, and reasons without a difference. */
async function unexplained(house: EngineHouse): Promise<unknown[]> {
  const wrong: unknown[] = [];
  for (const object of await everybody(house)) {
    const { attributes } = await explain(object, null, { store: house.store, config: house.config, wall: () => house.now });
    const named = new Set(attributes.map((one) => one.attribute));
    for (const attribute of Object.keys(JSON.parse(object.attributes)))
      if (!named.has(attribute)) wrong.push({ object: object.id, attribute, missing: true });
    for (const { attribute, stored, recomputed, difference, contributions } of attributes) {
      const same = JSON.stringify(stored ?? null) === JSON.stringify(recomputed ?? null);
      if (same ? difference !== null : !NAMED.has(difference?.reason ?? 'none'))
        wrong.push({
          object: object.id,
          kind: object.kind,
          state: object.state,
          attribute,
          stored,
          recomputed,
          difference,
          contributions,
        });
    }
  }
  return wrong;
}

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
