/**
 * Random organisations and random days in them: what the property tests run the engine and the oracle on.
 *
 * An organisation is a configuration text from a fixed family of rules and the first content of its systems; a day is a list
 * of steps. Both are fast-check values, so a failing case shrinks. Each kind of object in each system has a
 * keeper that no step touches: a system that shows nothing at all is not believed (SEMANTICS 6), and that is tested elsewhere.
 */
import fc from 'fast-check';
import type { Attributes } from '#core/values';

export interface PlainObject {
  readonly kind: string;
  readonly anchor: string;
  readonly name?: string;
  readonly attributes: { readonly [name: string]: string | boolean | number | readonly string[] | null };
}

/** How a target treats what it is sent. */
export interface Manner {
  /** Attribute → what it makes of texts: an equivalent spelling, or something else. */
  readonly rewrites?: { readonly [attribute: string]: 'upper' | 'cut' };
  /** Attribute → a text it never takes. */
  readonly refuses?: { readonly [attribute: string]: string };
  /** Attribute → values that somebody has whom nobody sees: a conflict, which names the attribute unless it is `mute`. Not modelled by the oracle. */
  readonly taken?: { readonly [attribute: string]: readonly string[] };
  readonly mute?: boolean;
}

export interface Organisation {
  readonly yaml: string;
  readonly systems: {
    readonly [connection: string]: {
      readonly objects: readonly PlainObject[];
      readonly manner?: Manner;
      /** Its answers do not show what it holds then, and it cannot be asked: only the next read proves a write. */
      readonly mute?: boolean;
    };
  };
  /** Connections that are written to. */
  readonly targets: readonly string[];
}

export type Step =
  | { readonly do: 'put'; readonly connection: string; readonly object: PlainObject }
  | { readonly do: 'set'; readonly connection: string; readonly which: number; readonly attributes: PlainObject['attributes'] }
  | { readonly do: 'delete'; readonly connection: string; readonly which: number; readonly kind?: 'group' }
  | { readonly do: 'member'; readonly connection: string; readonly which: number; readonly member: string }
  | { readonly do: 'days'; readonly days: number }
  | { readonly do: 'run'; readonly profile: 'cycle' | 'full-import' | 'delta-import' | 'full-sync' | 'delta-sync' | 'export' };

export interface Shape {
  readonly many: boolean;
  readonly contractors: boolean;
  readonly badge: boolean;
  readonly app: boolean;
  readonly groups: boolean;
  readonly login: boolean;
  readonly dates: boolean;
  /** The directory's phone is edited there, too. */
  readonly twoWay: 'no' | 'ranked' | 'latest';
  readonly clears: boolean;
  readonly when: 'default' | 'department';
  readonly gone: 'none' | 'disable' | 'disable then delete' | 'delete';
  readonly manner: 'plain' | 'upper' | 'cut' | 'refuses';
}

export const DAY = 86_400_000;
/** 1 March 2026, 08:00 in UTC. */
export const MORNING: number = Date.UTC(2026, 2, 1, 8);
export const KEEPER = 'zz-keeper';

export const shape: fc.Arbitrary<Shape> = fc.record({
  many: fc.boolean(),
  contractors: fc.boolean(),
  badge: fc.boolean(),
  app: fc.boolean(),
  groups: fc.boolean(),
  login: fc.boolean(),
  dates: fc.boolean(),
  twoWay: fc.constantFrom('no', 'ranked', 'latest'),
  clears: fc.boolean(),
  when: fc.constantFrom('default', 'department'),
  gone: fc.constantFrom('none', 'disable', 'disable then delete', 'delete'),
  manner: fc.constantFrom('plain', 'plain', 'upper', 'cut', 'refuses'),
});

/** The configuration text of a shape: sources hr, temps, badge; targets dir, app. */
export function configurationOf(s: Shape): string {
  const lines = [
    'zone: Europe/Berlin',
    ...(s.twoWay === 'latest' || s.login ? ['attributes:', '  person:'] : []),
    ...(s.twoWay === 'latest' ? ['    phone: { strategy: latest }'] : []),
    ...(s.login
      ? [
          '    login:',
          '      unique:',
          `        candidates: ['\${person.givenName.lower()}', '\${person.givenName.lower() + string(n)}']`,
          '        uniqueIn: [dir.uid]',
        ]
      : []),
    ...(s.dates
      ? ['life:', '  person: { starts: startDate, ends: endDate, grace: 10d }']
      : ['life:', '  person: { grace: 10d }']),
    'connections:',
    ...source('hr', s, true),
    ...(s.contractors ? source('temps', s, false) : []),
    ...(s.badge
      ? [
          '  badge:',
          '    type: memory',
          '    system: badge',
          '    import:',
          '      person:',
          '        join: employeeId',
          '        attributes:',
          '          employeeId: id',
          '          office: room',
          '          aliases: nicknames',
        ]
      : []),
    ...directory(s),
    ...(s.app
      ? [
          '  app:',
          '    type: memory',
          '    system: app',
          '    mode: on',
          '    import: { person: { join: mail, attributes: { mail: mail } } }',
          '    export:',
          '      person:',
          '        provision: true',
          '        attributes: { mail: mail, title: { value: displayName, strength: onCreate }, room: { value: office, strength: ifEmpty } }',
          '    deprovision: { action: delete }',
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function source(name: string, s: Shape, groups: boolean): string[] {
  return [
    `  ${name}:`,
    '    type: memory',
    `    system: ${name}`,
    '    owner: true',
    '    import:',
    '      person:',
    '        filter: row.status != "excluded"',
    '        join: employeeId',
    '        project: true',
    ...(s.many ? ['        many: true', '        primary: [row.main]', '        aggregates: { endDate: max }'] : []),
    '        attributes:',
    '          employeeId: id',
    '          givenName: first',
    '          familyName: last',
    `          displayName: '\${(row.first != null ? row.first : "?") + " " + (row.last != null ? row.last : "?")}'`,
    '          department: department',
    s.clears ? '          phone: { value: phone, empty: clears }' : '          phone: phone',
    '          mail: mail',
    '          startDate: start',
    '          endDate: end',
    '          manager: { reference: boss }',
    ...(s.groups && groups
      ? [
          '      group:',
          '        join: name',
          '        project: true',
          '        attributes:',
          '          name: name',
          '          member: { reference: members }',
        ]
      : []),
  ];
}

function directory(s: Shape): string[] {
  const gone = {
    none: '{ action: none }',
    disable: '{ action: disable }',
    'disable then delete': '{ action: disable, then: delete, after: 5d }',
    delete: '{ action: delete }',
  }[s.gone];
  return [
    '  dir:',
    '    type: memory',
    '    system: dir',
    '    mode: on',
    '    import:',
    '      person:',
    '        join: [employeeId]',
    '        attributes:',
    '          employeeId: number',
    ...(s.twoWay !== 'no' ? [s.clears ? '          phone: { value: phone, empty: clears }' : '          phone: phone'] : []),
    ...(s.groups ? ['      group: { join: name, attributes: { name: name } }'] : []),
    '    export:',
    '      person:',
    ...(s.when === 'department' ? ['        when: person.active && person.department == "Sales"'] : []),
    '        provision: true',
    '        enabled: { attribute: enabled, on: "yes", off: "no" }',
    '        attributes:',
    '          number: employeeId',
    '          cn: displayName',
    '          mail: mail',
    '          phone: phone',
    '          manager: manager',
    ...(s.login ? ['          uid: login'] : []),
    ...(s.groups ? ['      group:', '        provision: true', '        attributes: { name: name, member: member }'] : []),
    `    deprovision: ${gone}`,
  ];
}

// ─── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const first = fc.constantFrom('Ann', 'ann', 'Élodie', 'E\u0301lodie', '李', 'Łukasz', "O'Neil", 'Bo');
const last = fc.constantFrom('Berg', 'Ng', 'de la Cruz', 'Żak', null);
const day = fc.constantFrom(null, null, '2026-02-20', '2026-03-01', '2026-03-02', '2026-03-05', '2026-03-12');
const phone = fc.constantFrom(null, '030 1', '030-1', '+49 30 2', '030 3');
const room = fc.constantFrom(null, 'A1', 'a1', 'B2');
const number = fc.integer({ min: 1, max: 4 });

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

const badgeHolder: fc.Arbitrary<PlainObject> = fc
  .record({ n: number, room, nicknames: fc.subarray(['kit', 'Sam', 'zoë']) })
  .chain(({ n, ...rest }) => spelled(n).map((id) => ({ kind: 'person', anchor: `badge-${n}`, attributes: { ...rest, id } })));

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
const MEMBERS = ['hr-1', 'hr-2', 'hr-3', 'g-1', 'g-2', 'g-3'];

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
        dir: few(account, 3),
        groups: few(group, 3),
      })
      .map(({ hr, temps, badge, dir, groups }) => {
        const kinds = s.groups ? ['person', 'group'] : ['person'];
        const manner = MANNERS[s.manner];
        return {
          yaml: configurationOf(s),
          targets: s.app ? ['dir', 'app'] : ['dir'],
          systems: {
            hr: { objects: [...hr, ...(s.groups ? groups : []), ...keepers('hr', kinds)] },
            ...(s.contractors ? { temps: { objects: [...temps, ...keepers('temps', ['person'])] } } : {}),
            ...(s.badge ? { badge: { objects: [...badge, ...keepers('badge', ['person'])] } } : {}),
            dir: { objects: [...dir, ...keepers('dir', kinds)], manner },
            ...(s.app ? { app: { objects: keepers('app', ['person']) } } : {}),
          },
        };
      }),
  );
}

// ─── days ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const which = fc.nat({ max: 7 });

/** Steps that make sense in an organisation: those that name a system it does not have do nothing. */
export function step(ambiguous: boolean): fc.Arbitrary<Step> {
  const put = fc.oneof(
    person('hr', ambiguous).map((object): Step => ({ do: 'put', connection: 'hr', object })),
    person('temps', false).map((object): Step => ({ do: 'put', connection: 'temps', object })),
    badgeHolder.map((object): Step => ({ do: 'put', connection: 'badge', object })),
  );
  const set = fc.oneof(
    fc
      .record({
        which,
        attributes: fc.record(
          {
            first,
            last,
            department: fc.constantFrom('Sales', 'Research', null),
            phone,
            end: day,
            boss: fc.option(number.map((n) => `hr-${n}`)),
            status: fc.constantFrom('staff', 'excluded'),
          },
          { requiredKeys: [] },
        ),
      })
      .map((s): Step => ({ do: 'set', connection: 'hr', ...s })),
    fc
      .record({
        which,
        attributes: fc.record(
          { phone, cn: fc.constantFrom('somebody', null), mail: fc.constantFrom('other@example.org', null) },
          { requiredKeys: [] },
        ),
      })
      .map((s): Step => ({ do: 'set', connection: 'dir', ...s })),
    fc.record({ which, attributes: fc.record({ room }) }).map((s): Step => ({ do: 'set', connection: 'badge', ...s })),
  );
  return fc.oneof(
    { weight: 3, arbitrary: put },
    { weight: 5, arbitrary: set },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('delete' as const),
        connection: fc.constantFrom('hr', 'hr', 'temps', 'badge', 'dir', 'app'),
        which,
      }),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ which, member: fc.constantFrom(...MEMBERS) })
        .map((change): Step => ({ do: 'member', connection: 'hr', ...change })),
    },
    {
      weight: 1,
      arbitrary: which.map((n): Step => ({ do: 'delete', connection: 'hr', which: n, kind: 'group' })),
    },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 6 }).map((days): Step => ({ do: 'days', days })) },
  );
}

export const partialRun: fc.Arbitrary<Step> = fc
  .constantFrom(
    'cycle' as const,
    'full-import' as const,
    'delta-import' as const,
    'full-sync' as const,
    'delta-sync' as const,
    'export' as const,
  )
  .map((profile) => ({ do: 'run', profile }));

/** Seeded and plain: the n-th organisation of a seed, without fast-check around it. */
export function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number, n = 1): T[] {
  return fc.sample(arbitrary, { seed, numRuns: n });
}

export type { Attributes };
