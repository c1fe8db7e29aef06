/** rollcall link, rollcall unlink, rollcall fix */
import { fix as fixOperation } from '#operations/fix';
import { link as linkOperation, unlink as unlinkOperation } from '#operations/link';
import { type Command, command, nextStep, type Positional, UsageError } from '../command.ts';
import { printable, type Terminal } from '../terminal.ts';
import { value } from '../write.ts';
import { DECIDER_OPTIONS, decider } from './decider.ts';
import { PERSON_ARGUMENT } from './history.ts';

const CONNECTION: Positional = { name: 'CONNECTION', about: 'The connection the object is in.', required: true };
const ANCHOR: Positional = {
  name: 'ANCHOR',
  about: 'Its number there, such as an employee number, or its name, such as a DN.',
  required: true,
};
const LATER =
  "Nothing is written before the next run; 'rollcall plan' shows what it would do. 'rollcall decisions revoke' takes it back.";

function heldText(connection: string, anchor: string, paint: Terminal['paint']): string {
  const name = printable(connection);
  return (
    `${paint.yellow('!')} ${printable(`${connection}:${anchor}`)} stays as it is: more accounts of ${name} would lose the person they belong to than the gate 'unlink' lets. The decision is held.\n` +
    `  ${paint.dim('→')} rollcall approve ${name}\n`
  );
}

export const link: Command = command({
  name: 'link',
  summary: 'say whose an object of a system is',
  about: [
    'The link outranks the join rules and survives full runs. Whom it was linked to before loses it. Who has an account in that target, or a row in that source, gets no second one: unlink the other first. Where people may have several, the rules say `many: true`.',
    LATER,
  ],
  positionals: [CONNECTION, ANCHOR, PERSON_ARGUMENT],
  options: DECIDER_OPTIONS,
  examples: [
    {
      line: "rollcall link directory uid=zcelik,ou=people,dc=example,dc=org hr:E1042 --as 'Ada Lovelace' --reason 'asked her'",
      about: 'an account under another name',
    },
  ],
  operation: linkOperation,
  async input(args, surroundings) {
    const [connection, anchor, person] = args.positionals;
    return { connection, anchor, person, ...(await decider(args, surroundings)) };
  },
  print({ connection, anchor, person, before, label, held }, surroundings) {
    const { terminal } = surroundings;
    const { paint } = terminal;
    if (held) return terminal.out(heldText(connection, anchor, paint));
    const moved = before === null || before === person ? '' : `, and no longer to #${before}`;
    terminal.out(
      `${paint.green('✓')} ${printable(`${connection}:${anchor}`)} belongs to ${named(label, person)}${moved}. Nothing was written yet.\n${nextStep(surroundings, 'plan')}`,
    );
  },
});

export const unlink: Command = command({
  name: 'unlink',
  summary: 'say that an object of a system is not the person it is linked to',
  about: [
    'It is never linked to that person again and may be joined to somebody else by rule. An account in a target stays as it is: it is not disabled and not deleted.',
    LATER,
  ],
  positionals: [CONNECTION, ANCHOR],
  options: DECIDER_OPTIONS,
  examples: [
    {
      line: "rollcall unlink directory uid=zcelik,ou=people,dc=example,dc=org --as 'Ada Lovelace' --reason 'a namesake'",
      about: 'a wrong match',
    },
  ],
  operation: unlinkOperation,
  async input(args, surroundings) {
    return { connection: args.positionals[0], anchor: args.positionals[1], ...(await decider(args, surroundings)) };
  },
  print({ connection, anchor, before, label, held, keeps }, surroundings) {
    const { terminal } = surroundings;
    const { paint } = terminal;
    if (held) return terminal.out(heldText(connection, anchor, paint));
    terminal.out(
      `${paint.green('✓')} ${printable(`${connection}:${anchor}`)} does not belong to ${named(label, before)}. Nothing was written yet.\n`,
    );
    for (const name of keeps)
      terminal.out(
        `${paint.yellow('!')} ${named(label, before)} keeps the ${printable(name)} of that account. Another one: rollcall fix '#${before}' ${printable(name)} VALUE\n`,
      );
    terminal.out(nextStep(surroundings, 'plan'));
  },
});

export const fix: Command = command({
  name: 'fix',
  summary: 'fix a value of a person, whatever rules and sources say',
  about: [LATER],
  positionals: [
    PERSON_ARGUMENT,
    { name: 'ATTRIBUTE', about: 'Its name, such as title.', required: true },
    { name: 'VALUE', about: 'The value, or several; left out with --empty.', required: false, many: true },
  ],
  options: [{ name: 'empty', about: 'There is to be no value.' }, ...DECIDER_OPTIONS],
  examples: [
    {
      line: "rollcall fix hr:E1042 displayName 'Zoë Çelik' --as 'Ada Lovelace' --reason 'her spelling'",
      about: 'until HR is mended',
    },
  ],
  operation: fixOperation,
  async input(args, surroundings) {
    const [person, attribute, ...values] = args.positionals;
    // A value that was forgotten would be taken away everywhere.
    if ((values.length === 0) !== args.has('empty'))
      throw new UsageError('It takes either a value or --empty.', 'Write the value, or add --empty.');
    return { person, attribute, values, ...(await decider(args, surroundings)) };
  },
  print({ person, attribute, value: fixed }, surroundings) {
    const { terminal } = surroundings;
    const { paint } = terminal;
    terminal.out(
      `${paint.green('✓')} ${printable(attribute)} of #${person} is ${value(fixed)}. Nothing was written yet.\n${nextStep(surroundings, 'plan')}`,
    );
  },
});

function named(label: string | null, id: number | null): string {
  return label === null || label === `#${id}` ? `#${id}` : `${printable(label)} (#${id})`;
}
