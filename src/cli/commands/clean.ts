/** rollcall clean */
import { clean as operation } from '#operations/clean';
import { type Command, command } from '../command.ts';
import { count, number, time } from '../write.ts';
import { operator } from './run.ts';

export const clean: Command = command({
  name: 'clean',
  summary: 'remove what is older than it is to be kept',
  about: [
    'Runs with their changes and errors by `retention`, events of the audit log by `audit: { retention: … }` of rollcall.yaml. That it was done is in the audit log; the newest run and the newest events always stay.',
    'A running service does it every night by itself. Where runs are started by cron and there is no service, so should this be.',
  ],
  positionals: [],
  options: [],
  examples: [{ line: 'rollcall clean', about: 'now; from cron, once a night' }],
  operation,
  input: (_, surroundings) => ({ by: operator(surroundings) }),
  print({ runs, audit }, { terminal, quiet }) {
    if (quiet) return;
    const ok = terminal.paint.green('✓');
    terminal.out(`${ok} ${number(runs.rows)} rows of runs that ended before ${time(runs.before)} went.\n`);
    if (audit === null) terminal.out('  Events of the audit log are kept for good.\n');
    else
      terminal.out(
        `${ok} ${count(audit.events, 'event')} of the audit log that were sealed before ${time(audit.before)} went.\n`,
      );
  },
});
