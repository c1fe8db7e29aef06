/**
 * The rollcall.yaml of most firms here: people come from `hr` and get accounts in `dir`, both memory systems, joined by their
 * number (`id` there, `number` here). What a test is about it says itself, as YAML.
 */
export interface Differences {
  /** Lines beside `connections`: gates, life, hooks. */
  readonly top?: string;
  /** Lines of the source, and of the people read there. */
  readonly hr?: string;
  readonly person?: string;
  /** What is read of people besides their number; their names where nothing is said. */
  readonly read?: string;
  /** Lines of the connections between the two. */
  readonly others?: string;
  /** Lines of the target, and of the accounts made there. */
  readonly dir?: string;
  readonly account?: string;
  /** What is read of accounts, and written to them, besides their number. */
  readonly known?: string;
  readonly written?: string;
  /** Null where the target chooses the anchors. */
  readonly anchor?: string | null;
  /** Groups of HR go to the directory, with their members as this says: `member`. */
  readonly members?: string;
}

export function hrAndDirectory(said: Differences = {}): string {
  const { read = 'displayName: name', written = 'cn: displayName', anchor = 'employeeId', members } = said;
  const group = (has: string): string => (members === undefined ? '' : `      group: { ${has} }\n`);
  const attributes = (number: string, more = ''): string => `attributes: { ${more === '' ? number : `${number}, ${more}`} }`;
  return [
    'store: sqlite:rollcall.db\n',
    lines(0, said.top),
    `connections:
  hr:
    type: memory
    system: hr
    owner: true
`,
    lines(4, said.hr),
    `    import:
      person:
        join: employeeId
        project: true
        ${attributes('employeeId: id', read)}
`,
    lines(8, said.person),
    group('join: name, project: true, attributes: { name: name, member: { reference: members } }'),
    lines(2, said.others),
    `  dir:
    type: memory
    system: dir
`,
    lines(4, said.dir),
    `    import:
      person: { join: employeeId, ${attributes('employeeId: number', said.known)} }
`,
    group('join: name, attributes: { name: name }'),
    `    export:
      person:
        provision: true
        ${attributes('number: employeeId', written)}
`,
    lines(8, anchor === null ? '' : `anchor: ${anchor}`),
    lines(8, said.account),
    group(`provision: true, anchor: name, attributes: { name: name, member: ${members} }`),
  ].join('');
}

/** The entries of `gates` for kinds of change that no test means to hold. */
export function unlimited(...parts: readonly string[]): string {
  return parts.map((part) => `${part}: { percent: 100, count: 100000 }`).join(', ');
}

/** Accounts that may sign in say so. */
export const ENABLED = "enabled: { attribute: active, on: 'yes', off: 'no' }";

/** Each line so far to the right; nothing where nothing is said. */
function lines(indent: number, text = ''): string {
  return text === '' ? '' : text.trimEnd().replace(/^/gm, ' '.repeat(indent)).concat('\n');
}
