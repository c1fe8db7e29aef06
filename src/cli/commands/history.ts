/** rollcall history */
import { accountName } from '#core/label';
import { history as operation } from '#operations/history';
import { changeLines, happened } from '../change.ts';
import { type Command, command, type Positional } from '../command.ts';
import { printable } from '../terminal.ts';
import { time } from '../write.ts';
import { wholeNumber } from './numbers.ts';

export const PERSON_ARGUMENT: Positional = {
  name: 'PERSON',
  about: "An id (#42), 'hr:E123', a login, a mail or a name.",
  required: true,
};

export const history: Command = command({
  name: 'history',
  summary: 'what happened to one person, newest first',
  about: ['Changes of the agreed values and of every linked account, with the run that made them.'],
  positionals: [PERSON_ARGUMENT],
  options: [
    { name: 'limit', value: 'N', about: 'How many (default: 50).' },
    { name: 'before', value: 'N', about: 'Go on before this change.' },
  ],
  examples: [{ line: 'rollcall history zoe.celik', about: 'by login' }],
  operation,
  input: (args) => ({ person: args.positionals[0], limit: wholeNumber(args, 'limit'), before: wholeNumber(args, 'before') }),
  print(person, { terminal, quiet }) {
    const { paint } = terminal;
    terminal.out(
      `${paint.bold(printable(person.label))} ${paint.dim(`#${person.id}, ${person.kind}, known since run ${person.createdRun}`)}\n`,
    );
    let last = -1;
    for (const one of person.changes) {
      if (one.run !== last)
        terminal.out(`\n${paint.cyan(`run ${one.run}`)}  ${time(one.at)}${one.by === null ? '' : `  ${printable(one.by)}`}\n`);
      last = one.run;
      const what =
        one.connection === null ? 'agreed values' : `${printable(one.connection)} ${printable(accountName(one) ?? '')}`.trimEnd();
      terminal.out(`  ${what}: ${happened(one.operation)}\n${changeLines(one.before, one.after, paint, '    ')}`);
    }
    if (person.changes.length === 0) terminal.out('\nNo change of this person is kept.\n');
    if (person.next !== null && !quiet) terminal.err(paint.dim(`\nThere are more: add --before ${person.next}.\n`));
  },
});
