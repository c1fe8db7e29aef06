/**
 * Progress on stderr. On a terminal one line per connection and phase, redrawn in place at most ten times a second with one
 * write per frame, so that nothing flickers; elsewhere one quiet line when a phase ends and one every half minute.
 * Nothing is drawn by a timer: the engine reports after every page or batch, and drawing follows from that.
 */

import { redact } from '#operations/redact';
import { fold } from './fold.ts';
import { pad, shorten } from './table.ts';
import { type Paint, printable } from './terminal.ts';
import { count, duration, number } from './write.ts';

export interface Step {
  readonly phase: string;
  readonly connection: string | null;
  readonly done: number;
  readonly total: number | null;
}
export interface Progress {
  report(step: Step): void;
  /** Prints a line above the bars. */
  note(text: string): void;
  /** Draws the last state; nothing is drawn afterwards. */
  finish(): void;
}
interface Line extends Step {
  readonly startedAt: number;
  endedAt: number | null;
}
interface Screen {
  write(text: string): void;
  readonly paint: Paint;
  readonly columns: number;
  readonly rows: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

const FRAME_MS = 100;
const QUIET_MS = 30_000;
const BAR = 24;
const PHASES: { readonly [phase: string]: string } = {
  import: 'reading',
  sync: 'working out',
  export: 'writing',
  confirm: 'confirming',
};

function keyOf(step: Step): string {
  return `${step.connection ?? ''}\u001f${step.phase}`;
}

/** Phases follow each other: a step of another phase ends the lines of the same connection, and those of all once it is about all. */
function follow(lines: Map<string, Line>, step: Step, at: number): { ended: Line[]; line: Line } {
  const key = keyOf(step);
  const ended: Line[] = [];
  for (const [other, line] of lines) {
    if (other === key || line.endedAt !== null) continue;
    if (line.phase === step.phase && line.connection !== step.connection) continue;
    if (line.connection !== step.connection && line.connection !== null && step.connection !== null) continue;
    line.endedAt = at;
    ended.push(line);
  }
  const old = lines.get(key);
  const complete = step.total !== null && step.done >= step.total;
  const line: Line = { ...step, startedAt: old?.startedAt ?? at, endedAt: complete ? (old?.endedAt ?? at) : null };
  lines.set(key, line);
  if (complete && old?.endedAt == null) ended.push(line);
  return { ended, line };
}

function subject(line: Step): string {
  const what = PHASES[line.phase] ?? line.phase;
  return line.connection === null ? what : `${printable(line.connection)} ${what}`;
}

/** Bars for a terminal. */
export function bars(screen: Screen): Progress {
  const lines = new Map<string, Line>();
  let drawn = 0;
  let last = Number.NEGATIVE_INFINITY;
  let open = true;

  const row = (line: Line, at: number): string => {
    const { paint } = screen;
    const label = pad(shorten(subject(line), 28), 28);
    const spent = duration((line.endedAt ?? at) - line.startedAt);
    if (line.endedAt !== null) return `${paint.green('✓')} ${label} ${paint.dim(`${number(line.done)}  ${spent}`)}`;
    const rate = (line.done / Math.max(1, at - line.startedAt)) * 1000;
    const speed = at - line.startedAt > 1000 && rate >= 1 ? `  ${number(Math.round(rate))}/s` : '';
    if (line.total === null || line.total === 0) return `${paint.cyan('·')} ${label} ${number(line.done)}${paint.dim(speed)}`;
    const part = Math.min(1, line.done / line.total);
    const room = Math.max(0, Math.min(BAR, screen.columns - 60));
    const full = Math.round(part * room);
    const bar = room === 0 ? '' : `${paint.cyan('█'.repeat(full))}${paint.dim('░'.repeat(room - full))} `;
    return `${paint.cyan('·')} ${label} ${bar}${String(Math.floor(part * 100)).padStart(3)} %  ${paint.dim(`${number(line.done)} of ${number(line.total)}${speed}`)}`;
  };

  const frame = (at: number, above: string): void => {
    // Finished lines that no longer fit scroll away above the block; what moves stays in view.
    const room = Math.max(1, screen.rows - 2);
    let text = drawn > 0 ? `\u001b[${drawn}A\r` : '';
    if (above !== '') text += `\u001b[J${above}`;
    const shown = [...lines.entries()];
    while (shown.length > room && shown[0]![1].endedAt !== null) {
      const [key, line] = shown.shift()!;
      text += `${row(line, at)}\u001b[K\n`;
      lines.delete(key);
    }
    const visible = shown.slice(-room);
    for (const [, line] of visible) text += `${row(line, at)}\u001b[K\n`;
    drawn = visible.length;
    last = at;
    screen.write(`${text}\u001b[J`);
  };

  return {
    report(step) {
      if (!open) return;
      const at = screen.clock();
      const { ended } = follow(lines, step, at);
      if (ended.length > 0 || at - last >= FRAME_MS) frame(at, '');
    },
    note(text) {
      // As in terminal.ts: a secret that was broken over two lines would not be found.
      const lines = fold(redact(text), screen.columns);
      if (open && drawn > 0) frame(screen.clock(), lines);
      else screen.write(lines);
    },
    finish() {
      if (!open) return;
      open = false;
      const at = screen.clock();
      for (const line of lines.values()) line.endedAt ??= at;
      if (lines.size > 0) frame(at, '');
    },
  };
}

/** Lines for a log. */
export function quietLines(screen: Pick<Screen, 'write' | 'clock'>): Progress {
  const lines = new Map<string, Line>();
  const said = new Map<string, number>();
  const end = (line: Line): void => {
    if (line.done === 0) return;
    screen.write(
      `${subject(line)}: ${count(line.done, 'object')} in ${duration((line.endedAt ?? screen.clock()) - line.startedAt)}\n`,
    );
  };
  return {
    report(step) {
      const at = screen.clock();
      const { ended, line } = follow(lines, step, at);
      for (const one of ended) end(one);
      const key = keyOf(step);
      if (line.endedAt === null && at - (said.get(key) ?? line.startedAt) >= QUIET_MS) {
        said.set(key, at);
        screen.write(`${subject(line)}: ${number(line.done)}${line.total === null ? '' : ` of ${number(line.total)}`} so far\n`);
      }
    },
    note: (text) => screen.write(text),
    finish() {
      for (const line of lines.values()) {
        if (line.endedAt !== null) continue;
        line.endedAt = screen.clock();
        end(line);
      }
    },
  };
}

export const silent: Progress = { report() {}, note() {}, finish() {} };
