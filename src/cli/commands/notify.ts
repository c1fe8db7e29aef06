/** rollcall notify test */
import { notifyTest as operation } from '#operations/notify-test';
import { type Command, command, EXIT } from '../command.ts';
import { faultText } from '../fault.ts';
import { printable } from '../terminal.ts';

export const notifyTest: Command = command({
  name: 'notify test',
  summary: 'send a trial message to those who are told when something is amiss',
  about: ['Sends one message that says that nothing is amiss, and whether it was taken. The store is not opened.'],
  positionals: [
    {
      name: 'RECEIVER',
      about: 'Receivers under notify in rollcall.yaml (default: all).',
      required: false,
      many: true,
      complete: 'none',
    },
  ],
  options: [],
  examples: [
    { line: 'rollcall notify test', about: 'everybody' },
    { line: 'rollcall notify test admins', about: 'one receiver' },
  ],
  operation,
  input: (args) => ({ receivers: args.positionals }),
  print({ receivers }, { terminal }) {
    const { paint } = terminal;
    for (const { receiver, by, fault } of receivers) {
      const name = `${paint.bold(printable(receiver))} ${paint.dim(by)}`;
      if (fault === null) terminal.out(`${paint.green('✓')} ${name}  took it\n`);
      else terminal.out(`${paint.red('✗')} ${name}  was not told\n${faultText(fault, paint).replace(/^/gm, '  ').trimEnd()}\n`);
    }
  },
  exit: ({ receivers }) => (receivers.every(({ outcome }) => outcome === 'sent') ? EXIT.ok : EXIT.error),
});
