/** Why a person is as they are, as people read it: everything in an overview, or one attribute with everything about it. */
import stringWidth from 'string-width';
import { accountName } from '#core/label';
import type { ExplainAttribute, ExplainOutput, ExplainTarget } from '#operations/explain';
import { pad, table } from './table.ts';
import { type Paint, printable, type Terminal } from './terminal.ts';
import { count, listing, number, time, value } from './write.ts';

const STATES: { readonly [state: string]: string } = {
  inStep: 'in step',
  different: 'different',
  waiting: 'waiting to be sent',
  held: 'held, waits for an approval',
  observed: 'only watched; the first plan is not approved',
  sent: 'sent, not confirmed yet',
  unknown: 'sent, outcome unknown; looked up in the next run',
  failed: 'refused by the target',
  discarded: 'discarded by a person',
  protected: 'protected, never written',
  excluded: 'excluded by a person, never written',
  left: 'left as it is: deprovision is none',
  out: 'in step, but for what it does not show now',
  notThere: 'no account',
};

/** Every value of a list. */
const WHOLE = Number.POSITIVE_INFINITY;

function statePaint(state: string, paint: Paint): (text: string) => string {
  return state === 'inStep'
    ? paint.green
    : state === 'failed' || state === 'unknown'
      ? paint.red
      : state === 'notThere'
        ? paint.dim
        : paint.yellow;
}

/** `attribute`: the one that was asked for; undefined = all, one line each. */
export function explainText(person: ExplainOutput, attribute: string | undefined, terminal: Terminal): string {
  const { paint } = terminal;
  const out = [
    `${paint.bold(printable(person.label))} ${paint.dim(`#${person.id}`)}  ${person.kind}, ${person.state === 'active' ? paint.green(person.state) : paint.yellow(person.state)}${person.ending === null ? '' : `: ${printable(person.ending)}`}\n\n`,
  ];
  for (const { message, remedy } of person.doubts)
    out.push(`${paint.yellow('!')} ${printable(message)}.\n  ${paint.dim('→')} ${printable(remedy)}\n\n`);
  if (person.neverOwned)
    out.push(
      `${paint.yellow('!')} No connection marked \`owner: true\` has ever had them, so they are ${printable(person.state)}. Nothing is frozen: their values follow the sources.\n  ${paint.dim('→')} rollcall check\n\n`,
    );
  if (attribute === undefined) out.push(overview(person, terminal));
  else {
    // References of many are no value: they are listed by system, below.
    const listed = person.members.length > 0;
    for (const one of person.attributes)
      if (!(listed && one.ofMany && one.value === null)) out.push(attributeText(one, person.rulesKnown, paint));
    if (person.attributes.length === 0) out.push(`${paint.bold(printable(attribute))}  ${value(null)}\n\n`);
  }
  for (const target of person.targets) {
    const members = person.members.filter((one) => one.connection === target.connection);
    // One attribute is shown whole; beside others a long list is cut where a person reads it, and nowhere else.
    const most = attribute === undefined && terminal.width !== null ? undefined : WHOLE;
    out.push(targetText(target, new Set(members.map((one) => one.attribute)), paint, most));
  }
  for (const one of person.members) out.push(membersText(one, paint));
  // Beside the rules of one attribute it is said already.
  const told = attribute === undefined ? [] : person.attributes.flatMap((one) => one.absent);
  for (const one of person.silent.filter(
    (row) => !told.some((at) => at.connection === row.connection && at.anchor === row.anchor),
  ))
    out.push(`${printable(one.connection)} ${printable(accountName(one) ?? '')} says nothing: ${one.why}.\n`);
  if (person.parked.length > 0) {
    out.push(
      `\n${paint.yellow('!')} ${count(person.parked.length, 'item')} parked: ${person.parked.map((one) => `${printable(one.kind)} (item ${one.id})`).join(', ')}\n  ${paint.dim('→')} rollcall parked\n`,
    );
  }
  return out.join('');
}

function overview(person: ExplainOutput, { paint, width }: Terminal): string {
  const rows = person.attributes
    .filter((one) => one.value !== null || one.difference !== null)
    .map((one) => {
      const winner = one.contributions.find((c) => c.verdict === 'wins');
      const merged = one.contributions.filter((c) => c.verdict === 'merged');
      const from =
        winner === undefined
          ? one.fixed !== null
            ? `fixed by ${one.fixed.by}`
            : (one.difference?.reason ?? '')
          : [winner, ...merged].map((c) => `${c.connection} ${accountName(c) ?? ''}`.trim()).join(', ');
      return [
        { text: printable(one.attribute), paint: paint.bold },
        value(one.value, width === null ? WHOLE : undefined),
        { text: printable(from), paint: one.difference === null ? paint.cyan : paint.yellow },
        { text: printable(winner?.rule ?? ruleBehind(one)), paint: paint.dim },
        { text: one.changedRun === null ? '' : `run ${one.changedRun}`, paint: paint.dim },
      ];
    });
  const titles = [
    { title: 'attribute' },
    { title: 'value' },
    { title: 'from' },
    { title: 'rule' },
    { title: 'changed', whole: true },
  ];
  const whole = table(titles, rows, { width: null, head: paint.dim });
  const drawn = table(titles, rows, { width, head: paint.dim });
  const hint = drawn === whole ? '' : paint.dim(`Whole values: rollcall explain '#${person.id}' ATTRIBUTE\n`);
  return `${drawn}${hint}\n`;
}

/** Of a value that no source gives now: the rule that made it, or gave it. */
function ruleBehind({ difference, madeBy, absent }: ExplainAttribute): string {
  if (difference?.reason === 'generated') return madeBy ?? '';
  return difference?.reason === 'frozen' ? (absent[0]?.rule ?? '') : '';
}

function attributeText(one: ExplainAttribute, rulesKnown: boolean, paint: Paint): string {
  const name = one.label === null ? one.attribute : `${one.attribute} (${one.label})`;
  const changed = one.changedRun === null ? '' : paint.dim(`  last changed in run ${one.changedRun}, ${time(one.changedAt)}`);
  const lines = [`${paint.bold(printable(name))}  ${value(one.value, WHOLE)}${changed}\n`];
  if (one.fixed !== null)
    lines.push(
      `  ${paint.green('✓')} fixed by ${printable(one.fixed.by)}, ${time(one.fixed.at)}: ${printable(one.fixed.reason)}  ${paint.dim(`(decision ${one.fixed.decision})`)}\n`,
    );
  for (const c of one.contributions) {
    const won = c.verdict === 'wins' || c.verdict === 'merged';
    const mark = won ? paint.green('✓') : c.verdict === 'failed' ? paint.red('✗') : paint.dim('·');
    const read = Object.entries(c.read).map(([attribute, what]) => `${printable(attribute)}: ${value(what, WHOLE)}`);
    lines.push(
      `  ${mark} ${printable(c.connection)} ${printable(accountName(c) ?? '')}  ${won ? value(c.value, WHOLE) : paint.dim(value(c.value, WHOLE))}  ${paint.dim(`(${printable(c.why)})`)}\n`,
      `      ${paint.dim(`rule ${printable(c.rule)}${read.length === 0 ? '' : `, read ${read.join(', ')}`}`)}\n`,
    );
  }
  for (const { connection, anchor, name, rule, why } of one.absent)
    lines.push(
      `  ${paint.dim('·')} ${printable(connection)} ${printable(accountName({ name, anchor }) ?? '')}  ${paint.dim(`says nothing: ${printable(why)}`)}\n`,
      `      ${paint.dim(`rule ${printable(rule)}`)}\n`,
    );
  if (one.contributions.length === 0 && one.absent.length === 0 && one.fixed === null)
    lines.push(`  ${paint.dim(rulesKnown ? ruledText(one) : 'why is not known while rollcall.yaml has faults')}\n`);
  if (one.difference?.reason === 'generated' && one.difference.recomputed === null)
    lines.push(
      `  ${paint.green('✓')} ${printable(one.difference.why)}\n      ${paint.dim(`rule ${printable(one.madeBy ?? '')}`)}\n`,
    );
  else if (one.difference !== null)
    lines.push(
      `  ${paint.yellow('!')} The rules give ${value(one.difference.recomputed, WHOLE)} now. ${printable(one.difference.why)}\n`,
    );
  return `${lines.join('')}\n`;
}

function ruledText({ ruledBy, madeBy }: ExplainAttribute): string {
  if (ruledBy.length > 0)
    return `${listing(ruledBy.map(printable))} ${ruledBy.length === 1 ? 'has' : 'have'} a rule for it, and nothing there is linked here`;
  return madeBy === null ? 'no source has a rule for it' : 'no source has a rule for it; Rollcall makes it';
}

function membersText(one: ExplainOutput['members'][number], paint: Paint): string {
  const counts = [
    `${number(one.seen)}${one.more ? ' or more' : ''}`,
    one.add > 0 ? `${number(one.add)} to add` : '',
    one.remove > 0 ? `${number(one.remove)} to remove` : '',
    one.owed > 0 ? `${number(one.owed)} not known yet` : '',
  ];
  const some = one.some.map((text) => `    ${printable(text)}\n`).join('');
  const left = one.seen + one.add - one.some.length;
  return (
    `${paint.bold(printable(one.connection))} ${printable(one.account ?? '')}  ${printable(one.attribute)}: ${counts.filter(Boolean).join(', ')}\n` +
    paint.dim(`${some}${left > 0 ? `    and ${number(left)} more\n` : ''}`)
  );
}

function stateOf({ state, operation, fault }: ExplainTarget): string {
  const text = isUnsent(fault) ? 'in step, but for what cannot be made' : (STATES[state] ?? state);
  return operation === 'delete' ? `to be deleted: ${text}` : text;
}

/** `members`: attributes that are listed by themselves. */
function targetText(target: ExplainTarget, members: ReadonlySet<string>, paint: Paint, most: number | undefined): string {
  const marks = [
    target.origin === null || target.operation === 'create'
      ? ''
      : `${target.origin} by Rollcall`.replace('adopted by Rollcall', 'existed before, taken over'),
    target.held ? 'the connection is held, nothing is read or written' : '',
  ]
    .filter((text) => text !== '')
    .join(', ');
  const lines = [
    `${paint.bold(printable(target.connection))} ${printable(target.account ?? '')}  ${statePaint(target.state, paint)(stateOf(target))}${marks === '' ? '' : paint.dim(` (${marks})`)}\n`,
  ];
  if (target.fault !== null) lines.push(`    ${paint.red(printable(faultOf(target.fault)))}\n`);
  if (target.disabled !== null) {
    const { since, deleteAt } = target.disabled;
    const ends = deleteAt === null ? '' : `; to be deleted on ${time(deleteAt)}`;
    lines.push(`    ${paint.yellow(since === null ? 'to be disabled' : `disabled since ${time(since)}`)}${ends}\n`);
  }
  // A delete is about the account: its values say no more.
  if (target.operation === 'delete') return lines.join('');
  const listed = target.attributes.filter(
    (one) => !members.has(one.attribute) && (one.state !== 'inStep' || target.attributes.length <= 6),
  );
  const longest = Math.max(0, ...listed.map((one) => stringWidth(printable(one.attribute))));
  for (const one of listed) {
    const attribute = pad(printable(one.attribute), longest);
    if (one.outage !== null) {
      lines.push(outageText(target.connection, one.attribute, one.seen, one.outage, paint));
      continue;
    }
    const change =
      one.wanted === null || one.state === 'inStep'
        ? value(one.seen, most)
        : one.state === 'protected' || one.state === 'excluded'
          ? `${value(one.seen, most)} ${paint.dim(`(the rules say ${value(one.wanted, most)})`)}`
          : `${paint.dim(value(one.seen, most))} → ${value(one.wanted, most)}`;
    lines.push(
      `    ${attribute}  ${change}  ${statePaint(one.state, paint)(one.state === 'failed' && isUnsent(target.fault) ? 'cannot be made' : (STATES[one.state] ?? one.state))}  ${paint.dim(printable(one.rule))}\n`,
    );
  }
  return lines.join('');
}

type Outage = NonNullable<ExplainTarget['attributes'][number]['outage']>;

function outageText(connection: string, attribute: string, seen: unknown, outage: Outage, paint: Paint): string {
  const { kind, since, filledBefore, filledNow } = outage;
  const why = `held since ${time(since)}: it was filled in ${number(filledBefore)} accounts there and is now in ${number(filledNow)}; the last value stays`;
  return (
    `    ${printable(attribute)}  ${value(seen)}  ${paint.yellow(why)}\n` +
    `      ${paint.dim('→')} check the target; if it is right: rollcall approve ${printable(connection)} --attribute ${printable(`${kind}.${attribute}`)}\n`
  );
}

/** It was not refused: the value itself cannot be made. */
function isUnsent(fault: string | null): boolean {
  return fault?.includes('"unsent":true') === true;
}

/** A fault is kept as JSON text; its message is what a person reads. */
function faultOf(text: string): string {
  try {
    const parsed = JSON.parse(text) as { message?: unknown };
    return typeof parsed.message === 'string' ? parsed.message : text;
  } catch {
    return text;
  }
}
