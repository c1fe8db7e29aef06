/** rollcall plan */
import { open, rename, rm } from 'node:fs/promises';
import { canonicalJson } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { plan as operation, type PlanOutput } from '#operations/plan';
import { type Command, command, EXIT } from '../command.ts';
import { hidingFaults, planText, unread } from '../plan-text.ts';
import { wholeNumber } from './numbers.ts';
import { operator, PERSON_OPTION, PROFILE_OPTION } from './run.ts';

export const plan: Command = command({
  name: 'plan',
  summary: 'show what a run would change; changes nothing',
  about: [
    'Works everything out as a run does and shows each change before and after. Neither the systems nor the store are changed.',
    "It plans from what was last read; with --read it reads the systems first. With --as-of it shows a future day, such as everybody's last day next month: as if every source were read until then and showed what it showed last. Such a plan cannot be run.",
    "'run --plan FILE' carries out what --out wrote. Where the plan was made with --read, that run reads the same systems again first, since nothing of the plan's own read is kept; what is not as planned by then is left out and listed.",
    'Exit code 0: no changes; 2: changes, also where all of them are of targets that it does not show; 1: it could not be worked out, or not everything could be read.',
  ],
  positionals: [
    {
      name: 'CONNECTION',
      about: 'Of targets, only their changes are shown; with --read, only these connections are read (default: all).',
      required: false,
      many: true,
    },
  ],
  options: [
    { name: 'read', about: 'Read the systems first.' },
    { name: 'as-of', value: 'DATE', about: 'Plan for this day to come instead of now: 2026-03-31.' },
    PROFILE_OPTION,
    PERSON_OPTION,
    { name: 'out', value: 'FILE', about: "Also write the plan to a file, for 'run --plan FILE'.", complete: 'file' },
    {
      name: 'limit',
      value: 'N',
      about: 'Changes shown per system (default: 20); of accounts to disable or delete at least 200 are shown.',
    },
  ],
  examples: [
    { line: 'rollcall plan --read', about: 'read the systems and show what would change' },
    { line: 'rollcall plan --as-of 2026-12-31', about: 'who would leave at the end of the year' },
    { line: 'rollcall plan --read --out monday.plan', about: 'read, show, and keep it, to run exactly this later' },
    { line: 'rollcall plan --json | jq .changes', about: 'for scripts' },
  ],
  operation,
  async input(args, surroundings) {
    wholeNumber(args, 'limit');
    return {
      connections: args.positionals,
      profile: args.text('profile'),
      person: args.text('person'),
      read: args.has('read'),
      asOf: args.text('as-of'),
      by: operator(surroundings),
    };
  },
  async print(planned, { terminal, quiet }, args) {
    const file = args.text('out');
    terminal.out(planText(planned, wholeNumber(args, 'limit') ?? 20, terminal));
    if (file !== undefined && planned.complete && !quiet)
      terminal.err(
        `The plan is in ${file}. Run exactly it with 'rollcall run --plan ${file}'.\n${args.has('read') ? 'That reads the same systems again first; what differs by then is left out and listed.\n' : ''}`,
      );
  },
  async finish(planned, _surroundings, args) {
    const file = args.text('out');
    // Half a plan must not be carried out later.
    if (file !== undefined && planned.complete) await writePlan(file, planned.lines);
  },
  exit(planned, args) {
    if (!planned.complete) return EXIT.error;
    // What could not be read, or worked out, may hide changes.
    if (isUnknown(planned) && (args.has('read') || !planned.changes)) return EXIT.error;
    return planned.changes ? EXIT.changes : EXIT.ok;
  },
});

const UNREAD: ReadonlySet<string> = new Set(['incompleteRead', 'outage']);

/** Whether there is something that it could not know: a fault that left something out, a system that was never read, or not as a whole. */
function isUnknown(plan: PlanOutput): boolean {
  const { report } = plan;
  return hidingFaults(report) > 0 || report.notices.some((one) => UNREAD.has(one.kind)) || unread(plan).length > 0;
}

/** Whole or not at all: a plan cut short must not look like a plan. What it says of people is for its owner alone. */
async function writePlan(file: string, lines: readonly unknown[]): Promise<void> {
  const part = `${file}.part`;
  try {
    // Left by a plan that was cut short, or laid there by somebody else.
    await rm(part, { force: true });
    const handle = await open(part, 'wx', 0o600);
    try {
      await handle.writeFile(lines.map((line) => `${canonicalJson(line)}\n`).join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new RollcallError('configuration', `The plan cannot be written to ${file} (${code}).`, {
      where: { file },
      cause,
      remedy: 'Name a file in a folder that is there and that you may write to.',
    });
  }
}
