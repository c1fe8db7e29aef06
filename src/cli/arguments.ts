/** From argv to one command and its arguments. node:util splits the words; which of them are known comes from the command table. */
import { parseArgs } from 'node:util';
import { nearest } from '#core/text';
import { type Arguments, type Command, type CommandHelp, type Option, UsageError } from './command.ts';

export const GLOBAL_OPTIONS: readonly Option[] = [
  {
    name: 'config',
    short: 'c',
    value: 'FILE',
    about: 'Configuration file (default: $ROLLCALL_CONFIG, else rollcall.yaml).',
    complete: 'file',
  },
  { name: 'json', about: 'Print one JSON object with a documented, versioned shape.' },
  {
    name: 'quiet',
    short: 'q',
    about: 'No progress and no hints; results, faults and exit codes only. A run in which nothing happened prints nothing.',
  },
  { name: 'no-color', about: 'No colours (also: NO_COLOR=1).' },
  { name: 'help', short: 'h', about: 'Show help for the command.' },
  { name: 'version', short: 'V', about: 'Print the version.' },
];

export interface Parsed {
  /** Null when no command was named. */
  readonly command: Command | null;
  readonly args: Arguments;
}

/** Longest command whose words open the positionals. */
function commandOf(commands: readonly Command[], words: readonly string[]): Command | null {
  const pair = words.slice(0, 2).join(' ');
  return commands.find((one) => one.name === pair) ?? commands.find((one) => one.name === words[0]) ?? null;
}

/** Errors: UsageError, naming the nearest command or option. */
export function parse(argv: readonly string[], commands: readonly Command[]): Parsed {
  const every = new Map<string, Option>();
  for (const option of [...GLOBAL_OPTIONS, ...commands.flatMap((one) => one.options)]) every.set(option.name, option);
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      [...every.values()].map((option) => [
        option.name,
        {
          type: option.value === undefined ? ('boolean' as const) : ('string' as const),
          ...(option.short === undefined ? {} : { short: option.short }),
        },
      ]),
    ),
  });

  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  // `rollcall help run` is `rollcall run --help`.
  const asked = words[0] === 'help';
  if (asked) words.shift();
  const command = commandOf(commands, words);
  const allowed = new Map([...GLOBAL_OPTIONS, ...(command?.options ?? [])].map((option) => [option.name, option]));
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = allowed.get(token.name);
    if (option === undefined) throw unknownOption(token.rawName, command, allowed);
    if (option.value === undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`, `Type ${token.rawName} alone.`);
      given.set(option.name, []);
      continue;
    }
    if (token.value === undefined || (!token.inlineValue && /^--[a-z]/.test(token.value))) {
      throw new UsageError(`${token.rawName} needs a value.`, `Type ${token.rawName} ${option.value}.`);
    }
    const values = given.get(option.name) ?? [];
    if (values.length > 0 && option.many !== true) throw new UsageError(`${token.rawName} is given twice.`, 'Give it once.');
    if (option.words !== undefined && !option.words.includes(token.value))
      throw unknownWord(token.rawName, token.value, option.words);
    given.set(option.name, [...values, token.value]);
  }

  if (asked) given.set('help', []);
  const wantsHelp = given.has('help') || given.has('version');
  if (command === null && words.length > 0) throw unknownCommand(words, commands);
  const positionals = command === null ? [] : words.slice(command.name.split(' ').length);
  if (command !== null && !wantsHelp) checkPositionals(command, positionals);
  return {
    command,
    args: {
      positionals,
      text: (name) => given.get(name)?.at(-1),
      all: (name) => given.get(name) ?? [],
      has: (name) => given.has(name),
    },
  };
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const missing = command.positionals.find((one, i) => one.required && given[i] === undefined);
  const help = `See 'rollcall ${command.name} --help'.`;
  if (missing !== undefined) {
    throw new UsageError(`'rollcall ${command.name}' needs ${missing.name}: ${lowerFirst(missing.about)}`, usage(command));
  }
  const many = command.positionals.some((one) => one.many === true);
  const extra = many ? undefined : given[command.positionals.length];
  if (extra !== undefined) throw new UsageError(`'rollcall ${command.name}' does not know what to do with '${extra}'.`, help);
}

/** `Type: rollcall hold CONNECTION [--reason TEXT]`. */
function usage(command: Command): string {
  return `Type: ${usageLine(command)}`;
}

export function usageLine(command: CommandHelp): string {
  const words = command.positionals.map((one) => {
    const name = one.many === true ? `${one.name}…` : one.name;
    return one.required ? name : `[${name}]`;
  });
  const options = command.options.map((option) => `[--${option.name}${option.value === undefined ? '' : ` ${option.value}`}]`);
  return ['rollcall', command.name, ...words, ...options].join(' ');
}

function unknownOption(raw: string, command: Command | null, allowed: ReadonlyMap<string, Option>): UsageError {
  const near = meant(raw.replace(/^-+/, ''), [...allowed.keys()]);
  const known = [...allowed.keys()].map((name) => `--${name}`).join(', ');
  const at = command === null ? 'rollcall' : `rollcall ${command.name}`;
  return new UsageError(`'${at}' has no option ${raw}.`, near === null ? `It knows ${known}.` : `Did you mean --${near}?`);
}

function unknownWord(raw: string, word: string, known: readonly string[]): UsageError {
  const near = meant(word, known);
  return new UsageError(
    `${raw} knows no '${word}'.`,
    near === null ? `It knows ${known.join(', ')}.` : `Did you mean '${near}'?`,
  );
}

function unknownCommand(words: readonly string[], commands: readonly Command[]): UsageError {
  const names = commands.map((one) => one.name);
  const near = meant(words[0]!, names) ?? meant(words.slice(0, 2).join(' '), names);
  const remedy = near === null ? "'rollcall --help' lists the commands." : `Did you mean 'rollcall ${near}'?`;
  return new UsageError(`Rollcall has no command '${words[0]}'.`, remedy);
}

/** The nearest word, or the one that was begun. */
function meant(word: string, known: readonly string[]): string | null {
  const begun = word.length < 2 ? [] : known.filter((one) => one.startsWith(word));
  return begun.length === 1 ? begun[0]! : nearest(word, known);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
