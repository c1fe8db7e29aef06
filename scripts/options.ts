/**
 * The options of the scripts that developers run. The comment at the head of a script is its help, printed by --help. What cannot be done
 * as it was typed is one line and exit code 2, and nothing was done.
 */
import { readFileSync } from 'node:fs';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

type Parsed<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: boolean }>
>;

/** `script`: its import.meta.url. `operands`: it takes names besides options. Ends the process for --help, and for what it does not know. */
export function optionsOf<const Options extends ParseArgsOptionsConfig>(
  script: string,
  options: Options,
  operands = false,
): Parsed<Options> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(`${usageOf(readFileSync(new URL(script), 'utf8'))}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ options, allowPositionals: operands }) as Parsed<Options>;
  } catch (error) {
    // Behind the first sentence is how a file name that begins with a dash would be written.
    return refuse((error as Error).message.split(/\. |\n/)[0]!);
  }
}

/** `text`: as typed. A whole number from `least` on. */
export function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  return refuse(`${option} must be a whole number from ${least}, not '${text}'`);
}

export function oneOf<const Name extends string>(what: string, typed: string, names: readonly Name[]): Name {
  return names.find((name) => name === typed) ?? refuse(`there is no ${what} '${typed}': there are ${names.join(', ')}`);
}

export function refuse(why: string): never {
  process.stderr.write(`${why} (--help says what there is)\n`);
  process.exit(2);
}

/** The comment at the head of a source, as text. */
export function usageOf(source: string): string {
  const [, comment] = /^\/\*\*([\s\S]*?)\*\//.exec(source)!;
  return comment!
    .split('\n')
    .map((line) => line.replace(/^ \* ?/, '').trimEnd())
    .join('\n')
    .trim();
}
