/**
 * Where output goes and how it may look: streams, colour, width. Secrets are replaced in all of it; text from outside
 * passes `printable` before it gets here.
 */
import pc from 'picocolors';
import { redact } from '#operations/redact';
import { fold } from './fold.ts';

export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
}
export type Environment = { readonly [name: string]: string | undefined };
export type Paint = ReturnType<typeof pc.createColors>;

export interface Terminal {
  readonly streams: Streams;
  readonly environment: Environment;
  /** Results. */
  out(text: string): void;
  /** A result as one line of JSON. */
  json(value: unknown): void;
  /** Everything else: questions, faults, what is done. */
  err(text: string): void;
  /** The same as it is, for what moves the cursor: progress. */
  draw(text: string): void;
  /** Colours for stdout and stderr; they differ when one of them is piped. */
  readonly paint: Paint;
  readonly paintErr: Paint;
  /** Columns of stdout; null when it is not a terminal, then nothing is shortened. */
  readonly width: number | null;
}

/** NO_COLOR (no-color.org) wins over FORCE_COLOR, both over what the stream is. */
function colours(tty: boolean | undefined, environment: Environment): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR'] && environment['FORCE_COLOR'] !== '0') return true;
  return tty === true && environment['TERM'] !== 'dumb';
}

const NARROWEST = 40;

/** What the terminal says, else what the shell says: over some connections a terminal has no size of its own. */
export function columnsOf({ columns }: Streams['stdout'], environment: Environment): number {
  return columns || Number.parseInt(environment['COLUMNS'] ?? '', 10) || 80;
}

/** `folds`: long lines are broken between words where a terminal shows them. */
export function openTerminal(streams: Streams, environment: Environment, folds: boolean = true): Terminal {
  const widthOf = (stream: Streams['stdout']): number | null =>
    stream.isTTY === true ? Math.max(NARROWEST, columnsOf(stream, environment)) : null;
  const width = widthOf(streams.stdout);
  // A secret that was broken over two lines would not be found.
  const shown = (text: string, columns: number | null): string =>
    folds && columns !== null ? fold(redact(text), columns) : redact(text);
  // `rollcall people | head` closes our output early; that is no fault of anybody.
  for (const stream of [streams.stdout, streams.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    streams,
    environment,
    out: (text) => void streams.stdout.write(shown(text, width)),
    // Only in its texts: a secret that looks like a number, found in the JSON, would leave none.
    json: (value) => void streams.stdout.write(`${escaped(JSON.stringify(value, withoutSecrets))}\n`),
    err: (text) => void streams.stderr.write(shown(text, widthOf(streams.stderr))),
    draw: (text) => void streams.stderr.write(redact(text)),
    paint: pc.createColors(colours(streams.stdout.isTTY, environment)),
    paintErr: pc.createColors(colours(streams.stderr.isTTY, environment)),
    width,
  };
}

/** The same JSON, with nothing in it that a terminal would obey: what `printable` takes away stands as \\u009b and the like. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function withoutSecrets(_: string, value: unknown): unknown {
  return typeof value === 'string' ? redact(value) : value;
}

/**
 * Text from outside, made harmless for a terminal: control characters (escape sequences start with one) and the marks that
 * reverse reading direction (Unicode TR36, "Trojan Source") are shown as �; line ends and tabs become a space.
 */
export function printable(text: string): string {
  return text.replace(/[\t\n\r\u2028\u2029]+/g, ' ').replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '�');
}
