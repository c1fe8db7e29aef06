/**
 * The command line. It parses arguments, calls one operation and prints what came back; it knows nothing else, so that the
 * same commands can speak to a server instead.
 *
 *   index       one call from argv to exit code: help, signals, faults
 *   commands/   one file per command: its arguments, its operation, its printing
 *   command     what a command is; arguments, help and completion derive from the table
 *   terminal, table, progress, write   how it looks
 *
 * Results go to stdout, everything else to stderr. Called by main only.
 */
import { Interrupted, RollcallError, toFault } from '#core/errors';
import { WrongCommand } from '#core/unknown-name';
import type { Program, Session } from '#operations/operation';
import { ConfigurationFaults, type Listeners, openSession } from '#operations/session';
import { parse } from './arguments.ts';
import { type Command, Declined, EXIT, Unanswered, UsageError } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { operator } from './commands/run.ts';
import { errorText, faultText } from './fault.ts';
import { commandHelp, globalHelp, helpData } from './help.ts';
import { holderText } from './holder-text.ts';
import { liveText } from './live-text.ts';
import { bars, type Progress, quietLines, silent } from './progress.ts';
import { columnsOf, type Environment, openTerminal, printable, type Streams, type Terminal } from './terminal.ts';
import { showTimesIn } from './write.ts';

export type { Program } from '#operations/operation';
export type { Environment, Streams } from './terminal.ts';

const DEFAULT_FILE = 'rollcall.yaml';

/** One command from argv (without node and script) to its exit code. Never throws. */
export async function main(
  argv: readonly string[],
  environment: Environment,
  streams: Streams,
  program: Program,
): Promise<number> {
  const plain = argv.includes('--no-color') ? { ...environment, NO_COLOR: '1' } : environment;
  // What a program reads is never broken into lines.
  const terminal = openTerminal(streams, plain, !argv.includes('--json') && !argv.includes('completion'));
  let command: Command | null = null;
  try {
    const parsed = parse(argv, COMMANDS);
    command = parsed.command;
    if (parsed.args.has('version')) {
      if (parsed.args.has('json')) terminal.json({ version: 1, command: 'version', rollcall: program.version });
      else terminal.out(`${program.version}\n`);
      return EXIT.ok;
    }
    if (parsed.args.has('help') || command === null) {
      if (parsed.args.has('json')) terminal.json(helpData(command === null ? COMMANDS : [command]));
      else terminal.out(command === null ? globalHelp(COMMANDS, program.version, terminal) : commandHelp(command, terminal));
      return EXIT.ok;
    }
    return await execute(command, parsed.args, terminal, program);
  } catch (error) {
    return fail(error, command, argv.includes('--json'), terminal);
  }
}

async function execute(
  command: Command,
  args: Parameters<Command['execute']>[0],
  terminal: Terminal,
  program: Program,
): Promise<number> {
  const json = args.has('json');
  const quiet = args.has('quiet');
  const progress = progressFor(terminal, quiet || json);
  let waits = false;
  const stop = listenForStop(terminal, progress, () => waits);
  showTimesIn(null);
  const caller = { kind: 'person', name: operator({ terminal }), token: null, source: null } as const;
  const file = args.text('config') ?? terminal.environment.ROLLCALL_CONFIG ?? DEFAULT_FILE;
  const listeners: Listeners = {
    onProgress(step) {
      waits = false;
      progress.report(step);
    },
    signal: stop.signal,
    onWaits(holder) {
      waits = true;
      progress.note(holderText(holder, terminal));
    },
    onLive(event) {
      if (!json) terminal.out(liveText(event, terminal, quiet));
    },
    onServing({ url, setUp }) {
      // Not where the log goes: the link is a secret, and lines there are JSON for programs.
      const say = json ? terminal.err : terminal.out;
      if (setUp !== null) say(`There is no administrator yet. Set one up, within a day: ${setUp}\n`);
      if (!json && !quiet) terminal.out(`${terminal.paint.bold(url)} is ready. Ctrl-C ends it.\n`);
    },
    onZone: showTimesIn,
    onStoredOnly: (faults, store) => terminal.err(storedOnlyText(faults, store, terminal)),
  };
  const session: Session = openSession(program, file, listeners, caller);
  try {
    // Bars end before the first line of the result is written.
    const printing: Terminal = {
      ...terminal,
      out(text) {
        progress.finish();
        terminal.out(text);
      },
      json(value) {
        progress.finish();
        terminal.json(value);
      },
    };
    const code = await command.execute(args, { terminal: printing, session, json, quiet });
    return stop.signal.aborted && code !== EXIT.error && !command.untilStopped ? EXIT.interrupted : code;
  } finally {
    progress.finish();
    stop.close();
    await session.close();
  }
}

function progressFor(terminal: Terminal, quiet: boolean): Progress {
  if (quiet) return silent;
  const { stderr } = terminal.streams;
  const clock = (): number => performance.now();
  if (stderr.isTTY !== true || terminal.environment.TERM === 'dumb') return quietLines({ write: terminal.err, clock });
  return bars({
    write: terminal.draw,
    paint: terminal.paintErr,
    get columns() {
      return columnsOf(stderr, terminal.environment);
    },
    get rows() {
      return stderr.rows || 24;
    },
    clock,
  });
}

/** The first Ctrl-C ends cleanly, a second one at once; the store outlives both. Who only `waits` has nothing at hand, and says so at its end. */
function listenForStop(
  terminal: Terminal,
  progress: Progress,
  waits: () => boolean,
): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
    if (waits()) return;
    progress.note(
      `${terminal.paintErr.yellow('Stopping cleanly')} after the batch at hand. Press Ctrl-C again to stop at once; nothing is lost either way.\n`,
    );
  };
  // A Ctrl-C in a terminal reaches this process and the one that started it, which passes it on: told twice, it is one.
  const told = { SIGINT: 0, SIGUSR2: 0 };
  const interrupted = (signal: NodeJS.Signals): void => {
    const before = Math.max(told.SIGINT, told.SIGUSR2);
    told[signal as keyof typeof told] += 1;
    if (Math.max(told.SIGINT, told.SIGUSR2) > before) stop();
  };
  const listeners = [
    ['SIGINT', interrupted],
    ['SIGTERM', stop],
    // Windows has none, and would refuse to listen.
    ...(process.platform === 'win32' ? [] : ([['SIGUSR2', interrupted]] as const)),
  ] as const;
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return {
    signal: controller.signal,
    close() {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
}

/** `rollcall.yaml` cannot be used, and what was asked for can be told all the same. */
function storedOnlyText({ faults, lines, message }: ConfigurationFaults, store: string, { paintErr: paint }: Terminal): string {
  const listed = faults.map((one) => faultText(one, paint, lines, true)).join('');
  const note = `Until then no command reads or writes a system; a service that runs goes on as before. What follows is from the store ${printable(store)} alone, and names no rule.`;
  return `${listed}${paint.yellow('!')} ${printable(message)}\n  ${note}\n`;
}

function fail(error: unknown, command: Command | null, json: boolean, terminal: Terminal): number {
  const { paintErr: paint } = terminal;
  const faults = error instanceof ConfigurationFaults ? error.faults : error instanceof RollcallError ? error.parts : [];
  const lines = error instanceof ConfigurationFaults ? error.lines : {};
  // The only part of one is all that it says.
  const apart = error instanceof ConfigurationFaults || faults.length > 1 ? faults : [];
  for (const one of apart) terminal.err(faultText(one, paint, lines));
  terminal.err(errorText(error, paint));
  if (json) {
    const { parts: _, ...told } = toFault(error);
    const said = error instanceof UsageError ? { kind: 'usage', message: error.message, where: {}, remedy: error.remedy } : told;
    terminal.json({ version: 1, command: command?.name ?? null, error: said, faults });
  }
  if (error instanceof Unanswered || error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof Declined) return EXIT.decide;
  return error instanceof UsageError || error instanceof WrongCommand ? EXIT.usage : EXIT.error;
}
