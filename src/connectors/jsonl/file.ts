/** A JSON Lines file as the rest of this folder passes it around, and its lines one by one. */
import { type Fault, RollcallError, toFault } from '#core/errors';
import { type LineBatch, readLines } from '../files/lines.ts';
import type { Skipped } from '../files/skipped.ts';
import type { BlockRange, SourceFile } from '../files/source.ts';
import type { JsonlConfig } from './config.ts';
import { lineFault } from './parse.ts';

export interface JsonlFile {
  readonly path: string;
  readonly config: JsonlConfig;
  readonly limit: number;
  /** Whether rules write to it: a target need not be there yet. */
  readonly isTarget: boolean;
  warn(fault: Fault): void;
}

export interface LineHandler {
  /** Throws `invalidValue` for a line to be left out. */
  line(text: string, line: number, suspect: boolean): void;
  /** Whether a last line without a newline is still being written, and is no line yet. */
  readonly openIsPartial: boolean;
}

/**
 * Gives each line that is not blank to the handler; one batch a turn, answered when its lines are done. `skipped` is told
 * what was left out; without it, faulty lines are passed over in silence.
 */
export async function* eachLine(
  source: SourceFile,
  file: JsonlFile,
  handler: LineHandler,
  skipped: Skipped | undefined,
  options: BlockRange & { readonly firstLine?: number } = {},
): AsyncGenerator<LineBatch> {
  for await (const batch of readLines(source.blocks(options), { ...options, maxBytes: file.limit })) {
    const { lines, first, suspect } = batch;
    for (let i = 0; i < lines.length; i++) {
      const text = lines[i]!;
      if (text === '' || text.trim() === '') continue;
      const last = batch.open && i === lines.length - 1;
      if (last && handler.openIsPartial) break;
      try {
        handler.line(text, first + i, suspect);
      } catch (error) {
        if (!(error instanceof RollcallError) || error.kind !== 'invalidValue') throw error;
        skipped?.add(last ? cutShort(error, file.path) : toFault(error));
      }
    }
    if (batch.overlong !== undefined) {
      const { line, bytes } = batch.overlong;
      const remedy = 'look for a missing newline, or raise limits.maxObjectSize';
      skipped?.add(toFault(lineFault(`the line is over the limit of one object (${bytes} bytes)`, line, file.path, remedy)));
    }
    yield batch;
  }
}

function cutShort(error: RollcallError, path: string): Fault {
  const fault = toFault(error);
  return {
    ...fault,
    kind: 'unavailable',
    message: `${fault.message}; it is the last one: ${path} is cut short`,
    remedy: 'have the file made again',
  };
}
