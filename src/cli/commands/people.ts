/** rollcall people */

import { grouped } from '#core/text';
import { people as operation } from '#operations/people';
import { type Command, command } from '../command.ts';
import { table } from '../table.ts';
import { printable } from '../terminal.ts';
import { wholeNumber } from './numbers.ts';

export const people: Command = command({
  name: 'people',
  summary: 'find people and groups',
  about: [
    'Finds by the beginnings of words in names, logins, mails and numbers. Case and accents do not matter. Without words it lists everybody.',
  ],
  positionals: [{ name: 'WORD', about: 'Beginnings of words, in any order.', required: false, many: true }],
  options: [
    { name: 'kind', value: 'KIND', about: 'Only this kind.', complete: { words: ['person', 'group'] } },
    { name: 'limit', value: 'N', about: 'How many (default: 50).' },
    { name: 'after', value: 'ID', about: 'Go on after this id.' },
  ],
  examples: [
    { line: 'rollcall people zoe', about: "finds 'Zoë Çelik' too" },
    { line: 'rollcall people --kind group sales', about: 'groups only' },
  ],
  operation,
  input: (args) => ({
    text: args.positionals.join(' '),
    kind: args.text('kind'),
    limit: wholeNumber(args, 'limit'),
    after: wholeNumber(args, 'after'),
    complete: true,
  }),
  print({ people: found, next, unindexed }, { terminal, quiet }) {
    const { paint, width } = terminal;
    if (unindexed > 0)
      terminal.err(paint.yellow(`The search index is being made: ${grouped(unindexed)} people were not looked at.\n`));
    if (found.length === 0) {
      terminal.out('Nobody was found.\n');
      return;
    }
    const rows = found.map((one) => [
      { text: `#${one.id}`, paint: paint.cyan },
      { text: printable(one.label), paint: paint.bold },
      printable(one.login ?? ''),
      printable(one.mail ?? ''),
      printable(one.department ?? ''),
      {
        text: one.kind === 'person' ? one.state : `${one.kind}, ${one.state}`,
        paint: one.state === 'active' ? paint.green : paint.dim,
      },
    ]);
    terminal.out(
      table(
        [
          { title: 'id', whole: true },
          { title: 'name' },
          { title: 'login' },
          { title: 'mail' },
          { title: 'department' },
          { title: 'state' },
        ],
        rows,
        { width, head: paint.dim },
      ),
    );
    if (next !== null && !quiet) terminal.err(paint.dim(`There are more: add --after ${next}, or another word.\n`));
  },
});
