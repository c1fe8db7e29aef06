/** rollcall person export, rollcall person erase, rollcall person readmit */
import { personErase as eraseOperation } from '#operations/person-erase';
import { personExport as exportOperation } from '#operations/person-export';
import { personReadmit as readmitOperation } from '#operations/person-readmit';
import { type Command, command } from '../command.ts';
import { printable } from '../terminal.ts';
import { count } from '../write.ts';
import { writeOut } from '../write-file.ts';
import { DECIDER_OPTIONS, decider } from './decider.ts';
import { operator } from './run.ts';

const PERSON = { name: 'PERSON', about: "An id (#42), 'hr:E123', a login, a mail or a name.", required: true } as const;

export const personExport: Command = command({
  name: 'person export',
  summary: 'everything that is held about a person, as JSON',
  about: [
    'Agreed values and where each comes from, what every connection has, history, decisions, parked items, the audit log, photos. The audit log says that it was done.',
  ],
  positionals: [
    PERSON,
    { name: 'FILE', about: 'Where to write it: a new file, which only you can read.', required: true, complete: 'file' },
  ],
  options: [],
  examples: [{ line: 'rollcall person export zcelik zoe.json', about: 'what she may ask for' }],
  operation: exportOperation,
  input: (args) => ({ person: args.positionals[0] }),
  async finish(output, _, args) {
    await writeOut(args.positionals[1]!, `${JSON.stringify(output, null, 2)}\n`, { isPrivate: true });
  },
  print({ held }, { terminal }, args) {
    const accounts = count(held.accounts.length, 'account');
    terminal.out(`${terminal.paint.green('✓')} ${args.positionals[1]}: ${accounts}, ${count(held.history.length, 'change')}\n`);
  },
});

export const personErase: Command = command({
  name: 'person erase',
  summary: 'erase a person: what goes, what stays and why',
  about: [
    'Without --now it shows what would go and what stays. With --now it is done and cannot be taken back: values go from every table, from the search index and from the files of the store, which is written anew for it.',
    'A source may go on showing the person, and an identity provider may create them anew: they are not taken in again, unless person readmit says so. Accounts that are still there in targets are ended first, or left alone for good with --accounts-stay.',
  ],
  positionals: [PERSON],
  options: [
    { name: 'now', about: 'Erase.' },
    { name: 'accounts-stay', about: 'Leave accounts in targets as they are.' },
    ...DECIDER_OPTIONS,
  ],
  examples: [
    { line: 'rollcall person erase zcelik', about: 'what would go' },
    { line: "rollcall person erase zcelik --now --as 'Ada Lovelace' --reason 'her letter of 3 March'", about: 'do it' },
  ],
  operation: eraseOperation,
  async input(args, surroundings) {
    const confirm = args.has('now');
    const who = confirm ? await decider(args, surroundings) : { by: args.text('as') ?? operator(surroundings) };
    return { person: args.positionals[0], confirm, accountsStay: args.has('accounts-stay'), ...who };
  },
  print({ person, goes, stays, standing, erased }, { terminal }) {
    const { paint } = terminal;
    if (erased !== null) {
      terminal.out(
        `${paint.green('✓')} #${person} is erased: ${count(erased.accounts, 'account')}, ${count(erased.changes, 'change')}.\n`,
      );
      return;
    }
    terminal.out(`${paint.bold('What goes')}: ${printable(goes.attributes.join(', '))}\n`);
    for (const one of goes.accounts)
      terminal.out(`  ${printable(one.connection)} ${paint.dim(`${printable(one.account ?? '')}, ${one.presence}`)}\n`);
    terminal.out(`${paint.bold('What stays')}\n`);
    for (const one of stays) terminal.out(`  ${one}\n`);
    for (const one of standing)
      terminal.err(`${paint.yellow('!')} ${printable(one.connection)} ${printable(one.account ?? '')} is still there.\n`);
  },
});

export const personReadmit: Command = command({
  name: 'person readmit',
  summary: 'let somebody who was erased come back',
  about: [
    'What was erased stays so. A source that still shows the person, or a provider that creates them again, brings them back as somebody new, with the values that it has.',
  ],
  positionals: [
    {
      name: 'PERSON',
      about: "The number that the erasure said (#42), or what a source knows them by: 'hr:E123', 'okta:zcelik@firm.example'.",
      required: true,
    },
  ],
  options: DECIDER_OPTIONS,
  examples: [
    {
      line: "rollcall person readmit okta:zcelik@firm.example --as 'Ada Lovelace' --reason 'hired again'",
      about: 'somebody comes back',
    },
  ],
  operation: readmitOperation,
  input: async (args, surroundings) => ({ person: args.positionals[0], ...(await decider(args, surroundings)) }),
  print({ person }, { terminal }) {
    terminal.out(`${terminal.paint.green('✓')} #${person} is kept out no more.\n`);
  },
});
