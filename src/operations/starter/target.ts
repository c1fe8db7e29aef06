/** The target of the first rollcall.yaml. */
import { JOIN_KEYS, keyOf, type StarterConnection, seenOf } from './connection.ts';
import { scalar, settingLines } from './lines.ts';
import { DIRECTORY_NAMES, dnComment, dnLine, enabledLine, loginLines, type Naming, namedAfter } from './naming.ts';
import type { Proposal } from './propose.ts';
import { given } from './source.ts';

interface TargetPlan {
  readonly has: ReadonlySet<string>;
  readonly naming: Naming | null;
  /** A login that Rollcall makes, as lines. */
  readonly login: readonly string[] | null;
  readonly made: boolean;
  readonly found: readonly Proposal[];
  readonly pairs: readonly Proposal[];
}

/** What the target's lines and the attributes above them are made from. */
export function targetPlan(target: StarterConnection, source: StarterConnection): TargetPlan {
  const has = given(source);
  const naming = target.naming ?? null;
  const names = target.names ?? DIRECTORY_NAMES;
  const column = target.proposals.find((one) => one.attribute === 'login')?.column ?? names['login']!;
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
        : fresh.flatMap((name) => (Object.hasOwn(names, name) ? [{ attribute: name, column: names[name]! }] : []));
  return { has, naming, login, made, found, pairs };
}

export function targetLines(target: StarterConnection, source: StarterConnection): string[] {
  const { has, naming, made, found, pairs } = targetPlan(target, source);
  // A login that is made here says nothing about who an account with the same one belongs to.
  const joins = JOIN_KEYS.filter((key) => found.some((one) => one.attribute === key) && !(made && key === 'login'));
  const taken = found.filter((one) => joins.includes(one.attribute) || (made && one.attribute === 'login'));
  const anchor = target.settings['anchor'] ?? target.key;
  const anchorFrom = pairs.find((one) => one.column === anchor)?.attribute ?? keyOf(source) ?? [...has][0];
  const called = naming === null ? null : namedAfter(naming, has);
  return [
    `  ${target.name}:`,
    `    type: ${scalar(target.type)}`,
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
        ? [
            `        anchor: ${anchorFrom}${target.key == null || pairs.some(({ column }) => column === target.key) ? '' : keyComment(target.key)}`,
          ]
        : []
      : [
          ...(called === null
            ? []
            : [`        # ${dnComment(naming, called)}`, `        dn: ${scalar(dnLine(naming, called, made))}`]),
          `        ${enabledLine([...(target.enabled == null ? [] : ['enabled']), ...(target.columns ?? [])])}`,
        ]),
    `        attributes:           # column there: attribute, or an expression in \${ }`,
    ...pairs.map((one) => pairLine(one, target)),
    ...besidesLines(target, { has, naming, pairs }),
    ...(target.secrets ?? []).map(
      (one) =>
        `          # ${one}: { generate: {}, deliver: { file: secrets } }   # a first password; Active Directory enables nobody without: docs/guide/passwords.md`,
    ),
    `    deprovision: { action: none }   # or: { action: ${naming === null ? 'delete' : 'disable, then: delete, after: 30d'} }`,
  ];
}

/** The database may give it to new rows. */
function keyComment(key: string): string {
  return `    # a guess: what new rows get as ${key.replace(/[^\p{L}\p{N}_]/gu, ' ')}; leave it out where the database gives it, and name findNewBy above`;
}

function pairLine({ column, attribute }: Proposal, target: StarterConnection): string {
  const { refersBy, several = false } = seenOf(target, column) ?? {};
  const by = attribute === 'manager' ? refersBy : undefined;
  const value = by === undefined ? attribute : `{ value: ${attribute}, by: ${scalar(by, true)} }`;
  return `          ${scalar(column)}: ${value}${several ? '   # some there have several: only this one stays' : ''}`;
}

/** What stands in the name of an account is written with that. */
function besidesLines(
  { besides = [] }: StarterConnection,
  { has, naming, pairs }: Pick<TargetPlan, 'has' | 'naming' | 'pairs'>,
): string[] {
  const same = (one: string, other: string | undefined): boolean => one.toLowerCase() === other?.toLowerCase();
  return besides
    .filter(({ column, from }) => has.has(from) && !same(column, naming?.rdn) && !pairs.some((one) => same(one.column, column)))
    .map(
      ({ column, from, expression }) =>
        `          ${scalar(column)}: ${expression === undefined ? from : scalar(`\${${expression}}`)}`,
    );
}
