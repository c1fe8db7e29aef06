/** rollcall parked decide-all */
import { perform } from '#operations/operation';
import { parked, parkedKinds } from '#operations/parked';
import { parkedDecideAll as operation } from '#operations/parked-all';
import { openAsker } from '../ask.ts';
import { type Arguments, type Command, command, Declined, nextStep, type Surroundings, UsageError } from '../command.ts';
import { printable } from '../terminal.ts';
import { count, number } from '../write.ts';
import { canAsk, DECIDER_OPTIONS, decider } from './decider.ts';

const KINDS = parkedKinds();

export const parkedDecideAll: Command = command({
  name: 'parked decide-all',
  summary: 'decide all parked items of a kind alike',
  about: [
    'Each is decided as by itself, and the decisions are kept one by one. Items that somebody said to ignore stay as they are, and so does each for which the choice is not possible.',
    "On a terminal you are told how many there are and asked; with --as and --reason it is decided without a question. 'rollcall parked' with the same options lists them.",
  ],
  positionals: [
    { name: 'CHOICE', about: 'One of the choices of the kind that needs no person and no value, such as retry.', required: true },
  ],
  options: [
    { name: 'kind', value: 'KIND', about: 'All of this kind.', complete: { words: KINDS }, words: KINDS },
    { name: 'connection', value: 'CONNECTION', about: 'Only those of this connection.' },
    ...DECIDER_OPTIONS,
  ],
  examples: [
    {
      line: "rollcall parked decide-all retry --kind refused --connection directory --as 'Ada Lovelace' --reason 'the right is given'",
      about: 'try all again that the directory refused',
    },
  ],
  operation,
  async input(args, surroundings) {
    const kind = args.text('kind');
    if (kind === undefined)
      throw new UsageError('Which items are meant?', 'Add --kind KIND, and --connection CONNECTION where they are of one.');
    const which = { kind, connection: args.text('connection') };
    if (canAsk(surroundings) && (args.text('as') === undefined || args.text('reason') === undefined))
      await ask(which, args, surroundings);
    return { choice: args.positionals[0], ...which, ...(await decider(args, surroundings)) };
  },
  print({ kind, connection, choice, decided, left, why }, surroundings) {
    const { terminal } = surroundings;
    const { paint } = terminal;
    const what = `${count(decided, 'item')} (${printable(kind)})${connection === null ? '' : ` of ${printable(connection)}`}`;
    terminal.out(`${paint.green('✓')} ${what} decided: ${printable(choice)}. Nothing was written yet.\n`);
    if (why !== null)
      terminal.out(
        `${paint.yellow('!')} ${count(left, 'other item waits', 'other items wait')} as before; item ${number(why.item)}: ${printable(why.message)}\n`,
      );
    if (decided > 0) terminal.out(nextStep(surroundings, `run${connection === null ? '' : ` ${printable(connection)}`}`));
  },
});

async function ask(
  { kind, connection }: { readonly kind: string; readonly connection: string | undefined },
  args: Arguments,
  surroundings: Surroundings,
): Promise<void> {
  const { counts } = await perform(parked, { kind, connection }, surroundings.session);
  const all = counts.filter((one) => one.kind === kind && (connection ?? one.connection) === one.connection);
  const total = all.reduce((sum, one) => sum + one.count, 0);
  const asker = openAsker(surroundings.terminal);
  try {
    if (!(await asker.yes(`Decide '${args.positionals[0]}' for all ${number(total)}?`, false))) throw new Declined();
  } finally {
    asker.close();
  }
}
