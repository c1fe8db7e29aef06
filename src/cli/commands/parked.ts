/** rollcall parked, rollcall parked decide */
import type { OwedMember } from '#operations/owed';
import { parkedDecide as decideOperation, parked as operation, type ParkedItem, parkedKinds } from '#operations/parked';
import type { Unowned } from '#operations/unowned';
import { type Command, command, nextStep } from '../command.ts';
import { printable, type Terminal } from '../terminal.ts';
import { count, number, time, value } from '../write.ts';
import { DECIDER_OPTIONS, decider } from './decider.ts';
import { parseWhole, wholeNumber } from './numbers.ts';

const KINDS = parkedKinds();

export const parked: Command = command({
  name: 'parked',
  summary: 'what Rollcall would not guess, and how to decide each',
  about: [
    "Parked items wait for a change or for a person. Most resolve by themselves once their cause is mended; the others are decided with 'rollcall parked decide'.",
  ],
  positionals: [],
  options: [
    { name: 'kind', value: 'KIND', about: 'Only this kind.', complete: { words: KINDS }, words: KINDS },
    { name: 'connection', value: 'CONNECTION', about: 'Only this connection.' },
    { name: 'limit', value: 'N', about: 'How many (default: 20).' },
    { name: 'after', value: 'ID', about: 'Go on after this item.' },
    { name: 'after-owed', value: 'PLACE', about: 'Go on with the members that wait after this place.' },
  ],
  examples: [
    { line: 'rollcall parked', about: 'everything that waits' },
    { line: 'rollcall parked --kind accountExists', about: 'accounts that exist already' },
  ],
  operation,
  input: (args) => ({
    kind: args.text('kind'),
    connection: args.text('connection'),
    limit: wholeNumber(args, 'limit'),
    after: wholeNumber(args, 'after'),
    afterOwed: args.text('after-owed'),
  }),
  print({ counts, parked: items, ignored, next, owed, nextOwed, unowned }, { terminal, quiet }) {
    const { paint } = terminal;
    for (const one of unowned) terminal.out(unownedText(one, paint));
    if (owed.length > 0) terminal.out(owedText(owed, nextOwed, terminal));
    if (owed.length > 0 && items.length === 0) return;
    if (items.length === 0) {
      terminal.out(
        ignored > 0 ? `Nothing is parked but ${count(ignored, 'item')} that somebody said to ignore.\n` : 'Nothing is parked.\n',
      );
      return;
    }
    const total = counts.reduce((sum, one) => sum + one.count, 0);
    const tally = counts.map(
      (one) => `${number(one.count)} ${printable(one.kind)}${one.connection === null ? '' : ` in ${printable(one.connection)}`}`,
    );
    terminal.out(
      `${paint.bold(count(total, 'parked item'))}: ${tally.join(', ')}${ignored > 0 ? paint.dim(`; ${number(ignored)} of them, which somebody said to ignore, not listed`) : ''}\n`,
    );
    for (const some of Map.groupBy(items, alike).values()) {
      terminal.out(`\n${paint.bold(printable(some[0]!.kind))}  ${some[0]!.meaning}\n${paint.dim(`  ${some[0]!.cure}`)}\n`);
      for (const item of some) terminal.out(itemText(item, terminal));
      for (const { name, why } of some[0]!.impossible) {
        const remedies = new Set(
          some.flatMap((item) => item.impossible.filter((one) => one.name === name).map((one) => one.remedy)),
        );
        const remedy = remedies.size === 1 ? ` ${[...remedies][0]}` : '';
        terminal.out(`  ${paint.dim(`'${name}' would do nothing here: ${printable(`${why}.${remedy}`)}`)}\n`);
      }
      for (const choice of some[0]!.choices) {
        const named = choice.needs ?? choice.takes;
        const option = named === null ? '' : `--${named} ${named.toUpperCase()}`;
        const needs = option === '' ? '' : choice.needs === null ? ` [${option}]` : ` ${option}`;
        terminal.out(
          `  ${paint.dim('→')} ${paint.cyan(`rollcall parked decide ID ${choice.name}${needs}`)}  ${paint.dim(choice.about)}\n`,
        );
      }
    }
    if (next !== null && !quiet) terminal.err(paint.dim(`\nThere are more: add --after ${next}.\n`));
  },
});

/** Items with the same meaning and the same choices are listed together. */
function alike({ kind, meaning, impossible }: ParkedItem): string {
  return [kind, meaning, ...impossible.map(({ name, why }) => `${name} ${why}`)].join('\n');
}

/** `phonebook: 1 account belongs to nobody here; it is left alone.` */
function unownedText({ connection, kind, count: n }: Unowned, paint: Terminal['paint']): string {
  const what = kind === 'person' ? 'account' : kind;
  const belong = n === 1 ? 'belongs to nobody here; it is left alone' : 'belong to nobody here; they are left alone';
  return `${printable(connection)}: ${count(n, printable(what))} ${belong}. ${paint.dim('An `import` in the connection would look whose, and list each.')}\n`;
}

function owedText(owed: readonly OwedMember[], next: string | null, { paint }: Terminal): string {
  const lines = owed.map(
    ({ connection, group, name, attribute, member, since }) =>
      `  ${printable(`${connection}:${name ?? group ?? ''}`)}  ${printable(attribute)}: ${printable(member)}  ${paint.dim(`since ${time(since)}`)}\n`,
  );
  const head = `${paint.bold('Members that wait')}  They go when somebody with the key, or their account in the target, appears.\n`;
  return `${head}${lines.join('')}${next === null ? '' : paint.dim(`  … and others: add --after-owed ${next}\n`)}\n`;
}

function itemText(item: ParkedItem, { paint }: Terminal): string {
  const called = item.name ?? item.account;
  const account = called === null ? '' : `${printable(item.connection ?? '')}:${printable(called)}`;
  const known = item.knownAs === null || item.knownAs === account ? '' : ` ${printable(item.knownAs)}`;
  const person = item.person === null ? '' : `${item.label === null ? '' : `${printable(item.label)} `}#${item.person}${known}`;
  const subject = [account, person].filter((part) => part !== '').join('  ') || printable(item.connection ?? '');
  return `  ${paint.cyan(String(item.id).padStart(5))}  ${subject}  ${paint.dim(`since ${time(item.since)}`)}\n${detailText(item, paint)}${decidedText(item, paint)}`;
}

const DECIDED: { readonly [kind: string]: string } = {
  link: 'linked',
  barred: 'unlinked',
  exclude: 'excluded',
  fixed: 'fixed',
  adopt: 'adopted',
  release: 'to be tried again',
  heldLink: 'linked or unlinked',
};

function decidedText({ decided }: ParkedItem, paint: Terminal['paint']): string {
  if (decided === null) return '';
  const { kind, by, at, reason, decision, waitsFor } = decided;
  const then =
    waitsFor === 'run'
      ? "the next 'rollcall run' carries it out"
      : waitsFor === 'approval'
        ? 'held until somebody approves it'
        : 'a run carried it out, and this is left';
  return `         ${paint.green('decided')}: ${DECIDED[kind] ?? printable(kind)} by ${printable(by)}, ${time(at)}: ${printable(reason)}  ${paint.dim(`(decision ${decision}; ${then})`)}\n`;
}

/** The engine's note: `message` as a sentence, then whatever else it names and the line above does not. */
function detailText({ detail, account, names, has }: ParkedItem, paint: Terminal['paint']): string {
  if (typeof detail !== 'object' || detail === null) return '';
  const shown = (name: string, what: unknown): string => {
    if (name === 'by' && what === 'nameKey') return 'name';
    if (name !== 'candidates' && name !== 'object' && name !== 'holders') return value(what);
    return value([what].flat().map((one) => (typeof one === 'number' ? { object: one, label: names[one] } : one)));
  };
  // The line above says whom it is about.
  const { message, kind: _, where: __, unsent: ___, ...rest } = detail as { [name: string]: unknown };
  const others = Object.entries(rest)
    .filter(([name, what]) => name !== 'anchor' || what !== account)
    .map(([name, what]) => `${name === 'holders' ? 'somebody else has it' : printable(name)}: ${shown(name, what)}`);
  const already = has === null ? '' : `has already: ${printable(has)}`;
  const text = [typeof message === 'string' ? printable(message) : '', ...others, already]
    .filter((part) => part !== '')
    .join('; ');
  return text === '' ? '' : `         ${paint.dim(text)}\n`;
}

export const parkedDecide: Command = command({
  name: 'parked decide',
  summary: 'decide one parked item',
  about: ['The decision outranks rules, survives full runs, and is kept with who made it and why. The next run carries it out.'],
  positionals: [
    { name: 'ID', about: "The item's number, from 'rollcall parked'.", required: true },
    {
      name: 'CHOICE',
      about: "One of the item's choices, such as adopt, rename, link or ignore.",
      required: true,
    },
  ],
  options: [
    { name: 'person', value: 'PERSON', about: 'The person meant, for link.' },
    {
      name: 'value',
      value: 'VALUE',
      about:
        'The value meant, for fix; for rename it may be left out where Rollcall makes the value. The one that it replaces stays theirs, as every unique value that somebody had: nobody else gets it.',
    },
    ...DECIDER_OPTIONS,
  ],
  examples: [
    {
      line: "rollcall parked decide 17 adopt --as 'Ada Lovelace' --reason 'same person, asked her'",
      about: 'take over an existing account',
    },
    { line: 'rollcall parked decide 17 rename --value amy.li2', about: "leave it alone: it is a namesake's" },
    { line: 'rollcall parked decide 18 link --person hr:E1042', about: 'say whose account it is' },
  ],
  operation: decideOperation,
  async input(args, surroundings) {
    return {
      id: parseWhole(args.positionals[0]!, 'ID'),
      choice: args.positionals[1],
      person: args.text('person'),
      value: args.text('value'),
      ...(await decider(args, surroundings)),
    };
  },
  print(done, surroundings) {
    const { terminal } = surroundings;
    const { paint } = terminal;
    const connection = done.connection === null ? '' : ` ${printable(done.connection)}`;
    terminal.out(
      `${paint.green('✓')} Item ${done.id} (${printable(done.kind)}) is decided: ${done.choice}${done.fixed === null ? '' : `, ${printable(done.fixed.attribute)} is ${value(done.fixed.value)}`}. Nothing was written yet.\n${nextStep(surroundings, `run${connection}`)}`,
    );
  },
});
