/** Help texts, made from the command table. */
import { GLOBAL_OPTIONS, usageLine } from './arguments.ts';
import type { CommandHelp, Option } from './command.ts';
import { pad } from './table.ts';
import type { Paint } from './terminal.ts';
import { wrap } from './write.ts';

/** Commands by what a person wants to do; each command stands in exactly one group (asserted by a test). */
export const GROUPS: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  { title: 'Set up', names: ['init', 'check', 'notify test'] },
  { title: 'See what would happen', names: ['plan', 'preview'] },
  { title: 'Do it', names: ['run', 'live', 'serve', 'approve', 'discard', 'hold', 'release'] },
  { title: 'Understand', names: ['people', 'explain', 'history', 'runs', 'run show', 'schedule'] },
  {
    title: 'Decide',
    names: ['parked', 'parked decide', 'parked decide-all', 'link', 'unlink', 'fix', 'decisions', 'decisions revoke'],
  },
  {
    title: 'People',
    names: [
      'profile',
      'edit',
      'person new',
      'person export',
      'person erase',
      'person readmit',
      'photo',
      'photo set',
      'reports',
      'groups',
      'members',
    ],
  },
  {
    title: 'Let in',
    names: [
      'account invite',
      'account list',
      'account disable',
      'account enable',
      'account reset',
      'token create',
      'token list',
      'token rotate',
      'token revoke',
    ],
  },
  {
    title: 'Account for it',
    names: ['audit', 'audit verify', 'audit verify-file', 'audit head', 'audit export', 'audit erase', 'clean'],
  },
  { title: 'Shell', names: ['completion'] },
];
/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 96;
/** Beside names: with less than that what is said stands below them. */
const NARROWEST = 34;
const BELOW = '      ';

/** How it is to look: `width` in columns, null = not a terminal. Lines are broken here, so that nobody breaks them once more. */
export interface Look {
  readonly paint: Paint;
  readonly width: number | null;
}

function columnsOf({ width }: Look): number {
  return Math.min(WIDEST, width ?? WIDEST);
}

function optionName(option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}

function entries(rows: readonly (readonly [string, string])[], look: Look): string {
  const { paint } = look;
  const columns = columnsOf(look);
  const width = Math.max(...rows.map(([name]) => name.length));
  const room = columns - width - 4;
  return rows
    .map(([name, about]) =>
      room < NARROWEST
        ? `  ${paint.cyan(name.trimStart())}\n${BELOW}${wrap(about, columns - BELOW.length, BELOW)}\n`
        : `  ${paint.cyan(pad(name, width))}  ${wrap(about, room, ' '.repeat(width + 4))}\n`,
    )
    .join('');
}

export function globalHelp(commands: readonly CommandHelp[], version: string, look: Look): string {
  const { paint } = look;
  const groups = GROUPS.map(({ title, names }) => {
    const rows = commands.filter((one) => names.includes(one.name)).map((one) => [one.name, one.summary] as const);
    return `${paint.bold(title)}\n${entries(rows, look)}\n`;
  });
  return (
    `${wrap(`Rollcall ${version}: keeps every user profile in step across an organisation's systems.`, columnsOf(look)).replace('Rollcall', paint.bold('Rollcall'))}\n\n` +
    `  rollcall COMMAND [ARGUMENTS] [OPTIONS]\n\n${groups.join('')}` +
    `${paint.bold('Options for every command')}\n${entries(
      GLOBAL_OPTIONS.map((one) => [optionName(one), one.about] as const),
      look,
    )}\n` +
    `${paint.bold('First steps')}\n` +
    entries(
      [
        ['rollcall init', 'write a rollcall.yaml by answering questions'],
        ['rollcall check', 'find every fault in it, and reach each system'],
        ['rollcall plan --read', 'read the systems and show what would happen; nothing is changed'],
        ['rollcall run', 'do it; a new target is only watched until you approve its first plan'],
      ],
      look,
    ) +
    `\n${wrap("'rollcall COMMAND --help' shows each command with examples.", columnsOf(look))}\n`
  );
}

export function commandHelp(command: CommandHelp, look: Look): string {
  const { paint } = look;
  const columns = columnsOf(look);
  const name = `rollcall ${command.name}`;
  const sections = [
    `${wrap(`${name}: ${command.summary}`, columns).replace(name, paint.bold(name))}\n`,
    `  ${usageLine({ ...command, options: [] })} [OPTIONS]\n`,
  ];
  for (const paragraph of command.about) sections.push(`${wrap(paragraph, columns)}\n`);
  if (command.positionals.length > 0) {
    sections.push(
      `${paint.bold('Arguments')}\n${entries(
        command.positionals.map((one) => [one.name, one.about] as const),
        look,
      )}`,
    );
  }
  const options = [...command.options, ...GLOBAL_OPTIONS.filter((one) => one.name !== 'version')];
  sections.push(
    `${paint.bold('Options')}\n${entries(
      options.map((one) => [optionName(one), one.about] as const),
      look,
    )}`,
  );
  const examples = command.examples.map((one) => `  ${paint.dim(wrap(`# ${one.about}`, columns - 2, '  # '))}\n  ${one.line}\n`);
  sections.push(`${paint.bold('Examples')}\n${examples.join('')}`);
  return sections.join('\n');
}

export interface HelpOutput {
  readonly version: 1;
  readonly command: 'help';
  readonly commands: readonly {
    readonly name: string;
    readonly summary: string;
    readonly about: readonly string[];
    readonly usage: string;
    readonly arguments: readonly {
      readonly name: string;
      readonly about: string;
      readonly required: boolean;
      readonly many: boolean;
    }[];
    readonly options: readonly {
      readonly name: string;
      readonly short: string | null;
      readonly value: string | null;
      readonly many: boolean;
      readonly about: string;
    }[];
    readonly examples: readonly { readonly line: string; readonly about: string }[];
  }[];
}

/** What `--help --json` prints: of one command, or of all. */
export function helpData(commands: readonly CommandHelp[]): HelpOutput {
  return {
    version: 1,
    command: 'help',
    commands: commands.map((one) => ({
      name: one.name,
      summary: one.summary,
      about: one.about,
      usage: usageLine(one),
      arguments: one.positionals.map(({ name, about, required, many }) => ({ name, about, required, many: many === true })),
      options: [...one.options, ...GLOBAL_OPTIONS].map(({ name, short, value, many, about }) => ({
        name,
        short: short ?? null,
        value: value ?? null,
        many: many === true,
        about,
      })),
      examples: one.examples,
    })),
  };
}
