/** The first rollcall.yaml: short, commented, ready to be read and changed by a person. */
import { stringify } from 'yaml';
import type { Proposal } from './propose.ts';

export interface StarterConnection {
  readonly name: string;
  readonly type: string;
  /** The connector's own keys, anchor included. */
  readonly settings: { readonly [key: string]: unknown };
  readonly proposals: readonly Proposal[];
}

const JOIN_KEYS = ['employeeId', 'login', 'mail'];

/** A scalar as YAML writes it on one line. */
function scalar(value: unknown): string {
  return stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN' }).trimEnd();
}

/** A column in an expression: `row.first_name`, `row["Prénom"]`. */
function inRow(column: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(column) ? `row.${column}` : `row[${JSON.stringify(column)}]`;
}

function settingLines(settings: StarterConnection['settings']): string[] {
  return Object.entries(settings).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? [
          `    ${scalar(key)}:`,
          ...stringify(value, { lineWidth: 0 })
            .trimEnd()
            .split('\n')
            .map((line) => `      ${line}`),
        ]
      : [`    ${scalar(key)}: ${scalar(value)}`],
  );
}

function columnOf(connection: StarterConnection, attribute: string): string | undefined {
  return connection.proposals.find((one) => one.attribute === attribute)?.column;
}

/** Attributes the source gives, a made-up display name included. */
function given(source: StarterConnection): Set<string> {
  const names = new Set(source.proposals.map((one) => one.attribute));
  if (names.has('givenName') && names.has('familyName')) names.add('displayName');
  return names;
}

function sourceLines(source: StarterConnection): string[] {
  const joins = JOIN_KEYS.filter((key) => columnOf(source, key) !== undefined);
  const flows = source.proposals.map(({ attribute, column }) =>
    attribute === 'manager'
      ? `          manager: { reference: ${scalar(column)} }   # the manager's number, found among the others`
      : `          ${attribute}: ${scalar(column)}`,
  );
  const first = columnOf(source, 'givenName');
  const last = columnOf(source, 'familyName');
  if (columnOf(source, 'displayName') === undefined && first !== undefined && last !== undefined) {
    flows.push(`          displayName: ${scalar(`\${${inRow(first)} + " " + ${inRow(last)}}`)}`);
  }
  return [
    `  ${source.name}:`,
    `    type: ${source.type}`,
    ...settingLines(source.settings),
    '    owner: true               # being here makes a person active; the last owner to let go makes them leave',
    '    import:',
    '      person:',
    '        # filter: row.status != "contractor"    # take only these rows',
    ...(joins.length === 0
      ? []
      : [`        join: [${joins.join(', ')}]          # the same person if one of these is equal, tried in this order`]),
    '        project: true         # who matches nobody is a new person',
    `        attributes:           # attribute: column, or an expression in \${ }`,
    ...flows,
  ];
}

function targetLines(target: StarterConnection, source: StarterConnection): string[] {
  const has = given(source);
  const found = target.proposals.filter((one) => has.has(one.attribute));
  const pairs =
    found.length > 0 ? found : [...has].filter((name) => name !== 'manager').map((name) => ({ attribute: name, column: name }));
  const joins = JOIN_KEYS.filter((key) => found.some((one) => one.attribute === key));
  const anchor = target.settings.anchor;
  const anchorFrom =
    pairs.find((one) => one.column === anchor)?.attribute ?? (has.has('employeeId') ? 'employeeId' : [...has][0]);
  return [
    `  ${target.name}:`,
    `    type: ${target.type}`,
    ...settingLines(target.settings),
    '    # mode: observe           # a new target is only watched until its first plan is approved',
    ...(joins.length === 0
      ? []
      : [
          '    import:',
          '      person:',
          `        join: [${joins.join(', ')}]          # accounts that exist already are found by these; none is made twice`,
          '        attributes:',
          ...found
            .filter((one) => joins.includes(one.attribute))
            .map((one) => `          ${one.attribute}: ${scalar(one.column)}`),
        ]),
    '    export:',
    '      person:',
    '        when: person.active   # who belongs there',
    '        provision: true       # make an account for those who have none',
    ...(typeof anchor === 'string' && anchorFrom !== undefined ? [`        anchor: ${anchorFrom}`] : []),
    `        attributes:           # column there: attribute, or an expression in \${ }`,
    ...pairs.map((one) => `          ${scalar(one.column)}: ${one.attribute}`),
    '    deprovision: { action: none }   # or: { action: disable, then: delete, after: 30d }',
  ];
}

export function starterDocument(parts: {
  readonly source: StarterConnection;
  readonly target: StarterConnection | null;
  readonly store: string;
  readonly zone: string;
}): string {
  const { source, target } = parts;
  const dates = ['startDate', 'endDate'].filter((name) => columnOf(source, name) !== undefined);
  return [
    "# What Rollcall reads, what it makes of it, and where it writes it. 'rollcall check' finds every fault in this file.",
    `# Passwords never stand here: write \${env:NAME} or \${file:path}. All keys: docs/guide/configuration.md`,
    `store: ${scalar(parts.store)}`,
    `zone: ${scalar(parts.zone)}${' '.repeat(Math.max(1, 24 - parts.zone.length))}# dates without a time are in this zone`,
    ...(dates.length === 0
      ? []
      : [
          '',
          'life:',
          '  person:',
          ...(dates.includes('startDate') ? ['    starts: startDate         # active from this day on'] : []),
          ...(dates.includes('endDate') ? ['    ends: endDate             # the last day'] : []),
          '    grace: 30d                # from leaving to gone',
        ]),
    '',
    '# The order decides: where several systems know an attribute, the first one wins.',
    'connections:',
    ...sourceLines(source),
    ...(target === null ? [] : ['', ...targetLines(target, source)]),
    '',
  ].join('\n');
}
