/** rollcall account invite, list, disable, enable, reset */
import {
  type AccountLink,
  accountDisable as disableOperation,
  accountEnable as enableOperation,
  accountInvite as inviteOperation,
  accountList as listOperation,
  accountReset as resetOperation,
} from '#operations/accounts';
import { ROLES } from '#operations/operation';
import { type Command, command, type Surroundings } from '../command.ts';
import { table } from '../table.ts';
import { printable } from '../terminal.ts';
import { time } from '../write.ts';
import { wholeNumber } from './numbers.ts';
import { PERSON_OPTION } from './run.ts';

const NAME = { name: 'NAME', about: "Its name or id, from 'rollcall account list'.", required: true } as const;

function linkText({ link, expiresAt, name }: AccountLink, { terminal, quiet }: Surroundings): void {
  terminal.out(`${link}\n`);
  if (quiet) return;
  terminal.err(
    terminal.paint.dim(
      `This is shown once: give it to ${printable(name)} alone. It is good for one password, until ${time(expiresAt)}.\n`,
    ),
  );
}

export const accountInvite: Command = command({
  name: 'account invite',
  summary: 'an account for somebody who is to work with Rollcall',
  about: [
    'Prints a link by which they choose a password, once and within a day. Only a hash of it is kept. Whoever signs in at an identity provider needs no account: they get one, with the roles that rollcall.yaml says.',
    'administrator may do everything; operator runs, approves and decides; auditor reads all and changes nothing; person sees the own profile.',
  ],
  positionals: [{ name: 'NAME', about: 'What they sign in with, such as a mail address.', required: true, complete: 'none' }],
  options: [
    {
      name: 'role',
      value: 'ROLE',
      many: true,
      about: `What they may do, one or more of ${ROLES.join(', ')} (with --person: person).`,
      words: ROLES,
    },
    { name: PERSON_OPTION.name, value: 'PERSON', about: 'Whose account it is; needed for the role person.' },
  ],
  examples: [
    { line: 'rollcall account invite ada@example.org --role operator', about: 'somebody who runs and approves' },
    { line: "rollcall account invite zoe --person 'hr:E1042'", about: 'somebody who sees the own profile' },
  ],
  operation: inviteOperation,
  input(args) {
    const roles = args.all('role');
    return { name: args.positionals[0], ...(roles.length === 0 ? {} : { roles }), person: args.text('person') };
  },
  print: linkText,
});

export const accountList: Command = command({
  name: 'account list',
  summary: 'accounts: who may sign in, and what they may do',
  about: [],
  positionals: [],
  options: [
    { name: 'limit', value: 'N', about: 'How many (default: 100).' },
    { name: 'after', value: 'ID', about: 'Go on after this account.' },
  ],
  examples: [{ line: 'rollcall account list', about: 'everybody' }],
  operation: listOperation,
  input: (args) => ({ limit: wholeNumber(args, 'limit'), after: args.text('after') }),
  print({ accounts, next }, { terminal, quiet }) {
    const { paint, width } = terminal;
    if (accounts.length === 0) terminal.out("There is no account yet. 'rollcall serve' prints how the first one is made.\n");
    else {
      const how = { password: 'with a password', elsewhere: 'at the identity provider', none: 'not yet' } as const;
      const rows = accounts.map((one) => [
        printable(one.name),
        one.roles.join(', '),
        how[one.signsIn],
        one.disabledAt === null ? '' : { text: 'disabled', paint: paint.yellow },
        { text: one.id, paint: paint.cyan },
      ]);
      const columns = [{ title: 'name' }, { title: 'roles' }, { title: 'signs in' }, { title: '' }, { title: 'id', whole: true }];
      terminal.out(table(columns, rows, { width, head: paint.dim }));
    }
    if (next !== null && !quiet) terminal.err(paint.dim(`\nThere are more: add --after ${next}.\n`));
  },
});

export const accountDisable: Command = command({
  name: 'account disable',
  summary: 'nobody signs in to an account any more',
  about: ['Whoever is signed in is not any more. Tokens that they made go on: see token list.'],
  positionals: [NAME],
  options: [],
  examples: [{ line: 'rollcall account disable ada@example.org', about: 'somebody who left' }],
  operation: disableOperation,
  input: (args) => ({ name: args.positionals[0] }),
  print({ name, wasLastAdministrator }, { terminal }) {
    const { paint } = terminal;
    terminal.out(`${paint.green('✓')} ${printable(name)} is disabled.\n`);
    if (wasLastAdministrator)
      terminal.out(
        `${paint.yellow('!')} No administrator is left.\n  → invite one: rollcall account invite NAME --role administrator\n`,
      );
  },
});

export const accountEnable: Command = command({
  name: 'account enable',
  summary: 'an account that was disabled may be used again',
  about: ['With the password it had.'],
  positionals: [NAME],
  options: [],
  examples: [{ line: 'rollcall account enable ada@example.org', about: 'somebody who came back' }],
  operation: enableOperation,
  input: (args) => ({ name: args.positionals[0] }),
  print({ name }, { terminal }) {
    terminal.out(`${terminal.paint.green('✓')} ${printable(name)} may sign in again.\n`);
  },
});

export const accountReset: Command = command({
  name: 'account reset',
  summary: 'a link by which somebody chooses a new password',
  about: [
    'Good once, within a day; an earlier one is not any more. The password so far is good until then. Whoever is signed in is signed out when the new one is chosen.',
  ],
  positionals: [NAME],
  options: [],
  examples: [{ line: 'rollcall account reset ada@example.org', about: 'a password that was forgotten' }],
  operation: resetOperation,
  input: (args) => ({ name: args.positionals[0] }),
  print: linkText,
});
