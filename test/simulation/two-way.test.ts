/** SEMANTICS 3: A ↔ B ↔ C under random edits, clears and set removals: they agree, and what was cleared last stays cleared. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { ex } from './case.ts';
import { announce, parameters } from './driver.ts';
import { type EngineHouse, engineHouse } from './engine-house.ts';
import { canonicalObject } from './house.ts';
import { DAY, KEEPER, type Organisation } from './organisation.ts';

beforeAll(() => announce('two ways'));

const SYSTEMS = ['a', 'b', 'c'] as const;
const value = fc.constantFrom(null, '1', '2', '3');
const members = fc.subarray(['x', 'y', 'z']);

const flows = { number: 'employeeId', phone: 'phone', nick: 'aliases' };
const both = (project: boolean) => ({
  type: 'memory',
  mode: 'on',
  owner: project,
  import: {
    person: {
      join: 'employeeId',
      project,
      attributes: { employeeId: 'number', phone: { value: 'phone', empty: 'clears' }, aliases: 'nick' },
    },
  },
  export: { person: { when: ex('person.state != "gone"'), provision: true, attributes: flows } },
});
const config = {
  attributes: { person: { phone: { strategy: 'latest', matching: 'exact' }, aliases: { strategy: 'merge', matching: 'exact' } } },
  connections: { a: { ...both(true), system: 'a' }, b: { ...both(false), system: 'b' }, c: { ...both(false), system: 'c' } },
};

function start(phone: string | null, nick: readonly string[]): Organisation {
  const keeper = (name: string) => ({ kind: 'person', anchor: KEEPER, attributes: { number: `keeper of ${name}` } });
  return {
    yaml: JSON.stringify(config),
    targets: SYSTEMS,
    systems: {
      a: { objects: [{ kind: 'person', anchor: 'p', attributes: { number: '1', phone, nick } }] },
      b: { objects: [keeper('b')] },
      c: { objects: [keeper('c')] },
    },
  };
}

function held(house: EngineHouse, system: string) {
  return [...house.contents(system).values()].find((o) => o.attributes['number'] === '1')!;
}

function edit(house: EngineHouse, system: string, attribute: string, to: string | null | readonly string[]): void {
  const object = held(house, system);
  const attributes = { ...object.attributes, [attribute]: to } as Parameters<typeof canonicalObject>[0]['attributes'];
  house.put(system, { ...canonicalObject({ kind: 'person', anchor: object.anchor, attributes }), name: object.name });
}

it('the last edit of a single value wins everywhere, a clear included', async () => {
  const edits = fc.array(fc.record({ system: fc.constantFrom(...SYSTEMS), to: value }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(value, edits, async (first, story) => {
      const house = await engineHouse(start(first, []));
      try {
        await house.settle();
        let last = first;
        for (const { system, to } of story) {
          house.now += DAY;
          if ((held(house, system).attributes['phone'] ?? null) === to) continue;
          edit(house, system, 'phone', to);
          last = to;
          await house.once('cycle');
          await house.once('cycle');
          expect(SYSTEMS.map((s) => held(house, s).attributes['phone'] ?? null)).toEqual([last, last, last]);
        }
      } finally {
        await house.close();
      }
    }),
    parameters(10),
  );
});

it('a member taken out of a merged set anywhere is gone everywhere', async () => {
  const edits = fc.array(fc.record({ system: fc.constantFrom(...SYSTEMS), to: members }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(members, edits, async (first, story) => {
      const house = await engineHouse(start(null, first));
      try {
        await house.settle();
        for (const { system, to } of story) {
          house.now += DAY;
          edit(house, system, 'nick', to);
          await house.once('cycle');
          await house.once('cycle');
          const wanted = to.length === 0 ? null : to;
          expect(SYSTEMS.map((s) => held(house, s).attributes['nick'] ?? null)).toEqual([wanted, wanted, wanted]);
        }
      } finally {
        await house.close();
      }
    }),
    parameters(10),
  );
});
