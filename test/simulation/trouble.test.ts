/**
 * SEMANTICS 9 and 18: targets that do things and never answer, die before they do them, show them late, refuse for a while, are
 * edited by others before it is known what became of a write. The end is the oracle's, who knows nothing of all that but the edits.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultRule, usual } from '#connectors/fault-injection/index';
import { attributes } from '#core/values';
import { type SystemObject, spot } from '../oracle/world.ts';
import { objectAt, source, target } from './case.ts';
import { announce, parameters, tell } from './driver.ts';
import { engineHouse } from './engine-house.ts';
import { oracleHouse } from './house.ts';
import { KEEPER, type Organisation, type PlainObject } from './organisation.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';
import { step } from './random-steps.ts';

const RUNS = 4;
const MINUTE = 60_000;
const counted = new Map<string, number>();
const count = (what: string, n: number): void => void counted.set(what, (counted.get(what) ?? 0) + n);

beforeAll(() => announce('targets in trouble'));
afterAll(() => announce(`happened: ${[...counted].map(([what, n]) => `${what} ${n}`).join(', ')}`));

const how = fc.constantFrom('unknown' as const, 'rest' as const, 'throw' as const);
const TROUBLES: { readonly [name: string]: fc.Arbitrary<FaultRule['do']> } = {
  'does it and never answers': how.map((one) => ({ die: 'after', how: one })),
  'dies before it does it': how.map((one) => ({ die: 'before', how: one })),
  'shows it late': fc.integer({ min: 1, max: 2 }).map((late) => ({ late })),
  'fails as systems do': fc.constantFrom(...usual({ on: 'create' })),
  'refuses for a while': fc.constantFrom('rateLimited' as const, 'unavailable' as const).map((refuse) => ({ refuse })),
};

/** Somebody for whom there is always something to write. */
const ANN: PlainObject = {
  kind: 'person',
  anchor: 'hr-1',
  attributes: { id: 'É1', first: 'Ann', last: 'Berg', department: 'Sales', status: 'staff', main: true, mail: 'm1@example.org' },
};

function withAnn(org: Organisation): Organisation {
  const hr = org.systems['hr']!;
  const objects = [ANN, ...hr.objects.filter((o) => o.anchor !== ANN.anchor)];
  return { ...org, systems: { ...org.systems, hr: { ...hr, objects } } };
}

const troubled = organisation(shape, true).map(withAnn);
const day = fc.array(step(true), { maxLength: 5 });

describe('a target that', () => {
  for (const [name, trouble] of Object.entries(TROUBLES)) {
    const rule = fc.record({
      on: fc.constant('write' as const),
      after: fc.nat({ max: 2 }),
      times: fc.integer({ min: 1, max: 3 }),
      do: trouble,
    });
    const days = fc.array(fc.record({ steps: day, faults: fc.array(rule, { minLength: 1, maxLength: 2 }) }), {
      minLength: 1,
      maxLength: 3,
    });
    it(`${name} ends as the oracle says`, async () => {
      await fc.assert(
        fc.asyncProperty(troubled, days, async (org, story) => {
          const house = await engineHouse(org);
          const oracle = oracleHouse(org, house.config);
          try {
            for (const [i, { steps, faults }] of story.entries()) {
              for (const fault of faults)
                for (const target of org.targets) house.script(target, i === 0 ? { ...fault, after: 0 } : fault);
              await tell(house, i === 0 ? [] : steps);
              const expected = oracle.predict(house.systems(), await house.memory(), house.now);
              await house.settle();
              expect(await house.end()).toEqual(expected);
            }
            count(name, house.happened().filter((one) => !('rewrite' in one.do)).length);
          } finally {
            await house.close();
          }
        }),
        parameters(RUNS),
      );
      expect(counted.get(name) ?? 0).toBeGreaterThan(0);
    });
  }
});

/** What somebody types into an account; nobody else ever has these values. */
const edit = fc.record({
  which: fc.nat({ max: 7 }),
  attributes: fc.record(
    { phone: fc.constantFrom('0800 1', '0800 2'), cn: fc.constant('theirs'), mail: fc.constant('t@example.net') },
    { requiredKeys: [] },
  ),
});

describe('a target that others edit', () => {
  it('between export and confirm ends as the oracle says', async () => {
    const days = fc.array(
      fc.record({
        steps: day,
        first: fc.constantFrom('Ann', 'Zoë', 'Kim'),
        edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 2, maxLength: 3 },
    );
    const name = 'edited before it was confirmed';
    await fc.assert(
      fc.asyncProperty(troubled, days, async (org, story) => {
        const house = await engineHouse({ ...org, systems: { ...org.systems, dir: { ...org.systems['dir']!, mute: true } } });
        const oracle = oracleHouse(org, house.config);
        try {
          await house.settle();
          for (const { steps, first, edits } of story) {
            // A look later than the last write: what it finds as it was written is not undone in a row any more.
            house.now += MINUTE;
            await house.once('cycle');
            await tell(house, [...steps, { do: 'set', connection: 'hr', which: 0, attributes: { first } }]);
            const accounts = [...house.contents('dir')]
              .filter(([, o]) => o.kind === 'person' && o.anchor !== KEEPER)
              .map(([key]) => key)
              .sort();
            const edited = (objects: ReadonlyMap<string, SystemObject>): SystemObject[] =>
              edits.flatMap(({ which, attributes: values }) => {
                const there = objects.get(accounts[which % Math.max(1, accounts.length)] ?? '');
                return there ? [{ ...there, attributes: attributes(Object.entries({ ...there.attributes, ...values })) }] : [];
              });
            const expected = oracle.predict(house.systems(), await house.memory(), house.now, (systems) => {
              const { objects } = systems.get('dir')!;
              for (const one of edited(objects)) objects.set(spot(one), one);
            });
            for (const profile of ['delta-import', 'delta-sync', 'export'] as const) await house.once(profile);
            const sent = await house.store.exports.list('dir', ['sent'], { after: 0, limit: 100 });
            const now = edited(house.contents('dir'));
            for (const one of now) house.put('dir', one);
            count(name, now.filter((one) => sent.some((row) => row.anchor === one.anchor)).length);
            await house.settle();
            expect(await house.end()).toEqual(expected);
          }
        } finally {
          await house.close();
        }
      }),
      parameters(2 * RUNS),
    );
    expect(counted.get(name) ?? 0).toBeGreaterThan(0);
  });

  it('a clear that is undone before it was confirmed is repeated', async () => {
    const keeper = (connection: string) => ({
      kind: 'person',
      anchor: KEEPER,
      attributes: { id: connection, number: connection },
    });
    const house = await engineHouse({
      yaml: JSON.stringify({
        connections: {
          hr: { type: 'memory', system: 'hr', ...source({ phone: 'phone' }) },
          dir: { type: 'memory', system: 'dir', ...target({ phone: 'phone' }) },
        },
      }),
      targets: ['dir'],
      systems: {
        hr: { objects: [objectAt('a', { id: '1', phone: '11' }), keeper('hr')] },
        dir: { objects: [keeper('dir')], mute: true },
      },
    });
    const account = (): SystemObject => [...house.contents('dir').values()].find((o) => o.attributes['number'] === '1')!;
    try {
      await house.settle();
      await tell(house, [{ do: 'set', connection: 'hr', which: 0, attributes: { phone: null } }]);
      for (const profile of ['delta-import', 'delta-sync', 'export'] as const) await house.once(profile);
      expect(account().attributes['phone']).toBeUndefined();
      house.put('dir', { ...account(), attributes: attributes(Object.entries({ ...account().attributes, phone: '99' })) });
      await house.settle();
      expect(account().attributes['phone']).toBeUndefined();
    } finally {
      await house.close();
    }
  });
});
