/** rollcall audit, audit verify, audit head, audit export, audit erase */
import { type AuditItem, audit as operation } from '#operations/audit';
import {
  type AuditVerifyOutput,
  auditErase as eraseOperation,
  auditExport as exportOperation,
  auditHead as headOperation,
  auditVerifyFile as verifyFileOperation,
  auditVerify as verifyOperation,
} from '#operations/audit-chain';
import { changeLines } from '../change.ts';
import { type Command, command, EXIT, type Option, type Surroundings } from '../command.ts';
import { printable, type Terminal } from '../terminal.ts';
import { count, number, time } from '../write.ts';
import { DECIDER_OPTIONS, decider } from './decider.ts';
import { PERSON_ARGUMENT } from './history.ts';
import { wholeNumber } from './numbers.ts';

type Values = Parameters<typeof changeLines>[0];

function itemText(one: AuditItem, { paint }: Terminal): string {
  const account = [one.connection, one.account].filter((part) => part !== null).join(':');
  const person = one.person === null ? '' : `${one.label ?? ''} #${one.person}`.trim();
  const run = one.run === null ? '' : `run ${one.run}`;
  const about = [account, person, run].filter((part) => part !== '').map(printable);
  const outcome = one.outcome === 'done' ? '' : ` ${paint.red(one.outcome)}`;
  const way = [one.token === null ? '' : `token ${one.token}`, one.source === null ? '' : `from ${one.source}`];
  const by = [`${one.by}${one.as === 'person' ? '' : ` (${one.as})`}`, ...way].filter((part) => part !== '').map(printable);
  return (
    `${paint.cyan(String(one.seq).padStart(6))}  ${paint.bold(printable(one.action))}${outcome}  ${about.join(', ')}\n` +
    `        ${paint.dim(`${time(one.at)}, ${by.join(', ')}${one.erased ? '; its values were erased' : ''}`)}\n` +
    changeLines(one.before as Values, one.after as Values, paint, '          ')
  );
}

export const audit: Command = command({
  name: 'audit',
  summary: 'who did what, when and from where, newest first',
  about: [
    'Every decision, every run that somebody started and every change that came in by a token. Nobody changes it unseen: see audit verify.',
  ],
  positionals: [],
  options: [
    { name: 'action', value: 'ACTION', about: "Only this: 'decision.link', or 'decision' for all of them." },
    { name: 'by', value: 'NAME', about: 'Only what somebody of exactly this name did.' },
    { name: 'person', value: 'PERSON', about: 'Only about this person and the accounts that are linked now.' },
    { name: 'connection', value: 'CONNECTION', about: 'Only about this connection.' },
    { name: 'run', value: 'ID', about: 'Only about this run.' },
    { name: 'token', value: 'ID', about: 'Only what came with this token.' },
    { name: 'from', value: 'ADDRESS', about: 'Only what came from this address.' },
    { name: 'outcome', value: 'OUTCOME', about: 'Only what ended so.', words: ['done', 'refused', 'failed'] },
    { name: 'since', value: 'DATE', about: 'From then on: 2026-03-31, or 2026-03-31T08:00:00Z.' },
    { name: 'until', value: 'DATE', about: 'Until then; a date is its first instant.' },
    { name: 'limit', value: 'N', about: 'How many (default: 50).' },
    { name: 'before', value: 'N', about: 'Go on before this event.' },
  ],
  examples: [
    { line: 'rollcall audit --since 2026-03-01 --action decision', about: 'what was decided since March' },
    { line: 'rollcall audit --person zoe.celik --json', about: 'all that was done about her, for a script' },
  ],
  operation,
  input: (args) => ({
    action: args.text('action'),
    actor: args.text('by'),
    person: args.text('person'),
    connection: args.text('connection'),
    run: wholeNumber(args, 'run'),
    token: args.text('token'),
    source: args.text('from'),
    outcome: args.text('outcome'),
    since: args.text('since'),
    until: args.text('until'),
    before: wholeNumber(args, 'before'),
    limit: wholeNumber(args, 'limit'),
  }),
  print({ events, next }, { terminal, quiet }) {
    if (events.length === 0) terminal.out('Nothing was noted.\n');
    for (const one of events) terminal.out(itemText(one, terminal));
    if (next !== null && !quiet) terminal.err(terminal.paint.dim(`\nThere are more: add --before ${next}.\n`));
  },
});

const KEPT: Option = { name: 'kept', value: 'HASH', about: 'A hash that must be in the chain.' };

function verifiedText(
  { events, segments, unsealed, erased, first, head, findings, found }: AuditVerifyOutput,
  { terminal }: Surroundings,
): void {
  const { paint } = terminal;
  for (const { from, to, message } of findings)
    terminal.out(
      `${paint.red('✗')} ${from === to ? `event ${from}` : `events ${Math.max(1, from)} to ${to}`}: ${printable(message)}\n`,
    );
  if (found > findings.length) terminal.out(`  and ${number(found - findings.length)} more\n`);
  const gone = first !== null && first > 1 ? `; what was before event ${first} is not kept any more` : '';
  const left = erased > 0 ? `; the values of ${number(erased)} were erased` : '';
  terminal.out(
    `${found === 0 ? `${paint.green('✓')} As written: ` : ''}${count(events, 'event')} in ${count(segments, 'segment')}, ${number(unsealed)} not sealed yet${gone}${left}.\n`,
  );
  if (head !== null) terminal.out(`  ${head.hash} up to event ${head.to}, ${time(head.at)}\n`);
}

export const auditVerify: Command = command({
  name: 'audit verify',
  summary: 'whether the audit log is as it was written',
  about: [
    'Finds every event that was changed, removed, put in or moved, and values that were changed; erased ones are counted and are no fault. What was cut off at the end is found with --kept: a hash that audit head printed before.',
    'Exit code 1 when something is wrong.',
  ],
  positionals: [],
  options: [KEPT],
  examples: [{ line: 'rollcall audit verify', about: 'all that is kept' }],
  operation: verifyOperation,
  input: (args) => ({ kept: args.text('kept') }),
  print: verifiedText,
  exit: ({ found }) => (found === 0 ? EXIT.ok : EXIT.error),
});

export const auditVerifyFile: Command = command({
  name: 'audit verify-file',
  summary: 'whether an exported audit log is as it was written',
  about: ['As audit verify; it needs no store and no rollcall.yaml.', 'Exit code 1 when something is wrong.'],
  positionals: [{ name: 'FILE', about: "What 'audit export' wrote.", required: true, complete: 'file' }],
  options: [KEPT],
  examples: [{ line: 'rollcall audit verify-file audit.jsonl', about: 'on any machine' }],
  operation: verifyFileOperation,
  input: (args) => ({ file: args.positionals[0], kept: args.text('kept') }),
  print: verifiedText,
  exit: ({ found }) => (found === 0 ? EXIT.ok : EXIT.error),
});

export const auditHead: Command = command({
  name: 'audit head',
  summary: 'the newest hash of the audit log, to be kept elsewhere',
  about: ['Whoever has it can prove later that nothing before it was changed or cut off: audit verify --kept HASH.'],
  positionals: [],
  options: [],
  examples: [{ line: 'rollcall audit head >> /mnt/elsewhere/heads', about: 'from a daily job' }],
  operation: headOperation,
  input: () => ({}),
  print({ head }, { terminal }) {
    if (head === null) terminal.err('Nothing is sealed yet.\n');
    else terminal.out(`${head.hash} ${head.to} ${head.at}\n`);
  },
});

export const auditExport: Command = command({
  name: 'audit export',
  summary: 'write the whole audit log to a file, as JSON Lines',
  about: ['With names and values of people: only its owner may read the file. A file that is there is not replaced.'],
  positionals: [{ name: 'FILE', about: 'Where to; a new file.', required: true, complete: 'file' }],
  options: [],
  examples: [{ line: 'rollcall audit export audit-2026.jsonl', about: 'for an archive' }],
  operation: exportOperation,
  input: (args) => ({ file: args.positionals[0] }),
  print({ file, events, segments }, { terminal }) {
    terminal.out(
      `${terminal.paint.green('✓')} ${count(events, 'event')} in ${count(segments, 'segment')} are in ${printable(file)}.\n`,
    );
  },
});

export const auditErase: Command = command({
  name: 'audit erase',
  summary: 'take the values of one person out of the audit log',
  about: [
    'What was there before and after goes, of all events about the person and the accounts that are linked now. That something was done, by whom and when stays, and the log stays verifiable. It cannot be undone.',
  ],
  positionals: [PERSON_ARGUMENT],
  options: DECIDER_OPTIONS,
  examples: [
    { line: "rollcall audit erase '#42' --as 'Ada Lovelace' --reason 'asked for by the person'", about: 'a request for erasure' },
  ],
  operation: eraseOperation,
  input: async (args, surroundings) => ({ person: args.positionals[0], ...(await decider(args, surroundings)) }),
  print({ person, erased }, { terminal }) {
    terminal.out(`${terminal.paint.green('✓')} The values of ${count(erased, 'event')} about #${person} are erased.\n`);
  },
});
