/**
 * A command as data: from one value come the parsing of its arguments, its help, its shell completion and docs/guide/command-line.md.
 * `command` ties it to an operation; printing and exit code are the only things a command adds.
 */

import type { z } from 'zod';
import type { Session } from '#operations/operation';
import { type Head, type Operation, perform } from '#operations/operation';
import type { Terminal } from './terminal.ts';

/** Documented in docs/guide/command-line.md; never changed within a major version. */
export const EXIT = {
  ok: 0,
  error: 1,
  /** `plan` found changes. */
  changes: 2,
  /** Done, and somebody must look: a first plan, a tripped gate, a held connection, a change that was refused, rows that cannot be used. Somebody said no. */
  decide: 3,
  /** The command line itself is wrong; nothing was done. */
  usage: 64,
  /** Stopped by Ctrl-C or a termination signal; what was done so far is kept. */
  interrupted: 130,
} as const;

/** What a shell may offer for an argument. */
export type Complete = 'file' | 'none' | { readonly words: readonly string[] };

export interface Positional {
  readonly name: string;
  readonly about: string;
  readonly required: boolean;
  readonly many?: boolean;
  readonly complete?: Complete;
}
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** Placeholder of its value, such as FILE; absent for a switch. */
  readonly value?: string;
  readonly many?: boolean;
  readonly about: string;
  readonly complete?: Complete;
  /** The only values it takes; another one is refused with the nearest. */
  readonly words?: readonly string[];
}
export interface Example {
  readonly line: string;
  readonly about: string;
}

/** Arguments as given, by the names in the table. */
export interface Arguments {
  readonly positionals: readonly string[];
  text(option: string): string | undefined;
  all(option: string): readonly string[];
  has(option: string): boolean;
}

export interface CommandHelp {
  /** One or two words: `run`, `run show`. */
  readonly name: string;
  readonly summary: string;
  /** Paragraphs below the summary: what it does, what it never does. */
  readonly about: readonly string[];
  readonly positionals: readonly Positional[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  /** It goes on until it is stopped: that is no interruption. */
  readonly untilStopped?: true;
}
export interface Surroundings {
  readonly terminal: Terminal;
  readonly session: Session;
  readonly json: boolean;
  readonly quiet: boolean;
}
/** `→ rollcall run`: what to do next; nothing with --quiet. */
export function nextStep({ terminal, quiet }: Pick<Surroundings, 'terminal' | 'quiet'>, command: string): string {
  return quiet ? '' : `  ${terminal.paint.dim('→')} rollcall ${command}\n`;
}
export interface Command extends CommandHelp {
  /** What --json prints: a zod schema, for the guide. */
  readonly output: z.ZodType;
  execute(args: Arguments, surroundings: Surroundings): Promise<number>;
}

export interface Binding<In, Out> extends CommandHelp {
  readonly operation: Operation<In, Out>;
  /** Input of the operation; may ask on the terminal or read a file that an option names. Throws UsageError. */
  input(args: Arguments, surroundings: Surroundings): Promise<unknown> | unknown;
  print(output: Out & Head, surroundings: Surroundings, args: Arguments): Promise<void> | void;
  /** What else the command leaves behind, such as a file; also with --json, before anything is printed. */
  finish?(output: Out & Head, surroundings: Surroundings, args: Arguments): Promise<void>;
  exit?(output: Out & Head, args: Arguments): number;
}

export function command<In, Out>(binding: Binding<In, Out>): Command {
  const { name, summary, about, positionals, options, examples, operation } = binding;
  return {
    name,
    summary,
    about,
    positionals,
    options,
    examples,
    ...(binding.untilStopped ? { untilStopped: true } : {}),
    output: operation.output,
    async execute(args, surroundings) {
      const output = await perform(operation, await binding.input(args, surroundings), surroundings.session);
      await binding.finish?.(output, surroundings, args);
      if (surroundings.json) surroundings.terminal.json(output);
      else await binding.print(output, surroundings, args);
      return binding.exit?.(output, args) ?? EXIT.ok;
    },
  };
}

/** The command line is wrong: said with what to type instead; exit code 64. */
export class UsageError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'UsageError';
    this.remedy = remedy;
  }
}

/** Somebody was asked and said no: everything waits as before; exit code 3. */
export class Declined extends UsageError {
  constructor() {
    super('Nothing was decided.', 'Everything waits as before.');
  }
}

/** Somebody was asked and left: Ctrl-C, or the end of the input; exit code 130. */
export class Unanswered extends UsageError {
  constructor() {
    super('The questions were not answered.', 'Nothing was done. Start again, or give the answers as options.');
  }
}
