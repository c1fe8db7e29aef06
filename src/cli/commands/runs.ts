/** rollcall runs, rollcall run show */

import { runShow as showOperation } from '#operations/run-show';
import { runs as operation } from '#operations/runs';
import { changeLines, happened } from '../change.ts';
import { type Command, command, EXIT } from '../command.ts';
import { faultText } from '../fault.ts';
import { countsTable } from '../report.ts';
import { table } from '../table.ts';
import { type Paint, printable } from '../terminal.ts';
import { duration, number, time } from '../write.ts';
import { parseWhole, wholeNumber } from './numbers.ts';

function statusPaint(status: string, paint: Paint): (text: string) => string {
  return status === 'done' ? paint.green : status === 'failed' || status === 'interrupted' ? paint.red : paint.yellow;
}

/** Beside others nobody counts whose rows are whose. */
const BESIDE: ReadonlySet<string> = new Set(['live', 'push']);

/** Columns that a line of all takes, its texts shortened. */
const NARROW = 70;

export const runs: Command = command({
  name: 'runs',
  summary: 'past runs, newest first',
  about: [],
  positionals: [],
  options: [
    { name: 'limit', value: 'N', about: 'How many (default: 20).' },
    { name: 'before', value: 'ID', about: 'Only runs before this one.' },
  ],
  examples: [{ line: 'rollcall runs', about: 'the last twenty' }],
  operation,
  input: (args) => ({ limit: wholeNumber(args, 'limit'), before: wholeNumber(args, 'before') }),
  print({ runs: found, next }, { terminal, quiet }) {
    const { paint, width } = terminal;
    if (found.length === 0) {
      terminal.out("Nothing has run yet. Start with 'rollcall plan --read'.\n");
      return;
    }
    // How long it took gives way where a terminal is narrow.
    const narrow = width !== null && width < NARROW;
    const rows = found.map((one) => [
      { text: String(one.run), paint: paint.cyan },
      time(one.startedAt),
      ...(narrow ? [] : [one.endedAt === null ? '' : duration(Date.parse(one.endedAt) - Date.parse(one.startedAt))]),
      one.profile,
      { text: one.status, paint: statusPaint(one.status, paint) },
      number(one.connections.reduce((sum, counts) => sum + counts.written, 0)),
      printable(one.by),
    ]);
    terminal.out(
      table(
        [
          { title: 'run', align: 'right' },
          { title: 'started', whole: true },
          ...(narrow ? [] : [{ title: 'took', align: 'right' } as const]),
          { title: 'profile' },
          { title: 'status' },
          { title: 'written', align: 'right' },
          { title: 'by' },
        ],
        rows,
        { width, head: paint.dim },
      ),
    );
    if (next !== null && !quiet) terminal.err(paint.dim(`\nThere are more: add --before ${next}.\n`));
  },
});

export const runShow: Command = command({
  name: 'run show',
  summary: 'one run: counts, changes before and after, errors',
  about: [],
  positionals: [{ name: 'ID', about: "The run's number, from 'rollcall runs'.", required: true }],
  options: [
    { name: 'limit', value: 'N', about: 'Changes and errors shown (default: 50).' },
    { name: 'after', value: 'N', about: 'Go on after this change.' },
    { name: 'after-error', value: 'N', about: 'Go on after this error.' },
  ],
  examples: [{ line: 'rollcall run show 12', about: 'what run 12 did' }],
  operation: showOperation,
  input: (args) => ({
    run: parseWhole(args.positionals[0]!, 'ID'),
    limit: wholeNumber(args, 'limit'),
    after: wholeNumber(args, 'after'),
    afterError: wholeNumber(args, 'after-error'),
  }),
  print(run, { terminal, quiet }) {
    const { paint } = terminal;
    terminal.out(
      `${paint.bold(`Run ${run.run}`)}  ${run.profile}  ${statusPaint(run.status, paint)(run.status)}\n` +
        `started ${time(run.startedAt)} by ${printable(run.by)}${run.endedAt === null ? '' : `, took ${duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))}`}` +
        `${BESIDE.has(run.profile) ? '' : `, ${number(run.rowsWritten)} rows written`}\n\n`,
    );
    if (run.connections.length > 0) terminal.out(`${countsTable(run.connections, terminal)}\n`);
    for (const one of run.changes) {
      const where = one.connection === null ? '' : `${printable(one.connection)} `;
      terminal.out(
        `${paint.dim(String(one.id).padStart(6))}  ${where}${paint.bold(printable(one.label))} ${happened(one.operation)}\n` +
          changeLines(one.before, one.after, paint, '          '),
      );
    }
    if (run.changes.length === 0) terminal.out('It changed nothing.\n');
    if (run.errors.length > 0) terminal.out('\n');
    for (const fault of run.errors) terminal.out(faultText(fault, paint, {}, fault.carried));
    if (quiet) return;
    if (run.nextChange !== null) terminal.err(paint.dim(`There are more changes: add --after ${run.nextChange}.\n`));
    if (run.nextError !== null) terminal.err(paint.dim(`There are more errors: add --after-error ${run.nextError}.\n`));
  },
  exit: () => EXIT.ok,
});
