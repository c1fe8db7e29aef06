/** rollcall reports, rollcall groups, rollcall members */
import { members as membersOperation } from '#operations/members';
import { groups as groupsOperation, type ReferringOutput, reports as reportsOperation } from '#operations/reports';
import { type Arguments, type Command, command, type Option, type Surroundings } from '../command.ts';
import { table } from '../table.ts';
import { printable } from '../terminal.ts';
import { wholeNumber } from './numbers.ts';

const LIMIT: Option = { name: 'limit', value: 'N', about: 'How many (default: 50).' };
const AFTER: Option = { name: 'after', value: 'ID', about: 'Go on after this id.' };

const input = (args: Arguments): object => ({
  person: args.positionals[0],
  limit: wholeNumber(args, 'limit'),
  after: wholeNumber(args, 'after'),
});

function print({ objects, next }: ReferringOutput, { terminal, quiet }: Surroundings): void {
  const { paint, width } = terminal;
  if (objects.length === 0) terminal.out('There are none.\n');
  else
    terminal.out(
      table(
        [{ title: 'id', whole: true }, { title: 'name' }, { title: 'state' }],
        objects.map((one) => [{ text: `#${one.id}`, paint: paint.cyan }, printable(one.label), one.state]),
        { width, head: paint.dim },
      ),
    );
  if (next !== null && !quiet) terminal.err(paint.dim(`There are more: add --after ${next}.\n`));
}

export const reports: Command = command({
  name: 'reports',
  summary: 'the people whose manager somebody is',
  about: ['By the agreed manager, whichever source says it.'],
  positionals: [{ name: 'PERSON', about: "An id (#42), 'hr:E123', a login, a mail or a name.", required: true }],
  options: [LIMIT, AFTER],
  examples: [{ line: 'rollcall reports zcelik', about: 'her team' }],
  operation: reportsOperation,
  input,
  print,
});

export const groups: Command = command({
  name: 'groups',
  summary: 'the groups somebody is in',
  about: ['By what the sources of groups say; what is only wanted in a target is in rollcall explain.'],
  positionals: [{ name: 'PERSON', about: "An id (#42), 'hr:E123', a login, a mail or a name.", required: true }],
  options: [LIMIT, AFTER],
  examples: [{ line: 'rollcall groups zcelik', about: 'all of hers' }],
  operation: groupsOperation,
  input,
  print,
});

export const members: Command = command({
  name: 'members',
  summary: 'whom a group has',
  about: ['As the source with the word says it, page by page, however large the group is.'],
  positionals: [{ name: 'GROUP', about: 'An id (#42), or its name.', required: true }],
  options: [LIMIT, { name: 'after', value: 'TEXT', about: 'Go on after what the page before ended with.' }],
  examples: [{ line: 'rollcall members staff --limit 100', about: 'the first hundred' }],
  operation: membersOperation,
  input: (args) => ({ group: args.positionals[0], limit: wholeNumber(args, 'limit'), after: args.text('after') }),
  print({ members: found, next }, { terminal, quiet }) {
    const { paint, width } = terminal;
    if (found.length === 0) terminal.out('There are none.\n');
    else
      terminal.out(
        table(
          [{ title: 'id', whole: true }, { title: 'name' }, { title: 'as' }, { title: 'in' }],
          found.map((one) => [
            { text: one.id === null ? '' : `#${one.id}`, paint: paint.cyan },
            printable(one.label ?? ''),
            printable(one.key),
            printable(one.connection),
          ]),
          { width, head: paint.dim },
        ),
      );
    if (next !== null && !quiet) terminal.err(paint.dim(`There are more: add --after '${printable(next)}'.\n`));
  },
});
