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

const how = fc.constantFrom('unknown' as const, 'rest' as const, 'throw' as const, 'kill' as const);
const trouble = fc.option(
  fc.record({ system: fc.constantFrom(...SYSTEMS), moment: fc.constantFrom('before' as const, 'after' as const), how }),
);
const troubled = fc.record({ system: fc.constantFrom(...SYSTEMS), phone: value, nick: members, trouble });

/** Each happens in every run. */
const SURELY = [
  { system: 'a', phone: '8', nick: ['w', 'x'], trouble: { system: 'b', moment: 'after', how: 'kill' } },
  { system: 'a', phone: '9', nick: ['w', 'z'], trouble: { system: 'c', moment: 'after', how: 'unknown' } },
] as const;

it('so it is when writes are not answered, or the process dies between send and answer; each was counted, and none is taken for an edit', async () => {
  const counted = { unanswered: 0, killed: 0 };
  const runs = 4;
  await fc.assert(
    fc.asyncProperty(value, members, fc.array(troubled, { minLength: 1, maxLength: 4 }), async (first, set, story) => {
      const house = await engineHouse(start(first, set));
      const sent = (system: string) => house.store.exports.gateCounts(system, house.now - DAY);
      try {
        await house.settle();
        const clear = { system: story.at(-1)!.system, phone: null, nick: [], trouble: null };
        for (const { system, phone, nick, trouble: one } of [...story, ...SURELY, clear]) {
          house.now += 2 * DAY;
          const before = new Map(SYSTEMS.map((name) => [name, house.done(name)]));
          edit(house, system, 'phone', phone);
          edit(house, system, 'nick', nick);
          if (one?.how === 'kill') counted.killed += Number(await house.killed(one.system, one.moment));
          else if (one) house.script(one.system, { on: 'write', after: 0, times: 1, do: { die: one.moment, how: one.how } });
          await house.settle();
          const wanted = { phone, nick: nick.length === 0 ? null : nick };
          const holds = SYSTEMS.map((name) => held(house, name).attributes).map((a) => ({
            phone: a['phone'] ?? null,
            nick: a['nick'] ?? null,
          }));
          expect(holds).toEqual(SYSTEMS.map(() => wanted));
          for (const name of SYSTEMS) {
            const updates = (await sent(name)).find(({ part }) => part === 'update')?.sent ?? 0;
            expect({ name, updates }).toEqual({ name, updates: house.done(name) - before.get(name)! });
          }
        }
        counted.unanswered += house.happened().length;
      } finally {
        await house.close();
      }
    }),
    parameters(runs),
  );
  announce(`happened: unanswered ${counted.unanswered}, killed ${counted.killed}`);
  expect(counted.unanswered).toBeGreaterThan(0);
  expect(counted.killed).toBeGreaterThan(0);
});
