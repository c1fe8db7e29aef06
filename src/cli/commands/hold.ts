/** rollcall hold, rollcall release */
import { hold as holdOperation, release as releaseOperation } from '#operations/hold';
import { type Arguments, type Command, command, nextStep, type Surroundings } from '../command.ts';
import { printable } from '../terminal.ts';
import { time } from '../write.ts';
import { DECIDER_OPTIONS, decider } from './decider.ts';

const CONNECTION = { name: 'CONNECTION', about: 'Its name in rollcall.yaml.', required: true } as const;

async function input(args: Arguments, surroundings: Surroundings): Promise<unknown> {
  return { connection: args.positionals[0], ...(await decider(args, surroundings)) };
}

export const hold: Command = command({
  name: 'hold',
  summary: 'neither read from nor write to a connection until it is released',
  about: [
    'Its data and the values it gave stay as they are; nobody is changed or disabled because of it. Every run says that it is held.',
  ],
  positionals: [CONNECTION],
  options: DECIDER_OPTIONS,
  examples: [{ line: "rollcall hold hr --as 'Ada Lovelace' --reason 'HR migrates this weekend'", about: 'before maintenance' }],
  operation: holdOperation,
  input,
  print({ connection, held, changed }, { terminal }) {
    const { paint } = terminal;
    const name = printable(connection);
    if (changed)
      terminal.out(
        `${paint.green('✓')} ${name} is held. Nothing is read from it or written to it.\n  ${paint.dim(`To use it again: rollcall release ${name}`)}\n`,
      );
    else
      terminal.out(`${name} was held already, by ${printable(held!.by)} since ${time(held!.at)}: ${printable(held!.reason)}\n`);
  },
});

export const release: Command = command({
  name: 'release',
  summary: 'use a held connection again',
  about: [
    'One that is not in rollcall.yaml any more is gone on without: the next run works out what that changes, through the gates.',
  ],
  positionals: [CONNECTION],
  options: DECIDER_OPTIONS,
  examples: [{ line: "rollcall release hr --as 'Ada Lovelace' --reason 'migration is done'", about: 'after maintenance' }],
  operation: releaseOperation,
  input,
  print({ connection, changed }, surroundings) {
    const { terminal } = surroundings;
    const { paint } = terminal;
    const name = printable(connection);
    if (changed)
      terminal.out(
        `${paint.green('✓')} ${name} is released; the next run goes by rollcall.yaml again.\n${nextStep(surroundings, 'plan')}`,
      );
    else terminal.out(`${name} was not held.\n`);
  },
});
