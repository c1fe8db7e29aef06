/** rollcall token create, list, rotate, revoke */
import {
  tokenCreate as createOperation,
  tokenList as listOperation,
  tokenRevoke as revokeOperation,
  tokenRotate as rotateOperation,
  TOKEN_ROLES,
  type TokenShown,
} from '#operations/tokens';
import { type Command, command, type Option, type Surroundings } from '../command.ts';
import { table } from '../table.ts';
import { printable } from '../terminal.ts';
import { time } from '../write.ts';
import { wholeNumber } from './numbers.ts';
import { operator } from './run.ts';

const EXPIRES: Option = {
  name: 'expires',
  value: 'WHEN',
  about: 'How long it is good: 90d, a date such as 2027-03-31, or never (default: 365d).',
};
const ID = {
  name: 'ID',
  about: "What its text has between rc_ and the next _; from 'rollcall token list'.",
  required: true,
} as const;

function shownText({ token, expiresAt, connection, reads }: TokenShown, { terminal, quiet }: Surroundings): void {
  const { paint } = terminal;
  terminal.out(`${token}\n`);
  if (quiet) return;
  const until = expiresAt === null ? 'It does not expire.' : `It expires ${time(expiresAt)}.`;
  const where =
    connection === null || reads ? 'the application' : `what pushes to ${printable(connection)}, or tells of its changes,`;
  terminal.err(paint.dim(`This is shown once and kept nowhere: put it into ${where} now. ${until}\n`));
}

export const tokenCreate: Command = command({
  name: 'token create',
  summary: 'a token for an identity provider or an application',
  about: [
    'With --connection it is for that connection alone: an identity provider may push to it by SCIM, or a system tell of its changes (/hooks/NAME), and do nothing else. It may also name a base URL of scim, from which an application reads. With --role it is for the API.',
    'Its text is printed once. The store keeps a hash of it, by which nobody can find the text.',
  ],
  positionals: [{ name: 'NAME', about: 'Who uses it, for people.', required: true, complete: 'none' }],
  options: [
    {
      name: 'connection',
      value: 'CONNECTION',
      about: 'For SCIM and webhooks: the connection that is pushed to, or told of; or the base URL of scim that is read.',
    },
    { name: 'read-only', about: 'Of a base URL of scim: it changes nothing, also where write of that base URL allows it.' },
    {
      name: 'role',
      value: 'ROLE',
      many: true,
      about: `For the API: what it may do, one or more of ${TOKEN_ROLES.join(', ')}.`,
      words: TOKEN_ROLES,
    },
    EXPIRES,
    { name: 'rate', value: 'N', about: 'Requests a second that it may make (default: what rollcall.yaml says).' },
  ],
  examples: [
    { line: "rollcall token create 'Okta' --connection okta --expires 90d --rate 50", about: 'an identity provider' },
    { line: "rollcall token create 'Wiki' --connection apps --read-only", about: 'an application that reads people by SCIM' },
    { line: "rollcall token create 'Grafana' --role auditor", about: 'a program that reads' },
  ],
  operation: createOperation,
  input: (args, surroundings) => ({
    name: args.positionals[0],
    connection: args.text('connection'),
    roles: args.all('role'),
    readOnly: args.has('read-only'),
    expires: args.text('expires'),
    rate: wholeNumber(args, 'rate'),
    by: operator(surroundings),
  }),
  print: shownText,
});

export const tokenList: Command = command({
  name: 'token list',
  summary: 'tokens: for what, until when, when last used',
  about: ['Never their texts. Those revoked are listed with --all.'],
  positionals: [],
  options: [
    { name: 'all', about: 'Those that are revoked, too.' },
    { name: 'limit', value: 'N', about: 'How many (default: 100).' },
    { name: 'after', value: 'ID', about: 'Go on after this token.' },
  ],
  examples: [{ line: 'rollcall token list', about: 'all that are in use' }],
  operation: listOperation,
  input: (args) => ({ all: args.has('all'), limit: wholeNumber(args, 'limit'), after: args.text('after') }),
  print({ tokens, next }, { terminal, quiet }) {
    const { paint, width } = terminal;
    if (tokens.length === 0) terminal.out("There is no token. Make one with 'rollcall token create'.\n");
    else {
      const rows = tokens.map((one) => [
        { text: one.id, paint: paint.cyan },
        printable(one.name),
        `${printable(one.connection ?? one.roles.join(', '))}${one.readOnly ? ' (reads only)' : ''}`,
        one.state === 'good' ? '' : { text: one.state, paint: paint.yellow },
        one.expiresAt === null ? 'never' : time(one.expiresAt),
        one.usedAt === null ? 'never' : time(one.usedAt),
      ]);
      const columns = [
        { title: 'id', whole: true },
        { title: 'name' },
        { title: 'for' },
        { title: '' },
        { title: 'expires' },
        { title: 'last used' },
      ];
      terminal.out(table(columns, rows, { width, head: paint.dim }));
    }
    if (next !== null && !quiet) terminal.err(paint.dim(`\nThere are more: add --after ${next}.\n`));
  },
});

export const tokenRotate: Command = command({
  name: 'token rotate',
  summary: 'a new secret for a token; the old one goes on for a while',
  about: [
    'Put the new text into the identity provider or the application before the old one ends. Nothing else about the token changes.',
  ],
  positionals: [ID],
  options: [{ name: 'overlap', value: 'TIME', about: 'How long the old one is good: 7d, 0s (default: 24h).' }, EXPIRES],
  examples: [{ line: 'rollcall token rotate k3mzp7wq2xva --overlap 7d', about: 'a week to put it in place' }],
  operation: rotateOperation,
  input: (args) => ({ id: args.positionals[0], overlap: args.text('overlap'), expires: args.text('expires') }),
  print(output, surroundings) {
    shownText(output, surroundings);
    const { terminal, quiet } = surroundings;
    if (!quiet && output.overlapUntil !== null)
      terminal.err(terminal.paint.dim(`The old one ends ${time(output.overlapUntil)}.\n`));
  },
});

export const tokenRevoke: Command = command({
  name: 'token revoke',
  summary: 'end a token for good',
  about: ['Whoever still uses it is refused from now on. A new one is made with token create.'],
  positionals: [ID],
  options: [],
  examples: [{ line: 'rollcall token revoke k3mzp7wq2xva', about: 'one that got into wrong hands' }],
  operation: revokeOperation,
  input: (args) => ({ id: args.positionals[0] }),
  print({ name }, { terminal }) {
    terminal.out(`${terminal.paint.green('✓')} ${printable(name)} is revoked.\n`);
  },
});
