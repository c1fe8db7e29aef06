/** The source of the first rollcall.yaml. */
import { columnOf, JOIN_KEYS, type StarterConnection, seenOf } from './connection.ts';
import { inRow, scalar, settingLines } from './lines.ts';
import type { Proposal } from './propose.ts';

/** Attributes the source gives, a made-up display name included. */
export function given(source: StarterConnection): Set<string> {
  const names = new Set(source.proposals.map((one) => one.attribute));
  if (names.has('givenName') && names.has('familyName')) names.add('displayName');
  return names;
}

/** A mail or a login is given again when somebody leaves: where there are employee numbers only those say who somebody is. */
function sourceJoins(source: StarterConnection): readonly string[] {
  const known = JOIN_KEYS.filter((key) => columnOf(source, key) !== undefined);
  return known[0] === 'employeeId' ? ['employeeId'] : known;
}

export function sourceLines(source: StarterConnection): string[] {
  const joins = sourceJoins(source);
  const flows = source.proposals.map((one) => flowLine(one, source));
  const first = columnOf(source, 'givenName');
  const last = columnOf(source, 'familyName');
  if (columnOf(source, 'displayName') === undefined && first !== undefined && last !== undefined) {
    flows.push(`          displayName: ${scalar(`\${${inRow(first)} + " " + ${inRow(last)}}`)}`);
  }
  return [
    `  ${source.name}:`,
    `    type: ${scalar(source.type)}`,
    ...settingLines(source.settings),
    '    owner: true               # being here makes a person active; the last owner to let go makes them leave',
    '    import:',
    '      person:',
    ...filterLines(source),
    ...(joins.length === 0
      ? []
      : [`        join: [${joins.join(', ')}]          # the same person if one of these is equal, tried in this order`]),
    '        project: true         # who matches nobody is a new person',
    `        attributes:           # attribute: column, or an expression in \${ }`,
    ...flows,
    ...groupLines(source),
  ];
}

function flowLine({ attribute, column }: Proposal, source: StarterConnection): string {
  const { refersBy, several = false } = seenOf(source, column) ?? {};
  if (attribute !== 'manager')
    return `          ${attribute}: ${scalar(column)}${several ? '   # some have several: these are parked until you choose one' : ''}`;
  return refersBy === undefined
    ? `          manager: { reference: ${scalar(column, true)} }   # the manager's number, found among the others`
    : `          manager: ${referenceLine(column, refersBy)}   # the manager's entry, found by its name`;
}

function referenceLine(column: string, by: string): string {
  return `{ reference: ${scalar(column, true)}, by: ${scalar(by, true)} }`;
}

/** Who is taken; as a comment, what a person may want. */
function filterLines({ whom, enabled }: StarterConnection): string[] {
  if (whom == null)
    return [
      enabled == null
        ? '        # filter: row.status != "contractor"    # take only these rows'
        : `        # filter: ${enabled}    # leave out accounts that are disabled`,
    ];
  return [
    `        filter: ${whom.expression}    # ${whom.about}`,
    ...(enabled == null ? [] : [`        # filter: ${whom.expression} && ${enabled}    # nor accounts that are disabled`]),
  ];
}

const GROUP = { name: 'cn', description: 'description', mail: 'mail' };

function groupLines({ groups = [], whom }: StarterConnection): string[] {
  const has = (column: string): boolean => groups.some(({ name }) => name === column);
  if (!has(GROUP.name)) return [];
  const members = groups.find(({ refersBy, name }) => refersBy !== undefined && /member/i.test(name));
  return [
    '      group:',
    ...(whom == null ? [] : [`        filter: ${whom.expression}`]),
    '        join: [name]',
    '        project: true',
    '        attributes:',
    ...Object.entries(GROUP).flatMap(([attribute, column]) => (has(column) ? [`          ${attribute}: ${column}`] : [])),
    ...(members?.refersBy === undefined ? [] : [`          member: ${referenceLine(members.name, members.refersBy)}`]),
  ];
}
