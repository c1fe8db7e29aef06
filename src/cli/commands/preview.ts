/** rollcall preview */
import { accountName } from '#core/label';
import { meaningOf } from '#operations/parked';
import { preview as operation, type PreviewOutput } from '#operations/preview';
import { changeLines } from '../change.ts';
import { type Command, command } from '../command.ts';
import { exportText } from '../plan-text.ts';
import { type Paint, printable } from '../terminal.ts';
import { operator } from './run.ts';

const LINKS: { readonly [how: string]: string } = {
  joined: 'joins',
  projected: 'makes a new person:',
  provisioned: 'is the account of',
  decided: 'belongs, by a decision, to',
};
const PRESENCE: { readonly [presence: string]: string } = {
  present: '',
  pending: ', not there yet',
  held: ', missing in the last read but not believed gone',
  gone: ', gone',
};

export const preview: Command = command({
  name: 'preview',
  summary: 'show what would come of one object of one system; changes nothing',
  about: [
    'Takes the object as it was last read and shows whom it joins, what the person becomes, and what each target would get.',
  ],
  positionals: [
    { name: 'CONNECTION', about: 'The connection the object is in.', required: true },
    { name: 'ANCHOR', about: 'Its number there, such as an employee number, or its name, such as a DN.', required: true },
  ],
  options: [],
  examples: [{ line: 'rollcall preview hr E1042', about: 'one employee, from HR to the targets' }],
  operation,
  input: (args, surroundings) => ({
    connection: args.positionals[0],
    anchor: args.positionals[1],
    by: operator(surroundings),
  }),
  print(found, { terminal }) {
    const { paint } = terminal;
    terminal.out(
      `${paint.bold(`${printable(found.connection)} ${printable(accountName(found) ?? '')}`)}  ${found.kind}${PRESENCE[found.presence] ?? ''}\n` +
        changeLines(null, found.seen, paint, '    '),
    );
    terminal.out(personText(found, paint));
    for (const line of found.exports) {
      const fate =
        line.state === 'observed'
          ? 'only watched, not written'
          : line.state === 'held'
            ? 'held, not written'
            : 'written by the next run';
      terminal.out(`\n${paint.bold(printable(line.connection))}  ${paint.dim(fate)}\n${exportText(line, terminal)}`);
    }
    if (found.object !== null && found.exports.length === 0) terminal.out('\nNothing would be written to any target.\n');
    for (const item of found.parked)
      terminal.out(`\n${paint.yellow('!')} ${printable(item.kind)}: ${meaningOf(item.kind).meaning}\n`);
  },
});

function personText({ object }: PreviewOutput, paint: Paint): string {
  if (object === null) return '\nIt belongs to nobody.\n';
  const changes = changeLines(object.before, object.after, paint, '    ');
  return (
    `\n${(object.isNew || object.link !== 'projected' ? LINKS[object.link] : undefined) ?? 'belongs to'} ${paint.bold(printable(object.label))} ${paint.dim(object.isNew ? '' : `#${object.id}`)} ${object.state}`.trimEnd() +
    `\n${changes === '' ? paint.dim('    nothing of this person would change\n') : changes}`
  );
}
