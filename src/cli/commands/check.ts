/** rollcall check */
import { type CheckedConnection, type CheckedStore, check as operation } from '#operations/check';
import { type Command, command, EXIT, nextStep } from '../command.ts';
import { faultText } from '../fault.ts';
import { printable } from '../terminal.ts';
import { count } from '../write.ts';

/** What ends an export. */
const PROOF: { readonly [proof in NonNullable<CheckedConnection['proof']>]: string } = {
  digest: 'writes are proven by the digest of the file',
  answer: 'writes are proven by their answers',
  lookup: 'writes are proven by looking them up',
  delta: 'writes are proven by the change feed',
  read: 'writes are proven by the next complete read',
};

const STORE: { readonly [state in NonNullable<CheckedStore['state']>]: string } = {
  there: '',
  older: 'of an older Rollcall; the first command that writes brings it up to date',
  none: 'not there yet; the first run makes it',
};

export const check: Command = command({
  name: 'check',
  summary: 'find every fault in the configuration, and try the store and each system',
  about: [
    'Shows all faults of the file at once with line and column. Then it tries the store, connects to each system and compares the rules with what the system has. It reads no people and writes nothing, and makes no store.',
  ],
  positionals: [{ name: 'CONNECTION', about: 'Only reach these (default: all).', required: false, many: true }],
  options: [{ name: 'offline', about: 'Check the file only; reach neither store nor system.' }],
  examples: [
    { line: 'rollcall check', about: 'the whole of it' },
    { line: 'rollcall check --offline', about: 'in a commit hook' },
  ],
  operation,
  input: (args) => ({ connections: args.positionals, offline: args.has('offline') }),
  print({ file, faults, warnings, lines, store, connections, ok }, surroundings) {
    const { terminal } = surroundings;
    const { paint } = terminal;
    for (const fault of faults) terminal.out(`${faultText(fault, paint, lines)}\n`);
    if (faults.length > 0) {
      terminal.out(`${count(faults.length, 'fault')} in ${printable(file)}. No system was reached.\n`);
      return;
    }
    terminal.out(`${paint.green('✓')} ${printable(file)} is in order.\n`);
    for (const warning of warnings) terminal.out(faultText(warning, paint, lines, true));
    const indented = (text: string): void => void terminal.out(text.replace(/^/gm, '  ').trimEnd().concat('\n'));
    if (store !== null) {
      const { state, place } = store;
      const mark = state === null ? paint.red('✗') : paint.green('✓');
      const said = state === null ? 'cannot be used' : paint.dim(STORE[state]);
      terminal.out(`${`${mark} ${paint.bold('store')} ${paint.dim(printable(place))}  ${said}`.trimEnd()}\n`);
      for (const fault of store.faults) indented(faultText(fault, paint));
      for (const warning of store.warnings) indented(faultText(warning, paint, {}, true));
    }
    for (const one of connections) {
      // Of a file that is to be made there are none yet.
      const kinds = Object.entries(one.kinds).flatMap(([kind, n]) =>
        n === 0 ? [] : [`${printable(kind)} with ${count(n, 'attribute')}`],
      );
      const proof = one.proof === null ? '' : paint.dim(`  ${PROOF[one.proof]}`);
      const mark = one.faults.length > 0 ? paint.red('✗') : paint.green('✓');
      const message = one.message === null ? 'cannot be used' : printable(one.message);
      terminal.out(
        `${mark} ${paint.bold(printable(one.connection))} ${paint.dim(one.type)}  ${message}${kinds.length === 0 ? '' : paint.dim(`  ${kinds.join(', ')}`)}${proof}\n`,
      );
      const said = [
        ...one.faults.map((fault) => faultText(fault, paint)),
        ...one.warnings.map((fault) => faultText(fault, paint, {}, true)),
      ];
      for (const text of said) indented(text);
    }
    if (ok && connections.length > 0) terminal.out(nextStep(surroundings, 'plan --read'));
  },
  exit: ({ ok }) => (ok ? EXIT.ok : EXIT.error),
});
