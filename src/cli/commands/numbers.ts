/** Options and arguments that are numbers. */
import { type Arguments, UsageError } from '../command.ts';

/** Errors: UsageError when the text is not a whole number from 1. */
export function wholeNumber(args: Arguments, option: string): number | undefined {
  const text = args.text(option);
  return text === undefined ? undefined : parseWhole(text, `--${option}`);
}

export function parseWhole(text: string, what: string): number {
  const digits = text.replace(/^#/, '').replace(/[,_]/g, '');
  const n = Number(digits);
  if (/^\d+$/.test(digits) && Number.isSafeInteger(n) && n > 0) return n;
  throw new UsageError(`${what} takes a whole number, not '${text}'.`, `Type a number such as 12.`);
}
