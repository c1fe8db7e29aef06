/** How accounts are named in a directory: the DN of a new one, a login where the source has none, and what disables it. */

export interface Naming {
  /** First part of the name: `uid`, `cn`. */
  readonly rdn: string;
  readonly parent: string;
  /** Whether the directory itself said so; else it is only an example. */
  readonly seen: boolean;
}

/** Where nothing is there yet. */
export const EXAMPLE: Naming = { rdn: 'uid', parent: 'ou=people,dc=example,dc=org', seen: false };

/** What directories call the attributes that Rollcall knows (RFC 4519, RFC 2798). */
export const DIRECTORY_NAMES: { readonly [attribute: string]: string } = {
  employeeId: 'employeeNumber',
  login: 'uid',
  givenName: 'givenName',
  familyName: 'sn',
  displayName: 'cn',
  mail: 'mail',
  phone: 'telephoneNumber',
  mobile: 'mobile',
  title: 'title',
  department: 'departmentNumber',
};

/** `enabled` first: the connector that has it knows what lies behind it. */
const LOCKS: readonly (readonly [attribute: string, on: string, off: string])[] = [
  ['enabled', 'true', 'false'],
  ['nsAccountLock', '"FALSE"', '"TRUE"'],
  ['userAccountControl', '"512"', '"514"'],
  ['loginDisabled', '"FALSE"', '"TRUE"'],
  ['accountStatus', 'active', 'inactive'],
];

/** The line that says how an account is disabled: as a comment where the directory does not show it. */
export function enabledLine(columns: readonly string[]): string {
  const known = LOCKS.find(([attribute]) => columns.includes(attribute));
  const [attribute, on, off] = known ?? LOCKS[1]!;
  const rule = `enabled: { attribute: ${attribute}, on: ${on}, off: ${off} }`;
  return known === undefined ? `# ${rule}   # how an account is disabled; 'action: disable' needs it` : rule;
}

/** The attribute that names a new account; null where the source gives none that could. */
export function namedAfter(naming: Naming, given: ReadonlySet<string>): string | null {
  return [...usual(naming), 'login', 'employeeId', 'mail'].find((one) => given.has(one)) ?? null;
}

/** What stands beside it: a name that people there do not have by now would be given to all of them. */
export function dnComment(naming: Naming, attribute: string): string {
  if (!naming.seen) return 'an example: write where your people are';
  if (usual(naming).includes(attribute)) return 'as most people there are named';
  return `a guess: nothing here says how people there are named, and who is named otherwise is RENAMED; look at the first plan`;
}

function usual({ rdn }: Naming): readonly string[] {
  return rdn.toLowerCase() === 'cn' ? ['displayName', 'login'] : rdn.toLowerCase() === 'mail' ? ['mail'] : ['login'];
}

/** `made`: Rollcall makes the login, of letters and digits; of anything else it shows that it is escaped. */
export function dnLine({ rdn, parent }: Naming, attribute: string, made: boolean): string {
  const value = made && attribute === 'login' ? 'person.login' : `person.${attribute}.dnValue()`;
  return `\${${JSON.stringify(`${rdn}=`)} + ${value} + ${JSON.stringify(`,${parent}`)}}`;
}

/** A login that Rollcall makes, as lines for `attributes: person:`; null where there is no name to make it from. */
export function loginLines(given: ReadonlySet<string>, takenIn: string): readonly string[] | null {
  const plain = (name: string): string => `person.${name}.transliterate().lower().letters()`;
  const base =
    given.has('givenName') && given.has('familyName')
      ? [`${plain('givenName')}.first(1) + ${plain('familyName')}`, `${plain('givenName')} + "." + ${plain('familyName')}`]
      : given.has('displayName')
        ? [plain('displayName')]
        : null;
  if (base === null) return null;
  return [
    '    login:                    # made once by Rollcall, unique over everybody there is or was',
    '      unique:',
    '        candidates:           # tried in this order; n counts from 2',
    ...base.map((one) => `          - \${${one}}`),
    `          - \${${base[0]} + string(n)}`,
    '        maxLength: 20',
    `        uniqueIn: [${takenIn}]  # logins that exist there already are taken`,
  ];
}
