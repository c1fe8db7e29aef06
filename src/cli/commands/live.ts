/** rollcall live */
import { live as operation } from '#operations/live';
import { type Command, command } from '../command.ts';
import { count, number } from '../write.ts';
import { operator } from './run.ts';

export const live: Command = command({
  name: 'live',
  summary: 'listen to connections and pass on every change at once',
  about: [
    "Listens to every connection with 'live: true' and goes on until Ctrl-C or a termination signal. What changes there is read, worked out and written to the targets at once, beside whatever else runs, with the same gates, holds and approvals as in a run.",
    'It begins with a cycle over all connections and repeats that again and again, for what no system tells: dates that come due, complete reads, and what waits for a target. A system that goes away is tried again until it is back; then what changed meanwhile is passed on.',
    'On SQLite it has the store until it ends: no other command that writes works beside it. On PostgreSQL they do.',
  ],
  positionals: [{ name: 'CONNECTION', about: "Listen to these (default: all with 'live: true').", required: false, many: true }],
  options: [
    {
      name: 'every',
      value: 'TIME',
      about: 'Time between two cycles over all connections, such as 15m or 1d (default: 1h).',
      complete: 'none',
    },
  ],
  examples: [
    { line: 'rollcall live', about: 'keep everything in step until Ctrl-C' },
    { line: 'rollcall live hr --every 15m', about: 'listen to HR alone; everything else every 15 minutes' },
  ],
  untilStopped: true,
  operation,
  input: (args, surroundings) => ({
    connections: args.positionals,
    every: args.text('every'),
    by: operator(surroundings),
  }),
  print({ runs, cycles, written }, { terminal, quiet }) {
    if (quiet) return;
    const what = `${count(runs, 'run')} for what was heard, ${count(cycles, 'cycle')}, ${number(written)} written`;
    terminal.out(`${terminal.paint.green('Stopped.')} ${what}.\n`);
  },
});
