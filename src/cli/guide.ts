/** docs/guide/command-line.md, made from the command table. A test holds the file to this text. */
import { GLOBAL_OPTIONS, usageLine } from './arguments.ts';
import { type Command, EXIT, type Option } from './command.ts';
import { GROUPS } from './help.ts';

const EXITS: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'Done. `plan`: no changes. `run`: no problem, and nothing waits for a person but what is parked, which it counts.'],
  [
    EXIT.error,
    'It could not be done. `run`: it failed, or one of its connections did, such as a source that cannot be read or a target that takes nothing; the others went on. What was done before the fault is kept, and the next run goes on from there. `plan`: also when not everything could be read or worked out.',
  ],
  [EXIT.changes, '`plan` only: there are changes.'],
  [
    EXIT.decide,
    '`run`: done, and somebody must look: a first plan, a tripped gate, a held connection, an outage, a change that was refused, rows that cannot be used. `approve` and `discard`: you said no, and everything waits as before.',
  ],
  [EXIT.usage, 'The command line is wrong. Nothing was done.'],
  [EXIT.interrupted, 'Stopped by Ctrl-C or a termination signal. What was done is kept; the next run goes on from there.'],
];

export function commandLineGuide(commands: readonly Command[]): string {
  const groups = GROUPS.map(({ title, names }) => {
    const listed = names.flatMap((name) => commands.filter((one) => one.name === name));
    return `## ${title}\n\n${listed.map(section).join('\n')}`;
  });
  return `# The command line

<!-- Made from the command table (src/cli/guide.ts). Change the table, then: npm test -- -u src/cli -->

\`rollcall COMMAND [ARGUMENTS] [OPTIONS]\`. Every command answers \`--help\` with examples. Results go to stdout; progress,
questions and faults go to stderr, so that results can be piped. A fault says what happened, where, and what to do about it.

Wherever a command takes a PERSON, you may type an id (\`#42\`), a number in a source (\`hr:E1042\`), a login, a mail address or a
part of a name. When several people match, they are listed with their ids and nothing is done.

Commands that only read (${listed(commands, ['plan', 'preview', ...STORED])}) work while a run is going on. While rollcall.yaml has
faults, those that need only the store (${listed(commands, STORED)}) show them as warnings and answer from the
store alone, \`explain\` without the reasons; every other one is refused.

## Options for every command

${options(GLOBAL_OPTIONS)}
\`ROLLCALL_USER\` in the environment is the name kept with runs (default: the user of the machine). \`NO_COLOR=1\` takes colours away.

## Exit codes

| code | meaning |
| --- | --- |
${EXITS.map(([code, meaning]) => `| ${code} | ${meaning} |`).join('\n')}

In a script: \`rollcall run || [ $? -eq 3 ]\` goes on when a run was done and somebody must look.

${groups.join('\n')}
## JSON

With \`--json\` a command prints one object on one line and nothing else on stdout. What is in it stands in [JSON](json.md).
`;
}

const STORED: readonly string[] = [
  'people',
  'explain',
  'history',
  'runs',
  'run show',
  'parked',
  'decisions',
  'account list',
  'token list',
  'audit',
  'audit verify',
  'audit head',
  'audit export',
];

function listed(commands: readonly Command[], names: readonly string[]): string {
  return commands.flatMap((one) => (names.includes(one.name) ? [`\`${one.name}\``] : [])).join(', ');
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|');
}

function options(all: readonly Option[]): string {
  if (all.length === 0) return '';
  const rows = all.map((one) => {
    const short = one.short === undefined ? '' : `\`-${one.short}\`, `;
    return `| ${short}\`--${one.name}${one.value === undefined ? '' : ` ${one.value}`}\` | ${cell(one.about)} |`;
  });
  return `| option | |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function section(command: Command): string {
  const positionals = command.positionals.map((one) => `| \`${one.name}\` | ${cell(one.about)} |`);
  const examples = command.examples.map((one) => `# ${one.about}\n${one.line}`).join('\n');
  return [
    `### ${command.name}\n\n\`${usageLine({ ...command, options: [] })}\`: ${command.summary}.\n`,
    ...command.about.map((text) => `${text}\n`),
    positionals.length === 0 ? '' : `| argument | |\n| --- | --- |\n${positionals.join('\n')}\n`,
    options(command.options),
    `\`\`\`sh\n${examples}\n\`\`\`\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}
