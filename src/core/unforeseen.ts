/** An error that nobody foresaw, for the log: what says where it is to be mended, and nothing that may have come from outside. */
import { RollcallError } from './errors.ts';

export interface Unforeseen {
  /** `TypeError`. */
  readonly name: string;
  /** Of Node.js and the system: `ECONNRESET`. */
  readonly code?: string;
  /** Only where it names parts of the program. */
  readonly message?: string;
  /** `at …` lines. */
  readonly frames: readonly string[];
}

const FRAMES = 8;

/** Undefined for errors that say themselves what is to be done. */
export function unforeseen(error: unknown): Unforeseen | undefined {
  if (error instanceof RollcallError) return undefined;
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const { name, message, stack = '' } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // With a code its text says what was given; texts of other kinds may quote what could not be read.
  const says = code === undefined && (name === 'TypeError' || name === 'ReferenceError');
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, FRAMES)
    .map((line) => line.trim());
  return { name, ...(code === undefined ? {} : { code }), ...(says ? { message } : {}), frames };
}
