/** Who decides and why: from --as and --reason, or asked for on a terminal. */
import { openAsker } from '../ask.ts';
import { type Arguments, type Option, type Surroundings, UsageError } from '../command.ts';

export const DECIDER_OPTIONS: readonly Option[] = [
  { name: 'as', value: 'NAME', about: 'Who decides; kept for ever with the decision.' },
  { name: 'reason', value: 'TEXT', about: 'Why; kept for ever with the decision.' },
];

/** Whether somebody is there to answer. */
export function canAsk({ terminal, json }: Surroundings): boolean {
  return !json && terminal.streams.stdin.isTTY === true && terminal.streams.stderr.isTTY === true;
}

/** Errors: UsageError when one is missing and nobody can be asked. */
export async function decider(args: Arguments, surroundings: Surroundings): Promise<{ by: string; reason: string }> {
  const by = args.text('as');
  const reason = args.text('reason');
  if (by !== undefined && reason !== undefined) return { by, reason };
  if (!canAsk(surroundings)) {
    throw new UsageError('A decision needs a name and a reason.', "Add --as 'Ada Lovelace' --reason 'checked the list with HR'.");
  }
  const asker = openAsker(surroundings.terminal);
  try {
    return { by: by ?? (await asker.text('Who decides?')), reason: reason ?? (await asker.text('Why?')) };
  } finally {
    asker.close();
  }
}
