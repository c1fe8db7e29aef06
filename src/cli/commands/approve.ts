/** rollcall approve, rollcall discard */
import {
  type ApproveInput,
  type ApproveOutput,
  approve as approveOperation,
  discard as discardOperation,
} from '#operations/approve';
import { type Operation, perform } from '#operations/operation';
import { waiting } from '#operations/waiting';
import { openAsker } from '../ask.ts';
import { type Arguments, type Command, command, Declined, nextStep, type Surroundings, UsageError } from '../command.ts';
import { type Paint, printable } from '../terminal.ts';
import { waitingText } from '../waiting-text.ts';
import { count, listing, number } from '../write.ts';
import { canAsk, DECIDER_OPTIONS, decider } from './decider.ts';
import { wholeNumber } from './numbers.ts';

/** Few enough that the question below them stays in sight; what ends accounts is shown besides. */
const SHOWN = 5;

/** Shows what waits before anybody is asked, and decides exactly that. */
async function input(args: Arguments, surroundings: Surroundings, verb: string): Promise<unknown> {
  const target = args.positionals[0]!;
  const only = args.all('only');
  const base = { target, only };
  const accept = acceptOf(args);
  if (accept !== null) return { ...base, accept, ...(await decider(args, surroundings)) };
  // Who decides is asked for once it is seen what about.
  const given = canAsk(surroundings) ? null : await decider(args, surroundings);
  const page = { limit: wholeNumber(args, 'limit') ?? SHOWN, after: args.text('after') };
  const found = await perform(waiting, { target, only, ...page }, surroundings.session);
  if (!surroundings.json && !surroundings.quiet) surroundings.terminal.err(waitingText(found, surroundings.terminal));
  const digest = args.text('digest') ?? found.digest;
  if (given !== null || (args.text('as') !== undefined && args.text('reason') !== undefined))
    return { ...base, ...(given ?? (await decider(args, surroundings))), digest };
  const asker = openAsker(surroundings.terminal);
  try {
    const what = only.length > 0 ? `these ${number(found.total)}` : `all ${number(found.total)}`;
    if (!(await asker.yes(`${verb} ${what}?`, false))) throw new Declined();
  } finally {
    asker.close();
  }
  return { ...base, ...(await decider(args, surroundings)), digest };
}

/** What of the last read is right as it is; null when this is not about a read. */
function acceptOf(args: Arguments): string | null {
  const attribute = args.text('attribute');
  if (!args.has('read')) return attribute ?? null;
  if (attribute !== undefined || args.all('only').length > 0)
    throw new UsageError('--read stands for the whole read.', 'Give either --read or --attribute, and no --only.');
  return 'read';
}

const READ_OPTIONS = [
  {
    name: 'read',
    about:
      'The last read is right, though it showed far fewer objects than before: the next one is believed if it shows no fewer.',
  },
  {
    name: 'attribute',
    value: 'KIND.ATTRIBUTE',
    about: 'The attribute is right as it was read last, though its values vanished, such as person.mobile.',
  },
] as const;
const OPTIONS = [
  ...DECIDER_OPTIONS,
  { name: 'only', value: 'ACCOUNT', many: true, about: 'Only this account, as the plan lists it; may be given several times.' },
  {
    name: 'limit',
    value: 'N',
    about: 'Changes shown before it is decided (default: 5); of those that disable or delete at least 1,000 are shown.',
  },
  { name: 'after', value: 'PLACE', about: 'Go on showing after this place; what is decided is the same.' },
  { name: 'digest', value: 'HEX', about: 'Decide only if what waits is still exactly what was shown with this digest.' },
] as const;
const TARGET = { name: 'CONNECTION', about: 'The target, or the number of a hold.', required: true } as const;

function make(
  name: 'approve' | 'discard',
  help: Pick<Command, 'summary' | 'about' | 'examples'>,
  operation: Operation<ApproveInput, ApproveOutput>,
  done: (output: ApproveOutput, surroundings: Surroundings) => string,
): Command {
  return command({
    name,
    ...help,
    positionals: [TARGET],
    options: name === 'approve' ? [...OPTIONS, ...READ_OPTIONS] : OPTIONS,
    operation,
    input: (args, surroundings) => input(args, surroundings, name === 'approve' ? 'Approve' : 'Discard'),
    print(output, surroundings) {
      const { terminal } = surroundings;
      terminal.out(done(output, surroundings));
      if (output.left > 0) terminal.out(`${count(output.left, 'other change waits', 'other changes wait')} as before.\n`);
    },
  });
}

export const approve: Command = make(
  'approve',
  {
    summary: 'let a first plan, or held changes, go to the target',
    about: [
      'A new target is only watched until its first plan is approved. A gate holds a kind of change when there is an unusual number of it. Both wait here, and nothing of them is written before a person says so.',
      'A read that shows far less than the one before it, or lacks an attribute, changes nobody either: --read and --attribute say that it is right. --read names how many of each kind the read showed; the next complete read is believed if it shows no fewer, and one that shows fewer waits for an approval of its own. What comes of it still passes the gates.',
      'The approval covers exactly the changes shown: what changes afterwards is counted anew. On a terminal they are shown and you are asked; with --as and --reason they are shown, and decided without a question.',
    ],
    examples: [
      { line: 'rollcall approve directory', about: 'look at the first plan and decide' },
      { line: "rollcall approve directory --as 'Ada Lovelace' --reason 'CHG-1042'", about: 'without questions' },
      { line: 'rollcall approve hr --read', about: 'the smaller file from HR is right: who is missing has left' },
      { line: 'rollcall approve 3 --only zoe.celik --only j.doe', about: 'two changes of hold 3, the others stay held' },
    ],
  },
  approveOperation,
  (output, surroundings) =>
    (output.what === 'read'
      ? acceptedText(output, surroundings.terminal.paint)
      : `${surroundings.terminal.paint.green('✓')} ${count(output.decided, 'change')} of ${printable(output.connection)} approved`) +
    `${output.what === 'firstPlan' ? '; from now on Rollcall writes to it' : ''}. Nothing was written yet.\n` +
    // What comes of a read is not seen before it is read.
    nextStep(surroundings, output.what === 'read' ? 'plan --read' : `run ${printable(output.connection)}`),
);

function acceptedText({ connection, accepted, read }: ApproveOutput, paint: Paint): string {
  const name = printable(connection);
  const kinds = (read ?? []).map(
    ({ kind, shown, before }) => `${number(shown)} of kind ${printable(kind)} (${number(before)} before)`,
  );
  return accepted === null
    ? `${paint.green('✓')} The next complete read of ${name} is believed if it shows no less than the one that is approved, ${listing(kinds)}: who is missing there has left`
    : `${paint.green('✓')} ${printable(accepted)} of ${name} is believed as the next complete read has it, also where it is empty`;
}

export const discard: Command = make(
  'discard',
  {
    summary: 'do not make held changes, and do not ask again',
    about: [
      'A discarded change is not made until what causes it changes: then it is a new change and is counted, and held, anew.',
    ],
    examples: [{ line: 'rollcall discard directory --only j.doe', about: 'leave this account as it is' }],
  },
  discardOperation,
  (output, { terminal: { paint } }) =>
    `${paint.green('✓')} ${count(output.decided, 'change')} of ${printable(output.connection)} discarded. The accounts stay as they are.\n`,
);
