/** rollcall init */
import { basename } from 'node:path';
import { init as operation } from '#operations/init';
import { asksOf, definitionOf, type Settings, settingFrom, withSetting } from '#operations/starter/asked';
import { type Command, command, nextStep, type Surroundings, UsageError } from '../command.ts';
import { faultText } from '../fault.ts';
import { printable } from '../terminal.ts';
import { listing } from '../write.ts';
import { type Answer, ask } from './connections.ts';
import { canAsk } from './decider.ts';

/** `csv:hr/employees.csv` and `--set key=value` → one connection. */
async function fromOptions(
  text: string,
  name: string,
  anchor: string | undefined,
  sets: readonly string[],
  { session }: Surroundings,
): Promise<Answer> {
  const colon = text.indexOf(':');
  const type = colon < 0 ? text : text.slice(0, colon);
  const { definitions } = session.program;
  if (!definitions.has(type) && !type.includes('/'))
    throw new UsageError(
      `There is no connector '${type}'.`,
      `Write TYPE:PLACE with one of ${[...definitions.keys()].join(', ')}, such as csv:hr/employees.csv or ldap:ldaps://dc1.example.org.`,
    );
  const definition = await definitionOf(type, session);
  let settings: Settings = Object.create(null);
  if (colon >= 0 && colon < text.length - 1)
    settings = withSetting(settings, asksOf(definition, settings)[0].key, text.slice(colon + 1));
  for (const set of sets) {
    const equals = set.indexOf('=');
    if (equals < 1)
      // The whole of it may be a secret.
      throw new UsageError('What stands behind --set is no setting.', 'Write it as key=value, such as delimiter=; or bind.dn=…');
    const key = set.slice(0, equals);
    settings = withSetting(settings, key, settingFrom(set.slice(equals + 1), key, definition));
  }
  return { name, type, settings, anchor: anchor ?? null };
}

/** What people come from is their `hr`, unless its address says that it is a directory. */
function sourceName(place: string): string {
  return /^ldaps?:/i.test(place) ? 'directory' : 'hr';
}

/** `out/phonebook.csv` is called `phonebook`, where that can be a name and is not the source's. */
function targetName(place: string, source: string): string {
  if (sourceName(place) !== 'hr') return source === 'directory' ? 'target' : 'directory';
  const name = basename(place.replace(/^[a-z]+:/i, ''))
    .replace(/\.[^.]*$/, '')
    .toLowerCase();
  const usable = [name, 'target', 'other'].filter((one) => /^[a-z][a-z0-9_-]{0,62}$/.test(one) && one !== source);
  return usable[0]!;
}

function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export const init: Command = command({
  name: 'init',
  summary: 'write a commented rollcall.yaml by answering questions, or from options',
  about: [
    'Looks at the columns of a source, of a directory at what its people really have, proposes which attribute each is (in English, German, French, Spanish, Italian, Dutch and more), and writes a file you can read and change.',
    'On a terminal it asks; with --source it asks nothing. A source or a target is a file, a directory (ldap:ldaps://HOST), a database (sql:postgres://HOST/DATABASE), a SCIM server (scim:https://HOST/scim/v2) or what a connector of your own reaches (./connectors/MINE.ts:PLACE). What is not said and the system knows by itself, such as the base of a directory or the key of a table, is taken from there.',
    "A password is never typed in: name where it is kept, 'bind.password=${env:LDAP_PASSWORD}'. It is used to look, and the file keeps the reference.",
  ],
  positionals: [],
  options: [
    {
      name: 'source',
      value: 'TYPE:PLACE',
      about: 'Where people come from, such as csv:hr/employees.csv or ldap:ldaps://dc1.example.org.',
    },
    { name: 'source-name', value: 'NAME', about: 'What to call it (default: hr, or directory).' },
    { name: 'anchor', value: 'COLUMN', about: 'The column that never changes for one person (default: proposed).' },
    {
      name: 'set',
      value: 'KEY=VALUE',
      many: true,
      about: 'Further setting of the source, such as delimiter=; or bind.dn=… (may be given several times).',
    },
    { name: 'target', value: 'TYPE:PLACE', about: 'Where Rollcall writes to, such as csv:out/phonebook.csv.' },
    { name: 'target-name', value: 'NAME', about: 'What to call it (default: as its file or database, or directory).' },
    { name: 'target-set', value: 'KEY=VALUE', many: true, about: 'Further setting of the target.' },
    { name: 'force', about: 'Replace the file if it is there; the old one is kept as FILE.bak.' },
  ],
  examples: [
    { line: 'rollcall init', about: 'by questions' },
    { line: 'rollcall init --source csv:hr/employees.csv --target csv:out/phonebook.csv', about: 'without questions' },
    { line: "rollcall init --source csv:Personal.csv --anchor Personalnummer --set 'delimiter=;'", about: 'a German export' },
    {
      line: "rollcall init --source ldap:ldaps://dc1.example.org --set tls.ca=ca.pem --set bind.dn=rollcall@example.org --set 'bind.password=${env:LDAP_PASSWORD}'",
      about: 'an Active Directory',
    },
    {
      line: "rollcall init --source sql:postgres://db.example.org/hr --set user=rollcall --set 'password=${env:HR_PASSWORD}' --set kinds.person.table=employees",
      about: 'a table of a database',
    },
  ],
  operation,
  async input(args, surroundings) {
    const source = args.text('source');
    if (source === undefined) {
      if (!canAsk(surroundings))
        throw new UsageError('There is nobody to ask.', 'Give the source: rollcall init --source csv:hr/employees.csv.');
      const answers = await ask(args.has('force'), { source: sourceName, target: targetName }, surroundings);
      return { ...answers, force: args.has('force'), zone: zone() };
    }
    const target = args.text('target');
    const placeOf = (text: string): string => text.slice(text.indexOf(':') + 1);
    const name = args.text('source-name') ?? sourceName(placeOf(source));
    return {
      source: await fromOptions(source, name, args.text('anchor'), args.all('set'), surroundings),
      target:
        target === undefined
          ? null
          : await fromOptions(
              target,
              args.text('target-name') ?? targetName(placeOf(target), name),
              undefined,
              args.all('target-set'),
              surroundings,
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
