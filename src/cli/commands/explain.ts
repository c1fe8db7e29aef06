/** rollcall explain */
import { explain as operation } from '#operations/explain';
import { type Command, command } from '../command.ts';
import { explainText } from '../explain-text.ts';
import { PERSON_ARGUMENT } from './history.ts';

export const explain: Command = command({
  name: 'explain',
  summary: 'why a person is as they are: winner, losers, rule and source of every value',
  about: [
    'Works the rules out once more and shows for each value which source won, which lost and why, when it last changed, and how it stands in every target. Where the stored value differs from what the rules give now, it names the reason.',
  ],
  positionals: [PERSON_ARGUMENT, { name: 'ATTRIBUTE', about: 'Only this attribute, with everything about it.', required: false }],
  options: [],
  examples: [
    { line: 'rollcall explain zoe.celik', about: 'everything, one line per value' },
    { line: 'rollcall explain hr:E1042 mail', about: 'why she has this mail address' },
  ],
  operation,
  input: (args) => ({ person: args.positionals[0], attribute: args.positionals[1] }),
  print(person, { terminal }, args) {
    terminal.out(explainText(person, args.positionals[1], terminal));
  },
});
