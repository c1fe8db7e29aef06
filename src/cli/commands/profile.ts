/** rollcall profile, rollcall edit, rollcall person new */
import { type EditOutput, edit as editOperation, personNew as newOperation } from '#operations/edit';
import { profile as profileOperation } from '#operations/profile';
import { type Arguments, type Command, command, type Option, type Surroundings, UsageError } from '../command.ts';
import { table } from '../table.ts';
import { printable } from '../terminal.ts';
import { time } from '../write.ts';
import { operator } from './run.ts';

const PERSON = { name: 'PERSON', about: "An id (#42), 'hr:E123', a login, a mail or a name.", required: true } as const;
const CHANGES = {
  name: 'ATTRIBUTE=VALUE',
  about: 'What is set; several times for a list. Nothing after the = says that there is none.',
  required: false,
  many: true,
  complete: 'none',
} as const;
const REASON: Option = { name: 'reason', value: 'TEXT', about: 'Why; it stands in the history.' };

export const profile: Command = command({
  name: 'profile',
  summary: 'one person: agreed values, where each comes from, what can be edited',
  about: [
    "Every agreed value with the connection it comes from and since when. Why it won, and who lost, is in 'rollcall explain'.",
  ],
  positionals: [PERSON],
  options: [],
  examples: [{ line: 'rollcall profile zcelik', about: 'by a login' }],
  operation: profileOperation,
  input: (args) => ({ person: args.positionals[0] }),
  print({ id, kind, label, state, attributes, accounts }, { terminal }) {
    const { paint, width } = terminal;
    terminal.out(`${paint.bold(printable(label))} ${paint.dim(`#${id}, ${kind}, ${state}`)}\n\n`);
    const rows = attributes
      .filter((one) => one.value !== null)
      .map((one) => [
        { text: printable(one.label ?? one.attribute), paint: paint.cyan },
        printable(shown(one.value)),
        printable(one.fixed ? 'fixed' : (one.connection ?? '')),
        one.since === null ? '' : time(one.since),
        one.editable ? { text: 'editable', paint: paint.dim } : '',
      ]);
    const columns = [
      { title: 'attribute' },
      { title: 'value' },
      { title: 'from' },
      { title: 'since', whole: true },
      { title: '' },
    ];
    terminal.out(table(columns, rows, { width, head: paint.dim }));
    if (accounts.length > 0) terminal.out('\n');
    for (const { connection, account, presence } of accounts)
      terminal.out(`${printable(connection)} ${paint.dim(`${printable(account ?? '')}, ${presence}`)}\n`);
  },
});

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  if ('label' in value) return String(value.label);
  return 'size' in value ? `${String(value.size)} bytes` : JSON.stringify(value);
}

/** `phone=1 tags=a tags=b mail=` → one value, a list, null. */
function changesOf(texts: readonly string[]): { readonly [attribute: string]: string | readonly string[] | null } {
  const out: { [attribute: string]: string | string[] | null } = Object.create(null);
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`'${text}' says no value.`, `Write it as ATTRIBUTE=VALUE, such as mobile='+49 30 1234'.`);
    const [name, value] = [text.slice(0, at), text.slice(at + 1)];
    const before = out[name];
    if (before === undefined) out[name] = value === '' ? null : value;
    else out[name] = [...(Array.isArray(before) ? before : [before ?? '']), value];
  }
  return out;
}

function printEdit({ run, outranked }: EditOutput, { terminal, quiet }: Surroundings): void {
  const { paint } = terminal;
  terminal.out(
    run === null ? 'Nothing was to be changed.\n' : `${paint.green('✓')} It is changed, worked out and sent by run ${run}.\n`,
  );
  if (outranked.length > 0 && !quiet)
    terminal.err(`${paint.yellow('!')} Another connection has the word on ${printable(outranked.join(', '))}.\n`);
}

export const edit: Command = command({
  name: 'edit',
  summary: 'edit values of a person here, as a source among the others',
  about: [
    'What is edited is kept by the connection of type people; its place in rollcall.yaml says over whom it wins. It is checked as the attribute says (pattern, choices, bounds), worked out and sent to every target at once.',
    'A value that nobody else may ever overrule is fixed with rollcall fix.',
  ],
  positionals: [PERSON, CHANGES],
  options: [
    {
      name: 'take-back',
      value: 'ATTRIBUTE',
      many: true,
      about: 'Says nothing of it here any more: the next source has the word.',
    },
    { name: 'expect', value: 'VERSION', about: "Refuses when somebody edited since: editVersion of 'rollcall profile --json'." },
    REASON,
  ],
  examples: [
    { line: "rollcall edit zcelik mobile='+49 30 1234' title=", about: 'one value set, one emptied' },
    { line: 'rollcall edit zcelik --take-back mobile', about: 'back to what HR says' },
  ],
  operation: editOperation,
  input: (args, surroundings) => ({
    person: args.positionals[0],
    set: changesOf(args.positionals.slice(1)),
    takeBack: args.all('take-back'),
    editVersion: args.text('expect'),
    ...signed(args, surroundings),
  }),
  print: printEdit,
});

export const personNew: Command = command({
  name: 'person new',
  summary: 'a new person, whom no source has',
  about: [
    'Made by the connection of type people, where its rule says project: true. With owner: true it keeps whom it made, and nobody else.',
  ],
  positionals: [CHANGES],
  options: [{ name: 'kind', value: 'KIND', about: 'Another kind (default: person).' }, REASON],
  examples: [{ line: 'rollcall person new givenName=Ada familyName=Lovelace', about: 'a guest' }],
  operation: newOperation,
  input: (args, surroundings) => ({
    kind: args.text('kind'),
    set: changesOf(args.positionals),
    ...signed(args, surroundings),
  }),
  print(output, surroundings) {
    printEdit(output, surroundings);
    if (output.person !== null) surroundings.terminal.out(`#${output.person}\n`);
  },
});

function signed(args: Arguments, surroundings: Surroundings): { readonly by: string; readonly reason: string | undefined } {
  return { by: operator(surroundings), reason: args.text('reason') };
}
