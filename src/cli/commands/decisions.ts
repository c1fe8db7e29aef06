/** rollcall decisions, rollcall decisions revoke */
import { type DecisionItem, decisions as operation, decisionsRevoke as revokeOperation } from '#operations/decisions';
import { type Command, command, nextStep } from '../command.ts';
import { printable, type Terminal } from '../terminal.ts';
import { number, time, value } from '../write.ts';
import { DECIDER_OPTIONS, decider } from './decider.ts';
import { parseWhole, wholeNumber } from './numbers.ts';

type Detail = { readonly [name: string]: unknown };

const WHAT: { readonly [kind in DecisionItem['kind']]: (account: string, person: string, detail: Detail) => string } = {
  link: (account, person) => `${account} belongs to ${person}`,
  barred: (account, person) => `${account} does not belong to ${person}`,
  exclude: (account) => `${account} is left out`,
  fixed: (_, person, detail) => `${person}: ${printable(String(detail['attribute']))} is ${value(detail['value'])}`,
  adopt: (account, person) => `${account} is the account of ${person}`,
  ignore: (account, person, detail) => `${printable(String(detail['parked']))} of ${account || person} is not listed any more`,
  approve: (account, _, detail) =>
    detail['accept'] === undefined
      ? `${changes(detail)} of ${account} approved`
      : detail['accept'] === 'read'
        ? `the smaller read of ${account} is right`
        : `${printable(String(detail['accept']))} of ${account} is right as it was read`,
  discard: (account, _, detail) => `${changes(detail)} of ${account} discarded`,
  hold: (account) => `${account} is held`,
  release: (account, person, detail) =>
    detail['revokes'] === undefined
      ? `${account || person} goes on`
      : `decision ${printable(String(detail['revokes']))} is taken back`,
  heldLink: (account, person, detail) =>
    `${account} ${detail['as'] === 'link' ? 'is to belong to' : 'is not to belong to'} ${person}, once that is approved`,
  alias: (_, person) => `put together with ${person}`,
};

function changes(detail: Detail): string {
  const n = Number(detail['changes']);
  return n === 1 ? '1 change' : `${number(n)} changes`;
}

function decisionText(one: DecisionItem, { paint }: Terminal): string {
  const account = [one.connection, one.name ?? one.account].filter((part) => part !== null).join(':');
  // Beside an account of their own it would say nothing more.
  const known = one.knownAs === null || one.knownAs === account ? '' : ` ${one.knownAs}`;
  const person = one.person === null ? '' : `${one.label ?? ''} #${one.person}${known}`.trim();
  const what = WHAT[one.kind](printable(account), printable(person), (one.detail ?? {}) as Detail);
  const ended = one.revokedAt === null ? '' : `, until ${time(one.revokedAt)}`;
  return (
    `${paint.cyan(String(one.id).padStart(5))}  ${one.revokedAt === null ? what : paint.dim(what)}\n` +
    `       ${paint.dim(`${printable(one.by)}, ${time(one.at)}${ended}: ${printable(one.reason)}`)}\n`
  );
}

export const decisions: Command = command({
  name: 'decisions',
  summary: 'what people decided: who, when and why',
  about: [
    'Decisions outrank rules and stay until they are taken back. Listed are those that stand; --all lists the others, too.',
  ],
  positionals: [],
  options: [
    { name: 'person', value: 'PERSON', about: 'Only about this person.' },
    { name: 'connection', value: 'CONNECTION', about: 'Only about this connection.' },
    { name: 'all', about: 'Those taken back or replaced, too.' },
    { name: 'limit', value: 'N', about: 'How many (default: 50).' },
    { name: 'after', value: 'ID', about: 'Go on after this decision.' },
  ],
  examples: [
    { line: 'rollcall decisions', about: 'everything that stands' },
    { line: 'rollcall decisions --person zoe.celik --all', about: 'all that was ever decided about her' },
  ],
  operation,
  input: (args) => ({
    person: args.text('person'),
    connection: args.text('connection'),
    all: args.has('all'),
    limit: wholeNumber(args, 'limit'),
    after: wholeNumber(args, 'after'),
  }),
  print({ decisions: items, next }, { terminal, quiet }) {
    if (items.length === 0) terminal.out('Nothing was decided.\n');
    for (const one of items) terminal.out(decisionText(one, terminal));
    if (next !== null && !quiet) terminal.err(terminal.paint.dim(`\nThere are more: add --after ${next}.\n`));
  },
});

export const decisionsRevoke: Command = command({
  name: 'decisions revoke',
  summary: 'take a decision back',
  about: ['Rules and sources decide again, from the next run on. That it was taken back is kept as a decision, too.'],
  positionals: [{ name: 'ID', about: "Its number, from 'rollcall decisions'.", required: true }],
  options: DECIDER_OPTIONS,
  examples: [{ line: "rollcall decisions revoke 12 --as 'Ada Lovelace' --reason 'it was the other one'", about: 'a wrong link' }],
  operation: revokeOperation,
  async input(args, surroundings) {
    return { id: parseWhole(args.positionals[0]!, 'ID'), ...(await decider(args, surroundings)) };
  },
  print({ id }, surroundings) {
    const { terminal } = surroundings;
    const { paint } = terminal;
    terminal.out(`${paint.green('✓')} Decision ${id} is taken back. Nothing was written yet.\n${nextStep(surroundings, 'plan')}`);
  },
});
