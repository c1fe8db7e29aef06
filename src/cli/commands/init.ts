/** rollcall init */
import { basename } from 'node:path';
import { RollcallError } from '#core/errors';
import { discover } from '#operations/discover';
import { init as operation, refuseExisting } from '#operations/init';
import { perform } from '#operations/operation';
import { type Asker, openAsker } from '../ask.ts';
import { type Arguments, type Command, command, nextStep, type Surroundings, UsageError } from '../command.ts';
import { faultText } from '../fault.ts';
import { table } from '../table.ts';
import { printable } from '../terminal.ts';
import { listing } from '../write.ts';
import { canAsk } from './decider.ts';

interface Answer {
  readonly name: string;
  readonly type: string;
  readonly settings: { readonly [key: string]: unknown };
  readonly anchor: string | null;
}

const NAME = /^[a-z][a-zA-Z0-9_-]{0,62}$/;

/** `csv:hr/employees.csv` and `--set key=value` → one connection. */
function fromOptions(
  text: string,
  name: string,
  anchor: string | undefined,
  sets: readonly string[],
  types: readonly string[],
): Answer {
  const colon = text.indexOf(':');
  const type = colon < 0 ? text : text.slice(0, colon);
  if (!types.includes(type))
    throw new UsageError(
      `There is no connector '${type}'.`,
      `Write TYPE:PATH with one of ${types.join(', ')}, such as csv:hr/employees.csv.`,
    );
  const settings: { [key: string]: unknown } = Object.create(null);
  if (colon >= 0 && colon < text.length - 1) settings.path = text.slice(colon + 1);
  for (const set of sets) {
    const equals = set.indexOf('=');
    if (equals < 1) throw new UsageError(`'${set}' is no setting.`, 'Write it as key=value, such as delimiter=;');
    settings[set.slice(0, equals)] = literal(set.slice(equals + 1));
  }
  return { name, type, settings, anchor: anchor ?? null };
}

/** `out/phonebook.csv` is called `phonebook`, where that can be a name and is not the source's. */
function calledAs(path: string, source: string): string {
  const name = basename(path)
    .replace(/\.[^.]*$/, '')
    .toLowerCase();
  const usable = [name, 'directory', 'target'].filter((one) => /^[a-z][a-z0-9_-]{0,62}$/.test(one) && one !== source);
  return usable[0]!;
}

function literal(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
}

/** Why it cannot be read, so that it is asked for again; null when it can. A target need not be there yet. */
async function unusable(type: string, path: string, exists: boolean, { session }: Surroundings): Promise<string | null> {
  try {
    const { columns } = await perform(discover, { type, settings: { path } }, session);
    return exists && columns.length === 0 ? 'It does not exist, or there are no columns in it.' : null;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    if (error.kind === 'notFound' && !exists) return null;
    return `${printable(error.message)}. ${printable(error.remedy ?? '')}`.trimEnd();
  }
}

/** `exists`: it must be there already. `taken`: a name that another one has. */
async function askConnection(
  asker: Asker,
  [what, suggest, exists]: readonly [what: string, suggest: (path: string) => string, exists: boolean],
  surroundings: Surroundings,
  taken: string | null = null,
): Promise<Answer> {
  const { definitions } = surroundings.session.program;
  const type = await asker.choose(
    `What kind of system is ${what}?`,
    [...definitions.values()].filter((one) => one.type !== 'memory').map((one) => [one.type, one.title] as const),
  );
  const path = await asker.text('Where is it? (path of the file, from this folder)', undefined, (one) =>
    unusable(type, one, exists, surroundings),
  );
  const name = await asker.text('What shall it be called in Rollcall?', suggest(path), (one) =>
    one === taken ? 'The source is called so already.' : NAME.test(one) ? null : 'A small letter, then letters, digits, - or _.',
  );
  return { name, type, settings: { path }, anchor: null };
}

/** Shows which column was taken for what, and lets the anchor be chosen. */
async function askAnchor(asker: Asker, source: Answer, surroundings: Surroundings): Promise<Answer> {
  const found = await perform(discover, { type: source.type, settings: source.settings }, surroundings.session);
  const { terminal } = surroundings;
  const attributes = new Map(found.proposals.map((one) => [one.column, one.attribute]));
  const rows = found.columns.map((column) => [
    printable(column),
    {
      text: attributes.get(column) ?? '(left out)',
      paint: attributes.has(column) ? terminal.paintErr.green : terminal.paintErr.dim,
    },
  ]);
  terminal.err(
    `\n${table([{ title: `column of ${source.name}` }, { title: 'attribute in Rollcall' }], rows, { width: null, head: terminal.paintErr.dim, indent: '  ' })}\n`,
  );
  terminal.err('You can change all of it in the file afterwards.\n');
  const anchor = await asker.text(
    'Which column never changes for one person and is different for each?',
    found.anchor ?? undefined,
    (one) =>
      found.columns.includes(one) || one === found.anchor
        ? null
        : `Please type one of ${found.columns.map(printable).join(', ')}.`,
  );
  return { ...source, anchor };
}

async function ask(args: Arguments, surroundings: Surroundings): Promise<unknown> {
  if (!args.has('force')) refuseExisting(surroundings.session.file);
  const asker = openAsker(surroundings.terminal);
  try {
    surroundings.terminal.err(
      'A few questions make your first rollcall.yaml. Nothing is read but the names of columns, and nothing is made but that file, and the folder of a new target.\n\n',
    );
    const source = await askAnchor(
      asker,
      await askConnection(asker, ['the source of people', () => 'hr', true], surroundings),
      surroundings,
    );
    const more = await asker.yes('Add a target that Rollcall writes to?', true);
    const suggest = (path: string): string => calledAs(path, source.name);
    const target = more ? await askConnection(asker, ['the target', suggest, false], surroundings, source.name) : null;
    return { source, target, force: args.has('force'), zone: zone() };
  } finally {
    asker.close();
  }
}

function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export const init: Command = command({
  name: 'init',
  summary: 'write a commented rollcall.yaml by answering questions, or from options',
  about: [
    'Looks at the column names of a source, proposes which attribute each is (in English, German, French, Spanish, Italian, Dutch and more), and writes a file you can read and change.',
    'On a terminal it asks; with --source it asks nothing.',
  ],
  positionals: [],
  options: [
    { name: 'source', value: 'TYPE:PATH', about: 'Where people come from, such as csv:hr/employees.csv.' },
    { name: 'source-name', value: 'NAME', about: 'What to call it (default: hr).' },
    { name: 'anchor', value: 'COLUMN', about: 'The column that never changes for one person (default: proposed).' },
    {
      name: 'set',
      value: 'KEY=VALUE',
      many: true,
      about: 'Further setting of the source, such as delimiter=; (may be given several times).',
    },
    { name: 'target', value: 'TYPE:PATH', about: 'Where Rollcall writes to, such as csv:out/phonebook.csv.' },
    { name: 'target-name', value: 'NAME', about: 'What to call it (default: as its file).' },
    { name: 'target-set', value: 'KEY=VALUE', many: true, about: 'Further setting of the target.' },
    { name: 'force', about: 'Replace the file if it is there; the old one is kept as FILE.bak.' },
  ],
  examples: [
    { line: 'rollcall init', about: 'by questions' },
    { line: 'rollcall init --source csv:hr/employees.csv --target csv:out/phonebook.csv', about: 'without questions' },
    { line: "rollcall init --source csv:Personal.csv --anchor Personalnummer --set 'delimiter=;'", about: 'a German export' },
  ],
  operation,
  async input(args, surroundings) {
    const source = args.text('source');
    if (source === undefined) {
      if (!canAsk(surroundings))
        throw new UsageError('There is nobody to ask.', 'Give the source: rollcall init --source csv:hr/employees.csv.');
      return ask(args, surroundings);
    }
    const types = [...surroundings.session.program.definitions.keys()];
    const target = args.text('target');
    const name = args.text('source-name') ?? 'hr';
    return {
      source: fromOptions(source, name, args.text('anchor'), args.all('set'), types),
      target:
        target === undefined
          ? null
          : fromOptions(
              target,
              args.text('target-name') ?? calledAs(target.slice(target.indexOf(':') + 1), name),
              undefined,
              args.all('target-set'),
              types,
            ),
      force: args.has('force'),
      zone: zone(),
    };
  },
  print({ file, proposals, settings, unmapped, anchor, warnings, madeFolder }, surroundings) {
    const { terminal } = surroundings;
    const { paint } = terminal;
    terminal.out(
      `${paint.green('✓')} ${printable(file)} is written: ${proposals.length} attributes mapped${anchor === null ? '' : `, people known by '${printable(anchor)}'`}.\n`,
    );
    if (madeFolder !== null) terminal.out(`  The folder ${printable(madeFolder)} is made for the target.\n`);
    for (const warning of warnings) terminal.out(faultText(warning, paint, {}, true));
    if (typeof settings['encoding'] === 'string')
      terminal.out(
        `  The source is no UTF-8; it is taken as ${printable(settings['encoding'])}. See in the plan that names with accents look right.\n`,
      );
    if (unmapped.length > 0)
      terminal.out(`  Left out: ${listing(unmapped.map(printable))}. Add what you need under 'attributes'.\n`);
    terminal.out(nextStep(surroundings, 'check') + nextStep(surroundings, 'plan --read'));
  },
});
