/**
 * Random organisations: rules of a fixed family, and the first content of their systems. Each kind of object in each system
 * has a keeper that no step touches: a system that shows nothing at all is not believed (SEMANTICS 6), and that is tested elsewhere.
 */
import fc from 'fast-check';
import { KEEPER, type Manner, type Organisation, type PlainObject } from './organisation.ts';
import { configurationOf, type Shape } from './random-rules.ts';

export const first: fc.Arbitrary<string> = fc.constantFrom(
  'Ann',
  'ann',
  'Élodie',
  'E\u0301lodie',
  '李',
  'Łukasz',
  "O'Neil",
  'Bo',
);
export const last: fc.Arbitrary<string | null> = fc.constantFrom('Berg', 'Ng', 'de la Cruz', 'Żak', null);
export const day: fc.Arbitrary<string | null> = fc.constantFrom(
  null,
  null,
  '2026-02-20',
  '2026-03-01',
  '2026-03-02',
  '2026-03-05',
  '2026-03-12',
);
export const phone: fc.Arbitrary<string | null> = fc.constantFrom(null, '030 1', '030-1', '+49 30 2', '030 3');
export const room: fc.Arbitrary<string | null> = fc.constantFrom(null, 'A1', 'a1', 'B2');
export const number: fc.Arbitrary<number> = fc.integer({ min: 1, max: 4 });

const personAttributes = fc.record({
  first,
  last,
  department: fc.constantFrom('Sales', 'Sales', 'Research', null),
  phone,
  start: day,
  end: day,
  boss: fc.option(number.map((n) => `hr-${n}`)),
  main: fc.boolean(),
  status: fc.constantFrom('staff', 'staff', 'staff', 'excluded'),
});

/** The n-th personal number, spelled in one of several equivalent ways. */
const spelled = (n: number): fc.Arbitrary<string> => fc.constantFrom(`É${n}`, `é${n}`, `e\u0301${n}`, `E\u0301${n}`);

/** Mail is the person's own: what joins never names two people. Where keys may be ambiguous, an anchor is used again for another person. */
export function person(connection: string, ambiguous: boolean): fc.Arbitrary<PlainObject> {
  return fc
    .tuple(
      number,
      ambiguous ? fc.constantFrom('', '', 'b') : fc.constant(''),
      personAttributes,
      ambiguous ? fc.constantFrom(0, 0, 0, 0, 1) : fc.constant(0),
    )
    .chain(([place, contract, attributes, shift]) => {
      const n = ((place - 1 + shift) % 4) + 1;
      return spelled(n).map((id) => ({
        kind: 'person',
        anchor: `${connection}-${place}${contract}`,
        attributes: { ...attributes, id, mail: `m${n}@example.org` },
      }));
    });
}

export const badgeHolder: fc.Arbitrary<PlainObject> = fc
  .record({ n: number, room, nicknames: fc.subarray(['kit', 'Sam', 'zoë']) })
  .chain(({ n, ...rest }) => spelled(n).map((id) => ({ kind: 'person', anchor: `badge-${n}`, attributes: { ...rest, id } })));

/** By logins as they are made of first names, the first of its name and the second. */
export const deskHolder: fc.Arbitrary<PlainObject> = fc
  .record({
    n: number,
    user: fc.constantFrom('ann', 'ANN', 'ann2', 'bo', 'bo2', 'élodie'),
    seat: fc.constantFrom(null, 'S1', 'S2'),
  })
  .map(({ n, ...attributes }) => ({ kind: 'person', anchor: `desk-${n}`, attributes }));

const account: fc.Arbitrary<PlainObject> = fc
  .record({
    n: fc.integer({ min: 1, max: 6 }),
    phone,
    cn: fc.constantFrom('old name', 'Ann Berg'),
    uid: fc.constantFrom('ann', 'bo', 'x'),
  })
  .map(({ n, ...rest }) => ({
    kind: 'person',
    anchor: `old-${n}`,
    attributes: { ...rest, number: `é${n}`, uid: `${rest.uid}${n > 4 ? n : ''}`, mail: `M${n}@example.org`, enabled: 'yes' },
  }));

/** People, and groups: in a circle too, and in themselves. */
export const MEMBERS: readonly string[] = ['hr-1', 'hr-2', 'hr-3', 'g-1', 'g-2', 'g-3'];

const group: fc.Arbitrary<PlainObject> = fc
  .record({ n: fc.integer({ min: 1, max: 3 }), members: fc.subarray([...MEMBERS, 'hr-9']) })
  .map(({ n, members }) => ({
    kind: 'group',
    anchor: `g-${n}`,
    attributes: { name: `Team ${n}`, members },
  }));

function keepers(connection: string, kinds: readonly string[]): PlainObject[] {
  const attributes: { [kind: string]: PlainObject['attributes'] } = {
    person: {
      id: `keep-${connection}`,
      number: `keep-${connection}`,
      status: 'excluded',
      first: 'Keeper',
      uid: `keep-${connection}`,
      mail: `keep@${connection}.example`,
    },
    group: { name: `Keepers of ${connection}`, members: [] },
  };
  return kinds.map((kind) => ({ kind, anchor: KEEPER, attributes: attributes[kind]! }));
}

function few<T extends PlainObject>(one: fc.Arbitrary<T>, most: number): fc.Arbitrary<T[]> {
  return fc.uniqueArray(one, { maxLength: most, selector: (o) => `${o.kind}:${o.anchor}` });
}

const MANNERS: { readonly [manner in Shape['manner']]: Manner } = {
  plain: {},
  upper: { rewrites: { mail: 'upper' } },
  cut: { rewrites: { cn: 'cut' } },
  refuses: { refuses: { cn: 'Bo Ng' } },
};

/** `ambiguous`: keys may name two staged objects of one connection, so the order of arrival matters. */
export function organisation(of: fc.Arbitrary<Shape>, ambiguous: boolean): fc.Arbitrary<Organisation> {
  return of.chain((s) =>
    fc
      .record({
        hr: few(person('hr', ambiguous || s.many), 4),
        temps: few(person('temps', false), 2),
        badge: few(badgeHolder, 3),
        desk: few(deskHolder, 4),
        dir: few(account, 3),
        groups: few(group, 3),
      })
      .map(({ hr, temps, badge, desk, dir, groups }) => {
        const kinds = s.groups ? ['person', 'group'] : ['person'];
        const manner = MANNERS[s.manner];
        return {
          yaml: configurationOf(s),
          targets: s.app ? ['dir', 'app'] : ['dir'],
          systems: {
            hr: { objects: [...hr, ...(s.groups ? groups : []), ...keepers('hr', kinds)] },
            ...(s.contractors ? { temps: { objects: [...temps, ...keepers('temps', ['person'])] } } : {}),
            ...(s.badge ? { badge: { objects: [...badge, ...keepers('badge', ['person'])] } } : {}),
            ...(s.login && s.desk ? { desk: { objects: [...desk, ...keepers('desk', ['person'])] } } : {}),
            dir: { objects: [...dir, ...keepers('dir', kinds)], manner },
            ...(s.app ? { app: { objects: keepers('app', ['person']) } } : {}),
          },
        };
      }),
  );
}

/** Seeded and plain: the n-th organisation of a seed, without fast-check around it. */
export function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number, n = 1): T[] {
  return fc.sample(arbitrary, { seed, numRuns: n });
}
