/**
 * The log of the service: one line each, as JSON by pino or for people, to the terminal's stderr or a file. Nobody waits for it: lines are
 * handed to a thread of the system, and where that one cannot keep up, the latest are dropped and counted.
 */
import type { EventEmitter } from 'node:events';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { DestinationStream } from 'pino';
import { RollcallError } from '#core/errors';
import { LEVELS, type Level, type LogFormat } from '#core/levels';
import type { Line } from './lines.ts';

export interface LogOptions {
  readonly level: Level;
  readonly format: LogFormat;
  /** Path; null: stderr. */
  readonly file: string | null;
  /** IANA name, of the times that people read. */
  readonly zone: string;
  readonly wall: () => number;
}

export interface Log {
  write(line: Line): void;
  /** Goes on in a file of the same name: the one there was is somebody else's now. */
  reopen(): void;
  /** All that was written is there. */
  close(): Promise<void>;
}

/** Not taken yet, in bytes: beyond that lines are dropped. */
const MOST_BEHIND = 16 * 1_048_576;

/** Errors: configuration where the file cannot be written. */
export function openLog({ level, format, file, zone, wall }: LogOptions): Log {
  if (file !== null) tryFile(file);
  let sink: Sink | null = null;
  const waiting: Line[] = [];
  const least = LEVELS.indexOf(level);
  const begin = async (): Promise<void> => {
    const stream = await sinkTo(file);
    sink = { stream, put: format === 'json' ? await jsonTo(stream, wall) : textTo(stream, zone, wall) };
    for (const line of waiting.splice(0)) sink.put(line);
  };
  // The service does not start later for it: what it takes is loaded for the first line.
  let begun: Promise<void> | null = null;
  return {
    write(line) {
      if (LEVELS.indexOf(line.level) < least) return;
      if (sink !== null) return sink.put(line);
      waiting.push(line);
      begun ??= begin();
    },
    reopen: () => void (file !== null && sink?.stream.reopen()),
    async close() {
      await begun;
      if (sink === null) return;
      const { stream } = sink;
      // A disk that is full takes no more.
      const over = once(stream, 'close').catch(() => undefined);
      stream.end();
      await over;
    },
  };
}

interface Sink {
  readonly stream: Stream;
  readonly put: (line: Line) => void;
}

type Stream = DestinationStream & EventEmitter & { end(): void; reopen(): void };

async function sinkTo(file: string | null): Promise<Stream> {
  const { destination } = await import('pino');
  const stream: Stream = destination({ dest: file ?? 2, sync: false, maxLength: MOST_BEHIND });
  let dropped = 0;
  stream.on('drop', () => {
    if (++dropped === 1) process.emitWarning('the log is not taken fast enough: lines are dropped');
  });
  // A disk that is full: the service goes on, and so does the log when there is room.
  let failed = false;
  stream.on('error', (error) => {
    if (!failed) process.emitWarning(`the log cannot be written (${(error as NodeJS.ErrnoException).code})`);
    failed = true;
  });
  return stream;
}

async function jsonTo(stream: Stream, wall: () => number): Promise<(line: Line) => void> {
  const { pino } = await import('pino');
  const log = pino(
    {
      level: 'debug',
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date(wall()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return ({ level, text, fields }) => log[level](fields, text);
}

function textTo(stream: Stream, timeZone: string, wall: () => number): (line: Line) => void {
  const two = '2-digit';
  const fields = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const;
  const clock = new Intl.DateTimeFormat('sv-SE', { ...fields, hourCycle: 'h23', timeZone });
  return ({ level, text, fields: { remedy, ...fields } }) => {
    const said = Object.entries(fields).flatMap(([name, value]) => (isNothing(value) ? [] : [`${name}=${shown(value)}`]));
    const after = said.length === 0 ? '' : `  (${said.join(', ')})`;
    const then = remedy === undefined ? '' : `\n  → ${plain(String(remedy))}`;
    stream.write(`${clock.format(wall())} ${level.padEnd(5)} ${plain(text)}${after}${then}\n`);
  };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function shown(value: unknown): string {
  return plain(typeof value === 'string' ? value : JSON.stringify(value));
}

/** A line stays one, and tells a terminal nothing. */
function plain(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}|[\u2028\u2029]/gu, ' ');
}

function tryFile(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o640));
  } catch (error) {
    throw new RollcallError('configuration', `the log cannot be written (${(error as NodeJS.ErrnoException).code})`, {
      where: { file },
      remedy: 'let log.file name a file that the user that runs Rollcall may write',
      cause: error,
    });
  }
}
