/** rollcall run */
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { run as operation, PROFILES } from '#operations/run';
import type { ReportOutput } from '#operations/shapes';
import { asksSomebody } from '#operations/shapes';
import { type Command, command, EXIT, type Option, type Surroundings, UsageError } from '../command.ts';
import { reportText } from '../report.ts';
import { printable, type Terminal } from '../terminal.ts';

export const PROFILE_OPTION: Option = {
  name: 'profile',
  value: 'NAME',
  about: `What to do: ${PROFILES.join(', ')}, or one that the file names (default: cycle = read, work out, write, read back).`,
  complete: { words: PROFILES },
};
export const PERSON_OPTION: Option = {
  name: 'person',
  value: 'PERSON',
  about: "Only this person: an id (#42), 'hr:E123', a login, a mail or a name.",
};
const LARGEST_PLAN = 1_000_000_000;

/** Who runs the command, for the record. */
export function operator({ terminal }: Pick<Surroundings, 'terminal'>): string {
  const named = terminal.environment['ROLLCALL_USER'] ?? terminal.environment['SUDO_USER'];
  if (named !== undefined && named !== '') return named;
  try {
    return userInfo().username;
  } catch {
    return 'command line';
  }
}

const EVENTS = ['added', 'changed', 'gone', 'joined', 'projected', 'adopted', 'failed', 'written'] as const;

/** Nothing was found, decided or written, and nothing waits for anybody: what a scheduler need not mail. */
function isUneventful({ status, notices, faultCount, connections, objects }: ReportOutput): boolean {
  return (
    status === 'done' &&
    notices.length === 0 &&
    faultCount === 0 &&
    connections.every((one) => EVENTS.every((name) => one[name] === 0)) &&
    Object.values(objects).every(({ created, changed }) => created + changed === 0)
  );
}

/** The lines of a plan that `plan --out` wrote. */
async function planLines(file: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageError(`The plan ${file} cannot be read (${code}).`, "Make it with 'rollcall plan --out FILE'.");
  }
  if (text.length > LARGEST_PLAN) throw new UsageError(`The plan ${file} is too large.`, 'Plan fewer connections at a time.');
  return text.split('\n').filter((line) => line !== '');
}

/** A run about one person works from what was last read: who just changed something in a source is told. */
function unreadText(person: string, { paint }: Terminal): string {
  const colon = person.indexOf(':');
  const source = colon > 0 ? ` ${printable(person.slice(0, colon))}` : '';
  return `Nothing was read for this person: it was worked out from what was last read.\n  ${paint.dim('→')} to read first: rollcall run${source}\n`;
}

export const run: Command = command({
  name: 'run',
  summary: 'read, work out, write and confirm',
  about: [
    'Reads every connection, works out one agreed person from all of them, writes what is missing or wrong to the targets and reads it back.',
    'A new target is only watched until you approve its first plan. Only accounts that are linked to a person are ever disabled or deleted. An unusual number of changes is held until somebody approves it, whatever the reason for them.',
    "Each profile does what its name says: an import only reads, a sync only works out what was read, an export only sends what is decided. A delta takes what changed, a full everything. Before it deletes accounts an export looks at them again. Under 'profiles' rollcall.yaml names sequences of them; where one syncs before it exports, what comes in between is worked out before anything is sent.",
    'Ctrl-C ends it cleanly: what was done is kept and the next run goes on from there.',
  ],
  positionals: [{ name: 'CONNECTION', about: 'Only these connections (default: all).', required: false, many: true }],
  options: [
    PROFILE_OPTION,
    { ...PERSON_OPTION, about: `${PERSON_OPTION.about} No system is read for it.` },
    {
      name: 'plan',
      value: 'FILE',
      about: "Carry out exactly this plan (from 'plan --out') and nothing else; reads first if the plan did.",
      complete: 'file',
    },
    {
      name: 'request',
      value: 'ID',
      about: 'An id of yours: asked again with it within two days, nothing is run again, and what came of it is printed.',
      complete: 'none',
    },
  ],
  examples: [
    { line: 'rollcall run', about: 'a whole cycle over all connections' },
    { line: 'rollcall run hr', about: 'read HR and pass on what changed there' },
    { line: 'rollcall run hr --profile full-import', about: 'only read HR, all of it' },
    { line: 'rollcall run --person hr:E1042', about: 'one person only, from what was last read' },
    { line: 'rollcall run --request nightly-2026-03-31', about: 'once, however often it is started' },
    { line: 'rollcall plan --out monday.plan && rollcall run --plan monday.plan', about: 'exactly what somebody looked at' },
  ],
  operation,
  async input(args, surroundings) {
    const file = args.text('plan');
    return {
      connections: args.positionals,
      profile: args.text('profile'),
      person: args.text('person'),
      by: operator(surroundings),
      request: args.text('request'),
      ...(file === undefined ? {} : { planLines: await planLines(file) }),
    };
  },
  print(report, { terminal, quiet }, args) {
    if (quiet && isUneventful(report)) return;
    if (report.replayed && !quiet)
      terminal.err(terminal.paint.dim('Nothing was run: this request was made before. What came of it:\n\n'));
    terminal.out(reportText(report, terminal));
    if (args.has('person') && !quiet) terminal.out(unreadText(args.text('person')!, terminal));
  },
  exit(report) {
    if (report.status === 'interrupted') return EXIT.interrupted;
    // What failed is no decision of anybody's, and is told before what waits for one.
    if (report.status === 'failed' || report.failed.length > 0) return EXIT.error;
    const asks = report.notices.some(asksSomebody);
    return asks || report.faultCount > 0 || report.status === 'warnings' ? EXIT.decide : EXIT.ok;
  },
});
