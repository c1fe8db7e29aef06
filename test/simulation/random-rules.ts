/** A fixed family of rules: which of them an organisation has, and the configuration text of that. */
import fc from 'fast-check';

/** Which of the rules an organisation has. */
export interface Shape {
  readonly many: boolean;
  readonly contractors: boolean;
  readonly badge: boolean;
  readonly app: boolean;
  readonly groups: boolean;
  readonly login: boolean;
  /** A source that knows people by the login that was made for them. */
  readonly desk: boolean;
  readonly dates: boolean;
  /** Whose presence keeps a person: the others, where there are any, only add. `badge` makes nobody. */
  readonly owner: 'all that make people' | 'hr' | 'temps' | 'badge';
  /** The directory's phone is edited there, too. */
  readonly twoWay: 'no' | 'ranked' | 'latest';
  readonly clears: boolean;
  readonly when: 'default' | 'department';
  readonly gone: 'none' | 'disable' | 'disable then delete' | 'delete';
  readonly manner: 'plain' | 'upper' | 'cut' | 'refuses';
}

export const shape: fc.Arbitrary<Shape> = fc.record({
  many: fc.boolean(),
  contractors: fc.boolean(),
  badge: fc.boolean(),
  app: fc.boolean(),
  groups: fc.boolean(),
  login: fc.boolean(),
  desk: fc.constantFrom(true, true, true, false),
  dates: fc.boolean(),
  owner: fc.constantFrom('all that make people', 'all that make people', 'hr', 'temps', 'badge'),
  twoWay: fc.constantFrom('no', 'ranked', 'latest'),
  clears: fc.boolean(),
  when: fc.constantFrom('default', 'department'),
  gone: fc.constantFrom('none', 'disable', 'disable then delete', 'delete'),
  manner: fc.constantFrom('plain', 'plain', 'upper', 'cut', 'refuses'),
});

/** The configuration text of a shape: sources hr, temps, badge, desk; targets dir, app. */
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
          ...owning('badge', s),
          '    import:',
          '      person:',
          '        join: employeeId',
          '        attributes:',
          '          employeeId: id',
          '          office: room',
          '          aliases: nicknames',
        ]
      : []),
    ...(s.login && s.desk
      ? [
          '  desk:',
          '    type: memory',
          '    system: desk',
          '    import: { person: { join: login, attributes: { login: user, title: seat } } }',
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

/** The owner of a shape may be a connection that it has not got: nobody is marked then. */
function owning(name: string, { owner }: Shape): string[] {
  return owner === name || (owner === 'all that make people' && name !== 'badge') ? ['    owner: true'] : [];
}

function source(name: string, s: Shape, groups: boolean): string[] {
  return [
    `  ${name}:`,
    '    type: memory',
    `    system: ${name}`,
    ...owning(name, s),
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
    ...(s.login && s.desk ? ['          title: title'] : []),
    ...(s.groups ? ['      group:', '        provision: true', '        attributes: { name: name, member: member }'] : []),
    `    deprovision: ${gone}`,
  ];
}
