/** rollcall preview */
import { preview as operation } from '#operations/preview';
import { type Command, command } from '../command.ts';
import { planText } from '../plan-text.ts';

export const preview: Command = command({
  name: 'preview',
  summary: 'show what would happen for one object of one system; changes nothing',
  about: [
    'Reads nothing anew: takes the object as it was last read and shows whom it joins, what the person becomes, and what each target would get.',
  ],
  positionals: [
    { name: 'CONNECTION', about: 'The connection the object is in.', required: true },
    { name: 'ANCHOR', about: 'Its number there, such as an employee number.', required: true },
  ],
  options: [],
  examples: [{ line: 'rollcall preview hr E1042', about: 'before the first run of a new mapping' }],
  operation,
  input: (args) => ({ connection: args.positionals[0], anchor: args.positionals[1] }),
  print(planned, { terminal }) {
    terminal.out(planText(planned, 100, terminal));
  },
});
