/** The first rollcall.yaml: short, commented, ready to be read and changed by a person. */
import { isDeepStrictEqual } from 'node:util';
import { parseDocument, stringify } from 'yaml';
import { DIRECTORY_NAMES, dnComment, dnLine, enabledLine, loginLines, type Naming, namedAfter } from './naming.ts';
import type { Proposal } from './propose.ts';

export interface StarterConnection {
  readonly name: string;
  readonly type: string;
  /** The connector's own keys, anchor included. */
  readonly settings: { readonly [key: string]: unknown };
  readonly proposals: readonly Proposal[];
  /** Of a target that exists: all that it has. */
  readonly columns?: readonly string[];
  /** Of a target in which names are paths. */
  readonly naming?: Naming | null;
}

const JOIN_KEYS = ['employeeId', 'login', 'mail'];

/** A scalar as YAML writes it on one line; `inside` braces. Text that YAML would read otherwise is quoted. */
function scalar(value: unknown, inside = false): string {
  const text = stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN' }).replace(/\n$/, '');
  const line = inside ? `{ a: ${text} }` : `a: ${text}`;
  const read = parseDocument(line, { uniqueKeys: false });
  const same = !text.includes('\n') && read.errors.length === 0 && isDeepStrictEqual(read.toJS(), { a: value });
  return same ? text : JSON.stringify(value);
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

/** A mail or a login is given again when somebody leaves: where there are employee numbers only those say who somebody is. */
function sourceJoins(source: StarterConnection): readonly string[] {
  const known = JOIN_KEYS.filter((key) => columnOf(source, key) !== undefined);
  return known[0] === 'employeeId' ? ['employeeId'] : known;
}

function sourceLines(source: StarterConnection): string[] {
  const joins = sourceJoins(source);
  const flows = source.proposals.map(({ attribute, column }) =>
    attribute === 'manager'
      ? `          manager: { reference: ${scalar(column, true)} }   # the manager's number, found among the others`
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

/** What the target's lines and the attributes above them are made from. */
function targetPlan(target: StarterConnection, source: StarterConnection) {
  const has = given(source);
  const naming = target.naming ?? null;
  const column = target.proposals.find((one) => one.attribute === 'login')?.column ?? 'uid';
  const login = naming === null || has.has('login') ? null : loginLines(has, `${target.name}.${column}`);
  const made = login !== null;
  if (made) has.add('login');
  const found = target.proposals.filter((one) => has.has(one.attribute));
  const fresh = [...has].filter((name) => name !== 'manager');
  const pairs =
    found.length > 0
      ? found
      : naming === null
        ? fresh.map((name) => ({ attribute: name, column: name }))
        : fresh.flatMap((name) =>
            Object.hasOwn(DIRECTORY_NAMES, name) ? [{ attribute: name, column: DIRECTORY_NAMES[name]! }] : [],
          );
  return { has, naming, login, made, found, pairs };
}

function targetLines(target: StarterConnection, source: StarterConnection): string[] {
  const { has, naming, made, found, pairs } = targetPlan(target, source);
  // A login that is made here says nothing about who an account with the same one belongs to.
  const joins = JOIN_KEYS.filter((key) => found.some((one) => one.attribute === key) && !(made && key === 'login'));
  const taken = found.filter((one) => joins.includes(one.attribute) || (made && one.attribute === 'login'));
  const anchor = target.settings.anchor;
  const anchorFrom =
    pairs.find((one) => one.column === anchor)?.attribute ?? (has.has('employeeId') ? 'employeeId' : [...has][0]);
  const called = naming === null ? null : namedAfter(naming, has);
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
          ...taken.map((one) => `          ${one.attribute}: ${scalar(one.column)}`),
        ]),
    '    export:',
    '      person:',
    '        when: person.active   # who belongs there',
    '        provision: true       # make an account for those who have none',
    ...(naming === null
      ? typeof anchor === 'string' && anchorFrom !== undefined
        ? [`        anchor: ${anchorFrom}`]
        : []
      : [
          ...(called === null
            ? []
            : [`        # ${dnComment(naming, called)}`, `        dn: ${scalar(dnLine(naming, called, made))}`]),
          `        ${enabledLine(target.columns ?? [])}`,
        ]),
    `        attributes:           # column there: attribute, or an expression in \${ }`,
    ...pairs.map((one) => `          ${scalar(one.column)}: ${one.attribute}`),
    `    deprovision: { action: none }   # or: { action: ${naming === null ? 'delete' : 'disable, then: delete, after: 30d'} }`,
  ];
}

export function starterDocument(parts: {
  readonly source: StarterConnection;
  readonly target: StarterConnection | null;
  readonly store: string;
  readonly zone: string;
}): string {
  const { source, target } = parts;
  const login = target === null ? null : targetPlan(target, source).login;
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
    ...(login === null ? [] : ['', 'attributes:', '  person:', ...login]),
    '',
    '# The order decides: where several systems know an attribute, the first one wins.',
    'connections:',
    ...sourceLines(source),
    ...(target === null ? [] : ['', ...targetLines(target, source)]),
    '',
  ].join('\n');
}
